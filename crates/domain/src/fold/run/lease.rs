//! How long an answer keeps a run quiet (`escalation.md` rule 5): for a lease, longer where somebody of the department says
//! how it goes, and never for ever.

use jiff::Timestamp;

use crate::{
    ActorKind, Directory, Event, Issue, ItemId, Lease, Run, RunPhase,
    limits::{ANSWER_DAYS, LEASE_PERCENT, REMIND_PERCENT, REMIND_SECONDS},
    run::after,
};

/// What somebody writes who is at it.
const PROGRESS: [&str; 4] =
    ["issue.progress_noted", "issue.detail_added", "issue.update_sent", "contact.logged"];

impl Issue {
    /// A person of the department that owes the act says how it goes: its lease lasts as if they had answered now. What a
    /// tool says by itself changes nothing.
    pub(in crate::fold) fn renew_lease(&mut self, event: &Event, directory: &Directory) {
        let is_human = event.actor.kind == ActorKind::Human && event.actor.person.is_some();
        if !is_human || event.backfill || !PROGRESS.contains(&&*event.type_name) {
            return;
        }
        let (note, department) = (self.item_id(event), event.origin.department());
        if let Some(run) = self.escalation.runs.iter_mut().find(|run| run.department == *department) {
            run.renew(note, event, directory);
        }
    }
}

impl Run {
    /// Somebody answered: a lease begins. One that never lapses needs no reminder, and no note to last longer.
    pub(super) fn lease_to(&mut self, answer: ItemId, event: &Event, directory: &Directory) {
        let Some(until) = self.lease_part(100, event, directory) else {
            return self.rest(RunPhase::Answered { until: None });
        };
        let until = until.max(after(event.time, 1));
        let most = self.lease_part(LEASE_PERCENT, event, directory).unwrap_or(until).max(until);
        let remind_at = self.remind_at(until, event, directory);
        self.rest(RunPhase::Answered { until: Some(until) });
        self.lease = Some(Lease { by: answer, most, remind_at });
    }

    /// Makes the lease that lasts longer; whether it could. One that is over is over.
    pub(super) fn renew(&mut self, by: ItemId, event: &Event, directory: &Directory) -> bool {
        let RunPhase::Answered { until: Some(until) } = self.phase else { return false };
        let Some(most) = self.lease.as_ref().map(|lease| lease.most) else { return false };
        let longer = self.lease_part(100, event, directory).map_or(most, |longer| longer.min(most));
        if until <= event.time || longer <= until {
            return false;
        }
        let remind_at = self.remind_at(longer, event, directory);
        self.phase = RunPhase::Answered { until: Some(longer) };
        self.lease = Some(Lease { by, most, remind_at });
        true
    }

    /// When so much of a lease that begins now is over; never for one that does not lapse.
    fn lease_part(&self, percent: u32, event: &Event, directory: &Directory) -> Option<Timestamp> {
        let plan = self.plan(directory);
        let (department, at) = (&self.department, event.position);
        let limit = plan.lease.limit()?;
        Some(if percent == 100 {
            plan.over(limit, event.time, directory, department, at)
        } else {
            plan.part_over(limit, percent, event.time, directory, department, at)
        })
    }

    /// When who answered is reminded of a lease that begins now, if the directory knows one of them.
    fn remind_at(&self, until: Timestamp, event: &Event, directory: &Directory) -> Option<Timestamp> {
        let mut by = self.answers.iter().filter_map(|answer| answer.by.as_ref());
        let known = by.any(|by| directory.person(&by.account, event.position).is_some());
        let at = self.lease_part(REMIND_PERCENT, event, directory)?;
        // By then it is told of by day.
        let is_old = at >= after(self.answered_at(), ANSWER_DAYS * 86_400);
        (known && !is_old && after(at, REMIND_SECONDS) <= until).then_some(at)
    }
}
