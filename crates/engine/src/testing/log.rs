//! A log in memory, and what can happen to a real one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{Losses, Position};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, watch};

use crate::{Async, EventLog, Expected, LogError, LogState, NewMessage, RawMessage};

/// Messages in one delivery, as the port has it.
const CHUNK: usize = 1_000;

/// A log in memory. Every message is stored a second after the one before.
#[derive(Debug)]
pub struct MemoryLog {
    stream: Mutex<Stream>,
    /// Sent whenever a reader should look again.
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct Stream {
    incarnation: String,
    messages: Vec<RawMessage>,
    tail: Position,
    now: Timestamp,
    reachable: bool,
    /// Up to where messages are delivered.
    delivered_up_to: Position,
}

impl MemoryLog {
    /// An empty stream of this incarnation; its first message is stored at `now`.
    pub fn new(incarnation: &str, now: Timestamp) -> Self {
        let stream = Stream {
            incarnation: incarnation.to_owned(),
            messages: Vec::new(),
            tail: Position::START,
            now,
            reachable: true,
            delivered_up_to: Position::new(u64::MAX),
        };
        Self { stream: Mutex::new(stream), changed: watch::Sender::new(()) }
    }

    /// Appends one message.
    pub fn publish(&self, message: NewMessage) -> Position {
        self.change(|stream| stream.push(message))
    }

    /// Every message that is there, in order.
    pub fn messages(&self) -> Vec<RawMessage> {
        self.lock().messages.clone()
    }

    /// Lets time pass before the next message is stored.
    pub fn wait(&self, duration: SignedDuration) {
        self.lock().now += duration;
    }

    /// Delivers nothing after `position`, though it is there, until this is called again.
    pub fn deliver_up_to(&self, position: Position) {
        self.change(|stream| stream.delivered_up_to = position);
    }

    /// Breaks or mends the connection: no question is answered and nothing delivered without one.
    pub fn set_reachable(&self, reachable: bool) {
        self.change(|stream| stream.reachable = reachable);
    }

    /// Makes the stream anew, without messages.
    pub fn replace(&self, incarnation: &str) {
        self.change(|stream| {
            incarnation.clone_into(&mut stream.incarnation);
            stream.messages.clear();
            stream.tail = Position::START;
        });
    }

    /// Puts the stream back to where it ended at `tail`, as a restored backup does.
    pub fn roll_back(&self, tail: Position) {
        self.change(|stream| {
            stream.messages.retain(|message| message.position <= tail);
            stream.tail = tail;
        });
    }

    /// Loses one message for good.
    pub fn lose(&self, position: Position) {
        self.change(|stream| stream.messages.retain(|message| message.position != position));
    }

    fn change<R>(&self, change: impl FnOnce(&mut Stream) -> R) -> R {
        let changed = change(&mut self.lock());
        self.changed.send_replace(());
        changed
    }

    fn lock(&self) -> MutexGuard<'_, Stream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask<R>(&self, ask: impl FnOnce(&Stream) -> R) -> Result<R, LogError> {
        let stream = self.lock();
        stream.reached()?;
        Ok(ask(&stream))
    }

    async fn deliver(
        &self,
        mut after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Result<(), LogError> {
        let mut changed = self.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let chunk = self.lock().after(after, &losses)?;
            if let Some(last) = chunk.last() {
                after = last.position;
                if into.send(chunk).await.is_err() {
                    return Ok(());
                }
                continue;
            }
            tokio::select! {
                () = into.closed() => return Ok(()),
                // The sender lives as long as this log.
                _more = changed.changed() => {}
            }
        }
    }
}

impl Stream {
    fn reached(&self) -> Result<(), LogError> {
        let unreachable = || LogError::Unreachable { detail: "told to be unreachable".to_owned() };
        if self.reachable { Ok(()) } else { Err(unreachable()) }
    }

    fn append(
        &mut self,
        messages: Vec<NewMessage>,
        expected: &[Expected],
    ) -> Result<Vec<Position>, LogError> {
        self.reached()?;
        if expected.iter().all(|expected| self.last(&expected.filter) == expected.last) {
            Ok(messages.into_iter().map(|message| self.push(message)).collect())
        } else {
            Err(LogError::Conflict)
        }
    }

    /// The position of the last message whose subject matches.
    fn last(&self, filter: &str) -> Position {
        let last = self.messages.iter().rev().find(|message| matches(filter, &message.subject));
        last.map_or(Position::START, |message| message.position)
    }

    fn push(&mut self, NewMessage { subject, headers, body }: NewMessage) -> Position {
        self.tail = self.tail.next();
        let message = RawMessage { position: self.tail, stored_at: self.now, subject, headers, body };
        self.messages.push(message);
        self.now += SignedDuration::from_secs(1);
        self.tail
    }

    /// The next messages to deliver.
    fn after(&self, after: Position, losses: &Losses) -> Result<Vec<RawMessage>, LogError> {
        let until = if self.reachable { self.delivered_up_to } else { Position::START };
        let from = self.messages.partition_point(|message| message.position <= after);
        let rest = self.messages.get(from..).unwrap_or_default();
        let mut chunk = Vec::new();
        for message in rest.iter().take(CHUNK).take_while(|message| message.position <= until) {
            let expected = chunk.last().map_or(after, |last: &RawMessage| last.position).next();
            if message.position == expected || losses.cover(expected, message.position) {
                chunk.push(message.clone());
            } else if chunk.is_empty() {
                return Err(LogError::Gap { expected, found: message.position });
            } else {
                break;
            }
        }
        Ok(chunk)
    }
}

/// Whether a subject matches a filter with NATS wildcards.
fn matches(filter: &str, subject: &str) -> bool {
    let mut tokens = subject.split('.');
    for wanted in filter.split('.') {
        match (wanted, tokens.next()) {
            (">", Some(_)) => return true,
            ("*", Some(_)) => {}
            (wanted, Some(token)) if wanted == token => {}
            (_, Some(_) | None) => return false,
        }
    }
    tokens.next().is_none()
}

impl EventLog for MemoryLog {
    fn state(&self) -> Async<'_, Result<LogState, LogError>> {
        let state = self.ask(|stream| LogState {
            incarnation: stream.incarnation.clone(),
            first: stream.messages.first().map_or_else(|| stream.tail.next(), |message| message.position),
            tail: stream.tail,
            now: Some(stream.now),
        });
        Box::pin(async { state })
    }

    fn message(&self, at: Position) -> Async<'_, Result<Option<RawMessage>, LogError>> {
        let message =
            self.ask(|stream| stream.messages.iter().find(|message| message.position == at).cloned());
        Box::pin(async { message })
    }

    fn position_at(&self, time: Timestamp) -> Async<'_, Result<Position, LogError>> {
        let position = self.ask(|stream| {
            let before = stream.messages.iter().rev().find(|message| message.stored_at <= time);
            before.map_or(Position::START, |message| message.position)
        });
        Box::pin(async { position })
    }

    fn read(
        &self,
        after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        Box::pin(self.deliver(after, losses, into))
    }

    fn matching(
        &self,
        filter: String,
        after: Position,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        let found = self.ask(|stream| {
            let fits = |message: &&RawMessage| message.position > after && matches(&filter, &message.subject);
            stream.messages.iter().filter(fits).cloned().collect::<Vec<_>>()
        });
        Box::pin(async move {
            for chunk in found?.chunks(CHUNK) {
                if into.send(chunk.to_vec()).await.is_err() {
                    break;
                }
            }
            Ok(())
        })
    }

    fn append(
        &self,
        messages: Vec<NewMessage>,
        expected: Vec<Expected>,
    ) -> Async<'_, Result<Vec<Position>, LogError>> {
        let positions = self.change(|stream| stream.append(messages, &expected));
        Box::pin(async { positions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::log_contract;

    #[tokio::test]
    async fn the_memory_log_keeps_the_contract() {
        log_contract(&MemoryLog::new("1", Timestamp::UNIX_EPOCH)).await;
    }
}
