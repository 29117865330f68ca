//! What was decoded lately, so that what is asked for again and again is not decoded each time: issues as present lists
//! show them, and what became of each event of an issue.
//!
//! An entry is put in behind the shared gate and taken out behind the exclusive one, by the batch that changes it: it
//! never outlives what it was made from. Deliberately absent: what is read once, such as WhoOwns and the past; and what
//! became of the events of issues that are one with others, which hangs on more than one record.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{EventKey, IssueId};

use super::{QueryError, ReadAt, ShownIssue, TimelineItem, past::Past, timeline};
use crate::{Batch, Change, StoreError, View};

/// Issues in each of two generations: a few kilobytes each.
const ISSUES: usize = if cfg!(test) { 3 } else { 2_048 };
/// Bytes of events in each of two generations, about.
const EVENT_BYTES: usize = if cfg!(test) { 8 << 10 } else { 16 << 20 };
/// Of an event beside its data, about: its ids and names, and what lies between them.
const ENVELOPE_BYTES: usize = 1_024;

/// The events of an issue in order, and what became of each.
pub(super) type Told = Vec<Arc<TimelineItem>>;

/// What was decoded, by issue.
#[derive(Debug)]
pub(crate) struct Recent(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    issues: Generations<ShownIssue>,
    told: Generations<Told>,
}

impl Default for Recent {
    fn default() -> Self {
        Self(Mutex::new(Kept { issues: Generations::new(ISSUES), told: Generations::new(EVENT_BYTES) }))
    }
}

impl Recent {
    /// Drops what a batch is about to change; everything, if it changes the directory, which decides on the owner who
    /// is shown and on what became of events, or which leaves are one customer. Called with no reader between.
    pub(crate) fn forget(&self, batch: &Batch, directory_changes: bool) {
        let mut kept = self.lock();
        let Kept { issues, told } = &mut *kept;
        let identity_changes = || batch.changes.iter().any(|change| matches!(change, Change::Edge(_)));
        if directory_changes || identity_changes() {
            issues.clear();
            told.clear();
        }
        if issues.is_empty() && told.is_empty() {
            return;
        }
        for change in &batch.changes {
            if let Change::File(EventKey::Issue(id), _) = change {
                issues.remove(*id);
                told.remove(*id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Values by issue; the longest unused go first.
#[derive(Debug)]
struct Generations<V> {
    /// Of what each of the two holds.
    limit: usize,
    /// What the young one holds.
    filled: usize,
    young: HashMap<IssueId, Weighed<V>>,
    old: HashMap<IssueId, Weighed<V>>,
}

#[derive(Debug)]
struct Weighed<V> {
    value: Arc<V>,
    weight: usize,
}

impl<V> Generations<V> {
    fn new(limit: usize) -> Self {
        Self { limit, filled: 0, young: HashMap::new(), old: HashMap::new() }
    }

    fn find(&mut self, id: IssueId) -> Option<Arc<V>> {
        if let Some(found) = self.young.get(&id) {
            return Some(Arc::clone(&found.value));
        }
        let Weighed { value, weight } = self.old.remove(&id)?;
        self.keep(id, Arc::clone(&value), weight);
        Some(value)
    }

    fn keep(&mut self, id: IssueId, value: Arc<V>, weight: usize) {
        if weight > self.limit {
            return;
        }
        if self.filled + weight > self.limit {
            self.old = std::mem::take(&mut self.young);
            self.filled = 0;
        }
        self.filled += weight;
        if let Some(before) = self.young.insert(id, Weighed { value, weight }) {
            self.filled -= before.weight;
        }
    }

    fn remove(&mut self, id: IssueId) {
        self.old.remove(&id);
        if let Some(before) = self.young.remove(&id) {
            self.filled -= before.weight;
        }
    }

    fn clear(&mut self) {
        *self = Self::new(self.limit);
    }

    fn is_empty(&self) -> bool {
        self.young.is_empty() && self.old.is_empty()
    }
}

impl View<'_> {
    /// An issue as it stands, with the owner who is shown.
    pub(super) fn shown(&self, id: IssueId) -> Result<Option<Arc<ShownIssue>>, StoreError> {
        if let Some(shown) = self.recent.lock().issues.find(id) {
            return Ok(Some(shown));
        }
        let Some(issue) = self.store.issue(id)? else { return Ok(None) };
        let now = Past::new(ReadAt::default(), self.position());
        let shown = Arc::new(ShownIssue::new(self, issue, now)?);
        self.recent.lock().issues.keep(id, Arc::clone(&shown), 1);
        Ok(Some(shown))
    }

    /// What became of each event of what an id stands for, as things are.
    pub(super) fn told(&self, id: IssueId) -> Result<Arc<Told>, QueryError> {
        if let Some(told) = self.recent.lock().told.find(id) {
            return Ok(told);
        }
        let (_, items) = timeline::replayed(self.whole(id, None)?, self);
        let weight = items.iter().map(|item| ENVELOPE_BYTES + item.event.data.len()).sum();
        let told = Arc::new(items);
        if self.store.kin(id)?.ties.is_empty() {
            self.recent.lock().told.keep(id, Arc::clone(&told), weight);
        }
        Ok(told)
    }
}
