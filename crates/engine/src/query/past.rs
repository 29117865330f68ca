//! What was so at an earlier instant or position: an issue's own stored events, up to there, folded again.

use domain::{Event, EventKey, Issue, IssueId, Position, fold};
use jiff::Timestamp;

use super::{QueryError, ReadAt};
use crate::View;

/// An instant and a position, both inclusive, and both fixed: the same question has the same answer later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Past {
    pub(super) as_of: Option<Timestamp>,
    pub(super) position: Position,
}

impl Past {
    /// What a reader at `position` means.
    pub(super) fn new(read: ReadAt, position: Position) -> Self {
        Self { as_of: read.as_of, position: read.known_at.map_or(position, |known| known.min(position)) }
    }

    /// Whether the event had happened and was known.
    pub(super) fn holds(&self, event: &Event) -> bool {
        event.position <= self.position && self.as_of.is_none_or(|instant| event.time <= instant)
    }

    /// Whether all events of an issue had happened and were known, so that it stands as it stands now.
    fn holds_all_of(&self, issue: &Issue) -> bool {
        issue.position <= self.position && self.as_of.is_none_or(|instant| issue.last_event_at <= instant)
    }

    /// The issue as it stood then.
    pub(super) fn issue(&self, view: &View<'_>, id: IssueId) -> Result<Option<Issue>, QueryError> {
        let Some(issue) = view.store.issue(id)? else { return Ok(None) };
        if issue.first_position > self.position {
            return Ok(None);
        }
        if self.holds_all_of(&issue) {
            return Ok(Some(issue));
        }
        let events = self.events(view, EventKey::Issue(id))?;
        Ok(fold(&events, view.directory()))
    }

    /// The events of a file that had happened and were known, in order.
    pub(super) fn events(&self, view: &View<'_>, key: EventKey) -> Result<Vec<Event>, QueryError> {
        let mut events = view.events(key)?;
        events.retain(|event| self.holds(event));
        Ok(events)
    }
}
