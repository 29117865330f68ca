//! What `davy publish` does with events that NATS does not confirm.

use std::time::Duration;

use anyhow::Context as _;
use client::{Publisher, Spool, SpoolError};
use jiff::Timestamp;
use proto::v1::EventMessage;

use super::NatsArgs;
use crate::{
    exit::{self, Exit, Failure},
    output::say,
    spool::{self, SpoolDir},
};

/// How long NATS is tried before events are kept: nobody waits half a minute for a shell to come back.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps events, in the order in which they come.
pub(super) struct Keeper {
    spool: Spool,
    /// Events are kept already, and the next ones go behind them.
    pub(super) behind: bool,
    /// NATS takes events and does not answer; the next run tries again.
    pub(super) silent: bool,
    kept: u64,
}

impl Keeper {
    /// Where no directory was named and there is no place for one, events are published without a spool.
    pub(super) fn open(
        dir: &SpoolDir,
        nats: &NatsArgs,
        clock: fn() -> Timestamp,
    ) -> anyhow::Result<Option<Self>> {
        match dir.open(nats, clock) {
            Ok(spool) => Ok(Some(Self { spool, behind: false, silent: false, kept: 0 })),
            Err(error) if dir.is_named() => Err(error),
            Err(error) => {
                say(&format!("warning: nothing is kept if NATS is away: {}", exit::chain(&error)));
                Ok(None)
            }
        }
    }

    /// Delivers what an earlier run kept.
    pub(super) async fn deliver_first(&mut self, publisher: Option<&Publisher>) -> anyhow::Result<()> {
        self.behind = self.spool.waiting() > 0;
        if let (true, Some(publisher)) = (self.behind, publisher) {
            self.behind = spool::deliver(&self.spool, publisher, PATIENCE).await?.left > 0;
        }
        Ok(())
    }

    pub(super) fn dated(&self, message: EventMessage) -> EventMessage {
        self.spool.dated(message)
    }

    /// The name under which it is kept.
    pub(super) fn keep(&mut self, message: EventMessage, reason: &str) -> anyhow::Result<String> {
        let kept = self.spool.keep(message, reason);
        let neither =
            || Failure::new(Exit::Unavailable, format!("publish: {reason}; and it could not be kept"));
        let name = match kept {
            Ok(name) => name,
            Err(SpoolError::Unsendable(error)) => return Err(error.into()),
            Err(error) => return Err(error).with_context(neither),
        };
        self.behind = true;
        self.kept += 1;
        Ok(name)
    }

    /// After a short outage nothing is left for the next run.
    pub(super) async fn deliver_last(&self, publisher: Option<&Publisher>) -> anyhow::Result<()> {
        let connected =
            publisher.filter(|publisher| self.kept > 0 && !self.silent && publisher.is_connected());
        if let Some(publisher) = connected {
            spool::deliver(&self.spool, publisher, Duration::ZERO).await?;
        }
        Ok(())
    }

    /// How many events of this run are kept still.
    pub(super) fn kept(&self) -> u64 {
        self.kept.min(self.spool.waiting())
    }

    pub(super) fn dir(&self) -> String {
        self.spool.dir().display().to_string()
    }

    /// What to say, and how to end, if events are kept.
    pub(super) fn farewell(&self) -> Option<Failure> {
        let kept = self.kept();
        let are = if kept == 1 { "it is" } else { "they are" };
        let message = format!(
            "kept {} in {}; {are} delivered by the next `davy publish` or `davy spool send`",
            spool::events(kept),
            self.dir()
        );
        (kept > 0).then(|| Failure::new(Exit::Kept, message))
    }
}
