//! The port to the log: the one truth, read in order and appended to.

use domain::{Losses, Position};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::Async;

/// A message as the log stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawMessage {
    /// Where it stands.
    pub position: Position,
    /// When the log stored it.
    pub stored_at: Timestamp,
    /// As published.
    pub subject: String,
    /// In the order of the message; names as published, in any case.
    pub headers: Vec<(String, String)>,
    /// As published.
    pub body: Vec<u8>,
}

/// A message to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Where to.
    pub subject: String,
    /// As given.
    pub headers: Vec<(String, String)>,
    /// As given.
    pub body: Vec<u8>,
}

/// What must hold of the log for messages to be appended: optimistic concurrency (`design.md` 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Subjects, with NATS wildcards. At least one of the messages to append matches.
    pub filter: String,
    /// Of the last message that matches; [`Position::START`] if there is none.
    pub last: Position,
}

/// What the log says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// Which life of the stream this is; a stream that was made anew has another one.
    pub incarnation: String,
    /// The first message still there.
    pub first: Position,
    /// The last message.
    pub tail: Position,
    /// The server's clock, where it says it.
    pub now: Option<Timestamp>,
}

/// The log.
pub trait EventLog: Send + Sync + 'static {
    /// Asks the log for its identity and its ends.
    fn state(&self) -> Async<'_, Result<LogState, LogError>>;

    /// The message at a position, if it is there.
    fn message(&self, at: Position) -> Async<'_, Result<Option<RawMessage>, LogError>>;

    /// The last position stored at or before `time`; [`Position::START`] if there is none.
    fn position_at(&self, time: Timestamp) -> Async<'_, Result<Position, LogError>>;

    /// Delivers every message after `after`, in order and without gaps but for `losses`, in chunks of at most 1,000, until
    /// the receiver is dropped. Connections that break are made again; only what cannot be helped ends it.
    ///
    /// # Errors
    /// [`LogError::Gap`] if messages are missing for good that were not given up.
    fn read(
        &self,
        after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>>;

    /// Delivers every message after `after` whose subject matches `filter` (NATS wildcards), in order, up to the one that is
    /// the last of the log when this is called. Gaps are no concern of this.
    ///
    /// # Errors
    /// If the log cannot be reached; what was delivered before is right.
    fn matching(
        &self,
        filter: String,
        after: Position,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>>;

    /// Appends all or nothing, in order, and answers with the positions. What is expected of the log holds at that moment.
    ///
    /// # Errors
    /// [`LogError::Conflict`] if it does not hold, or if a batch of the same id was appended before: nothing was appended.
    /// After [`LogError::Unreachable`] the messages may be stored or not, and nothing is sent a second time: fold to the tail
    /// and look for their ids before anything is decided again.
    fn append(
        &self,
        messages: Vec<NewMessage>,
        expected: Vec<Expected>,
    ) -> Async<'_, Result<Vec<Position>, LogError>>;
}

/// What can go wrong with the log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached, or does not answer. Worth trying again.
    #[error("reach the log: {detail}")]
    Unreachable {
        /// What the connection said.
        detail: String,
    },
    /// There is no stream: it was deleted, or never made.
    #[error("the stream is not there")]
    Missing,
    /// Messages are missing for good.
    #[error("messages {expected} to before {found} are missing from the log")]
    Gap {
        /// The next one that should have come.
        expected: Position,
        /// What came instead.
        found: Position,
    },
    /// What was expected of the log does not hold: somebody else appended first. Fold to the tail and decide again.
    #[error("append to the log: somebody else was faster")]
    Conflict,
    /// The log refused a message.
    #[error("append to the log: {detail}")]
    Refused {
        /// What the server said.
        detail: String,
    },
}
