//! Writing the messages of a backup into a stream of their own, each at its position.
//!
//! The stream's metadata says from the start how far it is restored, so that whoever reads meanwhile reads right.
//! Absent: where the messages come from.

use std::fmt;

use domain::Position;
use engine::{LogError, RawMessage};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    ProvisionError,
    append::Appender,
    link::{Failure, Link, Refusal},
    read, restored, stream,
};

/// Why a backup cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The stream cannot be made or used.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// The log does not answer, or refuses a message.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The stream holds something else.
    #[error(
        "restore into stream DAVY: it holds {held}; a backup is restored into an empty stream: use another NATS account or \
         server, or, if what it holds may be lost, delete it with `nats stream rm DAVY`"
    )]
    Occupied {
        /// What it holds.
        held: Held,
    },
    /// Somebody else published meanwhile.
    #[error(
        "restore message {expected}: another program published to the stream meanwhile, which ends at {found}; stop what \
         publishes, delete the stream with `nats stream rm DAVY`, and restore again"
    )]
    Raced {
        /// The message that was to come next.
        expected: Position,
        /// The stream's last message.
        found: Position,
    },
}

/// What a stream holds that is not the backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Messages.
    Messages {
        /// The first.
        first: Position,
        /// The last.
        last: Position,
    },
    /// Another backup, or the beginning of one.
    Backup {
        /// The last message of it.
        through: Position,
    },
    /// Nothing, but its first message would come at another position than that of the backup.
    Nothing {
        /// Where it would.
        next: Position,
    },
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Messages { first, last } => write!(f, "messages {first} to {last}"),
            Self::Backup { through } => {
                write!(f, "another backup or the beginning of one, which ends at {through}")
            }
            Self::Nothing { next } => write!(f, "nothing yet, but begins at {next} and the backup does not"),
        }
    }
}

/// Makes the stream for a backup of these messages, or takes up one whose restoring was begun; its last position.
pub(crate) async fn begin(
    link: &Link,
    replicas: u8,
    (first, last): (Position, Position),
    now: Timestamp,
) -> Result<Position, RestoreError> {
    let before = Position::new(first.sequence().saturating_sub(1));
    let Some(info) = stream::found(link, replicas).await? else {
        stream::create_for_backup(link, replicas, first, last, now).await?;
        return Ok(before);
    };
    let (start, tail) = read::ends(&info)?;
    let through = stream::restored_through(&info);
    if through == last && start == first {
        return Ok(tail);
    }
    if through > Position::START {
        return Err(RestoreError::Occupied { held: Held::Backup { through } });
    }
    if start <= tail {
        return Err(RestoreError::Occupied { held: Held::Messages { first: start, last: tail } });
    }
    if start != first {
        return Err(RestoreError::Occupied { held: Held::Nothing { next: start } });
    }
    update(link, stream::for_backup(&info["config"], last)).await?;
    Ok(before)
}

/// Appends messages of the backup after the `tail`, all or nothing, and only if it is still the tail.
pub(crate) async fn append(
    link: &Link,
    appender: &Appender,
    tail: Position,
    messages: Vec<RawMessage>,
) -> Result<(), RestoreError> {
    let mut messages: Vec<_> = messages.into_iter().map(restored::packed).collect();
    if let Some(first) = messages.first_mut() {
        first.headers.push(("Nats-Expected-Last-Sequence".to_owned(), tail.sequence().to_string()));
    }
    match appender.append(messages, Vec::new()).await {
        Ok(_) => Ok(()),
        Err(error @ (LogError::Conflict | LogError::Refused { .. })) => {
            let found = read::state(link).await?.tail;
            if found == tail {
                return Err(error.into());
            }
            Err(RestoreError::Raced { expected: tail.next(), found })
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes back the room that restored messages need.
pub(crate) async fn end(link: &Link) -> Result<(), RestoreError> {
    let info = stream::info(link).await.map_err(LogError::from)?;
    match stream::after_backup(&info["config"]) {
        Some(config) => update(link, config).await,
        None => Ok(()),
    }
}

async fn update(link: &Link, config: Value) -> Result<(), RestoreError> {
    match link.ask(&format!("STREAM.UPDATE.{}", stream::STREAM), &config).await {
        Ok(_) => Ok(()),
        Err(Failure::Refused(Refusal { text, .. })) => Err(ProvisionError::Update { detail: text }.into()),
        Err(failure @ Failure::Unreachable(_)) => Err(LogError::from(failure).into()),
    }
}
