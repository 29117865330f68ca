//! The port to the API: what is owed, the right to send it, and the place to say what came of it.

mod connect;
mod grpc;

use jiff::Timestamp;

use crate::ping::{Content, OwedPing, PingId};

pub use connect::{ApiConnection, ApiOptions, Bearer, ConnectError};
pub use grpc::GrpcOwed;

/// What the pager asks of the API. Every call may be made again with the same arguments and then answers the same.
pub trait Owed: Send + Sync + 'static {
    /// The frames of a watch.
    type Watch: Watch;

    /// Begins a watch: first all that is owed, then each change.
    ///
    /// # Errors
    /// If it cannot be begun now.
    fn watch(&self) -> impl Future<Output = Result<Self::Watch, ApiFault>> + Send;

    /// Claims an attempt.
    ///
    /// # Errors
    /// If it is not known whether it is ours.
    fn claim(&self, claim: &Claim) -> impl Future<Output = Result<Claimed, ApiFault>> + Send;

    /// Says what came of an attempt.
    ///
    /// # Errors
    /// If it is not known whether it is recorded.
    fn record(&self, record: &Record) -> impl Future<Output = Result<(), ApiFault>> + Send;

    /// Whether anybody is still to be pinged for an issue.
    ///
    /// # Errors
    /// If that cannot be said now.
    fn standing(&self, issue: &str) -> impl Future<Output = Result<Standing, ApiFault>> + Send;
}

/// The frames of one watch, over one connection.
pub trait Watch: Send {
    /// The next; `None` at the end.
    ///
    /// # Errors
    /// If the watch is lost. It is begun anew then.
    fn next(&mut self) -> impl Future<Output = Result<Option<Frame>, ApiFault>> + Send;
}

/// What a watch tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Issues with owed pings; after a `reset`, no other than those that follow.
    Snapshot {
        /// What was told before counts no more.
        reset: bool,
        /// Some of them.
        rows: Vec<Row>,
    },
    /// These pings of an issue are owed now.
    Row(Row),
    /// All that were owed have been told.
    Complete,
    /// Nothing new.
    Alive,
}

/// An issue, and its pings that are owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The issue's id.
    pub issue: String,
    /// None: nothing is owed any more.
    pub pings: Vec<OwedPing>,
}

/// An attempt to claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Of which ping.
    pub ping: PingId,
    /// The name of the pager.
    pub by: String,
    /// From 1.
    pub attempt: u32,
}

/// Whose the attempt is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Ours.
    Ours {
        /// What to send.
        content: Box<Content>,
        /// After that another pager may try.
        until: Timestamp,
    },
    /// Another's, or it is owed no more.
    Refused {
        /// Why, in words.
        why: String,
    },
}

/// What came of an attempt, to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Of which claim.
    pub claim: Claim,
    /// What came of it.
    pub outcome: Outcome,
    /// What the receiver said, without addresses and secrets.
    pub detail: String,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver took it.
    Delivered,
    /// It is tried again.
    FailedForNow {
        /// After this.
        retry_at: Timestamp,
    },
    /// It is not tried again.
    FailedForGood,
    /// Nobody tried it: its contact has got enough.
    Throttled {
        /// Until about then.
        until: Timestamp,
    },
}

/// Whether anybody is still to be pinged for an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Somebody is pinged.
    Pinging,
    /// Somebody answered, or asked for silence.
    Answered,
    /// Nothing is overdue any more.
    Over,
}

/// Why the API did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiFault {
    /// It may later.
    #[error("ask the API: {0}; the pager tries again")]
    Unavailable(String),
    /// It will not.
    #[error("ask the API, which refuses: {0}")]
    Refused(String),
}
