//! Who asks, and the directory that knows them.

use domain::{
    Department, DepartmentDocument, Digest, Directory, DirectoryChange, Document, Identity, Person,
    PersonDocument, PersonStatus, Position, Principal, Reference, Role,
};
use jiff::Timestamp;

/// 2026-03-02, 00:00 UTC.
pub(crate) const MIDNIGHT: Timestamp = Timestamp::constant(1_772_409_600, 0);

pub(crate) fn department(slug: &str) -> Department {
    slug.parse().unwrap()
}

pub(crate) fn reference(system: &str, id: &str) -> Reference {
    Reference { system: system.to_owned(), id: id.to_owned() }
}

/// By their id in Zendesk.
pub(crate) fn person(name: &str) -> Person {
    Person { account: reference("zendesk", name), name: None }
}

fn principal(slug: &str, name: Option<&str>, roles: &[Role]) -> Principal {
    let called = name.unwrap_or("tool");
    Principal {
        name: format!("token/{called}"),
        department: department(slug),
        person: name.map(person),
        roles: roles.iter().copied().collect(),
    }
}

/// Of a department, without more to say than any other.
pub(crate) fn responder(slug: &str, name: &str) -> Principal {
    principal(slug, Some(name), &[Role::Responder])
}

pub(crate) fn mia() -> Principal {
    responder("support", "mia")
}

pub(crate) fn ana() -> Principal {
    responder("support", "ana")
}

pub(crate) fn bo() -> Principal {
    responder("engineering", "bo")
}

pub(crate) fn kim() -> Principal {
    responder("sales", "kim")
}

/// Head of support.
pub(crate) fn ada() -> Principal {
    principal("support", Some("ada"), &[Role::Head])
}

/// Head of engineering.
pub(crate) fn eve() -> Principal {
    principal("engineering", Some("eve"), &[Role::Head])
}

/// Arbiter, of no department that works on issues.
pub(crate) fn max() -> Principal {
    principal("operations", Some("max"), &[Role::Arbiter])
}

/// A tool of support that may give commands.
pub(crate) fn tool() -> Principal {
    principal("support", None, &[Role::Responder])
}

/// A tool of sales that may not.
pub(crate) fn publisher() -> Principal {
    principal("sales", None, &[Role::Publisher])
}

/// Support, engineering, sales and operations; billing is closed. Lee left, Ola is on leave.
pub(crate) fn directory() -> Directory {
    let mut directory = Directory::default();
    for (document, sequence) in documents().into_iter().zip(1..) {
        directory.record(&DirectoryChange {
            position: Position::new(sequence),
            stored_at: MIDNIGHT,
            identity: Identity { source: "/directory".to_owned(), id: sequence.to_string() },
            content: Digest::default(),
            document,
        });
    }
    directory
}

fn documents() -> Vec<Document> {
    let mut documents: Vec<_> =
        ["sales", "operations"].map(|slug| DepartmentDocument::new(department(slug))).into();
    documents.push(DepartmentDocument {
        head: Some("ada".to_owned()),
        arbiter: Some("max".to_owned()),
        ..DepartmentDocument::new(department("support"))
    });
    documents.push(DepartmentDocument {
        head: Some("eve".to_owned()),
        hand_off_template: vec!["asset".to_owned(), "summary".to_owned()],
        ..DepartmentDocument::new(department("engineering"))
    });
    documents.push(DepartmentDocument {
        active: false,
        successor: Some(department("support")),
        ..DepartmentDocument::new(department("billing"))
    });
    let people = [
        ("mia", PersonStatus::Active),
        ("ana", PersonStatus::Active),
        ("ada", PersonStatus::Active),
        ("bo", PersonStatus::Active),
        ("eve", PersonStatus::Active),
        ("max", PersonStatus::Active),
        ("lee", PersonStatus::Left),
        ("ola", PersonStatus::OnLeave { until: None }),
    ];
    let people = people.map(|(id, status)| {
        let accounts = vec![reference("zendesk", id), reference("jira", id)];
        Document::Person(PersonDocument { status, accounts, ..PersonDocument::new(id.to_owned()) })
    });
    documents.into_iter().map(Document::Department).chain(people).collect()
}
