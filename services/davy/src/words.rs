//! Enums, owners and people in words.

use proto::v1::{EventOutcome, Issue, Lifecycle, OwnerKind, Person, Severity};

pub(crate) fn lifecycle(number: i32) -> &'static str {
    match Lifecycle::try_from(number).unwrap_or_default() {
        Lifecycle::Unspecified => "?",
        Lifecycle::Unreported => "unreported",
        Lifecycle::Open => "open",
        Lifecycle::WaitingCustomer => "waiting-customer",
        Lifecycle::WaitingExternal => "waiting-external",
        Lifecycle::Deferred => "deferred",
        Lifecycle::Resolved => "resolved",
        Lifecycle::Closed => "closed",
        Lifecycle::Withdrawn => "withdrawn",
        Lifecycle::Duplicate => "duplicate",
    }
}

/// The digit; `-` where nobody assessed it.
pub(crate) fn severity(number: i32) -> &'static str {
    match Severity::try_from(number).unwrap_or_default() {
        Severity::Unspecified => "-",
        Severity::Severity1 => "1",
        Severity::Severity2 => "2",
        Severity::Severity3 => "3",
        Severity::Severity4 => "4",
    }
}

pub(crate) fn owner_kind(number: i32) -> &'static str {
    match OwnerKind::try_from(number).unwrap_or_default() {
        OwnerKind::Unspecified => "?",
        OwnerKind::Desk => "desk",
        OwnerKind::Provisional => "provisional",
        OwnerKind::Accepted => "accepted",
    }
}

/// Empty where there is nothing to say: it was applied.
pub(crate) fn outcome(number: i32) -> &'static str {
    match EventOutcome::try_from(number).unwrap_or_default() {
        EventOutcome::Unspecified | EventOutcome::Applied => "",
        EventOutcome::NotApplied => "not applied",
        EventOutcome::Unfolded => "unknown type",
        EventOutcome::Duplicate => "duplicate",
        EventOutcome::Quarantined => "quarantined",
        EventOutcome::Retracted => "retracted",
    }
}

/// By name if there is one.
pub(crate) fn person(person: &Person) -> &str {
    if person.name.is_empty() { &person.id } else { &person.name }
}

/// `department/team/person`, as far as they are named.
pub(crate) fn place(department: &str, team: &str, owner: Option<&Person>) -> String {
    let parts = [department, team, owner.map_or("", person)];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/")
}

/// The owner of an issue with their kind.
pub(crate) fn owner(issue: &Issue) -> String {
    issue.owner.as_ref().map_or_else(
        || "-".to_owned(),
        |owner| {
            let place = place(&owner.department, &owner.team, owner.person.as_ref());
            format!("{place} ({})", owner_kind(owner.kind))
        },
    )
}

/// The customer as a command takes it, in quotes where need be: `system:id`, the id as that system writes it.
pub(crate) fn customer(issue: &Issue) -> Option<String> {
    issue.customer_as_reported.as_ref().map(|customer| format!("{}:{}", customer.system, customer.id))
}

/// What names an issue on the command line: its id in a tool if that is a short one, else its Davy id.
pub(crate) fn issue_name(issue: &Issue) -> String {
    let usable = |system: &str| system.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let reference = issue.references.first().filter(|reference| usable(&reference.system));
    let named = reference.map(client::shown_reference).filter(|name| name.chars().count() <= 36);
    named.unwrap_or_else(|| issue.id.clone())
}
