//! People's own rules: what follows a step for one person while nobody answers (`escalation.md` rule 14).

use jiff::Timestamp;

use super::{
    reach::{Dead, at},
    round::{Round, Wanted},
};
use crate::{Department, PersonalCycle, PingReason, RuleLeft, Run, run::after};

/// When a rule fires.
pub(super) fn rule_due(cycle: &PersonalCycle, rule: &RuleLeft) -> Timestamp {
    after(cycle.started_at, i64::from(rule.after_seconds))
}

/// When the next of a run's fires.
pub(super) fn due(run: &Run) -> Option<Timestamp> {
    let rules = run.personal.iter().flat_map(|cycle| cycle.left.iter().map(|rule| rule_due(cycle, rule)));
    rules.min()
}

/// What is due of a run's: the cycles as they go on, and the pings. Of a person who is gone nothing is left.
pub(super) fn fire(
    round: &Round<'_>,
    department: &Department,
    run: &Run,
    dead: &Dead,
) -> (Vec<PersonalCycle>, Vec<Wanted>) {
    let (mut cycles, mut wanted) = (Vec::new(), Vec::new());
    for cycle in &run.personal {
        let (due, left): (Vec<_>, Vec<_>) =
            cycle.left.iter().cloned().partition(|rule| rule_due(cycle, rule) <= round.now());
        if due.is_empty() {
            continue;
        }
        wanted.extend(due.iter().filter_map(|rule| ping(round, department, cycle, rule, dead)));
        cycles.push(PersonalCycle { left, ..cycle.clone() });
    }
    (cycles, wanted)
}

fn ping(
    round: &Round<'_>,
    department: &Department,
    cycle: &PersonalCycle,
    rule: &RuleLeft,
    dead: &Dead,
) -> Option<Wanted> {
    let person = round.asker(department).present(&cycle.person).filter(|person| person.id == cycle.person)?;
    let contact = dead.instead(person, &rule.contact)?;
    let reason = PingReason::Step { step: cycle.step, pass: cycle.pass, rule: rule.rule };
    Some(Wanted { to: at(&person.id, contact), reason })
}
