//! The departments' systems, and whose word counts about their issues.

use super::{Directory, Document, DocumentKey};
use crate::{Department, Position};

/// A department's system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemDocument {
    /// Such as `zendesk`.
    pub system: String,
    /// For display.
    pub name: Option<String>,
    /// Whose lifecycle facts about issues of this system always apply.
    pub department: Option<Department>,
}

impl SystemDocument {
    /// A system of which nothing else is known.
    pub const fn new(system: String) -> Self {
        Self { system, name: None, department: None }
    }
}

impl Directory {
    /// The systems that have a document in force.
    pub fn systems(&self, at: Position) -> impl Iterator<Item = &SystemDocument> {
        self.documents(at).filter_map(Document::as_system)
    }

    /// Whose lifecycle facts about issues of `system` always apply, by the version in force at `at`.
    pub fn system_of_record(&self, system: &str, at: Position) -> Option<&Department> {
        if self.is_empty() {
            return None;
        }
        self.document(&DocumentKey::System(system.to_owned()), at)?.as_system()?.department.as_ref()
    }
}
