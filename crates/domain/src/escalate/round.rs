//! The events of one look at an issue, as they come together.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{Moment, people::Asker, personal::rule_due};
use crate::{
    Announced, Department, Draft, Issue, Payload, PingId, PingReason, PingTerms, Recipient, Run, Severity,
};

/// A ping to request, unless one to the same contact waits.
pub(super) struct Wanted {
    pub(super) to: Recipient,
    pub(super) reason: PingReason,
}

/// In whose name something is requested.
#[derive(Clone, Copy)]
pub(super) struct InName<'a> {
    pub(super) department: &'a Department,
    /// Of the run; 0: of none.
    pub(super) cycle: u32,
    /// Pings may wait for the end of quiet hours.
    pub(super) holds: bool,
}

pub(super) struct Round<'a> {
    /// As it will be once what was announced so far is folded.
    issue: Cow<'a, Issue>,
    pub(super) moment: &'a Moment<'a>,
    drafts: Vec<Draft>,
    /// What is requested in this round.
    asked: Vec<PingTerms>,
    /// Whose own rules began in this round, for which department's run, and whether that may wait.
    begun: Vec<(String, Department, bool)>,
    /// What is requested goes with others in one message ([`crate::Ping::goes_with_others`]).
    together: bool,
}

impl<'a> Round<'a> {
    pub(super) fn new(issue: &'a Issue, moment: &'a Moment<'a>) -> Self {
        let (drafts, asked, begun) = Default::default();
        Self { issue: Cow::Borrowed(issue), moment, drafts, asked, begun, together: false }
    }

    /// Whatever is requested from now on goes with others to the same contact, or not; answers how it was before.
    pub(super) const fn go_together(&mut self, together: bool) -> bool {
        std::mem::replace(&mut self.together, together)
    }

    pub(super) fn finish(self) -> Vec<Draft> {
        self.drafts
    }

    pub(super) fn issue(&self) -> &Issue {
        &self.issue
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.moment.now
    }

    pub(super) fn asker<'b>(&'b self, department: &'b Department) -> Asker<'b, 'a> {
        Asker { issue: &self.issue, moment: self.moment, department }
    }

    /// Whether pings of a department for an issue of this severity may wait.
    pub(super) fn holds(&self, department: &Department, severity: Severity) -> bool {
        self.asker(department).policy().holds(severity)
    }

    pub(super) fn push(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }

    /// A breach that is announced now: whose run it is follows in the same round.
    pub(super) fn note(&mut self, announced: Announced) {
        self.issue.to_mut().clocks.announced.push(announced);
    }

    /// Whether a person's own rules run for this issue already (`escalation.md` rule 14), but for those that begin anew with a
    /// cycle.
    pub(super) fn follows_rules(&self, person: &str, name: InName<'_>, begins: bool) -> bool {
        // What another run holds for quiet hours is gone with that run, and nobody was asked by it.
        let counts = |department: &Department, holds: bool| {
            let rests = || self.rests_until(person, department, true).is_some();
            department == name.department || !(holds && rests())
        };
        let in_run = |run: &Run| {
            let mut theirs = run.personal.iter().filter(|cycle| cycle.person == person);
            theirs.any(|cycle| cycle.left.iter().any(|rule| rule_due(cycle, rule) > self.moment.now))
        };
        let mut running = self.issue.escalation.runs.iter().filter(|run| {
            let document = run.policy.document(self.moment.directory, &run.department);
            !(begins && run.department == *name.department)
                && counts(&run.department, document.holds(run.severity))
        });
        let mut begun = self.begun.iter().filter(|(begun, _, _)| begun == person);
        begun.any(|(_, department, holds)| counts(department, *holds)) || running.any(in_run)
    }

    pub(super) fn begin_rules(&mut self, person: &str, name: InName<'_>) {
        self.begun.push((person.to_owned(), name.department.clone(), name.holds));
    }

    /// Requests pings; tells which were spared, since one to the same contact waits (`escalation.md` rule 13).
    pub(super) fn request(&mut self, name: InName<'_>, wanted: Vec<Wanted>) {
        for Wanted { to, reason } in wanted {
            if !self.is_asked(&to, name, &reason) {
                self.request_anyway(name, to, reason);
            }
        }
    }

    pub(super) fn request_anyway(&mut self, name: InName<'_>, to: Recipient, reason: PingReason) {
        let id = PingId::of(self.issue.id, name.department, name.cycle, &to, &reason);
        let held = self.held_until(&to, name, &reason).filter(|_| name.holds);
        let not_before = held.or_else(|| self.at_once_together());
        let terms =
            PingTerms { id, department: name.department.clone(), cycle: name.cycle, to, reason, not_before };
        self.asked.push(terms.clone());
        self.push(Draft::new("ping.requested", Payload::PingRequested(Box::new(terms))));
    }

    /// Whether a ping to this contact waits, or is requested in this round, that stands for one more.
    pub(super) fn is_asked(&self, to: &Recipient, name: InName<'_>, reason: &PingReason) -> bool {
        let unsettled = self.issue.escalation.pings.iter().filter(|ping| ping.is_unsettled());
        let mut waiting = unsettled.map(|ping| &ping.terms).chain(&self.asked);
        waiting.any(|terms| terms.to == *to && self.stands_for(terms, name, reason))
    }

    fn stands_for(&self, waiting: &PingTerms, name: InName<'_>, reason: &PingReason) -> bool {
        let is_same_run = waiting.department == *name.department && waiting.cycle == name.cycle;
        if waiting.not_before.is_some_and(|held| held > self.moment.now) {
            // What is held for the end of somebody's quiet hours does not hold what cannot wait. It stands only for what
            // would be withdrawn with it: who gets both gets them in one message.
            return name.holds && is_same_run && (name.cycle > 0 || waiting.reason == *reason);
        }
        // Those of a cycle before the one that is pinged for now will be withdrawn.
        is_same_run || waiting.department != *name.department || waiting.cycle == 0 || name.cycle == 0
    }

    /// Whether a ping to this contact is requested in this round.
    pub(super) fn is_asked_now(&self, to: &Recipient) -> bool {
        self.asked.iter().any(|asked| asked.to == *to)
    }

    /// To the second, so that it is no later than the event.
    fn at_once_together(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.moment.now.as_second()).ok().filter(|_| self.together)
    }

    fn held_until(&self, to: &Recipient, name: InName<'_>, reason: &PingReason) -> Option<Timestamp> {
        let Recipient::Person { person, contact: _ } = to else { return None };
        self.rests_until(person, name.department, reason.is_of_steps())
    }

    /// Until the end of the person's quiet hours or, where they have none and the policy says so of steps, until the
    /// department opens.
    fn rests_until(&self, person: &str, department: &Department, of_steps: bool) -> Option<Timestamp> {
        let Moment { now, directory, at, .. } = *self.moment;
        match &directory.person_by_id(person, at)?.quiet {
            Some(quiet) => directory.quiet_until(quiet, at, now),
            None => {
                let plan = self.asker(department).policy().plan(self.issue.severity());
                let opens = directory.calendar(department, at).next_open(now).filter(|opens| *opens > now);
                opens.filter(|_| plan.until_opening && of_steps)
            }
        }
    }
}
