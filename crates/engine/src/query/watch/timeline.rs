//! A timeline, watched.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{EventKey, IssueId, LeafId, Position, listed_under};
use jiff::Timestamp;

use super::{Epoch, Looked, Page, ROWS, ResumePoint, Watch, Watched};
use crate::{
    TimelineRef, Touched, View,
    query::{QueryError, Reader, Scope, TimelineItem, timeline},
};

/// The newest entries of a timeline, and those that change later, however old they are.
#[derive(Debug)]
pub struct Timeline {
    scope: Scope,
    recent: usize,
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
        let epoch = self.view(|view| {
            if let Scope::Issue(id) | Scope::IssueOf(_, id) = scope
                && view.store.file(EventKey::Issue(id))?.is_none()
            {
                return Err(QueryError::UnknownIssue(id));
            }
            Ok(Epoch::of(view))
        })?;
        Ok(Watch::new(self, Timeline { scope, recent }, epoch, resume))
    }
}

impl Watched for Timeline {
    type Key = TimelineKey;
    type Row = TimelineItem;
    /// Entries to come, the oldest first.
    type Rest = VecDeque<TimelineKey>;

    fn key(item: &TimelineItem) -> TimelineKey {
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
        let concerns = move |timeline: LeafId, issue: Option<IssueId>| match self.scope {
            Scope::Customer(customer) => timeline == customer,
            Scope::Issue(id) | Scope::IssueOf(_, id) => issue == Some(id),
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
        let newest = timeline::newest(view, self.scope, self.recent)?;
        let key = |entry: TimelineRef| TimelineKey { issue: entry.issue, position: entry.position };
        Ok(newest.into_iter().rev().map(key).collect())
    }

    /// Those of some entries that stand in the timeline, in their order.
    fn items(&self, view: &View<'_>, keys: &[TimelineKey]) -> Result<Vec<TimelineItem>, QueryError> {
        let mut holds = BTreeMap::new();
        let mut references = Vec::with_capacity(keys.len());
        for TimelineKey { issue, position } in keys.iter().copied() {
            let held = match holds.get(&issue) {
                Some(held) => *held,
                None => self.holds(view, issue)?,
            };
            holds.insert(issue, held);
            if held {
                // Nothing here goes by the time.
                references.push(TimelineRef { time: 0, position, issue });
            }
        }
        let customer = match self.scope {
            Scope::Customer(customer) | Scope::IssueOf(customer, _) => customer,
            Scope::Issue(_) => None,
        };
        timeline::items(view, &references, customer, None)
    }

    /// Whether the events of an issue, or those that name none, stand in the timeline.
    fn holds(&self, view: &View<'_>, issue: Option<IssueId>) -> Result<bool, QueryError> {
        match (self.scope, issue) {
            (Scope::Customer(_), None) => Ok(true),
            (Scope::Issue(_) | Scope::IssueOf(..), None) => Ok(false),
            (Scope::Customer(customer), Some(id)) => Ok(whose(view, id)? == customer),
            (Scope::Issue(id), Some(other)) => Ok(id == other),
            (Scope::IssueOf(customer, id), Some(other)) => Ok(id == other && whose(view, id)? == customer),
        }
    }
}

/// In whose timeline the events of an issue stand.
fn whose(view: &View<'_>, id: IssueId) -> Result<LeafId, QueryError> {
    if let Some(issue) = view.store.issue(id)? {
        return Ok(issue.customer_id());
    }
    let events = view.events(EventKey::Issue(id))?;
    Ok(listed_under(None, &events).map(|customer| customer.leaf.id()))
}
