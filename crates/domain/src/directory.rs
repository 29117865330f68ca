//! The directory: departments, systems, people, calendars, schedules and policies, as documents with versions.
//!
//! A version is in force from the position of its event on; whoever looks something up says at which position. Owns the
//! versions, the questions about them (a module a noun) and what may be wrong with a set of documents. Deliberately absent:
//! any look at a clock: a leave does not end by itself.

mod check;
mod customer;
mod department;
mod document;
mod duty;
mod person;
mod system;

use std::collections::BTreeMap;

use crate::{CustomerId, Position, Reference};

pub use check::{Mistake, MistakeKind, check_alone, check_set};
pub use customer::CustomerCalendar;
pub use department::DepartmentDocument;
pub use document::{DirectoryChange, Document, DocumentKey, Recorded, Version};
pub use duty::{
    CalendarDocument, LayerDocument, LayerWho, OverrideDocument, RotationDocument, ScheduleDocument,
};
pub use person::{Contact, PersonDocument, PersonStatus, PingRule};
pub use system::SystemDocument;

/// Every version of every document, and which calendar customers have of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    versions: BTreeMap<DocumentKey, Vec<Version>>,
    /// Which documents ever claimed an account. Whether they still do is looked up.
    accounts: BTreeMap<Reference, Vec<String>>,
    /// By the leaf: which calendar, from where on.
    customers: BTreeMap<CustomerId, Vec<(Position, Option<String>)>>,
    last_change: Position,
}

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
        self.last_change = self.last_change.max(change.position);
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

    /// Where the last version stands; [`Position::START`] while there is none.
    pub const fn last_change(&self) -> Position {
        self.last_change
    }

    /// The documents in force at `at`, department by department, then systems, people, calendars, rotations, schedules,
    /// overrides and policies, each by their key.
    pub fn documents(&self, at: Position) -> impl Iterator<Item = &Document> {
        self.versions.keys().filter_map(move |key| self.document(key, at))
    }

    /// The document in force at `at`.
    pub fn document(&self, key: &DocumentKey, at: Position) -> Option<&Document> {
        self.version(key, at).map(|version| &version.document)
    }

    /// The version in force at `at`.
    pub fn version(&self, key: &DocumentKey, at: Position) -> Option<&Version> {
        let versions = self.versions.get(key)?;
        let after = versions.partition_point(|version| version.position <= at);
        after.checked_sub(1).and_then(|last| versions.get(last))
    }

    fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }
}
