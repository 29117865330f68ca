//! The fold thread's work: one message after the other into the state at hand, and that into batches.

use std::sync::Arc;

use domain::{
    Arrived, CustomerCalendar, Directory, DirectoryChange, Event, EventKey, FOLD_VERSION, Issue, IssueId,
    IssueName, LeafId, Losses, Payload, Position, Quarantined, Reason, Recorded, cut, limits,
};

use super::{
    BATCH_BYTES, CACHED,
    cache::Cache,
    file::{Apply, OpenFile},
    homes::Homes,
    identity::OpenEdges,
    index::{Ground, index, reference},
    leaves::Leaves,
    parse::Prepared,
    quarantine::{Ward, excerpt, of_event},
    refold::{Folded, Refold, refold, replay_alone, restrike},
    tally::Tally,
    timeline::OpenTimeline,
    windows::Windows,
};
use crate::{Batch, Change, Codec, Cursor, RawMessage, Store, StoreError, TimelineRef, TouchedEntry, Window};

/// Types of unknown events that are counted by name; more are counted together.
const UNKNOWN_TYPES: usize = 200;

/// The state at hand, and the batch that it grows into.
pub(crate) struct Folder {
    pub(super) store: Arc<dyn Store>,
    pub(super) codec: Arc<dyn Codec>,
    pub(super) apply: Apply,
    pub(super) directory: Arc<Directory>,
    directory_changed: bool,
    pub(super) files: Cache<EventKey, OpenFile>,
    timelines: Cache<LeafId, OpenTimeline>,
    pub(super) edges: OpenEdges,
    homes: Homes,
    pub(super) tally: Tally,
    pub(super) ward: Ward,
    windows: Windows,
    pub(super) leaves: Leaves,
    losses: Losses,
    pub(super) cursor: Cursor,
    pub(super) changes: Vec<Change>,
    /// Entries of timelines that are new, look different, or left.
    touched: Vec<TouchedEntry>,
    /// Whether anybody can watch; what looks different is found out only then.
    watched: bool,
    /// Whether nobody could at some message of the batch in the making: what it touched is not known then.
    unwatched: bool,
    /// The batch in the making; batches are numbered from 1.
    pub(super) number: u64,
    events: usize,
    bytes: usize,
}

/// What cannot be folded past.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FoldError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("messages {expected} to before {found} are missing from the log")]
    Gap { expected: Position, found: Position },
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is new, and is kept.
    Folded,
    /// The same event came before.
    Duplicate,
    /// Another event of the same source and id stands there.
    Conflict(Position),
    /// Folding it panicked; nothing changed.
    Panicked,
}

/// A batch and what is published with it.
#[derive(Debug)]
pub(crate) struct Handover {
    pub(crate) number: u64,
    pub(crate) batch: Batch,
    /// Where the batch changed it.
    pub(crate) directory: Option<Arc<Directory>>,
    /// Entries of timelines that the batch changes, if anybody could watch all of it.
    pub(crate) touched: Option<Vec<TouchedEntry>>,
}

impl Folder {
    /// From where the store stands. `incarnation` names the stream that is folded, `losses` what is missing from it.
    pub(crate) fn open(
        store: Arc<dyn Store>,
        codec: Arc<dyn Codec>,
        directory: Arc<Directory>,
        incarnation: String,
        losses: Losses,
        apply: Apply,
    ) -> Result<Self, StoreError> {
        let cursor = store.cursor()?.unwrap_or_default();
        Ok(Self {
            tally: Tally::load(&*store)?,
            ward: Ward::default(),
            windows: Windows::load(store.windows()?),
            cursor: Cursor { incarnation, fold_version: FOLD_VERSION, ..cursor },
            store,
            codec,
            apply,
            directory,
            directory_changed: false,
            leaves: Leaves::default(),
            files: Cache::default(),
            timelines: Cache::default(),
            edges: OpenEdges::default(),
            homes: Homes::default(),
            losses,
            changes: Vec::new(),
            touched: Vec::new(),
            watched: true,
            unwatched: false,
            number: 1,
            events: 0,
            bytes: 0,
        })
    }

    /// Whether anybody can watch the messages that come next.
    pub(crate) const fn watch(&mut self, watched: bool) {
        self.watched = watched;
        self.unwatched |= !watched;
    }

    /// Messages in the batch in the making.
    pub(crate) const fn events(&self) -> usize {
        self.events
    }

    /// Whether the batch should not grow any more.
    pub(crate) const fn is_full(&self, events: usize, files: usize) -> bool {
        self.events >= events || self.files.changes() >= files || self.bytes >= BATCH_BYTES
    }

    /// Folds the next message. One that is folded already is passed over.
    pub(crate) fn fold(&mut self, prepared: Prepared) -> Result<(), FoldError> {
        let Prepared { raw, arrival, packed } = prepared;
        let expected = self.cursor.position.next();
        if arrival.position < expected {
            return Ok(());
        }
        if arrival.position > expected && !self.losses.cover(expected, arrival.position) {
            return Err(FoldError::Gap { expected, found: arrival.position });
        }
        self.cursor.position = arrival.position;
        self.cursor.fingerprint = arrival.fingerprint;
        self.events += 1;
        self.bytes += packed.len();
        self.homes.note(&*self.store, &raw, &arrival.content)?;
        if let Some(bare) = arrival.bare {
            let window = Window { bare, position: arrival.position, stored_at: arrival.stored_at };
            if self.windows.join(window).is_some() {
                self.cursor.counts.duplicates += 1;
                return Ok(());
            }
        }
        match arrival.content {
            Arrived::Event(event) => self.event(&event, &packed, &raw)?,
            Arrived::Directory(change) => self.directory(change, &raw),
            Arrived::UnknownDocument { type_name } => self.count_unknown(&type_name),
            Arrived::Operation(operation) => self.operate(*operation, &packed)?,
            Arrived::Quarantined(quarantined) => self.quarantine(*quarantined),
        }
        Ok(())
    }

    fn event(&mut self, event: &Event, packed: &[u8], raw: &RawMessage) -> Result<(), StoreError> {
        match self.take(event, packed)? {
            Taken::Folded => self.cursor.counts.events += 1,
            Taken::Duplicate => self.cursor.counts.duplicates += 1,
            Taken::Conflict(at) => {
                let detail = format!("an event `{}` with other content stands at {at}", event.identity);
                self.quarantine(of_event(event, raw, Reason::ConflictingDuplicate, detail));
            }
            Taken::Panicked => {
                let detail = "folding it failed; this is a defect of Davy's, please report it".to_owned();
                self.quarantine(of_event(event, raw, Reason::FoldPanic, detail));
            }
        }
        Ok(())
    }

    /// Folds an event, unless it is there already.
    pub(super) fn take(&mut self, event: &Event, packed: &[u8]) -> Result<Taken, StoreError> {
        let key = event.key();
        let Self { store, files, directory, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key, directory))?;
        if let Some(known) = open.find(&**store, key, event.identity_digest)? {
            let same = known.content == event.content;
            return Ok(if same { Taken::Duplicate } else { Taken::Conflict(known.position) });
        }
        let folded = match &event.issue {
            Some(name) => self.fold_issue(key, name, event, packed)?,
            None => self.keep(key, event, packed)?,
        };
        if !folded {
            return Ok(Taken::Panicked);
        }
        self.see_departments(event);
        if event.payload == Payload::Unknown {
            self.count_unknown(&event.type_name);
        }
        Ok(Taken::Folded)
    }

    /// An event that names no issue: it stands in the timeline of its customer.
    fn keep(&mut self, key: EventKey, event: &Event, packed: &[u8]) -> Result<bool, StoreError> {
        let Self { store, codec, files, directory, watched, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key, directory))?;
        let strikes = open.file.has_retractions || matches!(event.payload, Payload::Retracted(_));
        let different =
            if strikes && *watched { restrike(open, &**store, &**codec, key, event)? } else { Vec::new() };
        open.push(event, packed);
        open.spill();
        files.touch(key, self.number);
        self.see_customer(event.customer.as_ref())?;
        self.identify(key, event)?;
        let leaf = self.leaves.id(event.customer.as_ref());
        different.into_iter().for_each(|reference| self.touch_entry(leaf, reference, false));
        self.refer(leaf, reference(event))?;
        Ok(true)
    }

    /// An event about an issue; `false` if folding it panicked.
    fn fold_issue(
        &mut self,
        key: EventKey,
        name: &IssueName,
        event: &Event,
        packed: &[u8],
    ) -> Result<bool, StoreError> {
        if let Some(ids) = self.kin(name.id, event)? {
            return self.fold_kin(&ids, name.id, event, packed);
        }
        let Some(Folded { before, after, different }) = self.apply_or_refold(key, event, packed)? else {
            return Ok(false);
        };
        self.files.touch(key, self.number);
        let was_under = before.map(|customer| self.leaves.id(customer.as_ref()));
        let now_under = self.leaves.id(after.as_ref());
        if let Some(was_under) = was_under.filter(|was_under| *was_under != now_under) {
            self.move_references(name.id, was_under, now_under)?;
        }
        self.see_customers(event, after.as_ref())?;
        self.list_under(key, name.id, event)?;
        different.into_iter().for_each(|reference| self.touch_entry(now_under, reference, false));
        self.refer(now_under, reference(event))?;
        Ok(true)
    }

    /// Changes the state and adds the event; `None`, and nothing changed, if that panicked. All events are folded again
    /// where this one is not the last in order, and where one strikes another out.
    fn apply_or_refold(
        &mut self,
        key: EventKey,
        event: &Event,
        packed: &[u8],
    ) -> Result<Option<Folded>, StoreError> {
        let Self { store, codec, files, directory, apply, watched, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key, directory))?;
        let strikes = open.file.has_retractions || matches!(event.payload, Payload::Retracted(_));
        if strikes || open.file.issue.as_ref().is_some_and(|issue| issue.is_late(event)) {
            let late = Refold { event, packed, directory, apply: *apply, watched: *watched };
            return refold(open, &**store, &**codec, key, &late);
        }
        let before = open.file.issue.as_ref().map(|issue| issue.customer.clone());
        let folded = open.apply(event, directory, *apply, |open| {
            let events = open.events(&**store, &**codec, key)?;
            Ok(replay_alone(events.iter().map(|(event, _)| event), directory, Issue::apply, |_| ()))
        })?;
        if !folded {
            return Ok(None);
        }
        open.push(event, packed);
        open.spill();
        let after = open.file.issue.as_ref().and_then(|issue| issue.customer.clone());
        Ok(Some(Folded { before, after, different: Vec::new() }))
    }

    /// Adds a reference to a timeline.
    pub(super) fn refer(&mut self, leaf: LeafId, reference: TimelineRef) -> Result<(), StoreError> {
        self.touch_entry(leaf, reference, false);
        let Self { store, timelines, .. } = self;
        timelines.open(leaf, || OpenTimeline::load(&**store, leaf))?.push(reference);
        timelines.touch(leaf, self.number);
        Ok(())
    }

    /// An issue is another customer's: its events stand in that one's timeline from now on.
    pub(super) fn move_references(
        &mut self,
        id: IssueId,
        from: LeafId,
        to: LeafId,
    ) -> Result<(), StoreError> {
        let Self { store, timelines, .. } = self;
        let moved = timelines.open(from, || OpenTimeline::load(&**store, from))?.take(&**store, from, id)?;
        timelines.touch(from, self.number);
        moved.iter().for_each(|reference| self.touch_entry(from, *reference, true));
        moved.into_iter().try_for_each(|reference| self.refer(to, reference))
    }

    pub(super) fn touch_entry(&mut self, timeline: LeafId, reference: TimelineRef, left: bool) {
        if self.watched {
            let TimelineRef { time: _, position, issue } = reference;
            self.touched.push(TouchedEntry { timeline, issue, position, left });
        }
    }

    fn directory(&mut self, change: Box<DirectoryChange>, raw: &RawMessage) {
        let identity = change.identity.clone();
        match self.record(change) {
            Recorded::Changed => self.cursor.counts.events += 1,
            Recorded::Duplicate(_) => self.cursor.counts.duplicates += 1,
            Recorded::Conflict(at) => self.quarantine(Quarantined {
                position: raw.position,
                stored_at: raw.stored_at,
                subject: cut(&raw.subject, limits::WORD_BYTES).into_owned(),
                department: None,
                customer: None,
                reason: Reason::ConflictingDuplicate,
                detail: format!("an event `{identity}` with other content stands at {at}"),
                excerpt: excerpt(&raw.body),
                settled: None,
            }),
        }
    }

    /// Adds a version of a document, unless it is there already.
    pub(super) fn record(&mut self, change: Box<DirectoryChange>) -> Recorded {
        let recorded = Arc::make_mut(&mut self.directory).record(&change);
        if recorded == Recorded::Changed {
            self.directory_changed = true;
            self.changes.push(Change::Directory(change));
        }
        recorded
    }

    /// Adds a version of a customer's own calendar.
    pub(super) fn record_calendar(&mut self, change: CustomerCalendar) {
        if Arc::make_mut(&mut self.directory).record_calendar(&change) {
            self.directory_changed = true;
            self.changes.push(Change::Calendar(Box::new(change)));
        }
    }

    fn quarantine(&mut self, quarantined: Quarantined) {
        self.cursor.counts.quarantined += 1;
        self.bytes += quarantined.subject.len() + quarantined.detail.len() + quarantined.excerpt.len();
        self.ward.put(quarantined, self.number);
    }

    pub(super) fn count_unknown(&mut self, type_name: &str) {
        let types = &mut self.cursor.unknown_types;
        let name =
            if types.contains_key(type_name) || types.len() < UNKNOWN_TYPES { type_name } else { "(others)" };
        *types.entry(cut(name, limits::WORD_BYTES).into_owned()).or_default() += 1;
    }

    /// The batch; the next one begins. Every batch before must be in the store.
    pub(crate) fn hand_over(&mut self) -> Result<Handover, StoreError> {
        let mut changes = std::mem::take(&mut self.changes);
        let Self { store, files, directory, tally, number, cursor, .. } = self;
        let ground = Ground { store: &**store, directory, batch: *number };
        let mut failed = Ok(());
        files.drain_changed(|key, open| {
            if failed.is_ok() {
                failed = index(key, open, ground, tally, cursor, &mut changes);
                open.drain(key, &mut changes);
            }
        });
        failed?;
        self.timelines.drain_changed(|leaf, timeline| timeline.drain(leaf, &mut changes));
        self.edges.drain(&mut changes);
        self.homes.drain(&mut changes);
        self.cursor.counts.customers += self.tally.drain(&mut changes);
        self.windows.drain(&mut changes);
        self.ward.drain(&mut changes);
        self.files.trim(CACHED);
        self.ward.trim(CACHED);
        self.timelines.trim(CACHED);
        self.tally.trim(CACHED);
        self.edges.trim(CACHED);
        let unwatched = std::mem::take(&mut self.unwatched);
        let touched = std::mem::take(&mut self.touched);
        let handover = Handover {
            number: self.number,
            batch: Batch { changes, cursor: self.cursor.clone() },
            directory: std::mem::take(&mut self.directory_changed).then(|| Arc::clone(&self.directory)),
            touched: (!unwatched).then_some(touched),
        };
        self.number += 1;
        self.events = 0;
        self.bytes = 0;
        Ok(handover)
    }
}
