//! Why a backup cannot be made or restored, and whose fault it is.

use std::{io, path::PathBuf};

use domain::Position;
use jetstream::{ConnectError, ProvisionError, RestoreError};

use crate::LogError;

/// Why a backup cannot be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] LogError),
    /// The log does not answer, or its messages cannot be read.
    #[error("read the log")]
    Read(#[from] engine::LogError),
    /// The log ends before the range does.
    #[error("export up to {to}: the log ends at {tail}")]
    Beyond {
        /// What was asked for.
        to: Position,
        /// Where the log ends.
        tail: Position,
    },
    /// The range is the wrong way round.
    #[error("export from {from} to {to}: the first comes after the last")]
    Reversed {
        /// The first.
        from: Position,
        /// The last.
        to: Position,
    },
    /// The stream was made anew meanwhile.
    #[error("export the log: the stream was replaced by another one meanwhile; export again")]
    Replaced,
    /// The lines cannot be written.
    #[error("write the export")]
    Write(#[source] io::Error),
    /// The file cannot be read.
    #[error("read {}, line {line}; nothing was restored from there on", path.display())]
    ReadFile {
        /// Which.
        path: PathBuf,
        /// After so many lines.
        line: u64,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file is not whole, or no export.
    #[error("{}:{line}: {problem}", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// Where.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// Messages are missing in the middle of the file.
    #[error(
        "restore {}: messages {from} to {to} are missing in it, and positions could not be kept; nothing was restored. \
         Restore an export of what stands before them (`davy log export --to`) or after them (`--from`)",
        path.display()
    )]
    Hole {
        /// Which.
        path: PathBuf,
        /// The first that is missing.
        from: Position,
        /// The last that is missing.
        to: Position,
    },
    /// The stream holds another message.
    #[error(
        "restore into stream DAVY: its message {at} is not that of the file; restore into an empty stream (another NATS account \
         or server, or after `nats stream rm DAVY` if what it holds may be lost)"
    )]
    Differs {
        /// Where.
        at: Position,
    },
    /// The stream cannot take the messages.
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// NATS is not there or does not answer.
    Unavailable,
    /// NATS does not let us in.
    Denied,
    /// The options are wrong.
    Options,
    /// What was asked for does not fit what is there.
    Refused,
    /// Something else: a file, a disk.
    Other,
}

impl BackupError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Connect(error) => of_connection(error),
            Self::Read(error) | Self::Restore(RestoreError::Log(error)) => of_log(error),
            Self::Restore(RestoreError::Provision(error)) => of_provision(error),
            Self::Restore(RestoreError::Occupied { .. } | RestoreError::Raced { .. })
            | Self::Beyond { .. }
            | Self::Replaced
            | Self::Hole { .. }
            | Self::Differs { .. } => Fault::Refused,
            Self::Reversed { .. } => Fault::Options,
            Self::Write(_) | Self::ReadFile { .. } | Self::Damaged { .. } => Fault::Other,
        }
    }
}

fn of_connection(error: &LogError) -> Fault {
    match error {
        LogError::Secret { .. } => Fault::Options,
        LogError::Provision(error) => of_provision(error),
        LogError::Connect(error) => match error {
            ConnectError::ParseUrl { .. }
            | ConnectError::ReadCredentials { .. }
            | ConnectError::ReadTls { .. } => Fault::Options,
            ConnectError::LogIn { .. } | ConnectError::Tls { .. } => Fault::Denied,
            ConnectError::Reach { .. } => Fault::Unavailable,
            ConnectError::TooOld(_) => Fault::Refused,
        },
    }
}

fn of_log(error: &engine::LogError) -> Fault {
    match error {
        engine::LogError::Unreachable { .. } => Fault::Unavailable,
        engine::LogError::Missing
        | engine::LogError::Gap { .. }
        | engine::LogError::Conflict
        | engine::LogError::Refused { .. } => Fault::Refused,
    }
}

fn of_provision(error: &ProvisionError) -> Fault {
    match error {
        ProvisionError::Unreachable { .. } => Fault::Unavailable,
        ProvisionError::TooOld(_)
        | ProvisionError::Create { .. }
        | ProvisionError::Update { .. }
        | ProvisionError::Different { .. }
        | ProvisionError::NoIncarnation => Fault::Refused,
    }
}
