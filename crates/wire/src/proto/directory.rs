//! Documents of the directory as readers see them; those about duty also as requests have them.

mod duty;

use domain::{
    Contact, DepartmentDocument, Document, DocumentKey, PersonDocument, PersonStatus, SystemDocument,
};
use proto::v1::{self, document::Document as Kind};

use super::reference;

pub use duty::{read_duty, read_person_rules, read_quiet};

/// A document. The addresses of a person's contacts are for few to see.
pub fn document(document: &Document, with_addresses: bool) -> v1::Document {
    let kind = match document {
        Document::Department(document) => Kind::Department(department(document)),
        Document::System(document) => Kind::System(system(document)),
        Document::Person(document) => Kind::Person(person(document, with_addresses)),
        Document::Calendar(document) => Kind::Calendar(duty::calendar(document)),
        Document::Rotation(document) => Kind::Rotation(duty::rotation(document)),
        Document::Schedule(document) => Kind::Schedule(duty::schedule(document)),
        Document::Override(document) => Kind::Override(duty::exception(document)),
        Document::Policy(document) => Kind::Policy(duty::policy(document)),
    };
    v1::Document { document: Some(kind) }
}

/// What names a document.
pub fn document_name(key: &DocumentKey) -> v1::DocumentName {
    let kind = match key {
        DocumentKey::Department(_) => v1::DocumentKind::Department,
        DocumentKey::System(_) => v1::DocumentKind::System,
        DocumentKey::Person(_) => v1::DocumentKind::Person,
        DocumentKey::Calendar(_) => v1::DocumentKind::Calendar,
        DocumentKey::Rotation(_) => v1::DocumentKind::Rotation,
        DocumentKey::Schedule(_) => v1::DocumentKind::Schedule,
        DocumentKey::Override(_) => v1::DocumentKind::Override,
        DocumentKey::Policy(_) => v1::DocumentKind::Policy,
    };
    v1::DocumentName { kind: kind.into(), id: key.id().to_owned() }
}

fn department(document: &DepartmentDocument) -> v1::DepartmentDocument {
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
    v1::DepartmentDocument {
        department: department.to_string(),
        name: text(name.as_deref()),
        active: Some(*active),
        successor: text(successor.as_ref().map(|slug| slug.as_str())),
        head: text(head.as_deref()),
        arbiter: text(arbiter.as_deref()),
        calendar: text(calendar.as_deref()),
        hand_off_template: hand_off_template.clone(),
        policy: text(policy.as_deref()),
        schedule: text(schedule.as_deref()),
    }
}

fn system(document: &SystemDocument) -> v1::SystemDocument {
    let SystemDocument { system, name, department } = document;
    v1::SystemDocument {
        system: system.clone(),
        name: text(name.as_deref()),
        department: text(department.as_ref().map(|slug| slug.as_str())),
    }
}

fn person(document: &PersonDocument, with_addresses: bool) -> v1::PersonDocument {
    let PersonDocument { id, name, status, departments, manager, delegate, accounts, contacts, rules, quiet } =
        document;
    let (status, until) = match status {
        PersonStatus::Active => (v1::PersonStatus::Active, None),
        PersonStatus::OnLeave { until } => (v1::PersonStatus::OnLeave, *until),
        PersonStatus::Left => (v1::PersonStatus::Left, None),
    };
    let contact = |Contact { name, kind, address }: &Contact| v1::ContactPoint {
        name: name.clone(),
        kind: kind.clone(),
        address: if with_addresses { address.clone() } else { String::new() },
    };
    v1::PersonDocument {
        id: id.clone(),
        name: text(name.as_deref()),
        status: status.into(),
        on_leave_until: until.map(|date| date.to_string()).unwrap_or_default(),
        departments: departments.iter().map(ToString::to_string).collect(),
        manager: text(manager.as_deref()),
        delegate: text(delegate.as_deref()),
        accounts: accounts.iter().map(reference).collect(),
        contacts: contacts.iter().map(contact).collect(),
        rules: duty::person_rules(rules),
        quiet: quiet.as_ref().map(duty::quiet),
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}
