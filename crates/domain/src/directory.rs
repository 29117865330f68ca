//! The directory: departments, systems and people, as documents with versions.
//!
//! A version is in force from the position of its event on; whoever looks something up says at which position.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Department, Digest, Identity, Person, Position, Reference};

/// A document's content, replaced whole by each event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// `department.set`.
    Department(DepartmentDocument),
    /// `system.set`.
    System(SystemDocument),
    /// `person.set`.
    Person(PersonDocument),
}

/// A department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentDocument {
    /// Its slug.
    pub department: Department,
    /// For display.
    pub name: Option<String>,
    /// False once it is closed.
    pub active: bool,
    /// Who answers for its issues once it is closed.
    pub successor: Option<Department>,
}

/// A department's system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemDocument {
    /// Such as `zendesk`.
    pub system: String,
    /// Whose lifecycle facts about issues of this system always apply.
    pub department: Option<Department>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDocument {
    /// Their id in the directory.
    pub id: String,
    /// For display.
    pub name: Option<String>,
    /// False once they left.
    pub active: bool,
    /// Their ids in the systems.
    pub accounts: Vec<Reference>,
}

/// Which document an event sets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKey {
    /// By slug.
    Department(Department),
    /// By name.
    System(String),
    /// By the id in the directory.
    Person(String),
}

impl Document {
    /// Which document this is.
    pub fn key(&self) -> DocumentKey {
        match self {
            Self::Department(document) => DocumentKey::Department(document.department.clone()),
            Self::System(document) => DocumentKey::System(document.system.clone()),
            Self::Person(document) => DocumentKey::Person(document.id.clone()),
        }
    }
}

/// An event of `davy.directory.>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryChange {
    /// Where it stands; the version is in force from here on.
    pub position: Position,
    /// When the log stored it.
    pub stored_at: Timestamp,
    /// Judged within the document.
    pub identity: Identity,
    /// Of what the sender said.
    pub content: Digest,
    /// What is set.
    pub document: Document,
}

/// A version of a document.
pub type Version = DirectoryChange;

/// What became of a change to the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// A new version is in force.
    Changed,
    /// The same event came before.
    Duplicate(Position),
    /// An event of the same id with other content came before.
    Conflict(Position),
}

/// Every version of every document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    versions: BTreeMap<DocumentKey, Vec<Version>>,
    /// Which documents ever claimed an account. Whether they still do is looked up.
    accounts: BTreeMap<Reference, Vec<String>>,
}

/// The system that a directory id belongs to, where it is given as an account.
const DIRECTORY_SYSTEM: &str = "directory";

impl Directory {
    /// Adds a version, in the order of the log.
    pub fn record(&mut self, change: &DirectoryChange) -> Recorded {
        let versions = self.versions.entry(change.document.key()).or_default();
        if let Some(known) = versions.iter().find(|version| version.identity == change.identity) {
            return if known.content == change.content {
                Recorded::Duplicate(known.position)
            } else {
                Recorded::Conflict(known.position)
            };
        }
        versions.push(change.clone());
        if let Document::Person(person) = &change.document {
            for account in &person.accounts {
                let claims = self.accounts.entry(account.clone()).or_default();
                if !claims.contains(&person.id) {
                    claims.push(person.id.clone());
                }
            }
        }
        Recorded::Changed
    }

    /// Every version, document by document.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        self.versions.values().flatten()
    }

    /// The departments that have a document in force.
    pub fn departments(&self, at: Position) -> impl Iterator<Item = &DepartmentDocument> {
        self.versions.keys().filter_map(move |key| match key {
            DocumentKey::Department(department) => self.department(department, at),
            DocumentKey::System(_) | DocumentKey::Person(_) => None,
        })
    }

    /// The document of a department in force at `at`.
    pub fn department(&self, department: &Department, at: Position) -> Option<&DepartmentDocument> {
        match self.in_force(&DocumentKey::Department(department.clone()), at)? {
            Document::Department(document) => Some(document),
            Document::System(_) | Document::Person(_) => None,
        }
    }

    /// Whose lifecycle facts about issues of `system` always apply, by the version in force at `at`.
    pub fn system_of_record(&self, system: &str, at: Position) -> Option<&Department> {
        if self.versions.is_empty() {
            return None;
        }
        match self.in_force(&DocumentKey::System(system.to_owned()), at)? {
            Document::System(document) => document.department.as_ref(),
            Document::Department(_) | Document::Person(_) => None,
        }
    }

    /// The department itself while it is open, else the first open one in the chain of its successors, if any.
    pub fn successor(&self, department: &Department, at: Position) -> Option<Department> {
        let mut seen = vec![department.clone()];
        loop {
            let last = seen.last()?;
            let next = match self.department(last, at) {
                Some(document) if !document.active => document.successor.clone()?,
                Some(_) | None => return Some(last.clone()),
            };
            if seen.contains(&next) {
                return None;
            }
            seen.push(next);
        }
    }

    /// False for a person whom the directory knows and who left. People it does not know are active.
    pub fn is_active(&self, person: &Person, at: Position) -> bool {
        self.person(&person.account, at).is_none_or(|document| document.active)
    }

    /// The person behind an account: who claims it; else who has that id in the directory and claims no account at all,
    /// since the same id may be another person's in another system.
    pub fn person(&self, account: &Reference, at: Position) -> Option<&PersonDocument> {
        let mut claiming =
            self.accounts.get(account).into_iter().flatten().filter_map(|id| self.person_by_id(id, at));
        claiming.rfind(|document| document.accounts.contains(account)).or_else(|| {
            let document = self.person_by_id(&account.id, at)?;
            (account.system == DIRECTORY_SYSTEM || document.accounts.is_empty()).then_some(document)
        })
    }

    fn person_by_id(&self, id: &str, at: Position) -> Option<&PersonDocument> {
        if self.versions.is_empty() {
            return None;
        }
        match self.in_force(&DocumentKey::Person(id.to_owned()), at)? {
            Document::Person(document) => Some(document),
            Document::Department(_) | Document::System(_) => None,
        }
    }

    fn in_force(&self, key: &DocumentKey, at: Position) -> Option<&Document> {
        let versions = self.versions.get(key)?;
        let after = versions.partition_point(|version| version.position <= at);
        after.checked_sub(1).and_then(|last| versions.get(last)).map(|version| &version.document)
    }
}
