//! What may be wrong with documents that somebody wants to set, all of it at once.
//!
//! They are judged as a whole: what one names may be in the set or in the directory already. For commands alone: a fact that
//! sets a document is taken as it is.

mod duty;
mod names;
mod people;
mod policy;

use std::collections::BTreeMap;

use super::{DepartmentDocument, Directory, Document, DocumentKey, PersonDocument};
use crate::{Department, Position, limits};

/// Something that is wrong with one document of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Its index in the set.
    pub document: usize,
    /// Which member, such as `accounts[1]`.
    pub member: String,
    /// What is wrong with it.
    pub kind: MistakeKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MistakeKind {
    /// The set has the same document twice.
    #[error("is given twice; keep one of them")]
    GivenTwice,
    /// A name is no slug.
    #[error("`{0}` is no slug; use 1 to 32 of a-z, 0-9 and -")]
    NotASlug(String),
    /// Davy's own origins are no departments.
    #[error("`{0}` is a name of Davy's own; choose another")]
    Reserved(String),
    /// Nothing stands there.
    #[error("is empty")]
    Empty,
    /// A text is too long.
    #[error("is longer than {0} bytes")]
    TooLong(usize),
    /// A list is too long.
    #[error("has more than {0} items")]
    TooMany(usize),
    /// A department that is neither in the set nor in the directory.
    #[error("no department `{0}` is known; add it to the file")]
    UnknownDepartment(Department),
    /// A person who is neither in the set nor in the directory.
    #[error("no person `{0}` is known; add them to the file")]
    UnknownPerson(String),
    /// A person who is gone cannot be asked.
    #[error("`{0}` has left; name somebody who is there")]
    HasLeft(String),
    /// A document names itself.
    #[error("names itself")]
    Itself,
    /// Managers lead round in a circle.
    #[error("the managers lead round in a circle: {0}")]
    ManagerCircle(String),
    /// Successors lead round in a circle.
    #[error("the successors lead round in a circle: {0}")]
    SuccessorCircle(String),
    /// Two people with one account.
    #[error("the account {account} is `{other}`'s already")]
    AccountTaken {
        /// Which.
        account: String,
        /// Whose.
        other: String,
    },
    /// An item of a list stands there twice.
    #[error("`{0}` stands there twice")]
    Twice(String),
    /// Somebody who is there belongs nowhere but to a closed department.
    #[error("`{0}` would belong to no open department; name another one for them")]
    NowhereOpen(String),
    /// An id stands in subjects and targets as it is.
    #[error("`{0}` is no id; use 1 to 64 of a-z, 0-9 and -")]
    NotAnId(String),
    /// A document that is neither in the set nor in the directory.
    #[error("no {kind} `{id}` is known; add it to the file")]
    Unknown {
        /// Such as `rotation`.
        kind: &'static str,
        /// Which.
        id: String,
    },
    /// A person's rule goes by one of their contacts.
    #[error("`{0}` is the name of none of their contacts")]
    UnknownContact(String),
    /// Nobody could answer before the next step.
    #[error("waits for less than {least} s; give people time to answer", least = limits::STEP_DELAY_SECONDS)]
    TooSoon,
    /// More people have to answer than a step pings.
    #[error("asks for more than {most} people", most = limits::STEP_PEOPLE)]
    TooManyAnswers,
    /// A number is no severity.
    #[error("`{0}` is no severity; there are 1 to 4")]
    NoSeverity(u8),
    /// It would never hold.
    #[error("ends before it begins")]
    EndsFirst,
    /// An override without anybody.
    #[error("neither adds nor removes anybody; name a person")]
    ChangesNothing,
}

/// What is wrong with a document by itself, whatever else there is.
pub fn check_alone(document: &Document) -> Vec<Mistake> {
    let mut found = Found::default();
    alone(document, &mut found);
    found.mistakes
}

fn alone(document: &Document, found: &mut Found) {
    names::check(document, found);
    match document {
        Document::Department(_) | Document::System(_) | Document::Calendar(_) | Document::Rotation(_) => {}
        Document::Person(document) => people::check_rules(document, found),
        Document::Schedule(document) => duty::check_schedule(document, found),
        Document::Override(document) => duty::check_override(document, found),
        Document::Policy(document) => policy::check(document, found),
    }
}

/// Everything that is wrong with a set of documents, if it came after what is in force at `at`; in the order of the set.
pub fn check_set(set: &[Document], directory: &Directory, at: Position) -> Vec<Mistake> {
    let mut found = Found::default();
    let mut proposed = Proposed { set: BTreeMap::new(), directory, at };
    for (index, document) in set.iter().enumerate() {
        found.document = index;
        if proposed.set.insert(document.key(), document).is_some() {
            found.add(names::key_member(document), MistakeKind::GivenTwice);
        }
    }
    let accounts = people::accounts(&proposed);
    for (index, document) in set.iter().enumerate() {
        found.document = index;
        alone(document, &mut found);
        match document {
            Document::Department(document) => check_department(document, &proposed, &mut found),
            Document::System(document) => {
                found.known_department("department", document.department.as_ref(), &proposed);
            }
            Document::Person(document) => people::check(document, &proposed, &accounts, &mut found),
            Document::Calendar(_) => {}
            Document::Rotation(document) => duty::rotation_names(document, &proposed, &mut found),
            Document::Schedule(document) => duty::schedule_names(document, &proposed, &mut found),
            Document::Override(document) => duty::override_names(document, &proposed, &mut found),
            Document::Policy(document) => policy::names(document, &proposed, &mut found),
        }
    }
    found.mistakes.sort_by_key(|mistake| mistake.document);
    found.mistakes
}

/// Mistakes found so far, and in which document more are looked for.
#[derive(Default)]
struct Found {
    document: usize,
    mistakes: Vec<Mistake>,
}

impl Found {
    fn add(&mut self, member: impl Into<String>, kind: MistakeKind) {
        self.mistakes.push(Mistake { document: self.document, member: member.into(), kind });
    }

    fn known_department(&mut self, member: &str, named: Option<&Department>, proposed: &Proposed<'_>) {
        if let Some(named) = named.filter(|named| proposed.department(named).is_none()) {
            self.add(member, MistakeKind::UnknownDepartment(named.clone()));
        }
    }

    fn known(&mut self, member: &str, named: Option<DocumentKey>, proposed: &Proposed<'_>) {
        if let Some(key) = named.filter(|key| proposed.document(key).is_none()) {
            let (kind, id) = (key.kind(), key.id().chars().take(80).collect());
            self.add(member, MistakeKind::Unknown { kind, id });
        }
    }

    fn person_there(&mut self, member: &str, named: Option<&str>, proposed: &Proposed<'_>) {
        let Some(named) = named else { return };
        match proposed.person(named) {
            None => self.add(member, MistakeKind::UnknownPerson(named.to_owned())),
            Some(person) if person.has_left() => self.add(member, MistakeKind::HasLeft(named.to_owned())),
            Some(_) => {}
        }
    }
}

/// The directory as it would be.
struct Proposed<'a> {
    set: BTreeMap<DocumentKey, &'a Document>,
    directory: &'a Directory,
    at: Position,
}

impl<'a> Proposed<'a> {
    fn document(&self, key: &DocumentKey) -> Option<&'a Document> {
        self.set.get(key).copied().or_else(|| self.directory.document(key, self.at))
    }

    fn department(&self, slug: &Department) -> Option<&'a DepartmentDocument> {
        self.document(&DocumentKey::Department(slug.clone()))?.as_department()
    }

    fn person(&self, id: &str) -> Option<&'a PersonDocument> {
        self.document(&DocumentKey::Person(id.to_owned())).and_then(Document::as_person)
    }

    /// Everybody, in the set or not.
    fn people(&self) -> impl Iterator<Item = &'a PersonDocument> {
        let untouched = self.directory.people(self.at);
        let untouched =
            untouched.filter(|person| !self.set.contains_key(&DocumentKey::Person(person.id.clone())));
        untouched.chain(self.set.values().filter_map(|document| document.as_person()))
    }
}

fn check_department(document: &DepartmentDocument, proposed: &Proposed<'_>, found: &mut Found) {
    let slug = &document.department;
    if document.successor.as_ref() == Some(slug) {
        found.add("successor", MistakeKind::Itself);
    } else {
        found.known_department("successor", document.successor.as_ref(), proposed);
        let next = |slug: &Department| proposed.department(slug)?.successor.clone();
        if let Some(circle) = circle(slug, next) {
            found.add("successor", MistakeKind::SuccessorCircle(circle));
        }
    }
    found.person_there("head", document.head.as_deref(), proposed);
    found.person_there("arbiter", document.arbiter.as_deref(), proposed);
    found.known("calendar", document.calendar.clone().map(DocumentKey::Calendar), proposed);
    found.known("policy", document.policy.clone().map(DocumentKey::Policy), proposed);
    found.known("schedule", document.schedule.clone().map(DocumentKey::Schedule), proposed);
    if !document.active {
        people::left_nowhere(slug, proposed, found);
    }
}

/// The way from `start` back to it, if there is one; `start` does not lead to itself at once.
fn circle<T: PartialEq + Clone + std::fmt::Display>(
    start: &T,
    next: impl Fn(&T) -> Option<T>,
) -> Option<String> {
    let mut way = vec![start.clone()];
    loop {
        let step = next(way.last()?)?;
        if step == *start {
            way.push(step);
            return Some(way.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> "));
        }
        // A circle further on is its own members' mistake.
        if way.contains(&step) {
            return None;
        }
        way.push(step);
    }
}
