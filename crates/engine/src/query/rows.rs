//! Rows of the indexes in the order of a list: four lanes, one a severity rank, one after the other or merged by age.

use std::{cmp::Ordering, collections::VecDeque, ops::ControlFlow};

use domain::{IssueId, LeafId, Position};

use super::{
    QueryError,
    list::{Order, Which},
};
use crate::{Entry, Row, RowRange, StoreError, View};

/// Rows read from a lane at first; each further read takes four times as many.
const FIRST_READ: usize = 16;
/// Rows read from a lane at once.
const MOST_READ: usize = 2_048;

/// Where a row stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// [`domain::Severity::rank`].
    pub rank: u8,
    /// Since when it waits, in microseconds since 1970.
    pub since: i64,
    /// What it is.
    pub entry: Entry,
}

impl RowKey {
    /// Before, at or after another in a list of this order.
    pub(super) fn compare(&self, other: &Self, order: Order) -> Ordering {
        match order {
            Order::OldestFirst => {
                (self.since, self.rank, self.entry).cmp(&(other.since, other.rank, other.entry))
            }
            Order::WorstFirst => {
                (self.rank, self.since, self.entry).cmp(&(other.rank, other.since, other.entry))
            }
        }
    }
}

/// The rows of an index after a key.
pub(super) struct Rows<'a> {
    view: &'a View<'a>,
    which: Which,
    order: Order,
    lanes: Vec<Lane>,
}

/// The rows of one rank.
struct Lane {
    rank: u8,
    after: Option<(i64, Entry)>,
    ready: VecDeque<(i64, Entry)>,
    read: usize,
    ended: bool,
}

/// Greater than any entry of a list.
const LAST: Entry = Entry::Quarantined(Position::new(u64::MAX));

impl<'a> Rows<'a> {
    pub(super) fn new(
        view: &'a View<'a>,
        which: Which,
        order: Order,
        ranks: impl Iterator<Item = u8>,
        after: Option<RowKey>,
    ) -> Self {
        let lanes = ranks.filter_map(|rank| Lane::after(rank, order, after)).collect();
        Self { view, which, order, lanes }
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<Option<RowKey>, QueryError> {
        let mut first: Option<(usize, RowKey)> = None;
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            let Some(key) = lane.peek(self.view, self.which)? else { continue };
            if first.is_none_or(|(_, least)| key.compare(&least, self.order).is_lt()) {
                first = Some((number, key));
            }
            if self.order == Order::WorstFirst {
                break;
            }
        }
        let Some((number, key)) = first else { return Ok(None) };
        self.lanes[number].ready.pop_front();
        Ok(Some(key))
    }
}

impl Lane {
    /// The rows of a rank that come after `key` in the list; `None` if none can.
    fn after(rank: u8, order: Order, key: Option<RowKey>) -> Option<Self> {
        let after = match (key, order) {
            (None, _) => None,
            (Some(key), _) if rank == key.rank => Some((key.since, key.entry)),
            (Some(key), Order::WorstFirst) if rank < key.rank => return None,
            (Some(_), Order::WorstFirst) => None,
            (Some(key), Order::OldestFirst) if rank < key.rank => Some((key.since, LAST)),
            (Some(key), Order::OldestFirst) => Some((key.since.saturating_sub(1), LAST)),
        };
        Some(Self { rank, after, ready: VecDeque::new(), read: FIRST_READ, ended: false })
    }

    fn peek(&mut self, view: &View<'_>, which: Which) -> Result<Option<RowKey>, StoreError> {
        if self.ready.is_empty() && !self.ended {
            self.fill(view, which)?;
        }
        Ok(self.ready.front().map(|(since, entry)| RowKey { rank: self.rank, since: *since, entry: *entry }))
    }

    fn fill(&mut self, view: &View<'_>, which: Which) -> Result<(), StoreError> {
        let range = which.range(self.rank, self.after);
        let (ready, most) = (&mut self.ready, self.read);
        view.store.rows(range, &mut |row| {
            ready.extend(key_of(&row));
            if ready.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        self.ended = self.ready.len() < self.read;
        self.after = self.ready.back().copied().or(self.after);
        self.read = (self.read * 4).min(MOST_READ);
        Ok(())
    }
}

impl Which {
    fn range(self, rank: u8, after: Option<(i64, Entry)>) -> RowRange {
        match self {
            Self::Unacknowledged => RowRange::Unacknowledged { rank, after },
            Self::Every => {
                RowRange::Issues { rank, after: after.map(|(since, entry)| (since, issue_or_last(entry))) }
            }
        }
    }
}

/// No quarantined message stands in the list of issues; as a bound it comes after all of them.
const fn issue_or_last(entry: Entry) -> IssueId {
    match entry {
        Entry::Issue(id) => id,
        Entry::Quarantined(_) => IssueId::from_bytes([u8::MAX; 16]),
    }
}

fn key_of(row: &Row) -> Option<(i64, Entry)> {
    match row {
        Row::Issue { rank: _, since, id } => Some((*since, Entry::Issue(*id))),
        Row::Unacknowledged { rank: _, since, entry } => Some((*since, *entry)),
        Row::OfCustomer { .. }
        | Row::Customer { .. }
        | Row::Duplicate { .. }
        | Row::Gone { .. }
        | Row::Concern { .. }
        | Row::SameId { .. }
        | Row::Timer { .. }
        | Row::Owed { .. }
        | Row::Ping { .. }
        | Row::Contact { .. } => None,
    }
}

/// Every issue of which some event named one of the leaves, each once; `None` if they are more than `limit`.
pub(super) fn of_customers(
    view: &View<'_>,
    leaves: &[LeafId],
    limit: usize,
) -> Result<Option<Vec<IssueId>>, StoreError> {
    let mut issues = Vec::new();
    for leaf in leaves {
        let range = RowRange::OfCustomer { customer: *leaf, after: None };
        view.store.rows(range, &mut |row| {
            if let Row::OfCustomer { customer: _, id } = row {
                issues.push(id);
            }
            if issues.len() <= limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    let within = issues.len() <= limit;
    if leaves.len() > 1 {
        // An issue that was corrected from one leaf to another is found at both.
        issues.sort_unstable();
        issues.dedup();
    }
    Ok(within.then_some(issues))
}
