//! Versions of directory documents.

use domain::{
    DepartmentDocument, Digest, DirectoryChange, Document, PersonDocument, Position, SystemDocument,
};
use engine::StoreError;
use serde::{Deserialize, Serialize};

use super::{
    Malformed, append, begin,
    parts::{IdentityParts, ReferenceParts, Time, department, text},
    read,
};

const DIRECTORY: &str = "directory document";

#[derive(Serialize, Deserialize)]
struct ChangeParts<'a> {
    position: u64,
    stored_at: Time,
    #[serde(borrow)]
    identity: IdentityParts<'a>,
    content: [u8; 16],
    document: DocumentParts<'a>,
}

impl TryFrom<ChangeParts<'_>> for DirectoryChange {
    type Error = Malformed;

    fn try_from(parts: ChangeParts<'_>) -> Result<Self, Malformed> {
        let ChangeParts { position, stored_at, identity, content, document } = parts;
        Ok(Self {
            position: Position::new(position),
            stored_at: stored_at.try_into()?,
            identity: identity.into(),
            content: Digest(content),
            document: document.try_into()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
enum DocumentParts<'a> {
    Department {
        department: &'a str,
        name: Option<&'a str>,
        active: bool,
        successor: Option<&'a str>,
    },
    System {
        system: &'a str,
        department: Option<&'a str>,
    },
    Person {
        id: &'a str,
        name: Option<&'a str>,
        active: bool,
        #[serde(borrow)]
        accounts: Vec<ReferenceParts<'a>>,
    },
}

impl<'a> From<&'a Document> for DocumentParts<'a> {
    fn from(document: &'a Document) -> Self {
        match document {
            Document::Department(DepartmentDocument { department, name, active, successor }) => {
                Self::Department {
                    department: department.as_str(),
                    name: name.as_deref(),
                    active: *active,
                    successor: successor.as_ref().map(|successor| successor.as_str()),
                }
            }
            Document::System(SystemDocument { system, department }) => {
                Self::System { system, department: department.as_ref().map(|department| department.as_str()) }
            }
            Document::Person(PersonDocument { id, name, active, accounts }) => Self::Person {
                id,
                name: name.as_deref(),
                active: *active,
                accounts: accounts.iter().map(Into::into).collect(),
            },
        }
    }
}

impl TryFrom<DocumentParts<'_>> for Document {
    type Error = Malformed;

    fn try_from(parts: DocumentParts<'_>) -> Result<Self, Malformed> {
        Ok(match parts {
            DocumentParts::Department { department: slug, name, active, successor } => {
                Self::Department(DepartmentDocument {
                    department: department(slug)?,
                    name: text(name),
                    active,
                    successor: successor.map(department).transpose()?,
                })
            }
            DocumentParts::System { system, department: slug } => Self::System(SystemDocument {
                system: system.to_owned(),
                department: slug.map(department).transpose()?,
            }),
            DocumentParts::Person { id, name, active, accounts } => Self::Person(PersonDocument {
                id: id.to_owned(),
                name: text(name),
                active,
                accounts: accounts.into_iter().map(Into::into).collect(),
            }),
        })
    }
}

pub(crate) fn encode(change: &DirectoryChange, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let DirectoryChange { position, stored_at, identity, content, document } = change;
    begin(out);
    append(
        out,
        &ChangeParts {
            position: position.sequence(),
            stored_at: (*stored_at).into(),
            identity: identity.into(),
            content: content.0,
            document: document.into(),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<DirectoryChange, StoreError> {
    read::<ChangeParts<'_>, _>(DIRECTORY, bytes)
}
