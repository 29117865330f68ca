//! Who owes what is overdue.

use jiff::Timestamp;

use crate::{Announced, ClockKind, ClockName, Department, Issue, Mark, Ping, PingOutcome, Run, RunPhase};

impl Issue {
    /// The department that owes the act of a clock; nobody where its offer or assist is gone, and for deferrals, which end
    /// when their day comes.
    pub fn owing(&self, clock: &ClockName) -> Option<&Department> {
        match clock.kind {
            ClockKind::Own
            | ClockKind::Ack
            | ClockKind::Update
            | ClockKind::Resolve
            | ClockKind::Promise
            | ClockKind::Orphan => Some(&self.custody.owner.department),
            ClockKind::HandOffAccept => {
                let offer = self.custody.offer.as_ref().filter(|offer| Some(offer.id) == clock.item);
                offer.map(|offer| &offer.department)
            }
            ClockKind::AssistAnswer => {
                let named = |assist: &&crate::Assist| assist.is_open() && Some(assist.id) == clock.item;
                self.work.assists.iter().find(named).map(|assist| &assist.terms.department)
            }
            ClockKind::Deferral => None,
        }
    }

    /// The breaches of a department's clocks that are not cured; none while nobody works on the issue. A run of the
    /// department ends when there are none.
    pub fn overdue<'a>(&'a self, department: &'a Department) -> impl Iterator<Item = &'a Announced> {
        self.all_overdue().filter(move |(owing, _)| *owing == department).map(|(_, announced)| announced)
    }

    /// Every breach that is not cured, and who owes it.
    pub(crate) fn all_overdue(&self) -> impl Iterator<Item = (&Department, &Announced)> {
        let announced: &[Announced] = if self.lifecycle().is_open() { &self.clocks.announced } else { &[] };
        let breached = announced.iter().filter(|announced| announced.mark == Mark::Breached);
        breached.filter_map(|announced| Some((self.owing(&announced.clock)?, announced)))
    }

    /// How long a run's step is late, since somebody whom it asks has got enough pings for now (`escalation.md` rule 13).
    pub fn throttled_until(&self, run: &Run) -> Option<Timestamp> {
        let of_run = |ping: &&Ping| ping.terms.department == run.department && ping.terms.cycle == run.cycle;
        let throttled = self.escalation.pings.iter().filter(of_run).filter_map(|ping| match ping.outcome {
            PingOutcome::Throttled { until } if self.wants(&ping.terms) => Some(until),
            PingOutcome::Throttled { .. }
            | PingOutcome::Pending
            | PingOutcome::Attempted { .. }
            | PingOutcome::Retrying { .. }
            | PingOutcome::Delivered { .. }
            | PingOutcome::Failed { .. }
            | PingOutcome::Withdrawn { .. } => None,
        });
        throttled.max()
    }

    /// The run of a department, where it ever had one.
    pub fn run(&self, department: &Department) -> Option<&Run> {
        self.escalation.runs.iter().find(|run| run.department == *department)
    }
}

impl Run {
    /// When it was answered last; when its cycle began, where it was not.
    pub fn answered_at(&self) -> Timestamp {
        self.answers.iter().map(|answer| answer.at).max().unwrap_or(self.started_at)
    }

    /// Whether something of it is still overdue.
    pub const fn is_active(&self) -> bool {
        match self.phase {
            RunPhase::Stepping { .. } | RunPhase::Answered { .. } | RunPhase::Snoozed { .. } => true,
            RunPhase::Ended { .. } => false,
        }
    }

    /// Whether it may ping: something is overdue, nobody answered, and nobody asked for silence.
    pub const fn is_stepping(&self) -> bool {
        match self.phase {
            RunPhase::Stepping { .. } => true,
            RunPhase::Answered { .. } | RunPhase::Snoozed { .. } | RunPhase::Ended { .. } => false,
        }
    }
}
