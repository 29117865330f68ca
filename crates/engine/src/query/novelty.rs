//! Whether messages that are about to be appended say something new. The fold would settle it anyway; who publishes
//! wants to know at once, and one repeated event must not stop a batch.

use std::collections::HashMap;

use domain::{Arrival, Arrived, Digest, Event, EventKey, Position, Recorded, limits::BARE_WINDOW_SECONDS};
use jiff::Timestamp;

use super::{QueryError, Reader};
use crate::View;

/// Whether a message says something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// It does.
    New,
    /// The same event stands in the log.
    SameAs(Position),
    /// The same event stands earlier in the same request, at this index.
    SameAsEarlier(usize),
    /// Another event of the same source and id stands in the log.
    Conflicts(Position),
    /// Another event of the same source and id stands earlier in the same request, at this index.
    ConflictsWithEarlier(usize),
}

impl Reader {
    /// Sorts out messages, in the order of their request, that would be stored at about `now`. Quarantined ones count
    /// as new.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn novelty(&self, messages: &[Arrival], now: Timestamp) -> Result<Vec<Novelty>, QueryError> {
        self.view(|view| {
            let mut judge = Judge::new(view, now)?;
            messages.iter().enumerate().map(|(index, message)| judge.judge(index, message)).collect()
        })
    }
}

/// What the log and the messages before say.
struct Judge<'a> {
    view: &'a View<'a>,
    /// The first of each group of equal bare messages of the last 2 minutes.
    windows: HashMap<Digest, Position>,
    bare: HashMap<Digest, usize>,
    seen: HashMap<(EventKey, Digest), (Digest, usize)>,
    /// Copied once a message changes it, to find later ones of the same request.
    directory: Option<domain::Directory>,
    changes: HashMap<Position, usize>,
}

impl<'a> Judge<'a> {
    fn new(view: &'a View<'a>, now: Timestamp) -> Result<Self, QueryError> {
        let windows = view.store.windows()?;
        let open = windows
            .into_iter()
            .filter(|window| now.duration_since(window.stored_at).as_secs() <= BARE_WINDOW_SECONDS)
            .map(|window| (window.bare, window.position))
            .collect();
        Ok(Self {
            view,
            windows: open,
            bare: HashMap::new(),
            seen: HashMap::new(),
            directory: None,
            changes: HashMap::new(),
        })
    }

    fn judge(&mut self, index: usize, message: &Arrival) -> Result<Novelty, QueryError> {
        if let Some(bare) = message.bare {
            return Ok(self.judge_bare(index, bare));
        }
        match &message.content {
            Arrived::Event(event) => self.judge_event(index, event),
            Arrived::Directory(change) => {
                let directory = self.directory.get_or_insert_with(|| self.view.directory().clone());
                let recorded = directory.record(change);
                Ok(self.judge_recorded(index, change.position, recorded))
            }
            Arrived::UnknownDocument { .. } | Arrived::Operation(_) | Arrived::Quarantined(_) => {
                Ok(Novelty::New)
            }
        }
    }

    fn judge_bare(&mut self, index: usize, bare: Digest) -> Novelty {
        if let Some(position) = self.windows.get(&bare) {
            return Novelty::SameAs(*position);
        }
        match self.bare.get(&bare) {
            Some(earlier) => Novelty::SameAsEarlier(*earlier),
            None => {
                self.bare.insert(bare, index);
                Novelty::New
            }
        }
    }

    fn judge_event(&mut self, index: usize, event: &Event) -> Result<Novelty, QueryError> {
        let key = event.key();
        if let Some((content, position)) = known(self.view, key, event.identity_digest)? {
            let same = content == event.content;
            return Ok(if same { Novelty::SameAs(position) } else { Novelty::Conflicts(position) });
        }
        match self.seen.get(&(key, event.identity_digest)) {
            Some((content, earlier)) if *content == event.content => Ok(Novelty::SameAsEarlier(*earlier)),
            Some((_, earlier)) => Ok(Novelty::ConflictsWithEarlier(*earlier)),
            None => {
                self.seen.insert((key, event.identity_digest), (event.content, index));
                Ok(Novelty::New)
            }
        }
    }

    fn judge_recorded(&mut self, index: usize, at: Position, recorded: Recorded) -> Novelty {
        match recorded {
            Recorded::Changed => {
                self.changes.insert(at, index);
                Novelty::New
            }
            Recorded::Duplicate(position) => self
                .changes
                .get(&position)
                .map_or(Novelty::SameAs(position), |index| Novelty::SameAsEarlier(*index)),
            Recorded::Conflict(position) => self
                .changes
                .get(&position)
                .map_or(Novelty::Conflicts(position), |index| Novelty::ConflictsWithEarlier(*index)),
        }
    }
}

impl View<'_> {
    /// Whether an event of this identity stands among those of an issue or customer.
    pub(crate) fn has_said(&self, key: EventKey, identity: Digest) -> Result<bool, QueryError> {
        Ok(known(self, key, identity)?.is_some())
    }
}

/// The content and the place of an event of this identity among those of an issue or customer.
fn known(view: &View<'_>, key: EventKey, identity: Digest) -> Result<Option<(Digest, Position)>, QueryError> {
    let Some(file) = view.store.file(key)? else { return Ok(None) };
    if let Some(entry) = file.tail.find(identity) {
        return Ok(Some((entry.content, entry.position)));
    }
    if file.chunks == 0 {
        return Ok(None);
    }
    Ok(view.store.spilled(key, identity)?.map(|spilled| (spilled.content, spilled.position)))
}
