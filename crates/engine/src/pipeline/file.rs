//! The files that the fold thread has open: an issue's state and events, or a customer's own events.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::{Applied, Digest, Directory, Event, EventKey, Issue, LeafId, Payload, Position};

use super::{CHUNK_BYTES, INLINE_BYTES, rows::Indexed};
use crate::{Blob, BlobEntry, Change, Codec, File, Spilled, Store, StoreError};

/// How one event is applied; `domain::Issue::apply` but in tests of what happens when it panics.
pub(crate) type Apply = fn(&mut Issue, &Event, &Directory) -> Applied;

/// A file, and what of it is not in the store yet.
#[derive(Debug, Default)]
pub(crate) struct OpenFile {
    pub(crate) file: File,
    /// As the indexes know it.
    pub(crate) indexed: Indexed,
    /// Customers under whom the issue was listed since the file was opened.
    pub(crate) listed_under: Vec<LeafId>,
    /// Of the events in the tail, side by side: nearly every event is looked for in vain, and the tail is long.
    identities: Vec<Digest>,
    /// Chunks written lately, which may not be in the store yet.
    recent: Vec<(u32, Blob)>,
    /// How many of those were handed over with a batch.
    handed_over: usize,
}

/// Where the same event stands already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) content: Digest,
    pub(crate) position: Position,
}

impl OpenFile {
    pub(crate) fn load(store: &dyn Store, key: EventKey, directory: &Directory) -> Result<Self, StoreError> {
        let Some(file) = store.file(key)? else { return Ok(Self::default()) };
        let identities = file.tail.iter().map(|entry| entry.identity).collect();
        Ok(Self { indexed: Indexed::of(file.issue.as_ref(), directory), identities, file, ..Self::default() })
    }

    /// An event of the same identity, if there is one.
    pub(crate) fn find(
        &self,
        store: &dyn Store,
        key: EventKey,
        identity: Digest,
    ) -> Result<Option<Known>, StoreError> {
        let known = |entry: BlobEntry<'_>| Known { content: entry.content, position: entry.position };
        let inline = self.identities.iter().position(|known| *known == identity);
        let inline = inline.and_then(|index| self.file.tail.iter().nth(index));
        let at_hand = inline.or_else(|| self.recent.iter().find_map(|(_, chunk)| chunk.find(identity)));
        if at_hand.is_some() || self.file.chunks == 0 {
            return Ok(at_hand.map(known));
        }
        let spilled = store.spilled(key, identity)?;
        Ok(spilled.map(|Spilled { content, position }| Known { content, position }))
    }

    /// Adds the packed form of an event at the end.
    pub(crate) fn push(&mut self, event: &Event, packed: &[u8]) {
        self.file.has_retractions |= matches!(event.payload, Payload::Retracted(_));
        self.identities.push(event.identity_digest);
        self.file.tail.push(BlobEntry {
            identity: event.identity_digest,
            content: event.content,
            position: event.position,
            bytes: packed,
        });
    }

    /// Applies the next event in order to the state. `false` if that panicked; the state is then as before.
    pub(crate) fn apply(
        &mut self,
        event: &Event,
        directory: &Directory,
        apply: Apply,
        reload: impl FnOnce(&Self) -> Result<Option<Issue>, StoreError>,
    ) -> Result<bool, StoreError> {
        let Some(name) = &event.issue else { return Ok(true) };
        let mut state = self.file.issue.take();
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let mut issue = state.take().unwrap_or_else(|| Issue::named_by(name.id, event));
            apply(&mut issue, event, directory);
            issue
        }));
        match applied {
            Ok(issue) => {
                self.file.issue = Some(issue);
                Ok(true)
            }
            Err(_panic) => {
                self.file.issue = reload(self)?;
                Ok(false)
            }
        }
    }

    /// Every event of the file with its packed entry, in order.
    pub(crate) fn events(
        &self,
        store: &dyn Store,
        codec: &dyn Codec,
        key: EventKey,
    ) -> Result<Vec<(Event, Vec<u8>)>, StoreError> {
        let mut events = Vec::new();
        for number in 0..self.file.chunks {
            match self.recent.iter().rev().find(|(known, _)| *known == number) {
                Some((_, chunk)) => unpack(chunk, codec, &mut events)?,
                None => match store.chunk(key, number)? {
                    Some(chunk) => unpack(&chunk, codec, &mut events)?,
                    None => return Err(missing_chunk(number)),
                },
            }
        }
        unpack(&self.file.tail, codec, &mut events)?;
        Ok(events)
    }

    /// Replaces all events of the file, in order. What had been moved into chunks is moved again.
    pub(crate) fn replace(&mut self, events: &[(Event, Vec<u8>)]) {
        self.file.tail = Blob::default();
        self.identities.clear();
        self.file.chunks = 0;
        self.recent.clear();
        self.handed_over = 0;
        for (event, packed) in events {
            self.push(event, packed);
            self.spill();
        }
    }

    /// Moves the oldest events into chunks until the rest may stay inline.
    pub(crate) fn spill(&mut self) {
        while self.file.tail.len() > INLINE_BYTES {
            let chunk = self.file.tail.take_oldest(CHUNK_BYTES);
            if self.file.tail.is_empty() {
                // One event alone may be larger than the limit; it stays inline.
                self.file.tail = chunk;
                return;
            }
            self.identities.drain(..chunk.iter().count());
            self.recent.push((self.file.chunks, chunk));
            self.file.chunks = self.file.chunks.saturating_add(1);
        }
    }

    /// What of the file is not in a batch yet. Every batch before is in the store by now, so its chunks need not be at
    /// hand any longer.
    pub(crate) fn drain(&mut self, key: EventKey, changes: &mut Vec<Change>) {
        self.recent.drain(..self.handed_over);
        for (number, chunk) in &self.recent {
            changes.extend(chunk.iter().map(|entry| {
                let spilled = Spilled { content: entry.content, position: entry.position };
                Change::Spilled(key, entry.identity, spilled)
            }));
            changes.push(Change::Chunk(key, *number, chunk.clone()));
        }
        self.handed_over = self.recent.len();
        changes.push(Change::File(key, Box::new(self.file.clone())));
    }
}

fn unpack(blob: &Blob, codec: &dyn Codec, into: &mut Vec<(Event, Vec<u8>)>) -> Result<(), StoreError> {
    for entry in blob.iter() {
        let event = codec
            .unpack(entry.bytes)
            .map_err(|error| StoreError::Damaged { record: "an event", detail: error.to_string() })?;
        into.push((event, entry.bytes.to_vec()));
    }
    Ok(())
}

fn missing_chunk(number: u32) -> StoreError {
    StoreError::Damaged { record: "a chunk of events", detail: format!("chunk {number} is missing") }
}
