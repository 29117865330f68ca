//! Timelines: everything that happened to a customer, or about one issue, and what became of each event.
//!
//! An event that names an issue stands in the timeline of that issue's customer and moves with it, whatever its
//! subject (`contract.md` 2).

mod entries;
mod then;

use std::sync::Arc;

use domain::{Anomalies, Applied, Effect, Event, IssueId, LeafId, Payload, Position, identity::Then, stands};

use super::{
    Answer, QueryError, ReadAt, Reader,
    kin::Whole,
    past::Past,
    refs::{Moment, moment},
    union::{Placed, Union},
};
use crate::{TimelineRef, View};

pub(super) use entries::{at_position, items, own_key};
pub(super) use then::{PastRefs, PastTimeline};

/// What a timeline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything about a customer; `None` for what names no customer.
    Customer(LeafId),
    /// Everything about an issue.
    Issue(IssueId),
    /// Everything about an issue, if it is this customer's.
    IssueOf(LeafId, IssueId),
}

/// The order of a timeline: by the time of the events, then by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimelineOrder {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// What is asked of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineQuery {
    /// What it is about.
    pub scope: Scope,
    /// In which order.
    pub order: TimelineOrder,
    /// As of when.
    pub read: ReadAt,
    /// Entries wanted, at least 1 and at most [`domain::limits::PAGE_MAX`].
    pub page_size: usize,
    /// Where the page before ended.
    pub after: Option<TimelineCursor>,
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimelineCursor {
    /// The time of the last event that was looked at, in microseconds since 1970.
    pub time: i64,
    /// Its position.
    pub position: Position,
    /// For timelines of an earlier state: the position that the first page was made at.
    pub made: Option<Position>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It changed the issue, or stands in the timeline as it should.
    Applied,
    /// It changed nothing; the anomalies say why.
    NotApplied,
    /// Its type or version is unknown.
    Unfolded,
    /// It is struck out.
    Retracted {
        /// Where the event stands that did it.
        by: Position,
    },
}

/// An entry of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineItem {
    /// The event.
    pub event: Event,
    /// What became of it.
    pub fate: Fate,
    /// With which doubts.
    pub anomalies: Anomalies,
}

/// A page of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelinePage {
    /// At most as many as were asked for; fewer do not mean that it is the last page.
    pub items: Vec<Arc<TimelineItem>>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<TimelineCursor>,
}

impl Reader {
    /// A page of a timeline.
    ///
    /// # Errors
    /// If no event names the customer or the issue, while the log is being folded, if the store cannot be read, or if
    /// more than [`domain::limits::CANDIDATES`] events or issues would have to be looked at.
    pub fn timeline(&self, query: &TimelineQuery) -> Result<Answer<TimelinePage>, QueryError> {
        self.check_known(query.scope)?;
        match (query.scope, query.read.is_present()) {
            (Scope::Customer(customer), true) => self.view(|view| {
                let leaves = view.leaves(customer, Then::default())?;
                present(view, query, &leaves)
            }),
            (Scope::Customer(customer), false) => self.timeline_then(query, customer),
            (Scope::Issue(id), _) => self.view(|view| of_issue(view, query, id, None)),
            (Scope::IssueOf(customer, id), _) => self.view(|view| of_issue(view, query, id, Some(customer))),
        }
    }

    pub(super) fn check_known(&self, scope: Scope) -> Result<(), QueryError> {
        match scope {
            Scope::Customer(customer) | Scope::IssueOf(customer, _) => self.customer(customer).map(drop),
            Scope::Issue(_) => Ok(()),
        }
    }
}

/// Everything about a customer, as things are.
fn present(
    view: &View<'_>,
    query: &TimelineQuery,
    leaves: &[LeafId],
) -> Result<Answer<TimelinePage>, QueryError> {
    let after = query.after.map(|cursor| (cursor.time, cursor.position));
    let mut refs = Union::new(view, leaves, query.order, after)?;
    let mut page = Vec::with_capacity(query.page_size);
    let mut more = false;
    while let Some(reference) = refs.next()? {
        more = page.len() == query.page_size;
        if more {
            break;
        }
        page.push(reference);
    }
    let items = entries::items(view, &page, None)?;
    Ok(Answer { value: TimelinePage::new(items, more, None), position: view.position() })
}

/// References to the newest entries, newest first; `leaves` are those of the customer of the scope.
pub(super) fn newest(
    view: &View<'_>,
    scope: Scope,
    leaves: &[LeafId],
    count: usize,
) -> Result<Vec<Placed>, QueryError> {
    let mut newest = Vec::new();
    match scope {
        Scope::Customer(_) => {
            let mut refs = Union::new(view, leaves, TimelineOrder::NewestFirst, None)?;
            while newest.len() < count
                && let Some(reference) = refs.next()?
            {
                newest.push(reference);
            }
        }
        Scope::Issue(id) | Scope::IssueOf(_, id) => {
            let placed = |event: &Event| Placed { reference: reference(event), leaf: None };
            newest.extend(view.whole(id, None)?.events.iter().map(placed));
            newest.sort_by_key(|placed| std::cmp::Reverse(moment(&placed.reference)));
            newest.truncate(count);
        }
    }
    Ok(newest)
}

/// Everything about an issue, from its own events.
fn of_issue(
    view: &View<'_>,
    query: &TimelineQuery,
    id: IssueId,
    customer: Option<LeafId>,
) -> Result<Answer<TimelinePage>, QueryError> {
    let made = query.after.and_then(|cursor| cursor.made).unwrap_or_else(|| view.position());
    let past = Past::new(query.read, made);
    let whole = view.whole(id, Some(past))?;
    if whole.events.is_empty() {
        return Err(QueryError::UnknownIssue(id));
    }
    let (under, mut items) = replayed(whole, view);
    if let Some(customer) = customer
        && !view.leaves(customer, past.then())?.contains(&under)
    {
        items.clear();
    }
    items.sort_by_key(|item| moment(&reference(&item.event)));
    if query.order == TimelineOrder::NewestFirst {
        items.reverse();
    }
    if let Some(after) = query.after.map(|cursor| (cursor.time, cursor.position)) {
        items.retain(|item| query.order.follows(moment(&reference(&item.event)), after));
    }
    let more = items.len() > query.page_size;
    items.truncate(query.page_size);
    Ok(Answer { value: TimelinePage::new(items, more, Some(made)), position: past.position })
}

/// The customer in whose timeline an issue's events stand, and what became of each.
pub(super) fn replayed(whole: Whole, view: &View<'_>) -> (LeafId, Vec<Arc<TimelineItem>>) {
    let mut fates = Vec::with_capacity(whole.events.len());
    let state = whole.replay(view.directory(), |_, applied| fates.push(applied));
    let under = whole.under(state.as_ref());
    let items =
        whole.events.into_iter().zip(fates).map(|(event, applied)| TimelineItem::shared(event, applied));
    (under, items.collect())
}

/// As the pages of a timeline hold it.
fn reference(event: &Event) -> TimelineRef {
    TimelineRef {
        time: event.time.as_microsecond(),
        position: event.position,
        issue: event.issue.as_ref().map(|issue| issue.id),
    }
}

/// Bytes of events on a page: one may hold 12 KiB, and clients take messages of 4 MiB.
const PAGE_BYTES: usize = 3 << 20;

impl TimelinePage {
    /// Of entries in order, ended early where they are large. `more` tells whether others follow.
    fn new(mut items: Vec<Arc<TimelineItem>>, more: bool, made: Option<Position>) -> Self {
        let mut bytes = 0_usize;
        let fits = items.iter().take_while(|item| {
            bytes = bytes.saturating_add(item.event.data.len() + item.event.identity.id.len());
            bytes <= PAGE_BYTES
        });
        let fits = fits.count().max(1);
        let more = more || fits < items.len();
        items.truncate(fits);
        let next = items.last().filter(|_| more).map(|item| {
            let TimelineRef { time, position, issue: _ } = reference(&item.event);
            TimelineCursor { time, position, made }
        });
        Self { items, next }
    }
}

impl TimelineOrder {
    fn follows(self, moment: Moment, after: Moment) -> bool {
        match self {
            Self::NewestFirst => moment < after,
            Self::OldestFirst => moment > after,
        }
    }
}

impl TimelineItem {
    fn new(event: Event, applied: Applied) -> Self {
        let fate = match (applied.effect, &event.payload) {
            (Effect::Retracted { by }, _) => Fate::Retracted { by },
            (Effect::Applied | Effect::NotApplied, Payload::Unknown) => Fate::Unfolded,
            (Effect::Applied, _) => Fate::Applied,
            (Effect::NotApplied, _) => Fate::NotApplied,
        };
        Self { event, fate, anomalies: applied.anomalies }
    }

    fn shared(event: Event, applied: Applied) -> Arc<Self> {
        Arc::new(Self::new(event, applied))
    }

    /// An event that names no issue, where none of its customer is struck out.
    fn own(event: Event) -> Arc<Self> {
        let applied = stands(&event);
        Self::shared(event, applied)
    }
}
