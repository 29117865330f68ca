//! The port, on the parts of this crate.

use std::sync::Arc;

use domain::{Losses, Position};
use engine::{Async, EventLog, Expected, LogError, LogState, NewMessage, RawMessage};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{
    Durability, ProvisionError, Provisioned, RestoreError,
    append::Appender,
    consume::Reader,
    durability,
    link::{Link, SharedLink},
    read, restore, stream,
};

/// The log, on stream `DAVY` of a NATS server or cluster. [`crate::connect`] makes one.
#[derive(Debug)]
pub struct JetStreamLog {
    link: SharedLink,
    appender: Appender,
    replicas: u8,
    monitor_url: Option<String>,
}

impl JetStreamLog {
    pub(crate) fn new(link: Link, replicas: u8, monitor_url: Option<String>) -> Self {
        let link = Arc::new(link);
        Self { appender: Appender::new(Arc::clone(&link)), link, replicas, monitor_url }
    }

    /// Makes the stream if there is none, else looks whether it is as it must be. `now` gives a new stream its incarnation.
    ///
    /// # Errors
    /// [`ProvisionError::Unreachable`] is worth trying again; the others need somebody to act.
    pub async fn provision(&self, now: Timestamp) -> Result<Provisioned, ProvisionError> {
        stream::provision(&self.link, self.replicas, now).await
    }

    /// Whether there is a stream. One that is there is compared as by [`JetStreamLog::provision`]; none is made.
    ///
    /// # Errors
    /// As [`JetStreamLog::provision`].
    pub async fn is_there(&self) -> Result<bool, ProvisionError> {
        Ok(stream::found(&self.link, self.replicas).await?.is_some())
    }

    /// Makes the stream for a backup of the messages from `first` to `last`, or takes up one whose restoring was begun. The
    /// position to go on after; what stands before it is for the caller to compare.
    ///
    /// # Errors
    /// [`RestoreError::Occupied`] if the stream holds anything else.
    pub async fn begin_restore(
        &self,
        first: Position,
        last: Position,
        now: Timestamp,
    ) -> Result<Position, RestoreError> {
        restore::begin(&self.link, self.replicas, (first, last), now).await
    }

    /// Appends messages of a backup after `tail`: at most 1,000, all or nothing.
    ///
    /// # Errors
    /// [`RestoreError::Raced`] if the stream does not end at `tail`. After [`LogError::Unreachable`] they may be stored or not:
    /// begin again.
    pub async fn restore(&self, tail: Position, messages: Vec<RawMessage>) -> Result<(), RestoreError> {
        restore::append(&self.link, &self.appender, tail, messages).await
    }

    /// Puts the stream's settings as they are to be, once everything is restored.
    ///
    /// # Errors
    /// If the server cannot be asked; may be tried again.
    pub async fn end_restore(&self) -> Result<(), RestoreError> {
        restore::end(&self.link).await
    }

    /// Whether what was acked survives a power cut.
    pub async fn durability(&self) -> Durability {
        match stream::info(&self.link).await {
            Ok(info) => durability::check(self.monitor_url.as_deref(), &info).await,
            Err(failure) => {
                Durability::Unknown { why: format!("stream DAVY could not be asked for: {failure}") }
            }
        }
    }

    /// Whether there is a connection at this moment. How that changes is told to [`crate::Options::on_event`].
    pub fn is_connected(&self) -> bool {
        self.link.is_connected()
    }
}

impl EventLog for JetStreamLog {
    fn state(&self) -> Async<'_, Result<LogState, LogError>> {
        Box::pin(read::state(&self.link))
    }

    fn message(&self, at: Position) -> Async<'_, Result<Option<RawMessage>, LogError>> {
        Box::pin(read::message(&self.link, at))
    }

    fn position_at(&self, time: Timestamp) -> Async<'_, Result<Position, LogError>> {
        Box::pin(read::position_at(&self.link, time))
    }

    fn read(
        &self,
        after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        Box::pin(Reader::new(Arc::clone(&self.link), after, losses, into).run())
    }

    fn matching(
        &self,
        filter: String,
        after: Position,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        Box::pin(read::matching(&self.link, filter, after, into))
    }

    fn append(
        &self,
        messages: Vec<NewMessage>,
        expected: Vec<Expected>,
    ) -> Async<'_, Result<Vec<Position>, LogError>> {
        Box::pin(self.appender.append(messages, expected))
    }
}
