//! Quarantined messages that the fold thread has at hand: to settle one, it must be known whether somebody did already.

use std::convert::Infallible;

use domain::{Event, Position, Quarantined, Reason, Settlement, cut, limits};

use super::cache::Cache;
use crate::{Change, Entry, RawMessage, Row, Store, StoreError};

/// Messages by position; `None` for one that is not quarantined.
#[derive(Debug, Default)]
pub(crate) struct Ward(Cache<Position, Option<Kept>>);

#[derive(Debug)]
struct Kept {
    message: Quarantined,
    /// Whether it stands among the unacknowledged, as far as batches were handed over.
    is_listed: bool,
}

impl Ward {
    /// Takes in a message.
    pub(crate) fn put(&mut self, message: Quarantined, batch: u64) {
        let position = message.position;
        let Ok(place) = self.0.open(position, || Ok::<_, Infallible>(None));
        *place = Some(Kept { message, is_listed: false });
        self.0.touch(position, batch);
    }

    /// Whether a message is quarantined and nobody dealt with it.
    pub(crate) fn is_open(&mut self, store: &dyn Store, of: Position) -> Result<bool, StoreError> {
        let kept = self.open(store, of)?;
        Ok(kept.as_ref().is_some_and(|kept| kept.message.settled.is_none()))
    }

    /// Settles a message that is open.
    pub(crate) fn settle(
        &mut self,
        store: &dyn Store,
        of: Position,
        settlement: Settlement,
        batch: u64,
    ) -> Result<(), StoreError> {
        if let Some(kept) = self.open(store, of)? {
            kept.message.settled = Some(settlement);
            self.0.touch(of, batch);
        }
        Ok(())
    }

    fn open(&mut self, store: &dyn Store, of: Position) -> Result<&mut Option<Kept>, StoreError> {
        self.0.open(of, || {
            let kept = store.quarantined(of)?.map(|message| Kept { is_listed: is_listed(&message), message });
            Ok::<_, StoreError>(kept)
        })
    }

    /// What is not in a batch yet.
    pub(crate) fn drain(&mut self, changes: &mut Vec<Change>) {
        self.0.drain_changed(|_, kept| {
            let Some(Kept { message, is_listed: was }) = kept else { return };
            match (*was, is_listed(message)) {
                (false, true) => changes.push(Change::Put(row(message))),
                (true, false) => changes.push(Change::Remove(row(message))),
                (false, false) | (true, true) => {}
            }
            *was = is_listed(message);
            changes.push(Change::Quarantined(Box::new(message.clone())));
        });
    }

    pub(crate) fn trim(&mut self, limit: usize) {
        self.0.trim(limit);
    }
}

/// Whether a message stands among the unacknowledged.
fn is_listed(message: &Quarantined) -> bool {
    message.settled.is_none() && message.may_be_a_complaint()
}

fn row(message: &Quarantined) -> Row {
    Row::Unacknowledged {
        rank: domain::Severity::Unassessed.rank(),
        since: message.stored_at.as_microsecond(),
        entry: Entry::Quarantined(message.position),
    }
}

/// An event that cannot be folded.
pub(crate) fn of_event(event: &Event, raw: &RawMessage, reason: Reason, detail: String) -> Quarantined {
    Quarantined {
        position: event.position,
        stored_at: event.stored_at,
        subject: cut(&raw.subject, limits::WORD_BYTES).into_owned(),
        department: Some(event.origin.department().to_string()),
        customer: event.token.clone().or_else(|| Some("_".to_owned())),
        reason,
        detail,
        excerpt: excerpt(&raw.body),
        settled: None,
    }
}

/// The beginning of a body.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let start = body.get(..limits::EXCERPT_CHARS * 4).unwrap_or(body);
    String::from_utf8_lossy(start).chars().take(limits::EXCERPT_CHARS).collect()
}
