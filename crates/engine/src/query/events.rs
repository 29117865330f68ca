//! Reading the events of a file: chunks of older ones, then the tail.

use std::collections::BTreeSet;

use domain::{Event, EventKey, Payload, Position};

use super::QueryError;
use crate::{Blob, File, StoreError, View};

impl View<'_> {
    /// Every event of a file, in the order of the fold.
    pub(crate) fn events(&self, key: EventKey) -> Result<Vec<Event>, QueryError> {
        let Some(file) = self.store.file(key)? else { return Ok(Vec::new()) };
        let mut events = Vec::new();
        for number in 0..file.chunks {
            self.unpack_all(&self.chunk(key, number)?, &mut events)?;
        }
        self.unpack_all(&file.tail, &mut events)?;
        events.sort_by(|one, other| one.order().cmp(&other.order()));
        Ok(events)
    }

    /// Whether an event of a file is struck out, or may be.
    pub(super) fn has_retractions(&self, key: EventKey) -> Result<bool, QueryError> {
        Ok(self.store.file(key)?.is_some_and(|file| file.has_retractions))
    }

    /// The report of an issue that counts; `None` while it is unreported.
    pub(super) fn report(&self, key: EventKey) -> Result<Option<Event>, QueryError> {
        let Some(file) = self.store.file(key)? else { return Ok(None) };
        if let EventKey::Issue(id) = key
            && (file.has_retractions || !file.kin.is_empty())
        {
            return Ok(self.whole(id, None)?.report(self.directory()));
        }
        let first = self.first_event(key, file)?;
        Ok(first.filter(|event| matches!(event.payload, Payload::Reported(_))))
    }

    /// The first event of a file in the order of the fold: the report, where there is one.
    fn first_event(&self, key: EventKey, file: File) -> Result<Option<Event>, QueryError> {
        let oldest = if file.chunks == 0 { file.tail } else { self.chunk(key, 0)? };
        oldest.iter().next().map(|entry| Ok(self.codec.unpack(entry.bytes)?)).transpose()
    }

    /// The events at some positions of a file, looked for from the newest chunk back.
    pub(crate) fn events_at(
        &self,
        key: EventKey,
        wanted: &BTreeSet<Position>,
    ) -> Result<Vec<Event>, QueryError> {
        let Some(file) = self.store.file(key)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        self.unpack_wanted(&file.tail, wanted, &mut found)?;
        for number in (0..file.chunks).rev() {
            if found.len() == wanted.len() {
                break;
            }
            self.unpack_wanted(&self.chunk(key, number)?, wanted, &mut found)?;
        }
        Ok(found)
    }

    fn chunk(&self, key: EventKey, number: u32) -> Result<Blob, QueryError> {
        let missing = || StoreError::Damaged {
            record: "events",
            detail: format!("chunk {number} of {key:?} is missing"),
        };
        Ok(self.store.chunk(key, number)?.ok_or_else(missing)?)
    }

    fn unpack_all(&self, blob: &Blob, into: &mut Vec<Event>) -> Result<(), QueryError> {
        for entry in blob.iter() {
            into.push(self.codec.unpack(entry.bytes)?);
        }
        Ok(())
    }

    fn unpack_wanted(
        &self,
        blob: &Blob,
        wanted: &BTreeSet<Position>,
        into: &mut Vec<Event>,
    ) -> Result<(), QueryError> {
        for entry in blob.iter().filter(|entry| wanted.contains(&entry.position)) {
            into.push(self.codec.unpack(entry.bytes)?);
        }
        Ok(())
    }
}
