//! From references to entries: the events themselves, and what became of each by a replay of its issue.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use domain::{EventKey, IssueId, LeafId, Position, replay_own};

use super::{Past, Placed, QueryError, TimelineItem, replayed};
use crate::{View, query::recent::Told};

/// The entries of some references, in their order. A reference without an event is left out.
pub(in crate::query) fn items(
    view: &View<'_>,
    placed: &[Placed],
    past: Option<Past>,
) -> Result<Vec<Arc<TimelineItem>>, QueryError> {
    let mut wanted: HashMap<EventKey, BTreeSet<Position>> = HashMap::new();
    for Placed { reference, leaf } in placed {
        let key = reference.issue.map_or_else(|| own_key(*leaf), EventKey::Issue);
        wanted.entry(key).or_default().insert(reference.position);
    }
    let mut found = HashMap::with_capacity(placed.len());
    for (key, positions) in wanted {
        let items = match key {
            EventKey::Issue(id) => of_issue(view, id, past)?,
            EventKey::Customer(_) | EventKey::Nobody => Arc::new(own(view, key, &positions, past)?),
        };
        let shown = items.iter().filter(|item| positions.contains(&item.event.position));
        found.extend(shown.map(|item| (item.event.position, Arc::clone(item))));
    }
    Ok(placed.iter().filter_map(|placed| found.remove(&placed.reference.position)).collect())
}

fn of_issue(view: &View<'_>, id: IssueId, past: Option<Past>) -> Result<Arc<Told>, QueryError> {
    match past {
        None => view.told(id),
        Some(_) => Ok(Arc::new(replayed(view.whole(id, past)?, view).1)),
    }
}

/// Events that name no issue. Where one is struck out, what became of each takes all of them.
fn own(
    view: &View<'_>,
    key: EventKey,
    wanted: &BTreeSet<Position>,
    past: Option<Past>,
) -> Result<Vec<Arc<TimelineItem>>, QueryError> {
    if !view.has_retractions(key)? {
        return Ok(view.events_at(key, wanted)?.into_iter().map(TimelineItem::own).collect());
    }
    let mut events = view.events(key)?;
    events.retain(|event| past.is_none_or(|past| past.holds(event)));
    let mut became = Vec::with_capacity(events.len());
    replay_own(&events, |_, applied| became.push(applied));
    Ok(events.into_iter().zip(became).map(|(event, applied)| TimelineItem::shared(event, applied)).collect())
}

/// The file of a customer's events that name no issue.
pub(in crate::query) fn own_key(customer: LeafId) -> EventKey {
    customer.map_or(EventKey::Nobody, EventKey::Customer)
}

/// The entry at one position of a file.
pub(in crate::query) fn at_position(
    view: &View<'_>,
    key: EventKey,
    position: Position,
) -> Result<Option<Arc<TimelineItem>>, QueryError> {
    let items = match key {
        EventKey::Issue(id) => of_issue(view, id, None)?,
        EventKey::Customer(_) | EventKey::Nobody => {
            Arc::new(own(view, key, &BTreeSet::from([position]), None)?)
        }
    };
    Ok(items.iter().find(|item| item.event.position == position).cloned())
}
