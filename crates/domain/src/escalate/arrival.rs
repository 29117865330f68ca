//! People who come to a step while it waits for an answer: by a shift that begins (`escalation.md` rule 11), or by a newer
//! version of the policy (rule 8).

use jiff::Timestamp;

use super::{
    round::{Round, Wanted},
    step::{self, Cycle},
};
use crate::{Fired, PersonalCycle, Ping, PingTarget, Recipient, Run, next_change, people_on_call};

/// How many changes of a schedule are looked at for one that brings somebody.
const CHANGES: usize = 16;

/// When somebody comes on call by a schedule that these targets ask, if that is before `until`.
pub(super) fn next<'t>(
    round: &Round<'_>,
    cycle: &Cycle<'_>,
    targets: impl Iterator<Item = &'t PingTarget>,
    until: Timestamp,
) -> Option<Timestamp> {
    let targets: Vec<_> = targets.cloned().collect();
    let mut schedules = round.asker(&cycle.department).schedules(&targets);
    schedules.sort();
    schedules.dedup();
    schedules.iter().filter_map(|schedule| comes(round, schedule, until)).min()
}

fn comes(round: &Round<'_>, schedule: &str, until: Timestamp) -> Option<Timestamp> {
    let (directory, at) = (round.moment.directory, round.moment.at);
    let found = directory.schedule(schedule, at)?;
    let overrides = directory.overrides(schedule, at);
    let on_call = |when| people_on_call(&found, &overrides, when);
    let (mut when, mut before) = (round.now(), on_call(round.now()));
    for _ in 0..CHANGES {
        when = next_change(&found, &overrides, when).filter(|change| *change < until)?;
        let then = on_call(when);
        if then.iter().any(|(person, _)| !before.iter().any(|(known, _)| known == person)) {
            return Some(when);
        }
        before = then;
    }
    // Looked at again from there.
    Some(when)
}

/// Who came on call since the run was looked at last, and is pinged by the step that waits.
pub(super) fn welcome(
    round: &mut Round<'_>,
    cycle: &Cycle<'_>,
    run: &Run,
) -> (Vec<PersonalCycle>, Vec<Wanted>) {
    let nobody = (Vec::new(), Vec::new());
    let Some(shift) = run.next_shift.filter(|shift| *shift <= round.now()) else { return nobody };
    let Fired::Step { step, pass } = run.fired else { return nobody };
    let Some(targets) = cycle.step(step).map(|step| step.targets.as_slice()) else { return nobody };
    let before = shift.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(shift);
    let asker = round.asker(&cycle.department);
    let known = asker.find(targets, before);
    let mut found = asker.find(targets, round.now());
    found.people.retain(|person| !known.people.iter().any(|other| other.id == person.id));
    found.channels.clear();
    step::ping(round, cycle, found, (step, pass), false).unwrap_or(nobody)
}

/// Whom the step that waits asks by a newer version of the policy, but for those who were pinged for it already, or within the
/// time that the step waits.
pub(super) fn migrated(
    round: &mut Round<'_>,
    cycle: &Cycle<'_>,
    run: &Run,
) -> (Vec<PersonalCycle>, Vec<Wanted>) {
    let nobody = (Vec::new(), Vec::new());
    let (true, Fired::Step { step, pass }) = (run.migrated, run.fired) else { return nobody };
    let Some(waits) = cycle.step(step) else { return nobody };
    let (moment, targets) = (round.moment, waits.targets.as_slice());
    let ends = |ping: &Ping| {
        cycle.plan().over(waits.delay, ping.requested_at, moment.directory, &cycle.department, moment.at)
    };
    let of_step = |ping: &Ping| matches!(ping.terms.reason, crate::PingReason::Step { step: of, pass: at, .. } if (of, at) == (step, pass));
    let pings =
        round.issue().escalation.pings.iter().filter(|ping| {
            ping.terms.department == run.department && (of_step(ping) || ends(ping) > moment.now)
        });
    let known: Vec<Recipient> = pings.map(|ping| ping.terms.to.clone()).collect();
    // Their own rules may ask them later than the step did.
    let begun = |id: &str| {
        let mut own = run.personal.iter().filter(|own| own.person == id);
        own.any(|own| (own.cycle, own.step, own.pass) == (run.cycle, step, pass))
    };
    let person = |id: &str| {
        let pinged = |to: &Recipient| matches!(to, Recipient::Person { person, contact: _ } if person == id);
        begun(id) || known.iter().any(pinged)
    };
    let mut found = round.asker(&cycle.department).find(targets, round.now());
    found.people.retain(|found| !person(&found.id));
    found.channels.retain(|name| !known.contains(&Recipient::Channel((*name).to_owned())));
    step::ping(round, cycle, found, (step, pass), false).unwrap_or(nobody)
}
