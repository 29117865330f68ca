//! The terms of payloads that no other noun owns: what is reported, assigned, offered, linked, closed and struck out.

use crate::{Department, Identity, IssueId, Missed, Person, Restriction, Severity};

/// Which event is struck out: one of the same issue or, if the retraction names none, of the same customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    /// Whose event it was, by the pair that its sender gave it.
    pub identity: Identity,
}

/// A complaint, as somebody heard it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// One line.
    pub title: String,
    /// Assessed harm.
    pub severity: Severity,
    /// The tool's own word for it.
    pub severity_word: Option<String>,
    /// Who heard it.
    pub heard_by: Option<Person>,
    /// Somebody may be hurt: severity 1, whatever was assessed.
    pub safety: bool,
    /// Who may read the body; absent: everybody.
    pub restricted: Option<Restriction>,
    /// Where the customer was not answered, for `contact.missed`.
    pub missed: Option<Missed>,
}

/// To whom `owner.assigned` gives an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Absent: unchanged.
    pub department: Option<Department>,
    /// Absent: see `contract.md` 4.
    pub team: Option<String>,
    /// Absent: nobody.
    pub person: Option<Person>,
}

/// To whom `handoff.offered` offers an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferTerms {
    /// The department.
    pub department: Department,
    /// One of its teams.
    pub team: Option<String>,
    /// One of its people.
    pub person: Option<Person>,
    /// The names of what the sender wrote for those who take over: `summary`, `done_so_far`, `next_actions`, `promises`,
    /// `risks`, and the fields of the department's template.
    pub given: Vec<String>,
}

/// Why an issue is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The customer said that it is.
    Confirmed,
    /// The customer did not answer.
    Unanswered,
    /// The tool says so.
    Source,
}

/// A link to another issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What sort of link.
    pub kind: LinkKind,
    /// The other issue.
    pub other: IssueId,
}

/// What sort of link (`domain.md` 4.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// The same matter, told twice.
    DuplicateOf,
    /// The same matter, come back.
    RecurrenceOf,
    /// Belongs together.
    Related,
    /// Looks alike, is not.
    Distinct,
    /// Waits for the other.
    BlockedBy,
}
