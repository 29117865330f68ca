//! People: where they belong, whether they are there, and which accounts in the systems are theirs.

use jiff::civil::Date;

use super::{Directory, Document, DocumentKey};
use crate::{Department, Person, Position, QuietHours, Reference};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDocument {
    /// Their id in the directory.
    pub id: String,
    /// For display.
    pub name: Option<String>,
    /// Whether they are there.
    pub status: PersonStatus,
    /// Where they belong.
    pub departments: Vec<Department>,
    /// The id of the person they report to.
    pub manager: Option<String>,
    /// The id of the person who stands in for them.
    pub delegate: Option<String>,
    /// Their ids in the systems.
    pub accounts: Vec<Reference>,
    /// How they are reached.
    pub contacts: Vec<Contact>,
    /// When each contact is pinged after a step; empty: the first contact at once.
    pub rules: Vec<PingRule>,
    /// When only what is critical may reach them.
    pub quiet: Option<QuietHours>,
}

/// One of a person's own rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingRule {
    /// Which contact, by its name.
    pub contact: String,
    /// How long after the step.
    pub after_seconds: u32,
    /// Only for these severities, 1 to 4; empty: for all.
    pub severities: Vec<u8>,
}

/// Whether a person is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonStatus {
    /// They are.
    Active,
    /// Not for now. It ends with a newer version of the document: `until` is told, and nothing follows from it.
    OnLeave {
        /// The last day, where it is known.
        until: Option<Date>,
    },
    /// Not any more. What they did stays theirs.
    Left,
}

/// A way to reach a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// What others call it, such as `work phone`; each is one person's once.
    pub name: String,
    /// Such as `phone`, `mail` or `slack`.
    pub kind: String,
    /// Stands in no subject, log line or error.
    pub address: String,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the address: what is printed ends in logs.
        f.debug_struct("Contact").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl PersonDocument {
    /// A person who is there, and of whom nothing else is known.
    pub const fn new(id: String) -> Self {
        Self {
            id,
            name: None,
            status: PersonStatus::Active,
            departments: Vec::new(),
            manager: None,
            delegate: None,
            accounts: Vec::new(),
            contacts: Vec::new(),
            rules: Vec::new(),
            quiet: None,
        }
    }

    /// Whether issues can be theirs now.
    pub const fn is_active(&self) -> bool {
        match self.status {
            PersonStatus::Active => true,
            PersonStatus::OnLeave { .. } | PersonStatus::Left => false,
        }
    }

    /// Whether they are gone for good.
    pub const fn has_left(&self) -> bool {
        match self.status {
            PersonStatus::Left => true,
            PersonStatus::Active | PersonStatus::OnLeave { .. } => false,
        }
    }
}

/// The system that a directory id belongs to, where it is given as an account.
const DIRECTORY_SYSTEM: &str = "directory";

impl Directory {
    /// The people who have a document in force, by id; also those who left.
    pub fn people(&self, at: Position) -> impl Iterator<Item = &PersonDocument> {
        self.documents(at).filter_map(Document::as_person)
    }

    /// False for a person whom the directory knows and who left or is on leave. People it does not know are active.
    pub fn is_active(&self, person: &Person, at: Position) -> bool {
        self.person(&person.account, at).is_none_or(PersonDocument::is_active)
    }

    /// The departments of a person; none for one whom the directory does not know.
    pub fn departments_of(&self, person: &Person, at: Position) -> &[Department] {
        self.person(&person.account, at).map_or(&[], |document| &document.departments)
    }

    /// The person behind an account: who claims it, and rather one who did not leave; else who has that id in the directory
    /// and claims no account at all, since the same id may be another person's in another system.
    pub fn person(&self, account: &Reference, at: Position) -> Option<&PersonDocument> {
        let claiming = || {
            let known = self.accounts.get(account).into_iter().flatten();
            let in_force = known.filter_map(|id| self.person_by_id(id, at));
            in_force.filter(|document| document.accounts.contains(account))
        };
        claiming().rfind(|document| !document.has_left()).or_else(|| claiming().next_back()).or_else(|| {
            let document = self.person_by_id(&account.id, at)?;
            (account.system == DIRECTORY_SYSTEM || document.accounts.is_empty()).then_some(document)
        })
    }

    /// The person of this id in the directory.
    pub fn person_by_id(&self, id: &str, at: Position) -> Option<&PersonDocument> {
        if self.is_empty() {
            return None;
        }
        self.document(&DocumentKey::Person(id.to_owned()), at)?.as_person()
    }
}
