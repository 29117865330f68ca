//! Whether what the escalator says fits where it sorts.

use jiff::Timestamp;

use crate::{Fired, Issue, PingReason, PingTerms, Run, RunPhase, Stepped, limits::ANSWER_DAYS, run::after};

/// Whether it begins a cycle: at step 0, or at the first step that has somebody, or at the fallback where none has.
pub(super) const fn begins(fired: Fired) -> bool {
    match fired {
        Fired::Step { pass, step: _ } => pass == 0,
        Fired::Fallback { times } => times == 1,
        Fired::Digest => true,
        Fired::Meanwhile => false,
    }
}

/// Whether it goes on in a run that there is.
pub(super) fn goes_on(run: &Run, stepped: &Stepped, at: Timestamp) -> bool {
    let again = stepped.cycle > run.cycle && begins(stepped.fired);
    match run.phase {
        RunPhase::Ended { .. } => again,
        RunPhase::Answered { until } => {
            let is_told =
                stepped.fired == Fired::Digest && after(run.answered_at(), ANSWER_DAYS * 86_400) <= at;
            let lapsed = until.is_some_and(|until| until <= at);
            again && (lapsed || is_told || stepped.severity.rank() < run.severity.rank())
        }
        RunPhase::Snoozed { until } => again && until <= at,
        RunPhase::Stepping { .. } => {
            let meanwhile = stepped.cycle == run.cycle && stepped.fired == Fired::Meanwhile;
            meanwhile || is_later(run, stepped)
        }
    }
}

/// Whether the run has not come so far.
pub(super) fn is_later(run: &Run, stepped: &Stepped) -> bool {
    stepped.fired != Fired::Meanwhile
        && (stepped.cycle, reached(stepped.fired)) > (run.cycle, reached(run.fired))
}

/// The fallback comes after all steps, and after what is told by day nothing.
const fn reached(fired: Fired) -> (u32, u32, u32) {
    match fired {
        Fired::Step { step, pass } => (0, pass, step),
        Fired::Fallback { times } => (times, 0, 0),
        Fired::Digest => (u32::MAX, 0, 0),
        Fired::Meanwhile => (0, 0, 0),
    }
}

impl Issue {
    /// Whether a ping's reason holds: its run may ping in that cycle, or what it tells of is still so.
    pub(crate) fn wants(&self, terms: &PingTerms) -> bool {
        if terms.cycle == 0 {
            // Who was pinged for nothing learns so, whatever became of the issue.
            let lasts = matches!(self.first_reason(&terms.reason), Some(PingReason::Retracted(_)));
            return (lasts || self.lifecycle().is_open()) && self.is_so(&terms.reason);
        }
        let run = self.run(&terms.department).filter(|run| run.is_stepping() && run.cycle == terms.cycle);
        run.is_some_and(|run| self.is_of(run, terms))
    }

    /// Whether the run came as far as the ping's reason.
    fn is_of(&self, run: &Run, terms: &PingTerms) -> bool {
        match (&terms.reason, run.fired) {
            (PingReason::Step { step, pass, rule: _ }, Fired::Step { step: last, pass: last_pass }) => {
                (*pass, *step) <= (last_pass, last)
            }
            (PingReason::Step { .. }, Fired::Fallback { .. }) => true,
            (PingReason::Fallback { times }, Fired::Fallback { times: last }) => *times <= last,
            (PingReason::Digest, fired) => fired == Fired::Digest,
            (PingReason::Instead(ping), _) => self.escalation.pings.iter().any(|known| {
                known.terms.id == *ping
                    && known.terms.cycle == terms.cycle
                    && known.terms.department == terms.department
            }),
            (PingReason::Step { .. } | PingReason::Fallback { .. }, _)
            | (
                PingReason::Warning(_)
                | PingReason::Notice(_)
                | PingReason::Reminder(_)
                | PingReason::Given(_)
                | PingReason::HandOver(_)
                | PingReason::Outage(_)
                | PingReason::Lapsed(_)
                | PingReason::Retracted(_),
                _,
            ) => false,
        }
    }
}
