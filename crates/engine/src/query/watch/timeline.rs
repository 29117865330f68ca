//! A timeline, watched.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{EventKey, IssueId, LeafId, Position, identity::Then};
use jiff::Timestamp;

use super::{Epoch, Looked, Page, ROWS, ResumePoint, Watch, Watched};
use crate::{
    TimelineRef, Touched, View,
    query::{QueryError, Reader, Scope, TimelineItem, timeline, union::Placed},
};

/// The newest entries of a timeline, and those that change later, however old they are.
#[derive(Debug)]
pub struct Timeline {
    scope: Scope,
    recent: usize,
    /// Of the customer of the scope, as the snapshot found them. Once they are others, the watch begins anew.
    leaves: Mutex<Vec<LeafId>>,
    /// The issue of the scope and those that it is one with, likewise.
    members: Mutex<BTreeSet<IssueId>>,
}

/// Names an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimelineKey {
    /// The issue that the event names.
    pub issue: Option<IssueId>,
    /// Of the event.
    pub position: Position,
}

impl Reader {
    /// Watches a timeline, beginning with its `recent` newest entries, at most [`domain::limits::PAGE_MAX`].
    ///
    /// # Errors
    /// If no event names the customer or the issue, while the log is being folded, or if the store cannot be read.
    pub fn watch_timeline(
        &self,
        scope: Scope,
        recent: usize,
        resume: Option<ResumePoint>,
    ) -> Result<Watch<Timeline>, QueryError> {
        self.check_known(scope)?;
        let (epoch, leaves, members) = self.view(|view| {
            if let Scope::Issue(id) | Scope::IssueOf(_, id) = scope
                && view.store.file(EventKey::Issue(id))?.is_none()
            {
                return Err(QueryError::UnknownIssue(id));
            }
            let members = Mutex::new(members_of(view, scope)?);
            Ok((Epoch::of(view), Mutex::new(leaves_of(view, scope)?), members))
        })?;
        Ok(Watch::new(self, Timeline { scope, recent, leaves, members }, epoch, resume))
    }
}

impl Watched for Timeline {
    type Key = TimelineKey;
    type Row = Arc<TimelineItem>;
    /// Entries to come, the oldest first.
    type Rest = VecDeque<TimelineKey>;

    fn key(item: &Arc<TimelineItem>) -> TimelineKey {
        let issue = item.event.issue.as_ref().map(|issue| issue.id);
        TimelineKey { issue, position: item.event.position }
    }

    fn page(
        &self,
        view: &View<'_>,
        rest: Option<VecDeque<TimelineKey>>,
        _now: Timestamp,
    ) -> Result<Page<Self>, QueryError> {
        let mut rest = match rest {
            Some(rest) => rest,
            None => self.newest(view)?,
        };
        let keys: Vec<_> = rest.drain(..rest.len().min(ROWS)).collect();
        Ok((self.items(view, &keys)?, (!rest.is_empty()).then_some(rest)))
    }

    fn touched<'a>(&'a self, batch: &'a Touched) -> Option<impl Iterator<Item = TimelineKey> + 'a> {
        let leaves = self.leaves().clone();
        if leaves.iter().flatten().any(|leaf| batch.leaves.contains(leaf)) {
            return None;
        }
        let members = self.members().clone();
        if !members.is_disjoint(&batch.kin) {
            return None;
        }
        let concerns = move |timeline: LeafId, issue: Option<IssueId>| match self.scope {
            Scope::Customer(_) => leaves.contains(&timeline),
            Scope::Issue(_) | Scope::IssueOf(..) => issue.is_some_and(|id| members.contains(&id)),
        };
        let entries = batch.entries.iter().filter(move |entry| concerns(entry.timeline, entry.issue));
        Some(entries.map(|entry| TimelineKey { issue: entry.issue, position: entry.position }))
    }

    fn look(
        &self,
        view: &View<'_>,
        keys: BTreeSet<TimelineKey>,
        _now: Timestamp,
    ) -> Result<Looked<Self>, QueryError> {
        let asked: Vec<_> = keys.iter().copied().collect();
        let items = self.items(view, &asked)?;
        let mut items: BTreeMap<_, _> = items.into_iter().map(|item| (Self::key(&item), item)).collect();
        Ok(keys.into_iter().map(|key| (key, items.remove(&key))).collect())
    }

    /// What became of an event takes a replay of its issue.
    fn is_slow(&self) -> bool {
        true
    }
}

impl Timeline {
    /// The newest entries, the oldest of them first.
    fn newest(&self, view: &View<'_>) -> Result<VecDeque<TimelineKey>, QueryError> {
        let leaves = leaves_of(view, self.scope)?;
        let newest = timeline::newest(view, self.scope, &leaves, self.recent)?;
        *self.leaves() = leaves;
        *self.members() = members_of(view, self.scope)?;
        let key =
            |Placed { reference: TimelineRef { issue, position, .. }, .. }| TimelineKey { issue, position };
        Ok(newest.into_iter().rev().map(key).collect())
    }

    /// Those of some entries that stand in the timeline, in their order.
    fn items(&self, view: &View<'_>, keys: &[TimelineKey]) -> Result<Vec<Arc<TimelineItem>>, QueryError> {
        let mut holds = BTreeMap::new();
        let leaves = self.leaves().clone();
        let mut placed = Vec::with_capacity(keys.len());
        for TimelineKey { issue, position } in keys.iter().copied() {
            let held = match holds.get(&issue) {
                Some(held) => *held,
                None => self.holds(view, issue, &leaves)?,
            };
            holds.insert(issue, held);
            if held {
                // Nothing here goes by the time. An event that names no issue is in the file of one of the leaves.
                let reference = TimelineRef { time: 0, position, issue };
                placed.extend(leaves.iter().map(|leaf| Placed { reference, leaf: *leaf }));
            }
        }
        timeline::items(view, &placed, None)
    }

    /// Whether the events of an issue, or those that name none, stand in the timeline.
    fn holds(&self, view: &View<'_>, issue: Option<IssueId>, leaves: &[LeafId]) -> Result<bool, QueryError> {
        match (self.scope, issue) {
            (Scope::Customer(_), None) => Ok(true),
            (Scope::Issue(_) | Scope::IssueOf(..), None) => Ok(false),
            (Scope::Customer(_), Some(id)) => Ok(leaves.contains(&whose(view, id)?)),
            (Scope::Issue(_), Some(other)) => Ok(self.members().contains(&other)),
            (Scope::IssueOf(..), Some(other)) => {
                Ok(self.members().contains(&other) && leaves.contains(&whose(view, other)?))
            }
        }
    }

    fn members(&self) -> MutexGuard<'_, BTreeSet<IssueId>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leaves(&self) -> MutexGuard<'_, Vec<LeafId>> {
        self.leaves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The leaves of the customer that a timeline is about; for one of an issue alone, of nobody.
fn leaves_of(view: &View<'_>, scope: Scope) -> Result<Vec<LeafId>, QueryError> {
    match scope {
        Scope::Customer(customer) | Scope::IssueOf(customer, _) => {
            Ok(view.leaves(customer, Then::default())?)
        }
        Scope::Issue(_) => Ok(vec![None]),
    }
}

/// The issues whose events stand in a timeline of an issue; none for a customer's.
fn members_of(view: &View<'_>, scope: Scope) -> Result<BTreeSet<IssueId>, QueryError> {
    match scope {
        Scope::Customer(_) => Ok(BTreeSet::new()),
        Scope::Issue(id) | Scope::IssueOf(_, id) => Ok(view.members(id)?),
    }
}

/// In whose timeline the events of an issue stand.
fn whose(view: &View<'_>, id: IssueId) -> Result<LeafId, QueryError> {
    if let Some(issue) = view.store.issue(view.standing(id)?)? {
        return Ok(issue.customer_id());
    }
    Ok(view.whole(id, None)?.under(None))
}
