//! The nouns of Davy and the pure functions over them.
//!
//! Owns: ids, events, the directory, the fold of an issue's events into its state, who is shown as its owner.
//! Deliberately absent: IO, async, clocks, randomness, serialisation. Time comes in with the events; bytes are turned
//! into these types by `wire` (messages) and `store` (records).

mod anomaly;
mod arrival;
mod customer;
mod department;
mod directory;
mod event;
mod fold;
mod hash;
mod id;
mod issue;
pub mod limits;
mod loss;
mod operation;
mod owner;
mod person;
mod position;
mod quarantine;
mod severity;
mod text;

pub use anomaly::{Anomalies, Anomaly};
pub use arrival::{Arrival, Arrived};
pub use customer::{AsReported, Leaf, LeafId};
pub use department::{Department, Origin, ParseDepartmentError};
pub use directory::{
    DepartmentDocument, Directory, DirectoryChange, Document, DocumentKey, PersonDocument, Recorded,
    SystemDocument, Version,
};
pub use event::{
    Actor, ActorKind, Assignment, Basis, Digits, Event, EventKey, Identity, IssueName, Link, LinkKind,
    OfferTerms, OrderKey, Ordinal, Payload, Rank, Report, Retraction,
};
pub use fold::{Applied, Effect, fold, listed_under, replay, replay_own, replay_with};
pub use hash::Digest;
pub use id::{CustomerId, IssueId, bare_event_id, operator_event_id};
pub use issue::{Acknowledgement, Home, Issue, LastKey, Lifecycle, Reported, Settled, Standing};
pub use loss::{Loss, Losses};
pub use operation::{Operation, OperationKind};
pub use owner::{Custody, Holding, Named, Offer, Owner, ShownOwner, Since};
pub use person::{Person, Reference};
pub use position::{ParsePositionError, Position};
pub use quarantine::{Quarantined, Reason, Settlement, SettlementKind};
pub use severity::Severity;
pub use text::cut;

/// Raised whenever the same log would fold to another state, so that stores of an older fold are rebuilt.
/// The time-zone data are bundled with `jiff` and count as part of it.
pub const FOLD_VERSION: u32 = 2;
