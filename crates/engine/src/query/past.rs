//! What was so at an earlier instant or position: an issue's own stored events, up to there, folded again.

use domain::{Event, EventKey, Issue, IssueId, Position, Quarantined};
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

    /// The issue that an id stood for then: itself, or the one that it was part of.
    pub(super) fn standing(&self, view: &View<'_>, id: IssueId) -> Result<IssueId, QueryError> {
        if view.store.kin(id)?.ties.is_empty() {
            return Ok(id);
        }
        Ok(view.whole(id, Some(*self))?.root)
    }

    /// The issue as it stood then; `None` also while it was part of another one.
    pub(super) fn issue(&self, view: &View<'_>, id: IssueId) -> Result<Option<Issue>, QueryError> {
        if !view.store.kin(id)?.ties.is_empty() {
            let whole = view.whole(id, Some(*self))?;
            return Ok(if whole.root == id { whole.state(view.directory()) } else { None });
        }
        match view.store.issue(id)? {
            Some(issue) if issue.first_position > self.position => return Ok(None),
            Some(issue) if self.holds_all_of(&issue) => return Ok(Some(issue)),
            // An issue of which everything is retracted by now may have stood then.
            Some(_) | None => {}
        }
        Ok(view.whole(id, Some(*self))?.state(view.directory()))
    }

    /// A quarantined message as it stood then; `None` if it had not come, or somebody had dealt with it.
    pub(super) fn quarantined(&self, message: Quarantined) -> Option<Quarantined> {
        let known = message.position <= self.position
            && self.as_of.is_none_or(|instant| message.stored_at <= instant);
        (known && message.is_open(self.position, self.as_of))
            .then_some(Quarantined { settled: None, ..message })
    }

    /// The events of a file that had happened and were known, in order.
    pub(super) fn events(&self, view: &View<'_>, key: EventKey) -> Result<Vec<Event>, QueryError> {
        let mut events = view.events(key)?;
        events.retain(|event| self.holds(event));
        Ok(events)
    }
}
