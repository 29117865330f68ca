//! A message of the log after reading: what the fold is fed with.

use jiff::Timestamp;

use crate::{Digest, DirectoryChange, Event, Operation, Position, Quarantined};

/// One message of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Where it stands.
    pub position: Position,
    /// When the log stored it.
    pub stored_at: Timestamp,
    /// Of the whole message; tells whether the log still holds the message that was folded.
    pub fingerprint: Digest,
    /// For a bare message without an id: of its subject and body. Equal ones within 2 minutes are one event.
    pub bare: Option<Digest>,
    /// What was read.
    pub content: Arrived,
}

/// What a message turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// A fact about an issue or a customer.
    Event(Box<Event>),
    /// A new version of a directory document.
    Directory(Box<DirectoryChange>),
    /// A directory document of a kind that this Davy does not know: counted, folded once the kind is known.
    UnknownDocument {
        /// Such as `calendar.set`.
        type_name: String,
    },
    /// What an operator did to the log's own matters.
    Operation(Box<Operation>),
    /// It cannot be read or placed.
    Quarantined(Box<Quarantined>),
}
