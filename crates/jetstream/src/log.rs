//! The port, on the parts of this crate.

use std::sync::Arc;

use domain::Position;
use engine::{Async, EventLog, LogError, LogState, NewMessage, RawMessage};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::{
    Durability, ProvisionError, Provisioned,
    append::Appender,
    consume::Reader,
    durability,
    link::{Link, SharedLink},
    read, stream,
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
        Self { link: Arc::new(link), appender: Appender::new(), replicas, monitor_url }
    }

    /// Makes the stream if there is none, else looks whether it is as it must be. `now` gives a new stream its incarnation.
    ///
    /// # Errors
    /// [`ProvisionError::Unreachable`] is worth trying again; the others need somebody to act.
    pub async fn provision(&self, now: Timestamp) -> Result<Provisioned, ProvisionError> {
        stream::provision(&self.link, self.replicas, now).await
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

    fn read(&self, after: Position, into: mpsc::Sender<Vec<RawMessage>>) -> Async<'_, Result<(), LogError>> {
        Box::pin(Reader::new(Arc::clone(&self.link), after, into).run())
    }

    fn append(&self, messages: Vec<NewMessage>) -> Async<'_, Result<Vec<Position>, LogError>> {
        Box::pin(self.appender.append(&self.link, messages))
    }
}
