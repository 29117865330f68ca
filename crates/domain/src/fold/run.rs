//! What events do to runs and pings (`escalation.md` 2).
//!
//! An event of the escalator's that does not fit where it sorts is void: its run ended, was answered, or is elsewhere by
//! then. It changes nothing and owes no ping.

mod answer;
mod fit;
mod given;
mod hand_over;
mod lease;
mod migrate;
mod ping;
mod settle;

use jiff::{SignedDuration, Timestamp};

use crate::{
    Anomalies, Anomaly, Department, Event, Fired, Issue, Run, RunPhase, Stepped,
    limits::{RUNS, STEP_PEOPLE},
};

impl Issue {
    /// `run.stepped`.
    pub(super) fn step_run(&mut self, stepped: &Stepped, event: &Event) -> bool {
        let is_overdue = self.overdue(&stepped.department).next().is_some();
        let is_new = self.run(&stepped.department).is_none();
        let fits = is_overdue
            && self
                .run(&stepped.department)
                .map_or_else(|| fit::begins(stepped.fired), |run| fit::goes_on(run, stepped, event.time));
        // The owner's department always has a run.
        let is_owner = stepped.department == self.custody.owner.department;
        if fits && is_new && !self.escalation.make_room_for_run() && !is_owner {
            return false;
        }
        if fits {
            self.escalation.handle_failures(&stepped.department);
            self.escalation.step(stepped, event.time);
        } else {
            self.escalation.note_void(stepped, event.time);
        }
        fits
    }

    /// `run.escalated`: the next step fires at once, also where somebody answered.
    pub(super) fn escalate_run(
        &mut self,
        department: &Department,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        let Some(run) = self.active_run(department, doubts) else { return false };
        run.step_now(event.time);
        run.escalated = true;
        true
    }

    /// `run.snoozed`: silence until then.
    pub(super) fn snooze_run(
        &mut self,
        department: &Department,
        until: Timestamp,
        doubts: &mut Anomalies,
    ) -> bool {
        let Some(run) = self.active_run(department, doubts) else { return false };
        run.rest(RunPhase::Snoozed { until });
        true
    }

    fn active_run(&mut self, department: &Department, doubts: &mut Anomalies) -> Option<&mut Run> {
        let mut runs = self.escalation.runs.iter_mut();
        let found = runs.find(|run| run.department == *department && run.is_active());
        if found.is_none() {
            doubts.insert(Anomaly::UnknownRef);
        }
        found
    }
}

impl crate::Escalation {
    /// Whether another department's run can begin; forgets the oldest that ended where it takes that.
    fn make_room_for_run(&mut self) -> bool {
        if self.runs.len() < RUNS {
            return true;
        }
        let ended = self.runs.iter().position(|run| !run.is_active());
        ended.map(|index| self.runs.remove(index)).is_some()
    }

    /// What is void may have pinged people before it was: the run goes on behind it, so that no ping is ever called as
    /// another one was.
    fn note_void(&mut self, stepped: &Stepped, at: Timestamp) {
        match self.runs.iter_mut().find(|run| run.department == stepped.department) {
            Some(run) if !run.is_stepping() && fit::is_later(run, stepped) => {
                run.cycle = stepped.cycle;
                run.fired = stepped.fired;
            }
            Some(_) => {}
            None => {
                // One that never was had ended before it began ([`Issue::was_for_nothing`]).
                let before = at.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(at);
                let mut run = first(stepped, at);
                run.rest(RunPhase::Ended { at: before });
                self.runs.push(run);
            }
        }
    }

    fn step(&mut self, stepped: &Stepped, at: Timestamp) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.department == stepped.department) {
            run.step(stepped, at);
        } else {
            let mut run = first(stepped, at);
            run.go_on(stepped);
            self.runs.push(run);
        }
    }
}

/// A run before its first step is noted.
fn first(stepped: &Stepped, at: Timestamp) -> Run {
    Run {
        department: stepped.department.clone(),
        cycle: stepped.cycle,
        policy: stepped.policy.clone(),
        severity: stepped.severity,
        started_at: at,
        fired: stepped.fired,
        phase: RunPhase::Stepping { next_at: stepped.next_at },
        lease: None,
        escalated: false,
        migrated: false,
        answers: Vec::new(),
        personal: Vec::new(),
        unreachable: stepped.unreachable,
        next_shift: None,
    }
}

impl Run {
    fn step(&mut self, stepped: &Stepped, at: Timestamp) {
        if stepped.cycle != self.cycle {
            *self = first(stepped, at);
        }
        self.go_on(stepped);
    }

    fn go_on(&mut self, stepped: &Stepped) {
        match stepped.fired {
            Fired::Step { .. } | Fired::Fallback { .. } | Fired::Digest => {
                self.fired = stepped.fired;
                self.phase = RunPhase::Stepping { next_at: stepped.next_at };
                self.unreachable = stepped.unreachable;
                self.escalated = false;
            }
            Fired::Meanwhile => {}
        }
        self.migrated = false;
        self.next_shift = stepped.next_shift;
        self.take_personal(stepped);
    }

    fn take_personal(&mut self, stepped: &Stepped) {
        for told in stepped.people.iter().filter(|told| told.cycle == self.cycle) {
            let same = |known: &crate::PersonalCycle| {
                known.person == told.person && (known.step, known.pass) == (told.step, told.pass)
            };
            self.personal.retain(|known| !same(known));
            if !told.left.is_empty() {
                self.personal.push(told.clone());
            }
        }
        let too_many = self.personal.len().saturating_sub(STEP_PEOPLE);
        self.personal.drain(..too_many);
    }

    /// The next step fires at once, whoever answered.
    fn step_now(&mut self, at: Timestamp) {
        self.phase = RunPhase::Stepping { next_at: at };
        self.lease = None;
        self.answers.clear();
    }

    /// Pings nobody for now, or any more.
    fn rest(&mut self, phase: RunPhase) {
        self.phase = phase;
        self.lease = None;
        self.personal.clear();
        self.escalated = false;
        self.migrated = false;
        self.unreachable = false;
        self.next_shift = None;
    }
}
