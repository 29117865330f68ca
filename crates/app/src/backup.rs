//! Backups of the log: every message as a line of a file, and back, byte for byte and each at its position.
//!
//! A line is a CloudEvent, so that other programs can read it too; extensions that begin with `davy` hold what is
//! needed to make the message again. The last line is a seal, without which a file is not whole. Works on NATS alone, whether
//! or not an aggregator runs. Deliberately absent: naming and replacing files, and what is shown on the way.

mod attributes;
mod error;
mod event;
mod export;
mod file;
mod line;
mod restore;
mod seal;

use std::{fmt, time::Duration};

pub use domain::Position;
use jetstream::{JetStreamLog, OnEvent, Start};

pub use error::{BackupError, Fault};
pub use export::Range;

use crate::{config::Nats, connection};

/// A connection to the log, to save it or to put it back.
pub struct Backup {
    log: JetStreamLog,
}

impl fmt::Debug for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backup").finish_non_exhaustive()
    }
}

/// What a file holds, or what was done with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The first and the last message; none of an empty log.
    pub range: Option<(Position, Position)>,
    /// How many.
    pub messages: u64,
    /// Ranges that are missing from the log, from the first to the last message of each.
    pub missing: Vec<(Position, Position)>,
    /// Of those restored, the ones that an interrupted run had restored before.
    pub found: u64,
}

impl Summary {
    /// Takes one more message into account, which comes after all others.
    fn add(&mut self, position: Position) {
        self.range = match self.range {
            None => Some((position, position)),
            Some((first, last)) => {
                if position > last.next() {
                    let before = position.sequence().saturating_sub(1);
                    self.missing.push((last.next(), Position::new(before)));
                }
                Some((first, position))
            }
        };
        self.messages = self.messages.saturating_add(1);
    }
}

/// Told how many more messages are done.
pub type OnProgress<'a> = &'a mut dyn FnMut(u64);

impl Backup {
    /// Connects, waiting so long for a server.
    ///
    /// # Errors
    /// If there is none, or it does not let us in.
    pub async fn connect(nats: &Nats, timeout: Duration) -> Result<Self, BackupError> {
        let options = jetstream::Options {
            start: Start::Within(timeout),
            on_event: OnEvent::new(|_| {}),
            ..connection::options(nats)?
        };
        let log = jetstream::connect(options).await.map_err(crate::LogError::from)?;
        Ok(Self { log })
    }
}
