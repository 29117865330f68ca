//! What an operator did to the log's own matters: events of Davy's origin `command` that concern no issue by themselves.

use jiff::Timestamp;

use crate::{Arrived, Department, Digest, Identity, Loss, Person, Position};

/// An operator's event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Where it stands in the log.
    pub position: Position,
    /// When the log stored it.
    pub stored_at: Timestamp,
    /// Who it is.
    pub identity: Identity,
    /// Of what its sender said.
    pub content: Digest,
    /// In whose name it was done.
    pub department: Department,
    /// Who did it, where the event says it.
    pub person: Option<Person>,
    /// Why.
    pub reason: String,
    /// What was done.
    pub kind: OperationKind,
}

/// What an operator did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// `event.skipped`: the quarantined message is of no use.
    Skipped {
        /// Where it stands.
        of: Position,
    },
    /// `event.redriven`: the quarantined message is read again.
    Redriven {
        /// Where it stands.
        of: Position,
        /// What was read, as if it stood where this event stands.
        arrived: Box<Arrived>,
    },
    /// `log.loss_accepted`: messages that are missing from the log are given up.
    LossAccepted(Loss),
}
