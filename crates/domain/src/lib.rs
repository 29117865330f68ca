//! The nouns of Davy and the pure functions over them.
//!
//! Owns: ids, events, the directory, the fold of an issue's events into its state, who is shown as its owner.
//! Deliberately absent: IO, async, clocks, randomness, serialisation. Time comes in with the events; bytes are turned
//! into these types by `wire` (messages) and `store` (records).

mod anomaly;
mod arrival;
mod command;
mod customer;
mod department;
mod directory;
mod event;
mod fold;
mod hash;
mod id;
pub mod identity;
mod issue;
mod kin;
pub mod limits;
mod loss;
mod operation;
mod owner;
mod payload;
mod person;
mod position;
mod principal;
mod quarantine;
mod refusal;
mod severity;
mod text;
mod work;

pub use anomaly::{Anomalies, Anomaly};
pub use arrival::{Arrival, Arrived};
pub use command::{
    Command, ContactTerms, Context, Decision, DeclineCode, Defaulted, Draft, HandOffTerms, Item, MissedTerms,
    NextAction, ReportTerms, ResolutionKind, Said, SignalTerms, Target, Told, Words, decide,
};
pub use customer::{AsReported, Leaf, LeafId};
pub use department::{Department, Origin, ParseDepartmentError};
pub use directory::{
    Contact, DepartmentDocument, Directory, DirectoryChange, Document, DocumentKey, Mistake, MistakeKind,
    PersonDocument, PersonStatus, Recorded, SystemDocument, Version, check_set,
};
pub use event::{Actor, ActorKind, Digits, Event, EventKey, Identity, IssueName, OrderKey, Ordinal, Rank};
pub use fold::{Applied, Effect, fold, listed_under, replay, replay_joined, replay_own, replay_with, stands};
pub use hash::Digest;
pub use id::{
    CustomerId, EdgeId, IssueId, ItemId, bare_event_id, command_event_id, directory_event_id,
    operator_event_id,
};
pub use issue::{Acknowledgement, Home, Issue, LastKey, Lifecycle, Reported, Settled, Standing};
pub use kin::{Kinship, tie};
pub use loss::{Loss, Losses};
pub use operation::{Operation, OperationKind};
pub use owner::{Custody, Holding, Named, Offer, Owner, ShownOwner, Since};
pub use payload::{Assignment, Basis, Link, LinkKind, OfferTerms, Payload, Report, Retraction};
pub use person::{Person, Reference};
pub use position::{ParsePositionError, Position};
pub use principal::{Principal, Role, Roles};
pub use quarantine::{Quarantined, Reason, Settlement, SettlementKind};
pub use refusal::{Refusal, RefusalCode};
pub use severity::Severity;
pub use text::cut;
pub use work::{
    Assist, AssistState, AssistTerms, Deferral, DeferralState, DeferralTerms, EndCause, Floors, ItemRef,
    Missed, Promise, PromiseOrigin, PromiseState, PromiseTerms, Restriction, Verdict, Waiting, Work,
    Workaround, WorkaroundTerms,
};

/// Raised whenever the same log would fold to another state, so that stores of an older fold are rebuilt.
/// The time-zone data are bundled with `jiff` and count as part of it.
pub const FOLD_VERSION: u32 = 4;
