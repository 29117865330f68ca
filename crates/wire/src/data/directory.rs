//! `department.set`, `system.set`, `person.set`: a document replaces the one before.

use domain::{DepartmentDocument, Document, DocumentKey, PersonDocument, Reference, SystemDocument};
use serde::{Deserialize, Serialize};

use super::common::{Id, List, Word, department, word};

/// A department.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DepartmentSet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// False once it is closed.
    #[serde(default = "yes")]
    pub(crate) active: bool,
    /// Who answers for its issues once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) successor: Option<Word>,
}

/// A department's system.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SystemSet {
    /// Whose lifecycle facts about issues of this system always apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<Word>,
}

/// A person.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PersonSet {
    /// For display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Word>,
    /// False once they left.
    #[serde(default = "yes")]
    pub(crate) active: bool,
    /// Their ids in the systems.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) accounts: List<Account>,
}

/// An id in a system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Account {
    pub(crate) system: Id,
    pub(crate) id: Id,
}

const fn yes() -> bool {
    true
}

/// A document of the directory.
pub(crate) trait DocumentData: serde::de::DeserializeOwned + super::Described {
    /// # Errors
    /// Which member has another type, or that the key is of another kind.
    fn document(self, key: DocumentKey) -> Result<Document, String>;
}

const OTHER_KIND: &str = "the subject names another kind of document";

impl DocumentData for DepartmentSet {
    fn document(self, key: DocumentKey) -> Result<Document, String> {
        let DocumentKey::Department(slug) = key else { return Err(OTHER_KIND.to_owned()) };
        let successor = self.successor.as_ref().map(|slug| department(slug, "successor")).transpose()?;
        let name = word(self.name.as_ref());
        Ok(Document::Department(DepartmentDocument {
            department: slug,
            name,
            active: self.active,
            successor,
        }))
    }
}

impl DocumentData for SystemSet {
    fn document(self, key: DocumentKey) -> Result<Document, String> {
        let DocumentKey::System(system) = key else { return Err(OTHER_KIND.to_owned()) };
        let department = self.department.as_ref().map(|slug| department(slug, "department")).transpose()?;
        Ok(Document::System(SystemDocument { system, department }))
    }
}

impl DocumentData for PersonSet {
    fn document(self, key: DocumentKey) -> Result<Document, String> {
        let DocumentKey::Person(id) = key else { return Err(OTHER_KIND.to_owned()) };
        let account = |Account { system, id }| Reference { system: system.0, id: id.0 };
        let accounts = self.accounts.0.into_iter().map(account).collect();
        Ok(Document::Person(PersonDocument {
            id,
            name: word(self.name.as_ref()),
            active: self.active,
            accounts,
        }))
    }
}
