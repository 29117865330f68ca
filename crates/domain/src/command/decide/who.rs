//! Who asks, what their roles let them do, and how people and departments are named in a refusal.

use crate::{Department, Owner, Person, PersonDocument, Refusal, RefusalCode, Role};

use super::super::Context;

impl<'a> Context<'a> {
    /// Publishers, pagers and auditors give no commands.
    pub(super) fn require_commander(&self) -> Result<(), Refusal> {
        let roles = self.principal.roles;
        if [Role::Responder, Role::Head, Role::Arbiter, Role::Admin].into_iter().any(|role| roles.has(role)) {
            return Ok(());
        }
        let words: Vec<_> = roles.iter().map(Role::word).collect();
        let has =
            if words.is_empty() { "no role".to_owned() } else { format!("the role {}", words.join(", ")) };
        let responder = format!("a responder of {}", self.principal.department);
        Err(Refusal::new(
            RefusalCode::Unauthorized,
            format!("{} has {has}, which gives no commands", self.principal.name),
            format!("let {responder} do it, or ask an admin for a credential with the role responder"),
        )
        .could([responder]))
    }

    /// The person who calls: a tool does not `deed`.
    pub(super) fn require_person(&self, deed: &str) -> Result<&'a Person, Refusal> {
        self.principal.person.as_ref().ok_or_else(|| {
            Refusal::new(
                RefusalCode::NotHuman,
                format!("{} is no person, and only a person can {deed}", self.principal.name),
                "call with a credential of the person who does it",
            )
            .could([format!("a person of {}", self.principal.department)])
        })
    }

    /// Arbiters and admins overrule owners and departments.
    pub(super) const fn overrules(&self) -> bool {
        self.principal.roles.has(Role::Arbiter) || self.principal.roles.has(Role::Admin)
    }

    /// Whether the caller may decide as the head of a department.
    pub(super) fn leads(&self, department: &Department) -> bool {
        self.overrules() || self.principal.roles.has(Role::Head) && self.speaks_for(department)
    }

    pub(super) fn speaks_for(&self, department: &Department) -> bool {
        self.principal.department == *department
    }

    /// Whether both are one person, by the directory.
    pub(super) fn same(&self, one: &Person, other: &Person) -> bool {
        let known = |person: &Person| self.directory.person(&person.account, self.at);
        one.is(other) || known(one).zip(known(other)).is_some_and(|(one, other)| one.id == other.id)
    }

    /// Whether it is the caller.
    pub(super) fn is_caller(&self, person: &Person) -> bool {
        self.principal.person.as_ref().is_some_and(|caller| self.same(caller, person))
    }

    /// Such as `head of engineering (ada)`.
    pub(super) fn head_of(&self, department: &Department) -> String {
        titled("head of", department, self.directory.head(department, self.at))
    }

    /// Such as `arbiter of support (max)`: who decides where departments bounce its issues.
    pub(super) fn arbiter_of(&self, department: &Department) -> String {
        titled("arbiter of", department, self.directory.arbiter(department, self.at))
    }
}

fn titled(title: &str, department: &Department, person: Option<&PersonDocument>) -> String {
    let name = person.map(|person| format!(" ({})", person.id)).unwrap_or_default();
    format!("{title} {department}{name}")
}

/// Such as `support/L2/zendesk:mia`; a desk is `the desk of support`.
pub(super) fn owner(owner: &Owner) -> String {
    let (team, person) = (owner.holding.team(), owner.holding.person());
    if team.is_none() && person.is_none() {
        return format!("the desk of {}", owner.department);
    }
    place(&owner.department, team, person)
}

/// Such as `engineering/Firmware`.
pub(super) fn place(department: &Department, team: Option<&str>, person: Option<&Person>) -> String {
    let mut place = department.to_string();
    if let Some(team) = team {
        place = format!("{place}/{team}");
    }
    if let Some(person) = person {
        place = format!("{place}/{}", person.account);
    }
    place
}

/// A person, or somebody whom the event did not name.
pub(super) fn somebody(person: Option<&Person>) -> String {
    person.map_or_else(|| "somebody".to_owned(), |person| person.account.to_string())
}

/// An instant, to the minute.
pub(super) fn at(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
