//! What can go wrong with a spool, and what its owner can do about it.

use std::{io, path::PathBuf};

use crate::PublishError;

/// A spool could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The directory cannot be used.
    #[error("{operation} the spool {}", dir.display())]
    Directory {
        /// Such as `make`.
        operation: &'static str,
        /// Which.
        dir: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It holds as much as it may; the event was not kept.
    #[error(
        "keep the event: the spool {} is full with {messages} events, {bytes} bytes; deliver it, or drop what nobody needs",
        dir.display()
    )]
    Full {
        /// Which.
        dir: PathBuf,
        /// How many files it holds.
        messages: u64,
        /// Of all of them.
        bytes: u64,
    },
    /// It could not be sent however often it was tried; it was not kept.
    #[error(transparent)]
    Unsendable(PublishError),
    /// The event could not be written; it was not kept.
    #[error("keep the event in {}; is the disk full?", path.display())]
    Keep {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A kept event cannot be read from the disk. It stays where it is.
    #[error("read the kept event {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file holds something else than an event that was kept, or only a part of it.
    #[error("read the kept event {}: {detail}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A kept event cannot be removed or set aside.
    #[error("{operation} the kept event {}", path.display())]
    Change {
        /// Such as `remove`.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Nothing is kept under this name.
    #[error("find the kept event `{name}`: the spool has none of that name")]
    Unknown {
        /// As it was given.
        name: String,
    },
    /// Somebody else delivers it at the moment.
    #[error("deliver the spool {}: another process is delivering it; try again", dir.display())]
    Busy {
        /// Which.
        dir: PathBuf,
    },
    /// The runtime ended before the work on the disk did.
    #[error("work on the spool: the runtime is ending")]
    Ending(#[source] tokio::task::JoinError),
}

/// An event was neither stored nor kept.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// It is refused for good, or cannot be sent as it is; keeping it would not help.
    #[error(transparent)]
    Refused(#[from] PublishError),
    /// It is not confirmed, and could not be kept either.
    #[error("deliver the event: {reason}; and it could not be kept")]
    NotKept {
        /// Why it was not confirmed.
        reason: String,
        /// Why it was not kept.
        #[source]
        source: SpoolError,
    },
}
