//! Pings of no run: who is warned, who is told of what ended or passed, and who is told instead where that failed.
//!
//! An answer to one counts for the run of the department all the same: it may have spared somebody the run's own ping.

use jiff::Timestamp;

use super::{
    fallback,
    reach::{Dead, at, first_contact},
    round::{InName, Round},
};
use crate::{
    Clock, ClockKind, ClockName, Deferral, DeferralState, Department, Given, Issue, Person, PersonDocument,
    Ping, PingOutcome, PingReason, Recipient, Run, limits::BOUNCES,
};

/// Three quarters of a clock are over: who owes the act is told, where a person is named.
pub(super) fn warn(round: &mut Round<'_>, clock: &Clock) {
    let named = match clock.name.kind {
        ClockKind::Own | ClockKind::Ack | ClockKind::Update | ClockKind::Resolve | ClockKind::Orphan => {
            owner(round.issue())
        }
        ClockKind::Promise => owner(round.issue()).or_else(|| promised(round.issue(), clock.name)),
        ClockKind::HandOffAccept => {
            round.issue().custody.offer.as_ref().and_then(|offer| offer.person.as_ref())
        }
        ClockKind::AssistAnswer => asked(round.issue(), clock.name),
        // Nobody owes anything before its day.
        ClockKind::Deferral => None,
    };
    let people = named.cloned().into_iter().collect();
    tell(round, &clock.department, people, PingReason::Warning(clock.name));
}

/// A promise is broken: the owner is told, or who gave it.
pub(super) fn broken(round: &mut Round<'_>, clock: ClockName) {
    let told = owner(round.issue()).or_else(|| promised(round.issue(), clock));
    let people = told.cloned().into_iter().collect();
    tell_owners(round, people, PingReason::Notice(clock));
}

/// A deferral expired: the owner is told, and who approved it (F01b).
pub(super) fn expired(round: &mut Round<'_>, clock: ClockName, deferral: &Deferral) {
    let approver = match &deferral.state {
        DeferralState::Approved { by, at: _ } => by.clone(),
        DeferralState::Requested | DeferralState::Denied { .. } | DeferralState::Ended { .. } => None,
    };
    let people = owner(round.issue()).cloned().into_iter().chain(approver).collect();
    tell_owners(round, people, PingReason::Notice(clock));
}

/// Nobody answered an offer in time: both heads are told.
pub(super) fn unanswered(round: &mut Round<'_>, clock: ClockName) {
    let Some(asked) = round.issue().custody.offer.as_ref().map(|offer| offer.department.clone()) else {
        return;
    };
    let from = round.issue().custody.owner.department.clone();
    let heads = [&from, &asked].map(|department| round.asker(department).head(department));
    tell_documents(round, &asked, heads.into_iter().flatten().collect(), PingReason::Notice(clock));
}

fn owner(issue: &Issue) -> Option<&Person> {
    issue.custody.owner.holding.person()
}

fn promised(issue: &Issue, clock: ClockName) -> Option<&Person> {
    issue.work.promises.iter().find(|promise| Some(promise.id) == clock.item)?.terms.by.as_ref()
}

fn asked(issue: &Issue, clock: ClockName) -> Option<&Person> {
    let assist = issue.work.assists.iter().find(|assist| Some(assist.id) == clock.item)?;
    match &assist.state {
        crate::AssistState::Accepted { by } => Some(by),
        crate::AssistState::Requested
        | crate::AssistState::Answered { .. }
        | crate::AssistState::Declined { .. }
        | crate::AssistState::Cancelled { .. } => assist.terms.person.as_ref(),
    }
}

fn tell_owners(round: &mut Round<'_>, people: Vec<Person>, reason: PingReason) {
    let department = round.issue().custody.owner.department.clone();
    tell(round, &department, people, reason);
}

fn tell(round: &mut Round<'_>, department: &Department, people: Vec<Person>, reason: PingReason) {
    let known = people.iter().filter_map(|person| round.asker(department).behind(person)).collect();
    tell_documents(round, department, known, reason);
}

/// Each once, at one contact. No ping where nobody works on the issue any more.
fn tell_documents(
    round: &mut Round<'_>,
    department: &Department,
    people: Vec<&PersonDocument>,
    reason: PingReason,
) {
    let severity = round.issue().severity();
    if !round.issue().lifecycle().is_open() {
        return;
    }
    let name = InName { department, cycle: 0, holds: round.holds(department, severity) };
    for to in people.into_iter().filter_map(|person| first_contact(person, severity)) {
        if !round.is_asked(&to, name, &reason) {
            round.request_anyway(name, to, reason);
        }
    }
}

/// When it was given or offered to somebody who was not told.
pub(super) fn untold(issue: &Issue) -> Option<Timestamp> {
    let untold = issue.escalation.given.iter().filter(|given| !given.told && issue.lifecycle().is_open());
    untold.map(|given| given.since.at).min()
}

/// Tells whoever it was given or offered to (`escalation.md` rule 6). Whoever is gone by now is stood in for by the
/// policy's fallback.
pub(super) fn give(round: &mut Round<'_>) {
    if untold(round.issue()).is_none_or(|at| at > round.now()) {
        return;
    }
    let severity = round.issue().severity();
    let due = |given: &&Given| !given.told && given.since.at <= round.now();
    let untold: Vec<Given> = round.issue().escalation.given.iter().filter(due).cloned().collect();
    for given in untold {
        let owner = &round.issue().custody.owner;
        let of_offer = round.issue().custody.offer.as_ref().filter(|_| owner.since.by != given.since.by);
        let department = of_offer.map_or(&owner.department, |offer| &offer.department).clone();
        let asker = round.asker(&department);
        let person = round.issue().given_to(&given).and_then(|person| asker.behind(person));
        let to = person.and_then(|person| first_contact(person, severity)).unwrap_or_else(|| {
            let all = fallback::recipients(round, &department, asker.policy(), severity, &Dead::none());
            all.into_iter().next().unwrap_or_else(fallback::last_resort)
        });
        let name = InName { department: &department, cycle: 0, holds: round.holds(&department, severity) };
        round.request_anyway(name, to, PingReason::Given(given.by));
    }
}

/// The lease of an answer ends soon: who gave it is told while there is time to say how it goes. Whoever is gone by now is
/// stood in for by the policy's fallback.
pub(super) fn remind(round: &mut Round<'_>, run: &Run) {
    let Some(lease) = &run.lease else { return };
    let asker = round.asker(&run.department);
    let by = run.answers.iter().filter_map(|answer| answer.by.as_ref());
    let mut to: Vec<Recipient> = Vec::new();
    for contact in by.filter_map(|by| first_contact(asker.behind(by)?, run.severity)) {
        if !to.contains(&contact) {
            to.push(contact);
        }
    }
    let document = run.policy.document(round.moment.directory, &run.department);
    if to.is_empty() {
        to = fallback::recipients(round, &run.department, document, run.severity, &Dead::none());
    }
    let name = InName { department: &run.department, cycle: 0, holds: document.holds(run.severity) };
    to.into_iter().for_each(|to| round.request_anyway(name, to, PingReason::Reminder(lease.by)));
}

/// When one of these failed for good and nobody else was told.
pub(super) fn failed(issue: &Issue) -> Option<Timestamp> {
    unmended(issue).map(|(_, at)| at).min()
}

fn unmended(issue: &Issue) -> impl Iterator<Item = (&Ping, Timestamp)> {
    let of_no_run = issue.escalation.pings.iter().filter(|ping| ping.terms.cycle == 0);
    of_no_run.filter_map(|ping| match ping.outcome {
        PingOutcome::Failed { at, handled: false } if issue.wants(&ping.terms) => Some((ping, at)),
        PingOutcome::Failed { .. }
        | PingOutcome::Pending
        | PingOutcome::Throttled { .. }
        | PingOutcome::Attempted { .. }
        | PingOutcome::Retrying { .. }
        | PingOutcome::Delivered { .. }
        | PingOutcome::Withdrawn { .. } => None,
    })
}

/// The person's next contact is tried at once; where none is left, the fallback is told.
pub(super) fn mend(round: &mut Round<'_>) {
    let due = unmended(round.issue()).filter(|(_, at)| *at <= round.now());
    let failed: Vec<_> = due.map(|(ping, _)| ping.terms.clone()).collect();
    for terms in failed {
        let name = InName {
            department: &terms.department,
            cycle: 0,
            holds: round.holds(&terms.department, round.issue().severity()),
        };
        let to = next(round, &terms.to, name);
        round.request_anyway(name, to, PingReason::Instead(terms.id));
    }
}

fn next(round: &Round<'_>, failed: &Recipient, name: InName<'_>) -> Recipient {
    let dead = Dead::of(round.issue(), name.department, 0);
    if let Recipient::Person { person, contact: _ } = failed
        && let Some(person) = round.asker(name.department).present(person)
        && let Some(contact) = dead.alive(person).next()
    {
        return at(&person.id, contact);
    }
    let policy = round.asker(name.department).policy();
    fallback::recipients(round, name.department, policy, round.issue().severity(), &dead)
        .into_iter()
        .next()
        .unwrap_or_else(fallback::last_resort)
}

/// When departments bounced the issue so often that an arbiter has to assign it, and none was asked.
pub(super) fn bounced(issue: &Issue) -> Option<Timestamp> {
    let asks =
        issue.lifecycle().is_open() && issue.custody.bounces >= BOUNCES && !issue.escalation.arbiter_asked;
    asks.then_some(issue.last_event_at)
}

/// Asks the arbiter of the owner's department, or the fallback where there is none.
pub(super) fn call_arbiter(round: &mut Round<'_>) {
    if bounced(round.issue()).is_none_or(|at| at > round.now()) {
        return;
    }
    let severity = round.issue().severity();
    let department = round.issue().custody.owner.department.clone();
    let cycle = round.issue().escalation.arbiter_calls.saturating_add(1);
    let reason = PingReason::Notice(ClockName { kind: ClockKind::HandOffAccept, item: None, cycle });
    let name = InName { department: &department, cycle: 0, holds: round.holds(&department, severity) };
    for to in arbiters(round, &department) {
        round.request_anyway(name, to, reason);
    }
}

fn arbiters(round: &Round<'_>, department: &Department) -> Vec<Recipient> {
    let asker = round.asker(department);
    let severity = round.issue().severity();
    let named = round.moment.directory.arbiter(department, round.moment.at);
    let present = named.and_then(|person| asker.present(&person.id));
    match present.and_then(|person| first_contact(person, severity)) {
        Some(contact) => vec![contact],
        None => {
            let dead = Dead::of(round.issue(), department, 0);
            fallback::recipients(round, department, asker.policy(), severity, &dead)
        }
    }
}
