//! What every event may end: runs of which nothing is overdue any more, and pings whose reason is gone.

use jiff::Timestamp;

use crate::{
    ClockKind, ClockName, DeferralState, EndCause, Event, Issue, Mark, PingOutcome, PingReason, PromiseState,
    RunPhase, limits::BOUNCES,
};

impl Issue {
    /// After an event was applied, and the clocks know of it.
    pub(in crate::fold) fn settle_runs(&mut self, event: &Event) {
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
                self.escalation.pings[index].outcome = PingOutcome::Withdrawn { at };
            }
        }
    }

    /// Whether what a ping of no run tells is still so.
    pub(super) fn is_so(&self, reason: &PingReason) -> bool {
        let mut reason = *reason;
        // As many as there are pings: each leads to an earlier one.
        for _ in 0..=self.escalation.pings.len() {
            match reason {
                PingReason::Warning(clock) => return self.clocks.announced(clock, Mark::Warned).is_some(),
                PingReason::Notice(clock) => return self.is_noticed(clock),
                PingReason::Step { .. } | PingReason::Fallback { .. } => return false,
                PingReason::Instead(ping) => {
                    let mut pings = self.escalation.pings.iter();
                    let Some(earlier) = pings.find(|known| known.terms.id == ping) else { return false };
                    reason = earlier.terms.reason;
                }
            }
        }
        false
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
