//! Documents of requests. A member that cannot be meant is told and left out, so that the rest can still be judged.

use domain::{
    Contact, Department, DepartmentDocument, Document, DocumentKey, PersonDocument, PersonStatus, Reference,
    SystemDocument,
};
use proto::v1::{self, document::Document as Kind};
use wire::proto::{Flaw, Flaws};

use super::plan::{Said, Wrong};
use crate::check::{Check, Read};

impl Check {
    /// Documents are versions of the log: what was so at an instant is not asked of them.
    pub(super) fn read_versions(&mut self, read: Option<&v1::ReadOptions>) -> Read {
        let read = self.read(read);
        if read.at.as_of.is_some() {
            self.refuse("read.as_of", "documents are versions of the log; use known_at");
        }
        read
    }

    /// A document by its kind and id.
    pub(super) fn document_key(&mut self, sent: Option<&v1::DocumentName>) -> Option<DocumentKey> {
        let Some(sent) = sent else {
            self.refuse("name", "name a document, by `kind` and `id`");
            return None;
        };
        if sent.id.is_empty() {
            self.refuse("name.id", "is missing");
        }
        match self.enumeration::<v1::DocumentKind>("name.kind", sent.kind)? {
            v1::DocumentKind::Unspecified => {
                self.refuse("name.kind", "is missing");
                None
            }
            v1::DocumentKind::Department => self.department("name.id", &sent.id).map(DocumentKey::Department),
            v1::DocumentKind::System => Some(DocumentKey::System(sent.id.clone())),
            v1::DocumentKind::Person => Some(DocumentKey::Person(sent.id.clone())),
            v1::DocumentKind::Calendar => Some(DocumentKey::Calendar(sent.id.clone())),
            v1::DocumentKind::Rotation => Some(DocumentKey::Rotation(sent.id.clone())),
            v1::DocumentKind::Schedule => Some(DocumentKey::Schedule(sent.id.clone())),
            v1::DocumentKind::Override => Some(DocumentKey::Override(sent.id.clone())),
            v1::DocumentKind::Policy => Some(DocumentKey::Policy(sent.id.clone())),
        }
    }
}

/// Reads a document; what cannot be meant goes into `wrong`.
pub(super) fn read(sent: v1::Document, wrong: &mut Wrong) -> Option<Document> {
    match sent.document {
        None => {
            wrong.say("", "names no kind of document");
            None
        }
        Some(Kind::Department(sent)) => department(sent, wrong).map(Document::Department),
        Some(Kind::System(sent)) => Some(Document::System(system(sent, wrong))),
        Some(Kind::Person(sent)) => Some(Document::Person(person(sent, wrong))),
        Some(
            sent @ (Kind::Calendar(_)
            | Kind::Rotation(_)
            | Kind::Schedule(_)
            | Kind::Override(_)
            | Kind::Policy(_)),
        ) => wrong.gather(|flaws| wire::proto::read_duty(sent, flaws)),
    }
}

fn department(sent: v1::DepartmentDocument, wrong: &mut Wrong) -> Option<DepartmentDocument> {
    let v1::DepartmentDocument {
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
    } = sent;
    let successor = said(successor).and_then(|sent| slug("successor", &sent, wrong));
    Some(DepartmentDocument {
        department: slug("department", &department, wrong)?,
        name: said(name),
        active: active.unwrap_or(true),
        successor,
        head: said(head),
        arbiter: said(arbiter),
        calendar: said(calendar),
        policy: said(policy),
        schedule: said(schedule),
        hand_off_template,
    })
}

fn system(sent: v1::SystemDocument, wrong: &mut Wrong) -> SystemDocument {
    let v1::SystemDocument { system, name, department } = sent;
    let department = said(department).and_then(|sent| slug("department", &sent, wrong));
    SystemDocument { system, name: said(name), department }
}

fn person(sent: v1::PersonDocument, wrong: &mut Wrong) -> PersonDocument {
    let status = status(sent.status, &sent.on_leave_until, wrong);
    let v1::PersonDocument { id, name, departments, manager, delegate, accounts, contacts, .. } = sent;
    let rules = wrong.gather(|flaws| wire::proto::read_person_rules(sent.rules, flaws));
    let quiet = sent.quiet.and_then(|sent| wrong.gather(|flaws| wire::proto::read_quiet(sent, flaws)));
    let departments = departments.iter().enumerate();
    let departments =
        departments.filter_map(|(index, sent)| slug(&format!("departments[{index}]"), sent, wrong));
    let contact = |v1::ContactPoint { name, kind, address }| Contact { name, kind, address };
    PersonDocument {
        id,
        name: said(name),
        status,
        departments: departments.collect(),
        manager: said(manager),
        delegate: said(delegate),
        accounts: accounts.into_iter().map(|v1::Reference { system, id }| Reference { system, id }).collect(),
        contacts: contacts.into_iter().map(contact).collect(),
        rules,
        quiet,
    }
}

fn status(sent: i32, until: &str, wrong: &mut Wrong) -> PersonStatus {
    let day = if until.is_empty() { None } else { until.parse::<jiff::civil::Date>().ok() };
    if day.is_none() && !until.is_empty() {
        wrong.say("on_leave_until", "is no day; write it such as `2026-03-20`");
    }
    let known = v1::PersonStatus::try_from(sent);
    if known.is_err() {
        wrong.say("status", format!("{sent} is none of its values"));
    }
    let known = known.unwrap_or_default();
    if !until.is_empty() && known != v1::PersonStatus::OnLeave {
        wrong.say("on_leave_until", "goes with the status `on_leave` alone");
    }
    match known {
        v1::PersonStatus::Unspecified | v1::PersonStatus::Active => PersonStatus::Active,
        v1::PersonStatus::OnLeave => PersonStatus::OnLeave { until: day },
        v1::PersonStatus::Left => PersonStatus::Left,
    }
}

fn slug(member: &str, sent: &str, wrong: &mut Wrong) -> Option<Department> {
    sent.parse::<Department>().map_err(|error| wrong.say(member, error.to_string())).ok()
}

fn said(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl Wrong {
    /// What is read, and what is wrong with its form.
    fn gather<T>(&mut self, read: impl FnOnce(&mut Flaws) -> T) -> T {
        let mut flaws = Flaws::default();
        let found = read(&mut flaws);
        flaws.0.into_iter().for_each(|Flaw { member, what }| self.say(&member, what));
        found
    }

    fn say(&mut self, member: &str, description: impl Into<String>) {
        self.add(Said { member: member.to_owned(), description: description.into() });
    }
}
