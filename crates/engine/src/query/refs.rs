//! References of a customer's timeline in the order of time, out of pages in the order of arrival.
//!
//! Newest first, a page of references is read only once something on it may come next: each page knows the greatest
//! time on the pages before it. Oldest first, all of them are read.

use std::collections::BinaryHeap;

use domain::{LeafId, Position, limits};

use super::{QueryError, timeline::TimelineOrder};
use crate::{Page, StoreError, TimelineRef, View};

/// A time in microseconds since 1970, and a position: the order of timelines.
pub(super) type Moment = (i64, Position);

/// Where a reference stands in a timeline.
pub(super) const fn moment(reference: &TimelineRef) -> Moment {
    (reference.time, reference.position)
}

/// References in order, each once, after a moment.
pub(super) enum Refs<'a> {
    Newest(Newest<'a>),
    Sorted(std::vec::IntoIter<TimelineRef>),
}

pub(super) struct Newest<'a> {
    view: &'a View<'a>,
    customer: LeafId,
    before: Option<Moment>,
    /// Read and not yet handed out; the newest on top.
    ready: BinaryHeap<TimelineRef>,
    /// Pages below this number are not read yet.
    unread: u32,
    /// The greatest moment on those pages.
    earlier: Option<Moment>,
    looked: usize,
    last: Option<Position>,
}

impl<'a> Refs<'a> {
    pub(super) fn new(
        view: &'a View<'a>,
        customer: LeafId,
        order: TimelineOrder,
        after: Option<Moment>,
    ) -> Result<Self, QueryError> {
        let pages = view.store.last_page(customer)?.map_or(0, |last| last.saturating_add(1));
        match order {
            TimelineOrder::NewestFirst => {
                let before = after;
                // Nothing is known of the pages yet, so anything may stand there.
                let earlier = (pages > 0).then_some((i64::MAX, Position::new(u64::MAX)));
                let ready = BinaryHeap::new();
                Ok(Self::Newest(Newest {
                    view,
                    customer,
                    before,
                    ready,
                    unread: pages,
                    earlier,
                    looked: 0,
                    last: None,
                }))
            }
            TimelineOrder::OldestFirst => {
                let mut all = Vec::new();
                for number in 0..pages {
                    let page = page(view, customer, number)?;
                    all.extend(
                        page.entries
                            .into_iter()
                            .filter(|entry| after.is_none_or(|after| moment(entry) > after)),
                    );
                    check_looked(all.len())?;
                }
                all.sort_unstable();
                all.dedup_by_key(|entry| entry.position);
                Ok(Self::Sorted(all.into_iter()))
            }
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<TimelineRef>, QueryError> {
        match self {
            Self::Newest(newest) => newest.next(),
            Self::Sorted(sorted) => Ok(sorted.next()),
        }
    }
}

impl Newest<'_> {
    fn next(&mut self) -> Result<Option<TimelineRef>, QueryError> {
        loop {
            while self
                .earlier
                .is_some_and(|earlier| self.ready.peek().is_none_or(|top| moment(top) <= earlier))
            {
                self.read_page()?;
            }
            let Some(top) = self.ready.pop() else { return Ok(None) };
            // An issue that moved away and back stands in the pages twice.
            if self.last.replace(top.position) != Some(top.position) {
                return Ok(Some(top));
            }
        }
    }

    fn read_page(&mut self) -> Result<(), QueryError> {
        let Some(number) = self.unread.checked_sub(1) else {
            self.earlier = None;
            return Ok(());
        };
        let Page { earlier, entries } = page(self.view, self.customer, number)?;
        self.looked += entries.len();
        check_looked(self.looked)?;
        let before = self.before;
        self.ready
            .extend(entries.into_iter().filter(|entry| before.is_none_or(|before| moment(entry) < before)));
        self.unread = number;
        self.earlier = earlier.filter(|_| number > 0);
        Ok(())
    }
}

fn page(view: &View<'_>, customer: LeafId, number: u32) -> Result<Page, StoreError> {
    view.store.page(customer, number)?.ok_or_else(|| StoreError::Damaged {
        record: "timeline",
        detail: format!("page {number} of {customer:?} is missing"),
    })
}

fn check_looked(found: usize) -> Result<(), QueryError> {
    if found <= limits::CANDIDATES {
        return Ok(());
    }
    let instead = "ask for one issue's, or newest first from the beginning";
    Err(QueryError::TooMany { found, what: "events", limit: limits::CANDIDATES, instead })
}
