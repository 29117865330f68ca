//! The list of the unacknowledged, watched.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Epoch, Looked, Page, ROWS, ResumePoint, Watch, Watched};
use crate::{
    Entry, Touched, View,
    query::{IssueFilter, IssuesQuery, ListCursor, Order, QueryError, ReadAt, Reader, Shown, Which, list},
};

/// The list of the unacknowledged, or those of its rows that a filter wants.
#[derive(Debug)]
pub struct Unacknowledged {
    query: IssuesQuery,
}

impl Reader {
    /// Watches the list of the unacknowledged. Ages of the filter ([`IssueFilter::older_than`]) are those of the moment a row
    /// is read at: nothing tells a watch that a row came of age.
    ///
    /// # Errors
    /// While the log is being folded.
    pub fn watch_unacknowledged(
        &self,
        filter: IssueFilter,
        resume: Option<ResumePoint>,
    ) -> Result<Watch<Unacknowledged>, QueryError> {
        let query = IssuesQuery {
            which: Which::Unacknowledged,
            filter,
            order: Order::OldestFirst,
            read: ReadAt::default(),
            page_size: ROWS,
            after: None,
        };
        let epoch = self.view(|view| Ok(Epoch::of(view)))?;
        Ok(Watch::new(self, Unacknowledged { query }, epoch, resume))
    }
}

impl Watched for Unacknowledged {
    type Key = Entry;
    type Row = Shown;
    type Rest = ListCursor;

    fn key(row: &Shown) -> Entry {
        match row {
            Shown::Issue(shown) => Entry::Issue(shown.issue.id),
            Shown::Quarantined(message) => Entry::Quarantined(message.position),
        }
    }

    fn page(
        &self,
        view: &View<'_>,
        rest: Option<ListCursor>,
        now: Timestamp,
    ) -> Result<Page<Self>, QueryError> {
        let query = IssuesQuery { after: rest, ..self.query.clone() };
        let page = list::page_now(view, &query, now)?.value;
        Ok((page.rows, page.next))
    }

    /// The directory decides on the owner who is shown, and so on every row.
    fn touched<'a>(&'a self, batch: &'a Touched) -> Option<impl Iterator<Item = Entry> + 'a> {
        let Touched { position: _, issues, quarantined, entries: _, kin: _, leaves, directory } = batch;
        let issues = issues.iter().copied().map(Entry::Issue);
        let quarantined = quarantined.iter().copied().map(Entry::Quarantined);
        // Whose issues are wanted may be others now.
        let others = self.query.filter.customer.is_some() && !leaves.is_empty();
        (!directory && !others).then(|| issues.chain(quarantined))
    }

    fn look(
        &self,
        view: &View<'_>,
        keys: BTreeSet<Entry>,
        now: Timestamp,
    ) -> Result<Looked<Self>, QueryError> {
        let look = |key| Ok((key, list::row_now(view, &self.query, key, now)?));
        keys.into_iter().map(look).collect()
    }

    fn is_slow(&self) -> bool {
        false
    }
}
