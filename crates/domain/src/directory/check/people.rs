//! What may be wrong with people: whom they name, whose accounts they claim, and where they belong.

use std::collections::BTreeMap;

use super::{Found, MistakeKind, Proposed};
use crate::{Department, DocumentKey, PersonDocument, PingRule, Reference, limits};

/// Whose each account is. Of those who left it may be another's by now.
pub(super) fn accounts<'a>(proposed: &Proposed<'a>) -> BTreeMap<&'a Reference, Vec<&'a str>> {
    let mut accounts = BTreeMap::<_, Vec<_>>::new();
    for person in proposed.people().filter(|person| !person.has_left()) {
        for account in &person.accounts {
            accounts.entry(account).or_default().push(person.id.as_str());
        }
    }
    accounts
}

pub(super) fn check(
    document: &PersonDocument,
    proposed: &Proposed<'_>,
    accounts: &BTreeMap<&Reference, Vec<&str>>,
    found: &mut Found,
) {
    for (index, department) in document.departments.iter().enumerate() {
        found.known_department(&format!("departments[{index}]"), Some(department), proposed);
    }
    for (member, named) in [("manager", &document.manager), ("delegate", &document.delegate)] {
        if named.as_ref() == Some(&document.id) {
            found.add(member, MistakeKind::Itself);
        } else if !document.has_left() {
            found.person_there(member, named.as_deref(), proposed);
        }
    }
    let calendar = document.quiet.as_ref().and_then(|quiet| quiet.calendar()).map(ToOwned::to_owned);
    found.known("quiet.calendar", calendar.map(DocumentKey::Calendar), proposed);
    let next = |id: &String| proposed.person(id)?.manager.clone();
    if document.manager.as_ref() != Some(&document.id)
        && let Some(circle) = super::circle(&document.id, next)
    {
        found.add("manager", MistakeKind::ManagerCircle(circle));
    }
    if !document.has_left() {
        check_accounts(document, accounts, found);
        let known = document.departments.iter().all(|department| proposed.department(department).is_some());
        if known && belongs_nowhere(document, proposed) {
            found.add("departments", MistakeKind::NowhereOpen(document.id.clone()));
        }
    }
}

/// Their own rules, by their contacts.
pub(super) fn check_rules(document: &PersonDocument, found: &mut Found) {
    if document.rules.len() > limits::PERSON_RULES {
        found.add("rules", MistakeKind::TooMany(limits::PERSON_RULES));
    }
    for (index, PingRule { contact, after_seconds: _, severities }) in document.rules.iter().enumerate() {
        if !document.contacts.iter().any(|known| known.name == *contact) {
            let contact = contact.chars().take(80).collect();
            found.add(format!("rules[{index}].contact"), MistakeKind::UnknownContact(contact));
        }
        if let Some(other) = severities.iter().find(|severity| !(1..=4).contains(*severity)) {
            found.add(format!("rules[{index}].severities"), MistakeKind::NoSeverity(*other));
        }
    }
}

fn check_accounts(document: &PersonDocument, accounts: &BTreeMap<&Reference, Vec<&str>>, found: &mut Found) {
    for (index, account) in document.accounts.iter().enumerate() {
        let others = accounts.get(account).into_iter().flatten().find(|id| **id != document.id);
        if let Some(other) = others {
            let (account, other) = (account.to_string(), (*other).to_owned());
            found.add(format!("accounts[{index}]"), MistakeKind::AccountTaken { account, other });
        }
    }
}

/// Those who are not in the set themselves and would be left without an open department because this one closes.
pub(super) fn left_nowhere(closed: &Department, proposed: &Proposed<'_>, found: &mut Found) {
    let of_it = proposed.directory.people(proposed.at).filter(|person| {
        let key = crate::DocumentKey::Person(person.id.clone());
        !person.has_left() && person.departments.contains(closed) && !proposed.set.contains_key(&key)
    });
    for person in of_it.filter(|person| belongs_nowhere(person, proposed)) {
        found.add("active", MistakeKind::NowhereOpen(person.id.clone()));
    }
}

/// Whether they belong to departments, and all of them are closed.
fn belongs_nowhere(person: &PersonDocument, proposed: &Proposed<'_>) -> bool {
    let closed = |slug| proposed.department(slug).is_some_and(|department| !department.active);
    !person.departments.is_empty() && person.departments.iter().all(closed)
}
