//! Lists as of an earlier instant or position: every candidate is folded up to there, once, and the sorted rows are
//! kept for the pages after the first. Position and instant are fixed by the first page, so the list can be made again.

use std::{ops::ControlFlow, sync::Arc};

use domain::{IssueId, LeafId, Position, limits};
use jiff::Timestamp;

use super::{
    Answer, IssueFilter, IssuePage, IssuesQuery, ListCursor, Order, Shown, Which, key_of, key_of_quarantined,
    render,
};
use crate::{
    Entry, Row, RowRange, View,
    query::{
        QueryError, Reader, RowKey, ShownIssue, cache, filter::Viewpoint, past::Past, rows::of_customers,
    },
};

/// Which list this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::query) struct PastList {
    /// Another store may be of another log.
    generation: Arc<str>,
    which: Which,
    filter: IssueFilter,
    order: Order,
    past: Past,
    now: Timestamp,
}

/// Its rows in order.
pub(in crate::query) struct PastRows {
    keys: Vec<RowKey>,
    quarantined: u64,
}

impl cache::Rows for PastRows {
    fn rows(&self) -> usize {
        self.keys.len()
    }
}

const INSTEAD: &str = "ask for one customer's";

impl Reader {
    pub(super) fn issues_then(
        &self,
        query: &IssuesQuery,
        now: Timestamp,
    ) -> Result<Answer<IssuePage>, QueryError> {
        let position = self.projection.position();
        let (past, made_now) = match &query.after {
            Some(cursor) => cursor.past(query, position, now),
            None => (Past::new(query.read, position), now),
        };
        // Ages count to `as_of`; only without it does the list depend on when it was made.
        let counts_to = past.as_of.unwrap_or(made_now);
        let ages = query.filter.older_than.map_or(Timestamp::UNIX_EPOCH, |_| counts_to);
        let list = PastList {
            generation: self.projection.generation(),
            which: query.which,
            filter: query.filter.clone(),
            order: query.order,
            past,
            now: ages,
        };
        let rows = self.lists.get(list, now, || self.make(query, past, counts_to))?;

        let after = query.after.map(|cursor| cursor.key);
        let start = after
            .map_or(0, |after| rows.keys.partition_point(|key| key.compare(&after, query.order).is_le()));
        let keys: Vec<_> = rows.keys.iter().skip(start).take(query.page_size).copied().collect();
        let more = start + keys.len() < rows.keys.len();
        let next = keys
            .last()
            .filter(|_| more)
            .map(|key| ListCursor { key: *key, made: Some((past.position, made_now)) });
        let shown = keys.into_iter().filter_map(|key| self.show_then(key.entry, past).transpose());
        let page = IssuePage { rows: shown.collect::<Result<_, _>>()?, next, quarantined: rows.quarantined };
        Ok(Answer { value: page, position: past.position })
    }

    fn make(&self, query: &IssuesQuery, past: Past, now: Timestamp) -> Result<PastRows, QueryError> {
        let mut keys = Vec::new();
        let leaves = self.view(|view| Ok(query.filter.leaves(view, past.then())?))?;
        for id in self.view(|view| candidates(view, &leaves))? {
            keys.extend(self.key_then(query, id, past, (now, &leaves))?);
        }
        let (messages, quarantined) =
            self.view(|view| quarantined_then(view, query, past, (now, &leaves)))?;
        keys.extend(messages);
        keys.sort_by(|one, other| one.compare(other, query.order));
        Ok(PastRows { keys, quarantined })
    }

    /// The row of an issue as it stood, if the list held it and the filter wants it. Each issue is read by itself, so
    /// that a long list holds up no batch.
    fn key_then(
        &self,
        query: &IssuesQuery,
        id: IssueId,
        past: Past,
        (now, leaves): (Timestamp, &[LeafId]),
    ) -> Result<Option<RowKey>, QueryError> {
        self.view(|view| {
            let Some(issue) = past.issue(view, id)? else { return Ok(None) };
            let viewpoint =
                Viewpoint { directory: view.directory(), at: past.position, now, customer: leaves };
            let shown = ShownIssue::unplaced(issue, viewpoint.directory, viewpoint.at);
            let wanted = render::is_wanted(query, &shown, viewpoint, |other| {
                let other = past.standing(view, other)?;
                Ok(past.issue(view, other)?.map(|issue| issue.duplicate_of))
            })?;
            Ok(wanted.then(|| key_of(&shown.issue)))
        })
    }

    fn show_then(&self, entry: Entry, past: Past) -> Result<Option<Shown>, QueryError> {
        self.view(|view| match entry {
            Entry::Issue(id) => {
                let issue = past.issue(view, id)?;
                let shown = issue.map(|issue| ShownIssue::new(view, issue, past)).transpose()?;
                Ok(shown.map(|shown| Shown::Issue(Arc::new(shown))))
            }
            Entry::Quarantined(position) => {
                let message = view.store.quarantined(position)?.and_then(|message| past.quarantined(message));
                Ok(message.map(|message| Shown::Quarantined(Box::new(message))))
            }
        })
    }
}

/// Every issue that may be in the list.
fn candidates(view: &View<'_>, leaves: &[LeafId]) -> Result<Vec<IssueId>, QueryError> {
    let too_many =
        |found| QueryError::TooMany { found, what: "issues", limit: limits::CANDIDATES, instead: INSTEAD };
    if !leaves.is_empty() {
        let instead = "ask without as_of and known_at";
        return of_customers(view, leaves, limits::CANDIDATES)?.ok_or(QueryError::TooMany {
            found: limits::CANDIDATES + 1,
            what: "issues",
            limit: limits::CANDIDATES,
            instead,
        });
    }
    let issues = usize::try_from(view.published.cursor.counts.issues).unwrap_or(usize::MAX);
    if issues > limits::CANDIDATES {
        return Err(too_many(issues));
    }
    // Of every rank: an issue may have been worse then, and one of which everything is retracted may have stood.
    let every = IssueFilter::default();
    let ranks = every.ranks().map(|rank| RowRange::Issues { rank, after: None });
    let mut ids = Vec::with_capacity(issues);
    for range in ranks.chain([RowRange::Gone { after: None }]) {
        view.store.rows(range, &mut |row| {
            if let Row::Issue { rank: _, since: _, id } | Row::Gone { id } = row {
                ids.push(id);
            }
            if ids.len() <= limits::CANDIDATES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    if ids.len() > limits::CANDIDATES {
        return Err(too_many(ids.len()));
    }
    Ok(ids)
}

/// The rows of quarantined messages that were known, and how many there were in all.
fn quarantined_then(
    view: &View<'_>,
    query: &IssuesQuery,
    past: Past,
    (now, leaves): (Timestamp, &[LeafId]),
) -> Result<(Vec<RowKey>, u64), QueryError> {
    let (mut keys, mut total) = (Vec::new(), 0);
    let mut looked = 0_usize;
    view.store.quarantine(next_of(past.position), &mut |message| {
        looked += 1;
        if let Some(message) = past.quarantined(message) {
            total += 1;
            let listed = query.which == Which::Unacknowledged && message.may_be_a_complaint();
            if listed && query.filter.takes_quarantined(&message, now, leaves) {
                keys.push(key_of_quarantined(&message));
            }
        }
        if looked < limits::CANDIDATES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok((keys, total))
}

/// Quarantine is read before a position; this one includes it.
pub(in crate::query) fn next_of(position: Position) -> Option<Position> {
    Some(position.next())
}
