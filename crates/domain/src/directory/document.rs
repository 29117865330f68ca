//! A document of any kind, and the event that sets it.

use jiff::Timestamp;

use super::{
    CalendarDocument, DepartmentDocument, OverrideDocument, PersonDocument, RotationDocument,
    ScheduleDocument, SystemDocument,
};
use crate::{Department, Digest, Identity, PolicyDocument, Position};

/// A document's content, replaced whole by each event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// `department.set`.
    Department(DepartmentDocument),
    /// `system.set`.
    System(SystemDocument),
    /// `person.set`.
    Person(PersonDocument),
    /// `calendar.set`.
    Calendar(CalendarDocument),
    /// `rotation.set`.
    Rotation(RotationDocument),
    /// `schedule.set`.
    Schedule(ScheduleDocument),
    /// `override.set`.
    Override(OverrideDocument),
    /// `policy.set`.
    Policy(PolicyDocument),
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
    /// By id.
    Calendar(String),
    /// By id.
    Rotation(String),
    /// By id.
    Schedule(String),
    /// By id.
    Override(String),
    /// By id.
    Policy(String),
}

impl Document {
    /// Which document this is.
    pub fn key(&self) -> DocumentKey {
        match self {
            Self::Department(document) => DocumentKey::Department(document.department.clone()),
            Self::System(document) => DocumentKey::System(document.system.clone()),
            Self::Person(document) => DocumentKey::Person(document.id.clone()),
            Self::Calendar(document) => DocumentKey::Calendar(document.id.clone()),
            Self::Rotation(document) => DocumentKey::Rotation(document.id.clone()),
            Self::Schedule(document) => DocumentKey::Schedule(document.id.clone()),
            Self::Override(document) => DocumentKey::Override(document.id.clone()),
            Self::Policy(document) => DocumentKey::Policy(document.id.clone()),
        }
    }

    /// False for a department that is closed, a person who left and an override that was called off. The others have no
    /// end.
    pub fn is_current(&self) -> bool {
        match self {
            Self::Department(document) => document.active,
            Self::System(_) | Self::Calendar(_) | Self::Rotation(_) | Self::Schedule(_) | Self::Policy(_) => {
                true
            }
            Self::Person(document) => !document.has_left(),
            Self::Override(document) => document.active,
        }
    }

    pub(super) const fn as_department(&self) -> Option<&DepartmentDocument> {
        if let Self::Department(document) = self { Some(document) } else { None }
    }

    pub(super) const fn as_system(&self) -> Option<&SystemDocument> {
        if let Self::System(document) = self { Some(document) } else { None }
    }

    pub(super) const fn as_person(&self) -> Option<&PersonDocument> {
        if let Self::Person(document) = self { Some(document) } else { None }
    }

    pub(super) const fn as_calendar(&self) -> Option<&CalendarDocument> {
        if let Self::Calendar(document) = self { Some(document) } else { None }
    }

    pub(super) const fn as_rotation(&self) -> Option<&RotationDocument> {
        if let Self::Rotation(document) = self { Some(document) } else { None }
    }

    pub(super) const fn as_schedule(&self) -> Option<&ScheduleDocument> {
        if let Self::Schedule(document) = self { Some(document) } else { None }
    }
}

impl DocumentKey {
    /// Such as `department`: the kind as it stands in a subject.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Department(_) => "department",
            Self::System(_) => "system",
            Self::Person(_) => "person",
            Self::Calendar(_) => "calendar",
            Self::Rotation(_) => "rotation",
            Self::Schedule(_) => "schedule",
            Self::Override(_) => "override",
            Self::Policy(_) => "policy",
        }
    }

    /// The slug, name or id.
    pub fn id(&self) -> &str {
        match self {
            Self::Department(department) => department.as_str(),
            Self::System(id)
            | Self::Person(id)
            | Self::Calendar(id)
            | Self::Rotation(id)
            | Self::Schedule(id)
            | Self::Override(id)
            | Self::Policy(id) => id,
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
