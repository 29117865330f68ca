//! From references to entries: the events themselves, and what became of each by a replay of its issue.

use std::collections::{BTreeSet, HashMap};

use domain::{EventKey, IssueId, LeafId, Position};

use super::{Past, QueryError, TimelineItem, replayed};
use crate::{TimelineRef, View};

/// The entries of some references, in their order. A reference without an event is left out.
pub(super) fn items(
    view: &View<'_>,
    references: &[TimelineRef],
    customer: LeafId,
    past: Option<Past>,
) -> Result<Vec<TimelineItem>, QueryError> {
    let mut wanted: HashMap<Option<IssueId>, BTreeSet<Position>> = HashMap::new();
    for reference in references {
        wanted.entry(reference.issue).or_default().insert(reference.position);
    }
    let mut found = HashMap::with_capacity(references.len());
    for (issue, positions) in wanted {
        let items = match issue {
            Some(id) => of_issue(view, id, past)?,
            None => {
                view.events_at(own_key(customer), &positions)?.into_iter().map(TimelineItem::own).collect()
            }
        };
        let shown = items.into_iter().filter(|item| positions.contains(&item.event.position));
        found.extend(shown.map(|item| (item.event.position, item)));
    }
    Ok(references.iter().filter_map(|reference| found.remove(&reference.position)).collect())
}

fn of_issue(view: &View<'_>, id: IssueId, past: Option<Past>) -> Result<Vec<TimelineItem>, QueryError> {
    let mut events = view.events(EventKey::Issue(id))?;
    events.retain(|event| past.is_none_or(|past| past.holds(event)));
    Ok(replayed(events, view).1)
}

/// The file of a customer's events that name no issue.
pub(super) fn own_key(customer: LeafId) -> EventKey {
    customer.map_or(EventKey::Nobody, EventKey::Customer)
}

/// The entry at one position of a file.
pub(in crate::query) fn at_position(
    view: &View<'_>,
    key: EventKey,
    position: Position,
) -> Result<Option<TimelineItem>, QueryError> {
    let items = match key {
        EventKey::Issue(id) => of_issue(view, id, None)?,
        EventKey::Customer(_) | EventKey::Nobody => {
            view.events_at(key, &BTreeSet::from([position]))?.into_iter().map(TimelineItem::own).collect()
        }
    };
    Ok(items.into_iter().find(|item| item.event.position == position))
}
