//! What is told by day instead of paged for: what somebody answered long ago, once a day (`escalation.md` rule 5), and what a
//! policy has had paged for long enough, once a week (`domain.md` 4.11).
//!
//! A run whose answer comes to that asks no step any more, until something else of it is overdue, it becomes worse, or
//! somebody does not want to wait. An answer is an answer as before.

use jiff::Timestamp;

use super::{
    fallback,
    people::Found,
    reach::first_contact,
    round::{Round, Wanted},
    step::{Cycle, Firing},
};
use crate::{
    Announced, Directory, Fired, Issue, PingReason, PingTarget, Plan, Recipient, Run,
    limits::{ANSWER_DAYS, DIGEST_DAYS},
    run::after,
};

const DAY: i64 = 86_400;

/// How the silence after an answer ends.
pub(super) enum Ends {
    /// From step 0 again.
    Lapsed(Timestamp),
    /// It is told of by day.
    Told(Timestamp),
}

/// How the silence of a run that was answered ends, by a lease until then or by one that never lapses.
pub(super) fn ends(issue: &Issue, run: &Run, until: Option<Timestamp>, directory: &Directory) -> Ends {
    let old = after(run.answered_at(), ANSWER_DAYS * DAY);
    match until.filter(|until| *until < old) {
        Some(until) if !has_paged_enough(issue, run, until, directory) => Ends::Lapsed(until),
        Some(until) => Ends::Told(morning(run, until.max(last_told(run)), directory)),
        None => Ends::Told(morning(run, old, directory)),
    }
}

/// Whether all that is overdue of a run was paged for as long as its policy wants it to be.
fn has_paged_enough(issue: &Issue, run: &Run, at: Timestamp, directory: &Directory) -> bool {
    let Some(days) = run.plan(directory).pages_days else { return false };
    let since = |announced: &Announced| announced.at.max(issue.custody.owner.since.at);
    issue.overdue(&run.department).all(|announced| after(since(announced), i64::from(days) * DAY) <= at)
}

/// Nothing is told again before a week is over.
fn last_told(run: &Run) -> Timestamp {
    match run.fired {
        Fired::Digest => after(run.started_at, (DIGEST_DAYS - 1) * DAY),
        Fired::Step { .. } | Fired::Fallback { .. } | Fired::Meanwhile => Timestamp::MIN,
    }
}

fn morning(run: &Run, after: Timestamp, directory: &Directory) -> Timestamp {
    directory.calendar(&run.department, run.policy.position).next_morning(after)
}

/// Since when something is overdue that was not when a run was told of last.
pub(super) fn anew(issue: &Issue, run: &Run) -> Option<Timestamp> {
    let told = matches!(run.fired, Fired::Digest).then_some(run.started_at)?;
    let later = issue.overdue(&run.department).map(|announced| announced.at).filter(|at| *at > told);
    later.min()
}

/// Tells of it.
pub(super) fn firing(round: &Round<'_>, cycle: &Cycle<'_>) -> Firing {
    let mut wanted: Vec<Wanted> = Vec::new();
    for to in recipients(round, cycle) {
        if !wanted.iter().any(|known| known.to == to) {
            wanted.push(Wanted { to, reason: PingReason::Digest });
        }
    }
    Firing { fired: Fired::Digest, empty: Vec::new(), unreachable: false, people: Vec::new(), wanted }
}

/// When it is told of again.
pub(super) fn again(round: &Round<'_>, cycle: &Cycle<'_>) -> Timestamp {
    let days = if cycle.plan().pages_days.is_some() { DIGEST_DAYS } else { 1 };
    let calendar = round.moment.directory.calendar(&cycle.department, cycle.policy.position);
    calendar.next_morning(after(round.now(), (days - 1) * DAY))
}

/// Each person at one contact; the fallback where there is nobody.
fn recipients(round: &Round<'_>, cycle: &Cycle<'_>) -> Vec<Recipient> {
    let found = found(round, cycle);
    let mut all: Vec<_> =
        found.people.into_iter().filter_map(|person| first_contact(person, cycle.severity)).collect();
    all.extend(found.channels.into_iter().map(|name| Recipient::Channel(name.to_owned())));
    if all.is_empty() {
        all = fallback::recipients(round, &cycle.department, cycle.document, cycle.severity, &cycle.dead);
    }
    all
}

/// Once a week those whom the last step names; once a day those whom the first one does, the owner, who answered and who is
/// on call.
fn found<'a>(round: &Round<'a>, cycle: &Cycle<'a>) -> Found<'a> {
    const OWNER: &[PingTarget] = &[PingTarget::Owner];
    let asker = round.asker(&cycle.department);
    let Plan { steps, pages_days, .. } = cycle.plan();
    if pages_days.is_some() {
        return steps.last().map(|step| asker.find(&step.targets, round.now())).unwrap_or_default();
    }
    let mut found = steps.first().map(|step| asker.find(&step.targets, round.now())).unwrap_or_default();
    let owner = asker.find(OWNER, round.now()).people;
    let mut too: Vec<String> = owner.into_iter().map(|person| person.id.clone()).collect();
    too.extend(cycle.too.iter().flatten().cloned());
    asker.find_too(&too, round.now(), &mut found);
    found
}
