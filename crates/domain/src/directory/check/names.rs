//! What may be wrong with a document by itself: names that are none, texts and lists that are too long, and repetitions.

use super::{Found, MistakeKind};
use crate::{
    Contact, DepartmentDocument, Document, PersonDocument, Reference, SystemDocument, department::is_slug,
    limits,
};

/// Origins of Davy's own (`contract.md` 1), and the system of directory ids.
const RESERVED: [&str; 4] = ["command", "escalator", "pager", "directory"];

/// The member that names the document.
pub(super) const fn key_member(document: &Document) -> &'static str {
    match document {
        Document::Department(_) => "department",
        Document::System(_) => "system",
        Document::Person(_) => "id",
    }
}

pub(super) fn check(document: &Document, found: &mut Found) {
    match document {
        Document::Department(document) => department(document, found),
        Document::System(document) => system(document, found),
        Document::Person(document) => person(document, found),
    }
}

fn department(document: &DepartmentDocument, found: &mut Found) {
    let DepartmentDocument { department, name, head, arbiter, calendar, hand_off_template, .. } = document;
    if RESERVED.contains(&department.as_str()) {
        found.add("department", MistakeKind::Reserved(department.to_string()));
    }
    for (member, value) in [("name", name), ("head", head), ("arbiter", arbiter), ("calendar", calendar)] {
        optional(member, value.as_deref(), found);
    }
    list("hand_off_template", hand_off_template, |field| (field.clone(), vec![("", field.as_str())]), found);
}

fn system(document: &SystemDocument, found: &mut Found) {
    let SystemDocument { system, name, department: _ } = document;
    if !is_slug(system) {
        found.add("system", MistakeKind::NotASlug(system.chars().take(40).collect()));
    } else if RESERVED.contains(&system.as_str()) {
        found.add("system", MistakeKind::Reserved(system.clone()));
    }
    optional("name", name.as_deref(), found);
}

fn person(document: &PersonDocument, found: &mut Found) {
    let PersonDocument { id, name, departments, manager, delegate, accounts, contacts, status: _ } = document;
    text("id", id, limits::DIRECTORY_ID_BYTES, found);
    for (member, value) in [("name", name), ("manager", manager), ("delegate", delegate)] {
        optional(member, value.as_deref(), found);
    }
    list("departments", departments, |slug| (slug.to_string(), Vec::new()), found);
    let account = |Reference { system, id }: &Reference| format!("{system}:{id}");
    list("accounts", accounts, |it| (account(it), vec![(".system", &*it.system), (".id", &*it.id)]), found);
    list("contacts", contacts, contact, found);
}

/// A contact is known by its name.
fn contact(contact: &Contact) -> Item<'_> {
    let Contact { name, kind, address } = contact;
    (name.clone(), vec![(".name", name), (".kind", kind), (".address", address)])
}

/// What an item of a list is known by, and its texts with where they stand below it.
type Item<'a> = (String, Vec<(&'static str, &'a str)>);

/// A list that is not too long, of items that are told apart.
fn list<T>(member: &str, items: &[T], read: impl for<'a> Fn(&'a T) -> Item<'a>, found: &mut Found) {
    if items.len() > limits::LIST_ITEMS {
        found.add(member, MistakeKind::TooMany(limits::LIST_ITEMS));
    }
    let mut seen = Vec::new();
    for (index, item) in items.iter().enumerate().take(limits::LIST_ITEMS) {
        let (known_by, texts) = read(item);
        for (below, value) in texts {
            text(&format!("{member}[{index}]{below}"), value, limits::WORD_BYTES, found);
        }
        if !known_by.is_empty() && seen.contains(&known_by) {
            found.add(format!("{member}[{index}]"), MistakeKind::Twice(known_by));
        } else {
            seen.push(known_by);
        }
    }
}

fn optional(member: &str, value: Option<&str>, found: &mut Found) {
    if let Some(value) = value {
        text(member, value, limits::WORD_BYTES, found);
    }
}

fn text(member: &str, value: &str, most: usize, found: &mut Found) {
    if value.trim().is_empty() {
        found.add(member, MistakeKind::Empty);
    } else if value.len() > most {
        found.add(member, MistakeKind::TooLong(most));
    }
}
