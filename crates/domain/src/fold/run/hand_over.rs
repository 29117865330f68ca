//! The end of an owner's shift (`escalation.md` rule 7).

use jiff::Timestamp;

use crate::{Event, HandOver, Holding, Issue};

impl Issue {
    /// `handoff.due`: void unless a person owns the issue now who had taken it, and each end of a shift is said once.
    pub(in crate::fold) fn note_hand_over(&mut self, ended: Timestamp, event: &Event) -> bool {
        let known = self.escalation.hand_over.as_ref().is_some_and(|known| known.ended >= ended);
        let is_theirs = self.custody.owner.since.at <= ended && ended <= event.time;
        let fits = event.origin.is_own() && self.is_handed_over() && is_theirs && !known;
        if fits {
            let owner = self.custody.owner.since.by.clone();
            self.escalation.hand_over = Some(HandOver { ended, owner });
        }
        fits
    }

    /// Whether somebody may have to take it over: it is open, a person took it, and it is offered to nobody.
    pub(crate) fn is_handed_over(&self) -> bool {
        let taken = matches!(self.custody.owner.holding, Holding::Accepted { .. });
        taken && self.lifecycle().is_open() && self.custody.offer.is_none()
    }

    /// Forgets it once the issue has another owner. While it is offered or over it is kept: the same end is not said again.
    pub(super) fn settle_hand_over(&mut self) {
        let by = self.escalation.hand_over.as_ref().map(|due| &due.owner);
        if by.is_some_and(|by| *by != self.custody.owner.since.by) {
            self.escalation.hand_over = None;
        }
    }

    /// Whether the end of that shift still waits for somebody.
    pub(super) fn waits_since_shift(&self, ended: Timestamp) -> bool {
        self.is_handed_over() && self.escalation.hand_over.as_ref().is_some_and(|due| due.ended == ended)
    }
}
