//! People and things by their ids in the systems of the departments.

use std::fmt;

/// An id in a department's system, decoded. Both parts are non-empty and limited by [`crate::limits::ID_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The system that gave the id, such as `zendesk`.
    pub system: String,
    /// The id, such as `55`.
    pub id: String,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.system, self.id)
    }
}

/// A person as a department's system knows them. The account says who it is; the name is for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id in that system.
    pub account: Reference,
    /// Their name, where an event gave one.
    pub name: Option<String>,
}

impl Person {
    /// Whether both are the same person, whatever their names.
    pub fn is(&self, other: &Self) -> bool {
        self.account == other.account
    }
}
