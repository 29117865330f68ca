//! Events in batches that one call can carry.

use std::{iter::Peekable, sync::Arc};

use ::import::ImportedEvent;
use proto::v1::EventMessage;

/// The most events that one call takes.
const EVENTS: usize = 1_000;
/// Bytes of a batch; a call carries 4 MiB, headers and framing included.
const BYTES: usize = 2 * 1024 * 1024;
/// What an event needs besides its subject and body.
const OVERHEAD: usize = 96;

/// Where an event of a batch comes from.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) type_name: Arc<str>,
    pub(super) file: Arc<str>,
    pub(super) line: u64,
}

/// Events for one call, and their rows.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) events: Vec<EventMessage>,
    pub(super) rows: Vec<Row>,
}

/// The next batch; none after the last event.
pub(super) fn next(events: &mut Peekable<impl Iterator<Item = ImportedEvent>>) -> Option<Batch> {
    let mut batch = Batch::default();
    let mut bytes = 0;
    while batch.events.len() < EVENTS {
        let left = BYTES.saturating_sub(bytes);
        // A first event that is larger than a batch goes alone.
        let first = batch.events.is_empty();
        let Some(event) = events.next_if(|event| first || size(event) <= left) else { break };
        bytes += size(&event);
        batch.push(event);
    }
    (!batch.events.is_empty()).then_some(batch)
}

impl Batch {
    fn push(&mut self, event: ImportedEvent) {
        let ImportedEvent { subject, body, type_, time: _, file, line } = event;
        let content_type = ("Content-Type".to_owned(), "application/cloudevents+json".to_owned());
        self.events.push(EventMessage { subject, body: body.into(), headers: [content_type].into() });
        self.rows.push(Row { type_name: type_, file, line });
    }
}

fn size(event: &ImportedEvent) -> usize {
    event.subject.len() + event.body.len() + OVERHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(line: u64, bytes: usize) -> ImportedEvent {
        ImportedEvent {
            subject: "davy.events.a._.b.c".into(),
            body: vec![b' '; bytes],
            type_: "b.c".into(),
            time: jiff::Timestamp::UNIX_EPOCH,
            file: "f".into(),
            line,
        }
    }

    fn sizes(events: impl Iterator<Item = ImportedEvent>) -> Vec<usize> {
        let mut events = events.peekable();
        std::iter::from_fn(|| next(&mut events)).map(|batch| batch.rows.len()).collect()
    }

    #[test]
    fn batches_hold_a_thousand_events_or_two_mebibytes_and_lose_none() {
        assert_eq!(sizes((0..2_500).map(|line| event(line, 10))), [1_000, 1_000, 500]);
        assert_eq!(sizes((0..20).map(|line| event(line, 200 * 1024))), [10, 10]);
        assert_eq!(sizes((0..3).map(|line| event(line, 3 * 1024 * 1024))), [1, 1, 1]);
        assert_eq!(sizes((0..1_000).map(|line| event(line, 10))), [1_000]);
        assert!(sizes(std::iter::empty()).is_empty());
    }
}
