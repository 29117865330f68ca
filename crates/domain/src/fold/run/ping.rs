//! What becomes of pings: requested, claimed, delivered, failed.

use jiff::Timestamp;

use crate::{
    ClockKind, Department, Escalation, Event, Issue, ItemId, Ping, PingId, PingOutcome, PingReason,
    PingTerms, Recipient, Run, RunPhase, limits::PINGS,
};

impl Issue {
    /// `ping.requested`. One of a run that is void where it sorts is owed by nobody, and kept all the same: it may have been
    /// sent before that was known, and then it is to be taken back.
    pub(in crate::fold) fn request_ping(&mut self, terms: &PingTerms, event: &Event) -> bool {
        if self.escalation.ping(terms.id).is_some() {
            return false;
        }
        if !self.wants(terms) {
            if terms.cycle > 0 && event.origin.is_own() {
                self.keep_ping(terms, event, PingOutcome::Withdrawn { at: event.time });
            }
            return false;
        }
        self.escalation.note_reason(terms);
        self.keep_ping(terms, event, PingOutcome::Pending)
    }

    /// Whether there is room for it.
    fn keep_ping(&mut self, terms: &PingTerms, event: &Event, outcome: PingOutcome) -> bool {
        let has_room = self.make_room_for_ping();
        if has_room {
            let (terms, requested_at, position) = (terms.clone(), event.time, event.position);
            self.escalation.pings.push(Ping { terms, requested_at, position, outcome });
        }
        has_room
    }

    /// Whether a ping was sent for what was none, as is known by now: its run had ended when it was asked for, or never was. Where
    /// another cycle began since, whoever it came to has been asked anew, and there is nothing to take back.
    pub(crate) fn was_for_nothing(&self, ping: &Ping) -> bool {
        let run = self.run(&ping.terms.department).filter(|run| run.cycle == ping.terms.cycle);
        let void = run.is_some_and(|run| match run.phase {
            RunPhase::Ended { at } => at < ping.requested_at,
            RunPhase::Stepping { .. } | RunPhase::Answered { .. } | RunPhase::Snoozed { .. } => false,
        });
        void && matches!(ping.outcome, PingOutcome::Delivered { .. })
    }

    /// Forgets what is settled, the oldest first, and last what failed in a cycle that goes on: it says which contacts
    /// are not to be tried.
    fn make_room_for_ping(&mut self) -> bool {
        if self.escalation.pings.len() < PINGS {
            return true;
        }
        let pings = &self.escalation.pings;
        let tells =
            |ping: &Ping| matches!(ping.outcome, PingOutcome::Failed { .. }) && self.wants(&ping.terms);
        let plain = pings.iter().position(|ping| !ping.is_unsettled() && !tells(ping));
        let oldest = plain.or_else(|| pings.iter().position(|ping| !ping.is_unsettled()));
        oldest.map(|index| self.escalation.pings.remove(index)).is_some()
    }

    /// `ping.attempted`: the first claim of an attempt in the log has it, whatever the clocks of two nodes show. What was
    /// answered to that claim stays true when a later one arrives that sorts before it.
    pub(in crate::fold) fn attempt_ping(
        &mut self,
        ping: PingId,
        attempt: u32,
        by: &str,
        event: &Event,
    ) -> bool {
        let Some(ping) = self.escalation.ping_mut(ping) else { return false };
        let has_it = match &ping.outcome {
            PingOutcome::Pending | PingOutcome::Throttled { .. } => attempt == 1,
            PingOutcome::Attempted { attempt: current, position, .. } => {
                attempt == current.saturating_add(1) || (attempt == *current && event.position < *position)
            }
            PingOutcome::Retrying { attempt: failed, .. } => attempt == failed.saturating_add(1),
            PingOutcome::Delivered { .. } | PingOutcome::Failed { .. } | PingOutcome::Withdrawn { .. } => {
                false
            }
        };
        if has_it {
            let (by, at, position) = (by.to_owned(), event.time, event.position);
            ping.outcome = PingOutcome::Attempted { attempt, by, at, position };
        }
        has_it
    }

    /// `ping.throttled`: it waits, and with it the step is late. Void once somebody tried to send it.
    pub(in crate::fold) fn throttle_ping(&mut self, ping: PingId, until: Timestamp) -> bool {
        let Some(ping) = self.escalation.ping_mut(ping) else { return false };
        let waits = matches!(ping.outcome, PingOutcome::Pending | PingOutcome::Throttled { .. });
        if waits {
            ping.outcome = PingOutcome::Throttled { until };
        }
        waits
    }

    /// `ping.delivered`, by the attempt that has it; also of one that was withdrawn while it was on its way.
    pub(in crate::fold) fn deliver_ping(&mut self, ping: PingId, attempt: u32, event: &Event) -> bool {
        let Some(ping) = self.escalation.ping_mut(ping) else { return false };
        let settles = is_current(ping, attempt) || matches!(ping.outcome, PingOutcome::Withdrawn { .. });
        if settles {
            ping.outcome = PingOutcome::Delivered { at: event.time };
        }
        settles
    }

    /// `ping.failed`, by the attempt that has it.
    pub(in crate::fold) fn fail_ping(
        &mut self,
        ping: PingId,
        attempt: u32,
        retry_at: Option<Timestamp>,
        event: &Event,
    ) -> bool {
        let Some(ping) = self.escalation.ping_mut(ping).filter(|ping| is_current(ping, attempt)) else {
            return false;
        };
        ping.outcome = match retry_at {
            Some(not_before) => PingOutcome::Retrying { attempt, not_before },
            None => PingOutcome::Failed { at: event.time, handled: is_last_resort(&ping.terms) },
        };
        true
    }
}

fn is_current(ping: &Ping, attempt: u32) -> bool {
    matches!(&ping.outcome, PingOutcome::Attempted { attempt: current, .. } if *current == attempt)
}

/// Of a notice that reached nobody a channel is told last.
const fn is_last_resort(terms: &PingTerms) -> bool {
    match terms.to {
        Recipient::Channel(_) => terms.cycle == 0,
        Recipient::Person { .. } => false,
    }
}

impl Escalation {
    /// The run that a lease keeps quiet.
    pub(crate) fn leased(&self, by: ItemId) -> Option<&Run> {
        self.runs.iter().find(|run| run.lease.as_ref().is_some_and(|lease| lease.by == by))
    }

    /// A ping by its id, unless it was forgotten.
    pub fn ping(&self, id: PingId) -> Option<&Ping> {
        self.pings.iter().find(|ping| ping.terms.id == id)
    }

    pub(super) fn ping_mut(&mut self, id: PingId) -> Option<&mut Ping> {
        self.pings.iter_mut().find(|ping| ping.terms.id == id)
    }

    /// What a request says about others: one that failed has another in its place; an arbiter is asked.
    fn note_reason(&mut self, terms: &PingTerms) {
        match terms.reason {
            PingReason::Instead(failed) => self.handle(|ping| ping.terms.id == failed),
            PingReason::Notice(clock) if clock.kind == ClockKind::HandOffAccept && clock.item.is_none() => {
                self.arbiter_calls = self.arbiter_calls.max(clock.cycle);
                self.arbiter_asked = true;
            }
            PingReason::Reminder(by) => {
                let lease = self.runs.iter_mut().filter_map(|run| run.lease.as_mut());
                lease.filter(|lease| lease.by == by).for_each(|lease| lease.remind_at = None);
            }
            PingReason::Given(by) => {
                let given = self.given.iter_mut().filter(|given| given.by == by);
                given.for_each(|given| given.told = true);
            }
            PingReason::Step { .. }
            | PingReason::Fallback { .. }
            | PingReason::Warning(_)
            | PingReason::Notice(_)
            | PingReason::HandOver(_)
            | PingReason::Outage(_)
            | PingReason::Digest
            | PingReason::Lapsed(_)
            | PingReason::Retracted(_) => {}
        }
    }

    /// Whatever failed in a department's run was considered by what it does next.
    pub(super) fn handle_failures(&mut self, department: &Department) {
        self.handle(|ping| ping.terms.cycle > 0 && ping.terms.department == *department);
    }

    fn handle(&mut self, which: impl Fn(&Ping) -> bool) {
        for ping in self.pings.iter_mut().filter(|ping| which(ping)) {
            if let PingOutcome::Failed { handled, at: _ } = &mut ping.outcome {
                *handled = true;
            }
        }
    }
}
