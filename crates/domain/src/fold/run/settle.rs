//! What every event may end: runs of which nothing is overdue any more, and pings whose reason is gone.

use jiff::Timestamp;

use crate::{
    ClockKind, ClockName, DeferralState, EndCause, Event, Issue, Mark, PingOutcome, PingReason, PromiseState,
    RunPhase, limits::BOUNCES,
};

impl Issue {
    /// After an event was applied, and the clocks know of it.
    pub(in crate::fold) fn settle_runs(&mut self, event: &Event) {
        self.settle_given();
        self.settle_hand_over();
        self.end_runs(event.time);
        self.withdraw_pings(event.time);
        if self.custody.bounces < BOUNCES {
            self.escalation.arbiter_asked = false;
        }
    }

    fn end_runs(&mut self, at: Timestamp) {
        for index in 0..self.escalation.runs.len() {
            let run = &self.escalation.runs[index];
            if run.is_active() && self.overdue(&run.department).next().is_none() {
                self.escalation.runs[index].rest(RunPhase::Ended { at });
            }
        }
    }

    fn withdraw_pings(&mut self, at: Timestamp) {
        for index in 0..self.escalation.pings.len() {
            let ping = &self.escalation.pings[index];
            if ping.is_unsettled() && !self.wants(&ping.terms) {
                // Who was not reached was not asked.
                let reason = self.first_reason(&ping.terms.reason);
                self.escalation.arbiter_asked &= !reason.is_some_and(asks_arbiter);
                self.escalation.pings[index].outcome = PingOutcome::Withdrawn { at };
            }
        }
    }

    /// Whether what a ping of no run tells is still so.
    pub(super) fn is_so(&self, reason: &PingReason) -> bool {
        match self.first_reason(reason) {
            Some(PingReason::Warning(clock)) => self.clocks.announced(clock, Mark::Warned).is_some(),
            Some(PingReason::Notice(clock)) => self.is_noticed(clock),
            Some(PingReason::Reminder(lease)) => self.escalation.leased(lease).is_some(),
            Some(PingReason::Given(by)) => self.is_given(by),
            Some(PingReason::HandOver(ended)) => self.waits_since_shift(ended),
            Some(PingReason::Outage(_)) => true,
            Some(PingReason::Lapsed(asked)) => self.has_lapsed(asked),
            Some(PingReason::Retracted(ping)) => {
                self.escalation.ping(ping).is_some_and(|ping| self.was_for_nothing(ping))
            }
            Some(
                PingReason::Step { .. }
                | PingReason::Fallback { .. }
                | PingReason::Digest
                | PingReason::Instead(_),
            )
            | None => false,
        }
    }

    /// The reason of the first of those in whose place a ping is; none where that is forgotten.
    pub(super) fn first_reason(&self, reason: &PingReason) -> Option<PingReason> {
        let mut reason = *reason;
        // As many as there are pings: each leads to an earlier one.
        for _ in 0..=self.escalation.pings.len() {
            let PingReason::Instead(earlier) = reason else { return Some(reason) };
            reason = self.escalation.ping(earlier)?.terms.reason;
        }
        None
    }

    fn is_noticed(&self, clock: ClockName) -> bool {
        match clock.kind {
            ClockKind::Promise => self.work.promises.iter().any(|promise| {
                Some(promise.id) == clock.item && matches!(promise.state, PromiseState::Broken { .. })
            }),
            ClockKind::Deferral => self.work.deferrals.iter().any(|deferral| {
                Some(deferral.id) == clock.item
                    && matches!(deferral.state, DeferralState::Ended { cause: EndCause::Expired, .. })
            }),
            ClockKind::HandOffAccept if clock.item.is_none() => self.custody.bounces >= BOUNCES,
            ClockKind::HandOffAccept => self.owing(&clock).is_some(),
            ClockKind::Own
            | ClockKind::Ack
            | ClockKind::Update
            | ClockKind::Resolve
            | ClockKind::AssistAnswer => self.clocks.announced(clock, Mark::Breached).is_some(),
            ClockKind::Orphan => self.clocks.orphan.is_some(),
        }
    }
}

const fn asks_arbiter(reason: PingReason) -> bool {
    match reason {
        PingReason::Notice(ClockName { kind: ClockKind::HandOffAccept, item: None, cycle: _ }) => true,
        PingReason::Notice(_)
        | PingReason::Warning(_)
        | PingReason::Step { .. }
        | PingReason::Fallback { .. }
        | PingReason::Instead(_)
        | PingReason::Reminder(_)
        | PingReason::Given(_)
        | PingReason::HandOver(_)
        | PingReason::Outage(_)
        | PingReason::Digest
        | PingReason::Lapsed(_)
        | PingReason::Retracted(_) => false,
    }
}
