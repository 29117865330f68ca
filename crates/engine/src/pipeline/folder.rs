//! The fold thread's work: one message after the other into the state at hand, and that into batches.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use domain::{
    Arrived, AsReported, Directory, DirectoryChange, Event, EventKey, FOLD_VERSION, IssueId, LeafId, Payload,
    Position, Quarantined, Reason, Recorded, cut, limits,
};

use super::{
    BATCH_BYTES, CACHED,
    cache::Cache,
    file::{Apply, OpenFile},
    leaves::Leaves,
    parse::Prepared,
    rows::Sketch,
    tally::Tally,
    timeline::OpenTimeline,
    windows::Windows,
};
use crate::{Batch, Change, Codec, Cursor, Entry, RawMessage, Row, Store, StoreError, TimelineRef, Window};

/// Types of unknown events that are counted by name; more are counted together.
const UNKNOWN_TYPES: usize = 200;

/// The state at hand, and the batch that it grows into.
pub(crate) struct Folder {
    store: Arc<dyn Store>,
    codec: Arc<dyn Codec>,
    apply: Apply,
    directory: Arc<Directory>,
    directory_changed: bool,
    files: Cache<EventKey, OpenFile>,
    timelines: Cache<LeafId, OpenTimeline>,
    tally: Tally,
    windows: Windows,
    leaves: Leaves,
    cursor: Cursor,
    changes: Vec<Change>,
    /// The batch in the making; batches are numbered from 1.
    number: u64,
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

/// A batch and what is published with it.
#[derive(Debug)]
pub(crate) struct Handover {
    pub(crate) number: u64,
    pub(crate) batch: Batch,
    /// Where the batch changed it.
    pub(crate) directory: Option<Arc<Directory>>,
}

impl Folder {
    /// From where the store stands. `incarnation` names the stream that is folded.
    pub(crate) fn open(
        store: Arc<dyn Store>,
        codec: Arc<dyn Codec>,
        directory: Arc<Directory>,
        incarnation: String,
        apply: Apply,
    ) -> Result<Self, StoreError> {
        let cursor = store.cursor()?.unwrap_or_default();
        Ok(Self {
            tally: Tally::load(&*store)?,
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
            changes: Vec::new(),
            number: 1,
            events: 0,
            bytes: 0,
        })
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
        if arrival.position > expected {
            return Err(FoldError::Gap { expected, found: arrival.position });
        }
        self.cursor.position = arrival.position;
        self.cursor.fingerprint = arrival.fingerprint;
        self.events += 1;
        self.bytes += packed.len();
        if let Some(bare) = arrival.bare {
            let window = Window { bare, position: arrival.position, stored_at: arrival.stored_at };
            if self.windows.join(window).is_some() {
                self.cursor.counts.duplicates += 1;
                return Ok(());
            }
        }
        match arrival.content {
            Arrived::Event(event) => self.event(&event, &packed, &raw)?,
            Arrived::Directory(change) => self.directory(*change, &raw.subject, &raw.body),
            Arrived::UnknownDocument { type_name } => self.count_unknown(&type_name),
            Arrived::Quarantined(quarantined) => self.quarantine(*quarantined),
        }
        Ok(())
    }

    fn event(&mut self, event: &Event, packed: &[u8], raw: &RawMessage) -> Result<(), FoldError> {
        let key = event.key();
        let Self { store, files, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key))?;
        if let Some(known) = open.find(&**store, key, event.identity_digest)? {
            if known.content == event.content {
                self.cursor.counts.duplicates += 1;
            } else {
                let detail =
                    format!("an event `{}` with other content stands at {}", event.identity, known.position);
                self.quarantine(of_event(event, raw, Reason::ConflictingDuplicate, detail));
            }
            return Ok(());
        }
        let folded = match event.issue {
            Some(_) => self.fold_issue(key, event, packed)?,
            None => self.keep(key, event, packed)?,
        };
        if folded {
            self.cursor.counts.events += 1;
            self.see_departments(event);
            if event.payload == Payload::Unknown {
                self.count_unknown(&event.type_name);
            }
        } else {
            let detail = "folding it failed; this is a defect of Davy's, please report it".to_owned();
            self.quarantine(of_event(event, raw, Reason::FoldPanic, detail));
        }
        Ok(())
    }

    /// An event that names no issue: it stands in the timeline of its customer.
    fn keep(&mut self, key: EventKey, event: &Event, packed: &[u8]) -> Result<bool, StoreError> {
        let Self { store, files, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key))?;
        open.push(event, packed);
        open.spill();
        files.touch(key, self.number);
        self.see_customer(event.customer.as_ref())?;
        let leaf = self.leaves.id(event.customer.as_ref());
        self.refer(leaf, reference(event, None))?;
        Ok(true)
    }

    /// An event about an issue; `false` if folding it panicked.
    fn fold_issue(&mut self, key: EventKey, event: &Event, packed: &[u8]) -> Result<bool, StoreError> {
        let Self { store, codec, files, directory, leaves, apply, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key))?;
        let before = open.file.issue.as_ref().map(|issue| leaves.id(issue.customer.as_ref()));
        let is_late = open.file.issue.as_ref().is_some_and(|issue| issue.is_late(event));
        let folded = if is_late {
            refold(open, &**store, &**codec, key, event, packed, directory, *apply)?
        } else {
            let folded = open.apply(event, directory, *apply, |open| {
                let events = open.events(&**store, &**codec, key)?;
                Ok(domain::fold(events.iter().map(|(event, _)| event), directory))
            })?;
            if folded {
                open.push(event, packed);
                open.spill();
            }
            folded
        };
        if !folded {
            return Ok(false);
        }
        let after = open.file.issue.as_ref().map(|issue| (issue.id, issue.customer.clone()));
        files.touch(key, self.number);
        let Some((id, customer)) = after else { return Ok(true) };
        let now_under = leaves.id(customer.as_ref());
        if let Some(was_under) = before.filter(|was_under| *was_under != now_under) {
            self.move_references(id, was_under, now_under)?;
        }
        self.see_customers(event, customer.as_ref())?;
        self.list_under(key, id, event)?;
        self.refer(now_under, reference(event, Some(id)))?;
        Ok(true)
    }

    /// Lists an issue under every customer that any of its events names: a query of the past may find it there.
    fn list_under(&mut self, key: EventKey, id: IssueId, event: &Event) -> Result<(), StoreError> {
        let named = self.leaves.id(event.customer.as_ref());
        let corrected = if let Payload::CustomerCorrected { to } = &event.payload {
            Some(Some(to.leaf.id()))
        } else {
            None
        };
        let Self { store, files, changes, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key))?;
        for customer in [Some(named), corrected].into_iter().flatten() {
            if !open.listed_under.contains(&customer) {
                open.listed_under.push(customer);
                changes.push(Change::Put(Row::OfCustomer { customer, id }));
            }
        }
        Ok(())
    }

    /// Notes the department that speaks and the one it gives the issue to. The latter may own it for a moment only:
    /// what is known of departments must not depend on where a batch ends.
    fn see_departments(&mut self, event: &Event) {
        self.tally.see_department(event.origin.department());
        let named = match &event.payload {
            Payload::Assigned(assignment) => assignment.department.as_ref(),
            Payload::Accepted { department, .. } => department.as_ref(),
            Payload::Reported(_)
            | Payload::Noted
            | Payload::SeverityChanged { .. }
            | Payload::Acknowledged { .. }
            | Payload::Declined
            | Payload::Offered(_)
            | Payload::OfferAccepted { .. }
            | Payload::OfferDeclined
            | Payload::OfferWithdrawn
            | Payload::Resolved
            | Payload::Closed(_)
            | Payload::Reopened
            | Payload::Withdrawn
            | Payload::Reinstated
            | Payload::LinkAdded(_)
            | Payload::LinkRemoved(_)
            | Payload::CustomerCorrected { .. }
            | Payload::Unknown => None,
        };
        if let Some(department) = named {
            self.tally.see_department(department);
        }
    }

    /// Notes every customer that an event about an issue names, and the issue's: who exists must not depend on the
    /// order in which events arrive.
    fn see_customers(&mut self, event: &Event, of_issue: Option<&AsReported>) -> Result<(), StoreError> {
        self.see_customer(of_issue)?;
        if event.customer.is_some() || !event.origin.is_own() {
            self.see_customer(event.customer.as_ref())?;
        }
        if let Payload::CustomerCorrected { to } = &event.payload {
            self.see_customer(Some(to))?;
        }
        Ok(())
    }

    fn see_customer(&mut self, customer: Option<&AsReported>) -> Result<(), StoreError> {
        let id = self.leaves.id(customer);
        self.tally.see_customer(&*self.store, id, customer, self.number)
    }

    /// Adds a reference to a timeline.
    fn refer(&mut self, leaf: LeafId, reference: TimelineRef) -> Result<(), StoreError> {
        let Self { store, timelines, .. } = self;
        timelines.open(leaf, || OpenTimeline::load(&**store, leaf))?.push(reference);
        timelines.touch(leaf, self.number);
        Ok(())
    }

    /// An issue is another customer's: its events stand in that one's timeline from now on.
    fn move_references(&mut self, id: IssueId, from: LeafId, to: LeafId) -> Result<(), StoreError> {
        let Self { store, timelines, .. } = self;
        let moved = timelines.open(from, || OpenTimeline::load(&**store, from))?.take(&**store, from, id)?;
        timelines.touch(from, self.number);
        moved.into_iter().try_for_each(|reference| self.refer(to, reference))
    }

    fn directory(&mut self, change: DirectoryChange, subject: &str, body: &[u8]) {
        match Arc::make_mut(&mut self.directory).record(&change) {
            Recorded::Changed => {
                self.directory_changed = true;
                self.cursor.counts.events += 1;
                self.changes.push(Change::Directory(Box::new(change)));
            }
            Recorded::Duplicate(_) => self.cursor.counts.duplicates += 1,
            Recorded::Conflict(at) => self.quarantine(Quarantined {
                position: change.position,
                stored_at: change.stored_at,
                subject: cut(subject, limits::WORD_BYTES).into_owned(),
                department: None,
                customer: None,
                reason: Reason::ConflictingDuplicate,
                detail: format!("an event `{}` with other content stands at {at}", change.identity),
                excerpt: excerpt(body),
            }),
        }
    }

    fn quarantine(&mut self, quarantined: Quarantined) {
        self.cursor.counts.quarantined += 1;
        if quarantined.may_be_a_complaint() {
            self.changes.push(Change::Put(Row::Unacknowledged {
                rank: domain::Severity::Unassessed.rank(),
                since: quarantined.stored_at.as_microsecond(),
                entry: Entry::Quarantined(quarantined.position),
            }));
        }
        self.changes.push(Change::Quarantined(Box::new(quarantined)));
    }

    fn count_unknown(&mut self, type_name: &str) {
        let types = &mut self.cursor.unknown_types;
        let name =
            if types.contains_key(type_name) || types.len() < UNKNOWN_TYPES { type_name } else { "(others)" };
        *types.entry(cut(name, limits::WORD_BYTES).into_owned()).or_default() += 1;
    }

    /// The batch; the next one begins. Every batch before must be in the store.
    pub(crate) fn hand_over(&mut self) -> Result<Handover, StoreError> {
        let mut changes = std::mem::take(&mut self.changes);
        let Self { store, files, tally, number, cursor, .. } = self;
        let mut failed = Ok(());
        files.drain_changed(|key, open| {
            if failed.is_ok() {
                failed = index(open, &**store, tally, *number, cursor, &mut changes);
                open.drain(key, &mut changes);
            }
        });
        failed?;
        self.timelines.drain_changed(|leaf, timeline| timeline.drain(leaf, &mut changes));
        self.cursor.counts.customers += self.tally.drain(&mut changes);
        self.windows.drain(&mut changes);
        self.files.trim(CACHED);
        self.timelines.trim(CACHED);
        self.tally.trim(CACHED);
        let handover = Handover {
            number: self.number,
            batch: Batch { changes, cursor: self.cursor.clone() },
            directory: std::mem::take(&mut self.directory_changed).then(|| Arc::clone(&self.directory)),
        };
        self.number += 1;
        self.events = 0;
        self.bytes = 0;
        Ok(handover)
    }
}

/// Writes the rows of an issue that differ, and counts it anew.
fn index(
    open: &mut OpenFile,
    store: &dyn Store,
    tally: &mut Tally,
    batch: u64,
    cursor: &mut Cursor,
    changes: &mut Vec<Change>,
) -> Result<(), StoreError> {
    let Some(issue) = &open.file.issue else { return Ok(()) };
    let is = Sketch::of(issue);
    let was = open.indexed.replace(is.clone());
    if was.as_ref() == Some(&is) {
        return Ok(());
    }
    let old: Vec<_> = was.iter().flat_map(|was| was.rows(issue.id)).collect();
    let new: Vec<_> = is.rows(issue.id).collect();
    changes.extend(old.iter().filter(|row| !new.contains(row)).cloned().map(Change::Remove));
    changes.extend(new.iter().filter(|row| !old.contains(row)).cloned().map(Change::Put));
    let counts = &mut cursor.counts;
    counts.issues += u64::from(was.is_none());
    counts.unacknowledged += u64::from(is.unacknowledged);
    let no_longer = u64::from(was.as_ref().is_some_and(|was| was.unacknowledged));
    counts.unacknowledged = counts.unacknowledged.saturating_sub(no_longer);
    tally.recount(store, was.as_ref(), Some(&is), batch)
}

/// Folds an issue again with a late event in its place; `false`, and nothing changed, if that panicked.
#[expect(clippy::too_many_arguments, reason = "everything that folding one issue takes, and nothing else")]
fn refold(
    open: &mut OpenFile,
    store: &dyn Store,
    codec: &dyn Codec,
    key: EventKey,
    event: &Event,
    packed: &[u8],
    directory: &Directory,
    apply: Apply,
) -> Result<bool, StoreError> {
    let mut events = open.events(store, codec, key)?;
    let place = events.partition_point(|(known, _)| known.order() < event.order());
    events.insert(place, (event.clone(), packed.to_vec()));
    let folded = catch_unwind(AssertUnwindSafe(|| {
        let mut issue = None;
        for (event, _) in &events {
            if let Some(name) = &event.issue {
                let issue = issue.get_or_insert_with(|| domain::Issue::named_by(name.id, event));
                apply(issue, event, directory);
            }
        }
        issue
    }));
    let Ok(issue) = folded else { return Ok(false) };
    open.file.issue = issue;
    open.replace(&events);
    Ok(true)
}

fn reference(event: &Event, issue: Option<IssueId>) -> TimelineRef {
    TimelineRef { time: event.time.as_microsecond(), position: event.position, issue }
}

fn of_event(event: &Event, raw: &RawMessage, reason: Reason, detail: String) -> Quarantined {
    Quarantined {
        position: event.position,
        stored_at: event.stored_at,
        subject: cut(&raw.subject, limits::WORD_BYTES).into_owned(),
        department: Some(event.origin.department().to_string()),
        customer: event.token.clone().or_else(|| Some("_".to_owned())),
        reason,
        detail,
        excerpt: excerpt(&raw.body),
    }
}

fn excerpt(body: &[u8]) -> String {
    let start = body.get(..limits::EXCERPT_CHARS * 4).unwrap_or(body);
    String::from_utf8_lossy(start).chars().take(limits::EXCERPT_CHARS).collect()
}
