//! Versions of directory documents.

mod duty;
mod policy;

use domain::{
    Contact, DepartmentDocument, Digest, DirectoryChange, Document, PersonDocument, PersonStatus, PingRule,
    Position, SystemDocument,
};
use engine::StoreError;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::{
    duty::{CalendarParts, OverrideParts, QuietParts, RotationParts, ScheduleParts},
    policy::PolicyParts,
};
use super::{
    Malformed, append, begin,
    parts::{IdentityParts, ReferenceParts, Time, department, text},
    read,
};

const DIRECTORY: &str = "directory document";

#[derive(Serialize, Deserialize)]
struct ChangeParts<'a> {
    position: u64,
    stored_at: Time,
    #[serde(borrow)]
    identity: IdentityParts<'a>,
    content: [u8; 16],
    document: DocumentParts<'a>,
}

impl TryFrom<ChangeParts<'_>> for DirectoryChange {
    type Error = Malformed;

    fn try_from(parts: ChangeParts<'_>) -> Result<Self, Malformed> {
        let ChangeParts { position, stored_at, identity, content, document } = parts;
        Ok(Self {
            position: Position::new(position),
            stored_at: stored_at.try_into()?,
            identity: identity.into(),
            content: Digest(content),
            document: document.try_into()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
enum DocumentParts<'a> {
    #[serde(borrow)]
    Department(DepartmentParts<'a>),
    System {
        system: &'a str,
        name: Option<&'a str>,
        department: Option<&'a str>,
    },
    #[serde(borrow)]
    Person(PersonDocumentParts<'a>),
    #[serde(borrow)]
    Calendar(CalendarParts<'a>),
    #[serde(borrow)]
    Rotation(RotationParts<'a>),
    #[serde(borrow)]
    Schedule(ScheduleParts<'a>),
    #[serde(borrow)]
    Override(OverrideParts<'a>),
    #[serde(borrow)]
    Policy(PolicyParts<'a>),
}

#[derive(Serialize, Deserialize)]
struct DepartmentParts<'a> {
    department: &'a str,
    name: Option<&'a str>,
    active: bool,
    successor: Option<&'a str>,
    head: Option<&'a str>,
    arbiter: Option<&'a str>,
    calendar: Option<&'a str>,
    policy: Option<&'a str>,
    schedule: Option<&'a str>,
    #[serde(borrow)]
    hand_off_template: Vec<&'a str>,
}

#[derive(Serialize, Deserialize)]
struct PersonDocumentParts<'a> {
    id: &'a str,
    name: Option<&'a str>,
    status: StatusParts,
    #[serde(borrow)]
    departments: Vec<&'a str>,
    manager: Option<&'a str>,
    delegate: Option<&'a str>,
    #[serde(borrow)]
    accounts: Vec<ReferenceParts<'a>>,
    #[serde(borrow)]
    contacts: Vec<ContactParts<'a>>,
    /// Contact, seconds and severities.
    #[serde(borrow)]
    rules: Vec<(&'a str, u32, Vec<u8>)>,
    #[serde(borrow)]
    quiet: QuietParts<'a>,
}

#[derive(Serialize, Deserialize)]
enum StatusParts {
    Active,
    /// Year, month and day.
    OnLeave(Option<(i16, i8, i8)>),
    Left,
}

#[derive(Serialize, Deserialize)]
struct ContactParts<'a> {
    name: &'a str,
    kind: &'a str,
    address: &'a str,
}

impl<'a> From<&'a Document> for DocumentParts<'a> {
    fn from(document: &'a Document) -> Self {
        match document {
            Document::Department(document) => Self::Department(document.into()),
            Document::System(SystemDocument { system, name, department }) => Self::System {
                system,
                name: name.as_deref(),
                department: department.as_ref().map(|department| department.as_str()),
            },
            Document::Person(document) => Self::Person(document.into()),
            Document::Calendar(document) => Self::Calendar(document.into()),
            Document::Rotation(document) => Self::Rotation(document.into()),
            Document::Schedule(document) => Self::Schedule(document.into()),
            Document::Override(document) => Self::Override(document.into()),
            Document::Policy(document) => Self::Policy(document.into()),
        }
    }
}

impl TryFrom<DocumentParts<'_>> for Document {
    type Error = Malformed;

    fn try_from(parts: DocumentParts<'_>) -> Result<Self, Malformed> {
        Ok(match parts {
            DocumentParts::Department(parts) => Self::Department(parts.try_into()?),
            DocumentParts::System { system, name, department: slug } => Self::System(SystemDocument {
                system: system.to_owned(),
                name: text(name),
                department: slug.map(department).transpose()?,
            }),
            DocumentParts::Person(parts) => Self::Person(parts.try_into()?),
            DocumentParts::Calendar(parts) => Self::Calendar(parts.try_into()?),
            DocumentParts::Rotation(parts) => Self::Rotation(parts.try_into()?),
            DocumentParts::Schedule(parts) => Self::Schedule(parts.try_into()?),
            DocumentParts::Override(parts) => Self::Override(parts.try_into()?),
            DocumentParts::Policy(parts) => Self::Policy(parts.try_into()?),
        })
    }
}

impl<'a> From<&'a DepartmentDocument> for DepartmentParts<'a> {
    fn from(document: &'a DepartmentDocument) -> Self {
        let DepartmentDocument {
            department,
            name,
            active,
            successor,
            head,
            arbiter,
            calendar,
            policy,
            schedule,
            hand_off_template,
        } = document;
        Self {
            department: department.as_str(),
            name: name.as_deref(),
            active: *active,
            successor: successor.as_ref().map(|successor| successor.as_str()),
            head: head.as_deref(),
            arbiter: arbiter.as_deref(),
            calendar: calendar.as_deref(),
            policy: policy.as_deref(),
            schedule: schedule.as_deref(),
            hand_off_template: hand_off_template.iter().map(String::as_str).collect(),
        }
    }
}

impl TryFrom<DepartmentParts<'_>> for DepartmentDocument {
    type Error = Malformed;

    fn try_from(parts: DepartmentParts<'_>) -> Result<Self, Malformed> {
        let DepartmentParts {
            department: slug,
            name,
            active,
            successor,
            head,
            arbiter,
            calendar,
            policy,
            schedule,
            hand_off_template,
        } = parts;
        Ok(Self {
            department: department(slug)?,
            name: text(name),
            active,
            successor: successor.map(department).transpose()?,
            head: text(head),
            arbiter: text(arbiter),
            calendar: text(calendar),
            policy: text(policy),
            schedule: text(schedule),
            hand_off_template: hand_off_template.into_iter().map(ToOwned::to_owned).collect(),
        })
    }
}

impl<'a> From<&'a PersonDocument> for PersonDocumentParts<'a> {
    fn from(document: &'a PersonDocument) -> Self {
        let PersonDocument { id, name, status, departments, manager, delegate, accounts, .. } = document;
        let PersonDocument { contacts, rules, quiet, .. } = document;
        let rule = |PingRule { contact, after_seconds, severities }: &'a PingRule| {
            (contact.as_str(), *after_seconds, severities.clone())
        };
        let contact = |Contact { name, kind, address }: &'a Contact| ContactParts { name, kind, address };
        Self {
            id,
            name: name.as_deref(),
            status: (*status).into(),
            departments: departments.iter().map(|department| department.as_str()).collect(),
            manager: manager.as_deref(),
            delegate: delegate.as_deref(),
            accounts: accounts.iter().map(Into::into).collect(),
            contacts: contacts.iter().map(contact).collect(),
            rules: rules.iter().map(rule).collect(),
            quiet: quiet.as_ref().into(),
        }
    }
}

impl TryFrom<PersonDocumentParts<'_>> for PersonDocument {
    type Error = Malformed;

    fn try_from(parts: PersonDocumentParts<'_>) -> Result<Self, Malformed> {
        let PersonDocumentParts {
            id,
            name,
            status,
            departments,
            manager,
            delegate,
            accounts,
            contacts,
            rules,
            quiet,
        } = parts;
        let rule = |(contact, after_seconds, severities): (&str, u32, Vec<u8>)| PingRule {
            contact: contact.to_owned(),
            after_seconds,
            severities,
        };
        let contact = |ContactParts { name, kind, address }: ContactParts<'_>| Contact {
            name: name.to_owned(),
            kind: kind.to_owned(),
            address: address.to_owned(),
        };
        Ok(Self {
            id: id.to_owned(),
            name: text(name),
            status: status.try_into()?,
            departments: departments.into_iter().map(department).collect::<Result<_, _>>()?,
            manager: text(manager),
            delegate: text(delegate),
            accounts: accounts.into_iter().map(Into::into).collect(),
            contacts: contacts.into_iter().map(contact).collect(),
            rules: rules.into_iter().map(rule).collect(),
            quiet: quiet.quiet()?,
        })
    }
}

impl From<PersonStatus> for StatusParts {
    fn from(status: PersonStatus) -> Self {
        match status {
            PersonStatus::Active => Self::Active,
            PersonStatus::OnLeave { until } => {
                Self::OnLeave(until.map(|date| (date.year(), date.month(), date.day())))
            }
            PersonStatus::Left => Self::Left,
        }
    }
}

impl TryFrom<StatusParts> for PersonStatus {
    type Error = Malformed;

    fn try_from(parts: StatusParts) -> Result<Self, Malformed> {
        Ok(match parts {
            StatusParts::Active => Self::Active,
            StatusParts::OnLeave(None) => Self::OnLeave { until: None },
            StatusParts::OnLeave(Some((year, month, day))) => {
                let until = Date::new(year, month, day).map_err(|_| Malformed("end of a leave"))?;
                Self::OnLeave { until: Some(until) }
            }
            StatusParts::Left => Self::Left,
        })
    }
}

pub(crate) fn encode(change: &DirectoryChange, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let DirectoryChange { position, stored_at, identity, content, document } = change;
    begin(out);
    append(
        out,
        &ChangeParts {
            position: position.sequence(),
            stored_at: (*stored_at).into(),
            identity: identity.into(),
            content: content.0,
            document: document.into(),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<DirectoryChange, StoreError> {
    read::<ChangeParts<'_>, _>(DIRECTORY, bytes)
}
