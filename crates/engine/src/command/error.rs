//! Why a command led to nothing, or is not known to have led to anything.

use domain::{Position, Refusal, ShownOwner};

use crate::{LogError, Phase, query::QueryError};

/// A refusal, and who owns what it is about: who lost a race learns to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why, and what to do next.
    pub refusal: Refusal,
    /// Of the issue, where it is about one that is there.
    pub owner: Option<ShownOwner>,
    /// It was decided on what is known up to here.
    pub position: Position,
}

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A rule forbids it. No fault.
    #[error("{}", .0.refusal)]
    Refused(Box<Refused>),
    /// The request id was used before, for another command.
    #[error("the request id was used before: it made `{recorded}`; choose another for another intent")]
    OtherCommand {
        /// The type of the first event that it made.
        recorded: String,
    },
    /// An event would not fit into the log.
    #[error("an event would be {found} bytes long; at most {most} are taken, so say it in fewer words")]
    TooLarge {
        /// Its length.
        found: usize,
        /// The greatest length.
        most: usize,
    },
    /// Folding has stopped, so nothing is appended.
    #[error("give a command: folding has stopped")]
    NotWritable(Phase),
    /// Nothing was done in the time that the caller gave.
    #[error("there was too little time to do it, and nothing was done; send it again")]
    Late,
    /// It was sent, and the log did not answer.
    #[error(
        "it was sent, and the log did not answer; send it again with the same request_id, which tells, and does nothing twice"
    )]
    Unknown,
    /// It is done, and not folded yet.
    #[error(
        "it is done, by the event at {position}, and folded up to {reached}; send it again with the same request_id to see what came of it"
    )]
    NotFolded {
        /// Of its last event.
        position: Position,
        /// Of the last message folded.
        reached: Position,
    },
    /// What was put together cannot be read: a defect of Davy's.
    #[error("put an event together: {0}; this is a defect of Davy's, please report it")]
    Malformed(String),
    /// What it is about cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The log does not take part.
    #[error(transparent)]
    Log(#[from] LogError),
}
