//! The events of one look at an issue, as they come together.

use std::{borrow::Cow, collections::BTreeSet};

use jiff::Timestamp;

use super::{Moment, people::Asker, personal::rule_due};
use crate::{
    Announced, Department, Draft, Issue, Payload, Ping, PingId, PingReason, PingTerms, Recipient, Run,
    Severity,
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
    asked: BTreeSet<Recipient>,
    /// Whose own rules began in this round.
    begun: BTreeSet<String>,
    /// What is requested goes with others in one message ([`Ping::goes_with_others`]).
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

    /// Whether a person's own rules run for this issue already (`escalation.md` rule 14), but for those of `but`.
    pub(super) fn follows_rules(&self, person: &str, but: Option<&Department>) -> bool {
        let mut running = self.issue.escalation.runs.iter().filter(|run| Some(&run.department) != but);
        let in_run = |run: &Run| {
            let mut theirs = run.personal.iter().filter(|cycle| cycle.person == person);
            theirs.any(|cycle| cycle.left.iter().any(|rule| rule_due(cycle, rule) > self.moment.now))
        };
        self.begun.contains(person) || running.any(in_run)
    }

    pub(super) fn begin_rules(&mut self, person: &str) {
        self.begun.insert(person.to_owned());
    }

    /// Requests pings; tells which were spared, since one to the same contact waits (`escalation.md` rule 13).
    pub(super) fn request(&mut self, name: InName<'_>, wanted: Vec<Wanted>) {
        for Wanted { to, reason } in wanted {
            if !self.is_asked(&to, name) {
                self.request_anyway(name, to, reason);
            }
        }
    }

    pub(super) fn request_anyway(&mut self, name: InName<'_>, to: Recipient, reason: PingReason) {
        let id = PingId::of(self.issue.id, name.department, name.cycle, &to, &reason);
        let held = self.held_until(&to, name, &reason).filter(|_| name.holds);
        let not_before = held.or_else(|| self.at_once_together());
        self.asked.insert(to.clone());
        let terms =
            PingTerms { id, department: name.department.clone(), cycle: name.cycle, to, reason, not_before };
        self.push(Draft::new("ping.requested", Payload::PingRequested(Box::new(terms))));
    }

    /// Whether a ping to this contact waits, or is requested in this round.
    pub(super) fn is_asked(&self, to: &Recipient, name: InName<'_>) -> bool {
        let stays = |ping: &Ping| {
            // What is held for the end of somebody's quiet hours does not hold what cannot wait.
            let waits_longer =
                !name.holds && ping.terms.not_before.is_some_and(|held| held > self.moment.now);
            // Those of a cycle before the one that is pinged for now will be withdrawn.
            let lasts = ping.terms.department != *name.department
                || ping.terms.cycle == 0
                || name.cycle == 0
                || ping.terms.cycle == name.cycle;
            lasts && !waits_longer
        };
        let mut pings = self.issue.escalation.pings.iter();
        self.is_asked_now(to) || pings.any(|ping| ping.is_unsettled() && ping.terms.to == *to && stays(ping))
    }

    /// Whether a ping to this contact is requested in this round.
    pub(super) fn is_asked_now(&self, to: &Recipient) -> bool {
        self.asked.contains(to)
    }

    /// To the second, so that it is no later than the event.
    fn at_once_together(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.moment.now.as_second()).ok().filter(|_| self.together)
    }

    /// Until the end of the person's quiet hours or, where they have none and the policy says so, until the department opens.
    fn held_until(&self, to: &Recipient, name: InName<'_>, reason: &PingReason) -> Option<Timestamp> {
        let Moment { now, directory, at, .. } = *self.moment;
        let Recipient::Person { person, contact: _ } = to else { return None };
        match &directory.person_by_id(person, at)?.quiet {
            Some(quiet) => directory.quiet_until(quiet, at, now),
            None => {
                let plan = self.asker(name.department).policy().plan(self.issue.severity());
                let opens =
                    directory.calendar(name.department, at).next_open(now).filter(|opens| *opens > now);
                opens.filter(|_| plan.until_opening && reason.is_of_steps())
            }
        }
    }
}
