//! What may be wrong with a document by itself: names that are none, texts and lists that are too long, and repetitions.

use super::{Found, MistakeKind};
use crate::{
    Contact, DepartmentDocument, Document, PersonDocument, Reference, SystemDocument, department::is_slug,
    limits,
};

/// Origins of Davy's own (`contract.md` 1), and the system of directory ids.
const RESERVED: [&str; 4] = ["command", "escalator", "pager", "directory"];

/// Bytes of an id of a calendar, rotation, schedule, override or policy.
const ID_BYTES: usize = 64;

/// The member that names the document.
pub(super) const fn key_member(document: &Document) -> &'static str {
    match document {
        Document::Department(_) => "department",
        Document::System(_) => "system",
        Document::Person(_)
        | Document::Calendar(_)
        | Document::Rotation(_)
        | Document::Schedule(_)
        | Document::Override(_)
        | Document::Policy(_) => "id",
    }
}

pub(super) fn check(document: &Document, found: &mut Found) {
    match document {
        Document::Department(document) => department(document, found),
        Document::System(document) => system(document, found),
        Document::Person(document) => person(document, found),
        Document::Calendar(document) => named(&document.id, document.name.as_deref(), found),
        Document::Rotation(document) => {
            named(&document.id, document.name.as_deref(), found);
            people("members", document.rotation.members(), found);
        }
        Document::Schedule(document) => named(&document.id, document.name.as_deref(), found),
        Document::Override(document) => {
            named(&document.id, None, found);
            if let Some(reason) = &document.reason {
                text("reason", reason, limits::TEXT_BYTES, found);
            }
        }
        Document::Policy(document) => named(&document.id, document.name.as_deref(), found),
    }
}

fn department(document: &DepartmentDocument, found: &mut Found) {
    let DepartmentDocument { department, name, head, arbiter, .. } = document;
    let DepartmentDocument { calendar, policy, schedule, hand_off_template, .. } = document;
    let ids = [("calendar", calendar), ("policy", policy), ("schedule", schedule)];
    if RESERVED.contains(&department.as_str()) {
        found.add("department", MistakeKind::Reserved(department.to_string()));
    }
    for (member, value) in [("name", name), ("head", head), ("arbiter", arbiter)].into_iter().chain(ids) {
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
    let PersonDocument { id, name, departments, manager, delegate, accounts, contacts, .. } = document;
    text("id", id, limits::DIRECTORY_ID_BYTES, found);
    for (member, value) in [("name", name), ("manager", manager), ("delegate", delegate)] {
        optional(member, value.as_deref(), found);
    }
    list("departments", departments, |slug| (slug.to_string(), Vec::new()), found);
    let account = |Reference { system, id }: &Reference| format!("{system}:{id}");
    list("accounts", accounts, |it| (account(it), vec![(".system", &*it.system), (".id", &*it.id)]), found);
    list("contacts", contacts, contact, found);
}

/// Of documents about duty: an id that stands in subjects and targets as it is.
fn named(id: &str, name: Option<&str>, found: &mut Found) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=ID_BYTES).contains(&id.len()) || !id.bytes().all(plain) {
        found.add("id", MistakeKind::NotAnId(id.chars().take(80).collect()));
    }
    optional("name", name, found);
}

/// Ids of people; the same may stand there twice.
pub(super) fn people(member: &str, ids: &[String], found: &mut Found) {
    for (index, id) in ids.iter().enumerate() {
        text(&format!("{member}[{index}]"), id, limits::DIRECTORY_ID_BYTES, found);
    }
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

pub(super) fn text(member: &str, value: &str, most: usize, found: &mut Found) {
    if value.trim().is_empty() {
        found.add(member, MistakeKind::Empty);
    } else if value.len() > most {
        found.add(member, MistakeKind::TooLong(most));
    }
}
