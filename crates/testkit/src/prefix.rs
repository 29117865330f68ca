//! A log as it was when it ended earlier.

use std::sync::Arc;

use domain::{Losses, Position};
use engine::{Async, EventLog, Expected, LogError, LogState, NewMessage, RawMessage};
use jiff::Timestamp;
use tokio::sync::mpsc;

/// The beginning of another log. Nothing is appended to it.
pub(crate) struct Prefix {
    whole: Arc<dyn EventLog>,
    tail: Position,
}

impl Prefix {
    /// Up to and with the message at `tail`.
    pub(crate) fn of(whole: Arc<dyn EventLog>, tail: Position) -> Self {
        Self { whole, tail }
    }

    /// Passes on what comes before the end, and then waits, as a log does to which nothing is added.
    async fn pass(&self, mut from: mpsc::Receiver<Vec<RawMessage>>, into: mpsc::Sender<Vec<RawMessage>>) {
        while let Some(mut chunk) = from.recv().await {
            let is_over = chunk.last().is_some_and(|last| last.position >= self.tail);
            chunk.retain(|message| message.position <= self.tail);
            if into.send(chunk).await.is_err() || is_over {
                break;
            }
        }
        into.closed().await;
    }
}

impl EventLog for Prefix {
    fn state(&self) -> Async<'_, Result<LogState, LogError>> {
        Box::pin(async { Ok(LogState { tail: self.tail, ..self.whole.state().await? }) })
    }

    fn message(&self, at: Position) -> Async<'_, Result<Option<RawMessage>, LogError>> {
        self.whole.message(at)
    }

    fn position_at(&self, time: Timestamp) -> Async<'_, Result<Position, LogError>> {
        Box::pin(async move { Ok(self.whole.position_at(time).await?.min(self.tail)) })
    }

    fn read(
        &self,
        after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        Box::pin(async move {
            let (all, from) = mpsc::channel(1);
            // Whoever listens no more has heard enough: reading the rest ends with it.
            tokio::select! {
                read = self.whole.read(after, losses, all) => read,
                () = self.pass(from, into) => Ok(()),
            }
        })
    }

    fn matching(
        &self,
        filter: String,
        after: Position,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        Box::pin(async move {
            let (all, mut from) = mpsc::channel::<Vec<RawMessage>>(1);
            let pass = async {
                while let Some(mut chunk) = from.recv().await {
                    chunk.retain(|message| message.position <= self.tail);
                    if into.send(chunk).await.is_err() {
                        break;
                    }
                }
            };
            tokio::join!(self.whole.matching(filter, after, all), pass).0
        })
    }

    fn append(
        &self,
        _messages: Vec<NewMessage>,
        _expected: Vec<Expected>,
    ) -> Async<'_, Result<Vec<Position>, LogError>> {
        Box::pin(async { Err(LogError::Refused { detail: "this log is only read".to_owned() }) })
    }
}
