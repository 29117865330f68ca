//! What the last batches changed, for those who watch: the keys alone; whoever wants a row reads it.
//!
//! It lies in memory and is bounded: whoever asks for changes that are not held any more begins with a snapshot. Changed
//! behind the projection's exclusive gate and read behind the shared one, so a reader who sees a batch sees its keys.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::ControlFlow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{CustomerId, EventKey, IssueId, LeafId, Position};

use crate::{Batch, Change, Kin, Row, RowRange, Store, StoreError, query::affected};

/// Keys held at most, some 40 bytes each.
const KEYS: usize = if cfg!(test) { 8 } else { 100_000 };
/// Issues of customers who may be others now that are told one by one.
const ISSUES: usize = 1_000;
/// Issues that are looked at as duplicates of one that changed.
const DUPLICATES: usize = 1_000;

/// What one batch changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Where the batch ends.
    pub position: Position,
    /// Issues whose rows may look different, those among them that are duplicates of one that changed.
    pub issues: BTreeSet<IssueId>,
    /// Quarantined messages that came or were settled.
    pub quarantined: BTreeSet<Position>,
    /// Entries of timelines that are new, look different, or left.
    pub entries: Vec<TouchedEntry>,
    /// Issues that are one with others than before.
    pub kin: BTreeSet<IssueId>,
    /// Leaves that may be another customer's now.
    pub leaves: BTreeSet<CustomerId>,
    /// Any issue may look different: the directory changed, which decides on the owner who is shown, or more issues hang
    /// on what changed than are told one by one.
    pub directory: bool,
}

/// An entry of a timeline that is new, looks different, or left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TouchedEntry {
    /// In whose timeline.
    pub timeline: LeafId,
    /// The issue that its event names.
    pub issue: Option<IssueId>,
    /// Of the event.
    pub position: Position,
    /// It stands in another timeline now.
    pub left: bool,
}

impl Touched {
    /// What a batch is about to change in `store`.
    pub(crate) fn by(
        batch: &Batch,
        directory: bool,
        entries: Vec<TouchedEntry>,
        store: &dyn Store,
    ) -> Result<Self, StoreError> {
        let mut touched = Self { position: batch.cursor.position, directory, entries, ..Self::default() };
        let mut ends = BTreeSet::new();
        let mut kin = BTreeMap::new();
        for change in &batch.changes {
            match change {
                Change::Edge(edge) => ends.extend(edge.leaves()),
                Change::File(EventKey::Issue(id), file) => {
                    touched.issues.insert(*id);
                    kin.extend((!file.kin.is_empty()).then_some((*id, &file.kin)));
                }
                Change::Quarantined(message) => drop(touched.quarantined.insert(message.position)),
                Change::File(EventKey::Customer(_) | EventKey::Nobody, _)
                | Change::Chunk(..)
                | Change::Spilled(..)
                | Change::Put(_)
                | Change::Remove(_)
                | Change::Customer(..)
                | Change::Department(..)
                | Change::Home(..)
                | Change::Page(..)
                | Change::Directory(_)
                | Change::Calendar(_)
                | Change::Window(_)
                | Change::Expired(_) => {}
            }
        }
        touched.add_kin(&kin, store)?;
        touched.leaves = affected(store, ends)?;
        touched.add_their_issues(store)?;
        touched.add_duplicates(store)?;
        Ok(touched)
    }

    /// Whatever is known by the id of one of several issues that are one looks different with it. `changed` is what the batch
    /// makes of some of them.
    fn add_kin(&mut self, changed: &BTreeMap<IssueId, &Kin>, store: &dyn Store) -> Result<(), StoreError> {
        let mut waiting: Vec<_> = changed.keys().copied().collect();
        while let Some(id) = waiting.pop() {
            let was = store.kin(id)?;
            let is = changed.get(&id).copied().unwrap_or(&was);
            if *is != was {
                self.kin.insert(id);
            }
            waiting.extend(is.ties.iter().copied().filter(|other| self.issues.insert(*other)));
        }
        Ok(())
    }

    /// An issue is shown with its customer, who may be another one now.
    fn add_their_issues(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let mut looks = 0;
        for leaf in &self.leaves {
            store.rows(RowRange::OfCustomer { customer: Some(*leaf), after: None }, &mut |row| {
                if let Row::OfCustomer { customer: _, id } = row {
                    self.issues.insert(id);
                    looks += 1;
                }
                if looks < ISSUES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
        }
        self.directory |= looks >= ISSUES;
        Ok(())
    }

    /// Whether a duplicate is listed hangs on the issues that its chain of links leads to (`contract.md` 5). A link that this
    /// very batch makes is found too: its issue changes with it.
    fn add_duplicates(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let mut waiting: Vec<_> = self.issues.iter().copied().collect();
        let mut looks = 0;
        while let Some(of) = waiting.pop() {
            store.rows(RowRange::Duplicates { of, after: None }, &mut |row| {
                if let Row::Duplicate { of: _, id } = row
                    && self.issues.insert(id)
                {
                    waiting.push(id);
                    looks += 1;
                }
                if looks < DUPLICATES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            if looks == DUPLICATES {
                self.directory = true;
                break;
            }
        }
        Ok(())
    }

    fn keys(&self) -> usize {
        1 + self.issues.len()
            + self.kin.len()
            + self.quarantined.len()
            + self.entries.len()
            + self.leaves.len()
    }
}

/// What the last batches changed.
#[derive(Debug, Default)]
pub(crate) struct Feed(Mutex<Ring>);

#[derive(Debug, Default)]
struct Ring {
    /// Everything after here is held.
    from: Position,
    batches: VecDeque<Arc<Touched>>,
    keys: usize,
}

impl Feed {
    /// Nothing is held but what comes after `position`.
    pub(crate) fn starting(position: Position) -> Self {
        Self(Mutex::new(Ring { from: position, ..Ring::default() }))
    }

    pub(crate) fn record(&self, touched: Touched) {
        let mut ring = self.lock();
        ring.keys += touched.keys();
        ring.batches.push_back(Arc::new(touched));
        while ring.keys > KEYS
            && let Some(oldest) = ring.batches.pop_front()
        {
            ring.keys -= oldest.keys();
            ring.from = oldest.position;
        }
    }

    /// Batches are written that nobody watches: nothing up to `position` is held.
    pub(crate) fn pass_over(&self, position: Position) {
        *self.lock() = Ring { from: position, ..Ring::default() };
    }

    /// What changed after `position`, oldest first, until `keys` are gathered; `None` if that is not held any more.
    pub(crate) fn since(&self, position: Position, keys: usize) -> Option<Vec<Arc<Touched>>> {
        let ring = self.lock();
        if position < ring.from {
            return None;
        }
        let after = ring.batches.partition_point(|batch| batch.position <= position);
        let mut gathered = 0;
        let wanted = ring.batches.range(after..).take_while(|batch| {
            let first = gathered == 0;
            gathered += batch.keys();
            first || gathered <= keys
        });
        Some(wanted.cloned().collect())
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched(position: u64, quarantined: u64) -> Touched {
        let messages = (0..quarantined).map(Position::new).collect();
        Touched { position: Position::new(position), quarantined: messages, ..Touched::default() }
    }

    fn positions(feed: &Feed, after: u64, keys: usize) -> Option<Vec<u64>> {
        let batches = feed.since(Position::new(after), keys)?;
        Some(batches.iter().map(|batch| batch.position.sequence()).collect())
    }

    #[test]
    fn what_is_held_is_told_from_any_position_on() {
        let feed = Feed::starting(Position::new(10));
        feed.record(touched(12, 1));
        feed.record(touched(13, 1));
        assert_eq!(positions(&feed, 9, 100), None);
        assert_eq!(positions(&feed, 10, 100), Some(vec![12, 13]));
        assert_eq!(positions(&feed, 11, 100), Some(vec![12, 13]), "in the middle of a batch: all of it");
        assert_eq!(positions(&feed, 12, 100), Some(vec![13]));
        assert_eq!(positions(&feed, 13, 100), Some(vec![]));
        assert_eq!(positions(&feed, 10, 1), Some(vec![12]), "one batch at least");
    }

    #[test]
    fn the_oldest_go_when_it_is_full_and_all_go_when_nobody_watched() {
        let feed = Feed::starting(Position::START);
        (1..=10).for_each(|position| feed.record(touched(position, 1)));
        assert_eq!(positions(&feed, 5, 100), None);
        assert_eq!(positions(&feed, 6, 100), Some(vec![7, 8, 9, 10]));
        feed.pass_over(Position::new(20));
        assert_eq!(positions(&feed, 19, 100), None);
        assert_eq!(positions(&feed, 20, 100), Some(vec![]));
    }
}
