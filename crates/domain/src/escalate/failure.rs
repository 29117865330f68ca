//! Pings of a run that failed for good: the person's next contact at once, or the next step where nobody of this one can be
//! reached (`escalation.md` rule 12).

use jiff::Timestamp;

use super::{
    reach::at,
    round::{Round, Wanted},
    step::Cycle,
};
use crate::{Fired, Issue, Ping, PingOutcome, PingReason, Recipient, Run, limits::LOST_CONTACTS};

/// When one failed that nothing was done about.
pub(super) fn due(issue: &Issue, run: &Run) -> Option<Timestamp> {
    pings(issue, run).filter_map(unhandled).min()
}

/// Those of a run's cycle.
fn pings<'a>(issue: &'a Issue, run: &'a Run) -> impl Iterator<Item = &'a Ping> {
    let of_run = |ping: &&Ping| ping.terms.cycle == run.cycle && ping.terms.department == run.department;
    issue.escalation.pings.iter().filter(of_run)
}

const fn unhandled(ping: &Ping) -> Option<Timestamp> {
    match ping.outcome {
        PingOutcome::Failed { at, handled: false } => Some(at),
        PingOutcome::Failed { .. }
        | PingOutcome::Pending
        | PingOutcome::Throttled { .. }
        | PingOutcome::Attempted { .. }
        | PingOutcome::Retrying { .. }
        | PingOutcome::Delivered { .. }
        | PingOutcome::Withdrawn { .. } => None,
    }
}

/// Other contacts of those whose ping failed.
pub(super) fn instead(round: &Round<'_>, cycle: &Cycle<'_>, run: &Run) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for ping in pings(round.issue(), run).filter(|ping| unhandled(ping).is_some()) {
        let Some(to) = next(round, cycle, run, ping) else { continue };
        if !wanted.iter().any(|other| other.to == to) {
            wanted.push(Wanted { to, reason: PingReason::Instead(ping.terms.id) });
        }
    }
    wanted
}

/// The person's next contact that did not fail and was not pinged since.
fn next(round: &Round<'_>, cycle: &Cycle<'_>, run: &Run, failed: &Ping) -> Option<Recipient> {
    let Recipient::Person { person, contact: _ } = &failed.terms.to else { return None };
    let person = round.asker(&cycle.department).present(person).filter(|found| found.id == *person)?;
    let pinged = |to: &Recipient| {
        pings(round.issue(), run).any(|ping| ping.terms.to == *to && ping.requested_at >= failed.requested_at)
    };
    cycle.dead.alive(person).map(|contact| at(&person.id, contact)).find(|to| !pinged(to))
}

/// Whether nobody of the step that waits can be reached any more. What failed for good in a cycle is not asked again in it, so
/// this ends with the fallback at the latest. Where more failed than is remembered, later passes take their time.
pub(super) fn is_lost(round: &Round<'_>, cycle: &Cycle<'_>, run: &Run) -> bool {
    let Fired::Step { step, pass } = run.fired else { return false };
    let issue = round.issue();
    if due(issue, run).is_none() || (pass > 0 && failed(issue, run) > LOST_CONTACTS) {
        return false;
    }
    let of_step = |ping: &&Ping| matches!(ping.terms.reason, PingReason::Step { step: of, pass: at, .. } if (of, at) == (step, pass));
    // A step whose people had pings that waited asked for none: whatever reached them in the cycle counts.
    let since = pings(issue, run).filter(of_step).map(|ping| ping.requested_at).min();
    let reaches = |ping: &Ping| {
        let failed = matches!(ping.outcome, PingOutcome::Failed { .. });
        ping.is_unsettled() || (since.is_none_or(|since| ping.requested_at >= since) && !failed)
    };
    let mut rules = run.personal.iter();
    let by_rules = rules.any(|rules| {
        let person = round.asker(&cycle.department).present(&rules.person);
        person.is_some_and(|person| cycle.dead.alive(person).next().is_some())
    });
    !by_rules && !pings(issue, run).any(reaches)
}

/// How many failed for good in the run's cycle.
fn failed(issue: &Issue, run: &Run) -> usize {
    pings(issue, run).filter(|ping| matches!(ping.outcome, PingOutcome::Failed { .. })).count()
}
