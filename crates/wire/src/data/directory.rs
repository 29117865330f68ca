//! `department.set`, `system.set`, `person.set`: a document replaces the one before. Read leniently, and written for the API.

use domain::{
    Contact, DepartmentDocument, Document, DocumentKey, PersonDocument, PersonStatus, Reference,
    SystemDocument,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    common::{Id, List, Word, department, word},
    duty::{Flaw, Flaws, QuietForm, RuleForm, read_rules, rules},
};

/// A department.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DepartmentSet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// False once it is closed.
    #[serde(default = "yes")]
    pub(crate) active: bool,
    /// Who answers for its issues once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) successor: Option<Word>,
    /// The directory id of the person who leads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) head: Option<Id>,
    /// The directory id of the person who decides where departments bounce its issues; the head unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) arbiter: Option<Id>,
    /// The id of its calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) calendar: Option<Word>,
    /// The id of its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<Word>,
    /// The id of the schedule by which somebody of it is on call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) schedule: Option<Word>,
    /// Names of the fields without which no issue is handed to it.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) hand_off_template: List<Word>,
}

/// A department's system.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SystemSet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// Whose lifecycle facts about issues of this system always apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<Word>,
}

/// A person.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PersonSet {
    /// Their id in the directory, in full; needed where the subject holds its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Id>,
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// False once they left.
    #[serde(default = "yes")]
    pub(crate) active: bool,
    /// Whether they are there; without it `active` decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<StatusForm>,
    /// The last day of a leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_leave_until: Option<Day>,
    /// Slugs of the departments that they belong to.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) departments: List<Word>,
    /// The directory id of the person they report to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) manager: Option<Id>,
    /// The directory id of the person who stands in for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delegate: Option<Id>,
    /// Their ids in the systems.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) accounts: List<Account>,
    /// How they are reached.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) contacts: List<ContactForm>,
    /// When each contact is pinged after a step; none: the first contact at once.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) rules: List<RuleForm>,
    /// When only what is critical may reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quiet: Option<QuietForm>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatusForm {
    Active,
    OnLeave,
    Left,
}

/// A day, such as `2026-03-20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Day(#[cfg_attr(feature = "schema", schemars(with = "String"))] Date);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| "a day is written such as `2026-03-20`".to_owned())
    }
}

impl From<Day> for String {
    fn from(Day(date): Day) -> Self {
        date.to_string()
    }
}

/// An id in a system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Account {
    pub(crate) system: Id,
    pub(crate) id: Id,
}

/// A way to reach a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ContactForm {
    /// What others call it; each is one person's once.
    pub(crate) name: Word,
    /// Such as `phone`, `mail` or `slack`.
    pub(crate) kind: Word,
    /// Stands in no subject and no log line.
    pub(crate) address: Word,
}

const fn yes() -> bool {
    true
}

/// A document of the directory.
pub(crate) trait DocumentData: serde::de::DeserializeOwned + super::Described {
    /// # Errors
    /// Which member has another type, or that the key is of another kind.
    fn document(self, key: DocumentKey) -> Result<Document, String>;
}

const OTHER_KIND: &str = "the subject names another kind of document";

impl DocumentData for DepartmentSet {
    fn document(self, key: DocumentKey) -> Result<Document, String> {
        let DocumentKey::Department(slug) = key else { return Err(OTHER_KIND.to_owned()) };
        let Self { name, active, successor, head, arbiter, calendar, policy, schedule, hand_off_template } =
            self;
        Ok(Document::Department(DepartmentDocument {
            department: slug,
            name: word(name.as_ref()),
            active,
            successor: successor.as_ref().map(|slug| department(slug, "successor")).transpose()?,
            head: head.map(|id| id.0),
            arbiter: arbiter.map(|id| id.0),
            calendar: word(calendar.as_ref()),
            policy: word(policy.as_ref()),
            schedule: word(schedule.as_ref()),
            hand_off_template: hand_off_template.0.into_iter().map(|field| field.0).collect(),
        }))
    }
}

impl DocumentData for SystemSet {
    fn document(self, key: DocumentKey) -> Result<Document, String> {
        let DocumentKey::System(system) = key else { return Err(OTHER_KIND.to_owned()) };
        let Self { name, department: slug } = self;
        let department = slug.as_ref().map(|slug| department(slug, "department")).transpose()?;
        Ok(Document::System(SystemDocument { system, name: word(name.as_ref()), department }))
    }
}

impl DocumentData for PersonSet {
    fn document(self, key: DocumentKey) -> Result<Document, String> {
        let DocumentKey::Person(id) = key else { return Err(OTHER_KIND.to_owned()) };
        let status = self.status();
        let Self { departments, name, manager, delegate, accounts, contacts, rules, quiet, .. } = self;
        let mut flaws = Flaws::default();
        let rules = read_rules(&rules.0, &mut flaws);
        let quiet = quiet.and_then(|quiet| quiet.read(&mut flaws));
        if let Some(Flaw { member, what }) = flaws.0.into_iter().next() {
            return Err(format!("`{member}`: {what}"));
        }
        let departments = departments.0.iter().map(|slug| department(slug, "departments"));
        Ok(Document::Person(PersonDocument {
            id,
            name: word(name.as_ref()),
            status,
            departments: departments.collect::<Result<_, _>>()?,
            manager: manager.map(|id| id.0),
            delegate: delegate.map(|id| id.0),
            accounts: accounts.0.into_iter().map(Into::into).collect(),
            contacts: contacts.0.into_iter().map(Into::into).collect(),
            rules,
            quiet,
        }))
    }
}

impl PersonSet {
    /// The status, else what `active` says.
    const fn status(&self) -> PersonStatus {
        let until = match self.on_leave_until {
            Some(Day(date)) => Some(date),
            None => None,
        };
        match (self.status, self.active) {
            (Some(StatusForm::Active), _) | (None, true) => PersonStatus::Active,
            (Some(StatusForm::OnLeave), _) => PersonStatus::OnLeave { until },
            (Some(StatusForm::Left), _) | (None, false) => PersonStatus::Left,
        }
    }
}

impl From<Account> for Reference {
    fn from(Account { system, id }: Account) -> Self {
        Self { system: system.0, id: id.0 }
    }
}

impl From<ContactForm> for Contact {
    fn from(ContactForm { name, kind, address }: ContactForm) -> Self {
        Self { name: name.0, kind: kind.0, address: address.0 }
    }
}

impl From<&DepartmentDocument> for DepartmentSet {
    fn from(document: &DepartmentDocument) -> Self {
        let DepartmentDocument {
            department: _,
            name,
            active,
            successor,
            head,
            arbiter,
            calendar,
            policy,
            schedule,
            hand_off_template,
        } = document.clone();
        Self {
            name: name.map(Word),
            active,
            successor: successor.map(|slug| Word(slug.to_string())),
            head: head.map(Id),
            arbiter: arbiter.map(Id),
            calendar: calendar.map(Word),
            policy: policy.map(Word),
            schedule: schedule.map(Word),
            hand_off_template: List(hand_off_template.into_iter().map(Word).collect()),
        }
    }
}

impl From<&SystemDocument> for SystemSet {
    fn from(document: &SystemDocument) -> Self {
        let SystemDocument { system: _, name, department } = document.clone();
        Self { name: name.map(Word), department: department.map(|slug| Word(slug.to_string())) }
    }
}

impl From<&PersonDocument> for PersonSet {
    fn from(document: &PersonDocument) -> Self {
        let PersonDocument {
            id,
            name,
            status,
            departments,
            manager,
            delegate,
            accounts,
            contacts,
            rules: own,
            quiet,
        } = document.clone();
        let (active, status, until) = match status {
            PersonStatus::Active => (true, None, None),
            PersonStatus::OnLeave { until } => (true, Some(StatusForm::OnLeave), until.map(Day)),
            PersonStatus::Left => (false, Some(StatusForm::Left), None),
        };
        let account = |Reference { system, id }| Account { system: Id(system), id: Id(id) };
        let contact = |Contact { name, kind, address }| ContactForm {
            name: Word(name),
            kind: Word(kind),
            address: Word(address),
        };
        Self {
            id: Some(Id(id)),
            name: name.map(Word),
            active,
            status,
            on_leave_until: until,
            departments: List(departments.into_iter().map(|slug| Word(slug.to_string())).collect()),
            manager: manager.map(Id),
            delegate: delegate.map(Id),
            accounts: List(accounts.into_iter().map(account).collect()),
            contacts: List(contacts.into_iter().map(contact).collect()),
            rules: List(rules(&own)),
            quiet: quiet.as_ref().map(Into::into),
        }
    }
}
