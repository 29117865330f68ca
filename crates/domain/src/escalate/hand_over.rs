//! The end of an owner's shift (`escalation.md` rule 7, `domain.md` 4.7): who is on call by then is asked to accept what is
//! grave or was answered, until somebody does.
//!
//! A shift ends by the schedule as it stands and not by an event of the issue, so no timer tells: it is found by looking.

use jiff::{SignedDuration, Timestamp};

use super::{
    reach::first_contact,
    round::{InName, Round},
};
use crate::{
    Draft, Holding, Issue, Payload, Person, PersonDocument, PingReason, Run, RunPhase, Severity, next_change,
    people_on_call,
};

/// How far is looked back for the end of a shift. Longer ago it was said, or nobody looked all the time.
const BACK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many changes of a schedule are looked at.
const CHANGES: usize = 200;

/// The end of a shift, and who is to accept.
struct Due<'a> {
    ended: Timestamp,
    next: Vec<&'a PersonDocument>,
}

/// Whether the issue waits for somebody to take it over and nobody was told.
pub(super) fn is_due(round: &Round<'_>) -> bool {
    due(round).is_some()
}

/// Says so, and tells who is on call.
pub(super) fn tell(round: &mut Round<'_>) {
    let Some(Due { ended, next }) = due(round) else { return };
    let severity = round.issue().severity();
    let department = round.issue().custody.owner.department.clone();
    let to: Vec<_> = next.into_iter().filter_map(|person| first_contact(person, severity)).collect();
    round.push(Draft::new("handoff.due", Payload::HandOverDue { ended }));
    let name = InName { department: &department, cycle: 0, holds: round.holds(&department, severity) };
    to.into_iter().for_each(|to| round.request_anyway(name, to, PingReason::HandOver(ended)));
}

fn due<'a>(round: &Round<'a>) -> Option<Due<'a>> {
    let issue = round.issue();
    if !issue.is_handed_over() || is_history(issue) {
        return None;
    }
    let Holding::Accepted { team: _, person: owner } = &issue.custody.owner.holding else { return None };
    let grave = match issue.severity() {
        Severity::One | Severity::Two => true,
        Severity::Three | Severity::Four | Severity::Unassessed => false,
    };
    if !grave && !issue.run(&issue.custody.owner.department).is_some_and(|run| is_answered_by(run, owner)) {
        return None;
    }
    let (directory, at) = (round.moment.directory, round.moment.at);
    let owner = directory.person(&owner.account, at)?;
    let (ended, on_call) = shift_ended(round, &owner.id)?;
    let asker = round.asker(&issue.custody.owner.department);
    let next = on_call.iter().filter_map(|id| asker.present(id));
    let next: Vec<_> = next.filter(|person| first_contact(person, issue.severity()).is_some()).collect();
    // Where nobody is on call, or only by a stand-in who is the owner, the next shift is asked.
    let waits = !next.is_empty() && next.iter().all(|person| person.id != owner.id);
    waits.then_some(Due { ended, next })
}

/// Nobody is told of history.
fn is_history(issue: &Issue) -> bool {
    issue.clocks.resolve.as_ref().is_none_or(|resolve| resolve.since.silent)
}

fn is_answered_by(run: &Run, owner: &Person) -> bool {
    let mut by = run.answers.iter().filter_map(|answer| answer.by.as_ref());
    matches!(run.phase, RunPhase::Answered { .. }) && by.any(|by| by.is(owner))
}

/// When who is on call changed last, of an owner who was and is not any more; and who is instead. `None` where that was said.
fn shift_ended(round: &Round<'_>, owner: &str) -> Option<(Timestamp, Vec<String>)> {
    let issue = round.issue();
    let schedule = round.asker(&issue.custody.owner.department).schedule(None)?;
    let (directory, at) = (round.moment.directory, round.moment.at);
    let (found, overrides) = (directory.schedule(&schedule, at)?, directory.overrides(&schedule, at));
    let on_call = |when| -> Vec<String> {
        people_on_call(&found, &overrides, when).into_iter().map(|(person, _)| person).collect()
    };
    let now = on_call(round.now());
    if now.iter().any(|person| person == owner) {
        return None;
    }
    let said = issue.escalation.hand_over.as_ref();
    let since = said.map_or(issue.custody.owner.since.at, |said| said.ended);
    let mut when = since.max(round.now().checked_sub(BACK).unwrap_or(Timestamp::MIN));
    let mut before = on_call(when);
    let (mut was_on, mut ended) = (said.is_some() || before.iter().any(|person| person == owner), None);
    for _ in 0..CHANGES {
        let Some(change) = next_change(&found, &overrides, when).filter(|change| *change <= round.now())
        else {
            break;
        };
        let then = on_call(change);
        if was_on && then != before {
            ended = Some(change);
        }
        was_on |= then.iter().any(|person| person == owner);
        (when, before) = (change, then);
    }
    ended.map(|ended| (ended, now))
}
