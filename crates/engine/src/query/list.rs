//! Lists of issues: what awaits acknowledgement, and everything. Present lists walk an index; earlier ones are made
//! once and kept.

mod present;
mod render;
mod then;

use std::sync::Arc;

use domain::{Position, Quarantined, identity::Then, limits};
use jiff::Timestamp;

use super::{
    Answer, IssueFilter, QueryError, ReadAt, Reader, RowKey, ShownIssue, filter::Viewpoint, past::Past,
};
use crate::{Entry, View};

pub(super) use then::{PastList, PastRows};

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// What no human acknowledged and somebody should, quarantined messages that may be complaints among it.
    Unacknowledged,
    /// Every issue.
    Every,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// Longest waiting first.
    #[default]
    OldestFirst,
    /// Worst first, then longest waiting.
    WorstFirst,
}

/// What is asked of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuesQuery {
    /// Which list.
    pub which: Which,
    /// Which of its rows.
    pub filter: IssueFilter,
    /// In which order.
    pub order: Order,
    /// As of when.
    pub read: ReadAt,
    /// Rows wanted, at least 1 and at most [`limits::PAGE_MAX`].
    pub page_size: usize,
    /// Where the page before ended.
    pub after: Option<ListCursor>,
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListCursor {
    /// The last row that was looked at.
    pub key: RowKey,
    /// For lists of an earlier state: the position and the instant that the first page was made at.
    pub made: Option<(Position, Timestamp)>,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// An issue.
    Issue(Arc<ShownIssue>),
    /// A message that may be a complaint and could not be read or placed.
    Quarantined(Box<Quarantined>),
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuePage {
    /// At most as many as were asked for; fewer do not mean that it is the last page.
    pub rows: Vec<Shown>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<ListCursor>,
    /// All quarantined messages, whatever the filter.
    pub quarantined: u64,
}

impl IssuesQuery {
    /// Whether it is sure to look at no more than a page of rows.
    pub fn is_cheap(&self) -> bool {
        let Self { which: _, filter, order: _, read, page_size, after: _ } = self;
        let any = IssueFilter { worst_of: filter.worst_of, ..IssueFilter::default() };
        read.is_present() && *filter == any && *page_size <= 2 * limits::PAGE_DEFAULT
    }
}

impl Reader {
    /// A page of a list.
    ///
    /// # Errors
    /// While the log is being folded, if the store cannot be read, or if a list of an earlier state would have to look
    /// at more than [`limits::CANDIDATES`] issues.
    pub fn issues(&self, query: &IssuesQuery) -> Result<Answer<IssuePage>, QueryError> {
        let now = self.now();
        if query.read.is_present() {
            return self.view(|view| present::page(view, query, now));
        }
        self.check_caught_up()?;
        self.issues_then(query, now)
    }
}

/// A page of a list as things are.
pub(super) fn page_now(
    view: &View<'_>,
    query: &IssuesQuery,
    now: Timestamp,
) -> Result<Answer<IssuePage>, QueryError> {
    present::page(view, query, now)
}

/// A row of a list as things are; `None` if the list does not hold it or the filter does not want it.
pub(super) fn row_now(
    view: &View<'_>,
    query: &IssuesQuery,
    entry: Entry,
    now: Timestamp,
) -> Result<Option<Shown>, QueryError> {
    if let Entry::Quarantined(position) = entry
        && !present::holds_quarantined(view, query.which, position)?
    {
        return Ok(None);
    }
    let leaves = query.filter.leaves(view, Then::default())?;
    let viewpoint = Viewpoint { directory: view.directory(), at: view.position(), now, customer: &leaves };
    render::row(view, query, entry, viewpoint)
}

/// The key of an issue's row.
fn key_of(issue: &domain::Issue) -> RowKey {
    RowKey {
        rank: issue.severity().rank(),
        since: issue.since().as_microsecond(),
        entry: crate::Entry::Issue(issue.id),
    }
}

/// The key of a quarantined message's row.
fn key_of_quarantined(message: &Quarantined) -> RowKey {
    RowKey {
        rank: domain::Severity::Unassessed.rank(),
        since: message.stored_at.as_microsecond(),
        entry: crate::Entry::Quarantined(message.position),
    }
}

impl ListCursor {
    fn past(&self, query: &IssuesQuery, position: Position, now: Timestamp) -> (Past, Timestamp) {
        let (position, now) = self.made.unwrap_or((position, now));
        (Past::new(query.read, position), now)
    }
}
