//! Which step fires next, and whom it pings.

use std::collections::BTreeSet;

use super::{
    people::Found,
    raise,
    reach::{Dead, at},
    round::{InName, Round, Wanted},
};
use crate::{
    Department, Fired, PersonDocument, PersonalCycle, PingReason, Plan, PolicyDocument, PolicyStep,
    PolicyVersion, Recipient, Repeat, RuleLeft, Severity,
};

/// A cycle of a run, as it goes on or begins.
pub(super) struct Cycle<'a> {
    pub(super) department: Department,
    pub(super) number: u32,
    pub(super) policy: PolicyVersion,
    pub(super) document: &'a PolicyDocument,
    pub(super) severity: Severity,
    /// It only tells by day: its pings wait for the end of quiet hours, whatever the severity.
    pub(super) by_day: bool,
    /// It begins with what fires now.
    pub(super) begins: bool,
    /// The step with which it begins ([`super::raise`]).
    pub(super) from: u32,
    pub(super) dead: Dead,
    /// The ids of those who answered in it.
    pub(super) answered: BTreeSet<String>,
    /// The lease of an answer ended: the first step asks these too, and who is on call now (`escalation.md` rule 5).
    pub(super) too: Option<Vec<String>>,
}

/// What fires of a run.
pub(super) struct Firing {
    pub(super) fired: Fired,
    /// Steps that were passed over, since there was nobody to ping.
    pub(super) empty: Vec<u32>,
    pub(super) unreachable: bool,
    pub(super) people: Vec<PersonalCycle>,
    pub(super) wanted: Vec<Wanted>,
}

impl<'a> Cycle<'a> {
    pub(super) const fn plan(&self) -> &'a Plan {
        self.document.plan(self.severity)
    }

    pub(super) fn step(&self, step: u32) -> Option<&'a PolicyStep> {
        self.plan().steps.get(usize::try_from(step).ok()?)
    }

    pub(super) fn name(&self) -> InName<'_> {
        let holds = self.by_day || self.document.holds(self.severity);
        InName { department: &self.department, cycle: self.number, holds }
    }

    /// The steps after `last`, or from the one with which it begins on, as far as the plan repeats: at most each once.
    fn ahead(&self, last: Option<(u32, u32)>) -> impl Iterator<Item = (u32, u32)> + use<> {
        let count = u32::try_from(self.plan().steps.len()).unwrap_or(u32::MAX);
        let most = match self.plan().repeat {
            Repeat::Times(times) => times,
            Repeat::Forever => u32::MAX,
        };
        let from = last.map_or(self.from, |(step, _)| step.saturating_add(1)).min(count);
        let pass = last.map_or(0, |(_, pass)| pass);
        let rest = (from..count).map(move |step| (step, pass));
        let again = (0..from).filter_map(move |step| Some((step, pass.checked_add(1)?)));
        rest.chain(again.filter(move |(_, pass)| *pass <= most))
    }
}

/// The next step that has somebody, or the fallback. With `fresh` people's own rules begin anew.
pub(super) fn next(
    round: &mut Round<'_>,
    cycle: &Cycle<'_>,
    last: Option<(u32, u32)>,
    fresh: bool,
) -> Firing {
    let mut empty = Vec::new();
    for (step, pass) in cycle.ahead(last) {
        if let Some((people, wanted)) = reach(round, cycle, (step, pass), fresh) {
            let fired = Fired::Step { step, pass };
            return Firing { fired, empty, unreachable: false, people, wanted };
        }
        empty.push(step);
    }
    // Those before the step with which it begins were asked with it.
    let before = if last.is_none() { usize::try_from(cycle.from).unwrap_or(usize::MAX) } else { 0 };
    let unreachable = empty.len().saturating_add(before) >= cycle.plan().steps.len();
    Firing { empty, unreachable, ..fallback(round, cycle, 1) }
}

/// The first step that has somebody.
pub(super) fn first(round: &mut Round<'_>, cycle: &Cycle<'_>) -> Option<Firing> {
    let firing = next(round, cycle, None, false);
    matches!(firing.fired, Fired::Step { .. }).then_some(firing)
}

pub(super) fn fallback(round: &Round<'_>, cycle: &Cycle<'_>, times: u32) -> Firing {
    let to =
        super::fallback::recipients(round, &cycle.department, cycle.document, cycle.severity, &cycle.dead);
    let reason = PingReason::Fallback { times };
    let wanted = to.into_iter().map(|to| Wanted { to, reason }).collect();
    let fired = Fired::Fallback { times };
    Firing { fired, empty: Vec::new(), unreachable: false, people: Vec::new(), wanted }
}

fn reach(
    round: &mut Round<'_>,
    cycle: &Cycle<'_>,
    at: (u32, u32),
    fresh: bool,
) -> Option<(Vec<PersonalCycle>, Vec<Wanted>)> {
    let targets = &cycle.step(at.0)?.targets;
    let asker = round.asker(&cycle.department);
    let is_first = cycle.begins && at == (cycle.from, 0);
    let mut found = if is_first {
        asker.find(raise::targets_up_to(cycle.plan(), cycle.from), round.now())
    } else {
        asker.find(targets, round.now())
    };
    if let Some(too) = cycle.too.as_ref().filter(|_| is_first) {
        asker.find_too(too, round.now(), &mut found);
    }
    ping(round, cycle, found, at, fresh)
}

/// Pings those found in the name of a step and pass. `None` if none of them can be reached, or all have answered.
pub(super) fn ping(
    round: &mut Round<'_>,
    cycle: &Cycle<'_>,
    found: Found<'_>,
    (step, pass): (u32, u32),
    fresh: bool,
) -> Option<(Vec<PersonalCycle>, Vec<Wanted>)> {
    let (mut people, mut wanted, mut more, mut reached) = (Vec::new(), Vec::new(), Vec::new(), false);
    for person in found.people.into_iter().filter(|person| !cycle.answered.contains(&person.id)) {
        let rules = cycle.dead.rules(person, cycle.severity);
        reached |= !rules.is_empty();
        if rules.is_empty() || (!fresh && round.follows_rules(&person.id, cycle.name(), cycle.begins)) {
            continue;
        }
        let (at_once, left): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| rule.after_seconds == 0);
        let mut pings = at_once.iter().map(|rule| by_rule(person, rule, (step, pass)));
        // Everybody once before anybody twice: an issue holds so many pings and no more.
        wanted.extend(pings.next());
        more.extend(pings);
        if !left.is_empty() {
            round.begin_rules(&person.id, cycle.name());
            let (person, cycle, started_at) = (person.id.clone(), cycle.number, round.now());
            people.push(PersonalCycle { person, cycle, step, pass, started_at, left });
        }
    }
    for name in found.channels.into_iter().filter(|name| !cycle.dead.is_channel(name)) {
        reached = true;
        let reason = PingReason::Step { step, pass, rule: 0 };
        wanted.push(Wanted { to: Recipient::Channel(name.to_owned()), reason });
    }
    wanted.append(&mut more);
    reached.then_some((people, wanted))
}

fn by_rule(person: &PersonDocument, rule: &RuleLeft, (step, pass): (u32, u32)) -> Wanted {
    let reason = PingReason::Step { step, pass, rule: rule.rule };
    Wanted { to: at(&person.id, &rule.contact), reason }
}
