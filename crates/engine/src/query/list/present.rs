//! A page of a list as things are.

use std::ops::ControlFlow;

use domain::{LeafId, Position, identity::Then, limits};
use jiff::Timestamp;

use super::{IssuePage, IssuesQuery, ListCursor, Which, key_of, key_of_quarantined, render};
use crate::{
    Entry, Row, RowRange, View,
    query::{
        Answer, QueryError, RowKey,
        filter::Viewpoint,
        rows::{Rows, of_customers},
    },
};

/// Where the rows come from, all in the order of the list.
enum Source<'a> {
    Index(Rows<'a>),
    /// Those of one customer, sorted.
    Sorted(std::vec::IntoIter<RowKey>),
}

impl Source<'_> {
    fn next(&mut self) -> Result<Option<RowKey>, QueryError> {
        match self {
            Self::Index(rows) => rows.next(),
            Self::Sorted(keys) => Ok(keys.next()),
        }
    }
}

pub(super) fn page(
    view: &View<'_>,
    query: &IssuesQuery,
    now: Timestamp,
) -> Result<Answer<IssuePage>, QueryError> {
    let leaves = query.filter.leaves(view, Then::default())?;
    let viewpoint = Viewpoint { directory: view.directory(), at: view.position(), now, customer: &leaves };
    let mut rows = Vec::with_capacity(query.page_size);
    let mut source = source(view, query, &leaves)?;
    let mut last = None;
    let mut looks = 0;
    let mut next = None;
    while let Some(key) = source.next()? {
        if rows.len() == query.page_size || looks == limits::PAGE_LOOKS {
            next = last.map(|key| ListCursor { key, made: None });
            break;
        }
        rows.extend(render::row(view, query, key.entry, viewpoint)?);
        looks += 1;
        last = Some(key);
    }
    let quarantined = view.published.cursor.counts.quarantined;
    Ok(Answer { value: IssuePage { rows, next, quarantined }, position: view.position() })
}

fn source<'a>(view: &'a View<'a>, query: &IssuesQuery, leaves: &[LeafId]) -> Result<Source<'a>, QueryError> {
    let after = query.after.map(|cursor| cursor.key);
    if !leaves.is_empty()
        && let Some(mut keys) = keys_of_customer(view, query, leaves)?
    {
        keys.retain(|key| after.is_none_or(|after| key.compare(&after, query.order).is_gt()));
        keys.sort_by(|one, other| one.compare(other, query.order));
        return Ok(Source::Sorted(keys.into_iter()));
    }
    Ok(Source::Index(Rows::new(view, query.which, query.order, query.filter.ranks(), after)))
}

/// The rows that may be of a customer; `None` if they are so many that walking the index is no worse.
fn keys_of_customer(
    view: &View<'_>,
    query: &IssuesQuery,
    leaves: &[LeafId],
) -> Result<Option<Vec<RowKey>>, QueryError> {
    let Some(issues) = of_customers(view, leaves, limits::PAGE_LOOKS)? else { return Ok(None) };
    let mut keys = Vec::new();
    for id in issues {
        let Some(issue) = view.store.issue(id)? else { continue };
        if leaves.contains(&issue.customer_id()) && query.which.holds(&issue) {
            keys.push(key_of(&issue));
        }
    }
    match query.which {
        Which::Every => return Ok(Some(keys)),
        Which::Unacknowledged if view.published.cursor.counts.quarantined > limits::PAGE_LOOKS as u64 => {
            return Ok(None);
        }
        Which::Unacknowledged => {}
    }
    let mut looks = 0;
    view.store.quarantine(None, &mut |message| {
        looks += 1;
        if message.may_be_a_complaint() && message.settled.is_none() {
            keys.push(key_of_quarantined(&message));
        }
        if looks <= limits::PAGE_LOOKS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok((looks <= limits::PAGE_LOOKS).then_some(keys))
}

/// Whether the list holds a quarantined message. Its row decides: not every message is listed, nor for ever.
pub(super) fn holds_quarantined(
    view: &View<'_>,
    which: Which,
    position: Position,
) -> Result<bool, QueryError> {
    let (Which::Unacknowledged, Some(message)) = (which, view.store.quarantined(position)?) else {
        return Ok(false);
    };
    let RowKey { rank, since, entry } = key_of_quarantined(&message);
    let before = Entry::Quarantined(Position::new(position.sequence().saturating_sub(1)));
    let mut holds = false;
    view.store.rows(RowRange::Unacknowledged { rank, after: Some((since, before)) }, &mut |row| {
        holds = row == Row::Unacknowledged { rank, since, entry };
        ControlFlow::Break(())
    })?;
    Ok(holds)
}

impl Which {
    /// Whether the list holds an issue, duplicates apart.
    pub(super) fn holds(self, issue: &domain::Issue) -> bool {
        match self {
            Self::Unacknowledged => issue.awaits_acknowledgement(),
            Self::Every => true,
        }
    }
}
