//! How clocks, targets, people and times are told in sentences.

use jiff::{SignedDuration, Timestamp};

use super::{Moment, people::Found};
use crate::{
    ClockKind, ClockName, Department, Issue, ItemId, PersonDocument, Ping, PingId, PingReason, PingTarget,
    Recipient, limits::WAIT_DAYS,
};

/// An instant as sentences tell it: UTC, to the minute.
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Such as `40 s`, `20 min`, `3 h 5 min` or `2 d 4 h`.
pub(super) fn span(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// What is not done while a clock is overdue.
const fn undone(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Own => "nobody took it",
        ClockKind::Ack => "nobody told the customer who owns it",
        ClockKind::Update => "the customer was not told how it stands",
        ClockKind::Resolve => "it is not resolved",
        ClockKind::HandOffAccept => "the hand-off is not answered",
        ClockKind::AssistAnswer => "the assist is not answered",
        ClockKind::Promise => "a promise to the customer is not kept",
        ClockKind::Deferral => "its deferral is over",
        ClockKind::Orphan => "its owner is gone, and nobody took it",
    }
}

/// What a clock and its deadline come to.
pub(super) fn due(clock: ClockName, deadline: Timestamp, now: Timestamp) -> String {
    let late = now.duration_since(deadline);
    let when = if late.is_negative() { format!("in {}", span(-late)) } else { format!("{} ago", span(late)) };
    format!("{} ({}, due {}, {when})", undone(clock.kind), clock.kind.as_str(), instant(deadline))
}

/// What of a department's is overdue, each clock once.
pub(super) fn overdue(issue: &Issue, department: &Department, now: Timestamp) -> String {
    let told: Vec<_> =
        issue.overdue(department).map(|announced| due(announced.clock, announced.deadline, now)).collect();
    if told.is_empty() { "nothing is overdue any more".to_owned() } else { told.join("; ") }
}

/// What somebody is told of a clock of which no run is.
fn noticed(clock: ClockName) -> &'static str {
    match clock.kind {
        ClockKind::Promise => "a promise to the customer is broken",
        ClockKind::Deferral => "its deferral ended: it is to be taken up again",
        ClockKind::HandOffAccept if clock.item.is_none() => {
            "departments bounced it so often that an arbiter has to assign it"
        }
        ClockKind::HandOffAccept => "nobody answered its hand-off in time",
        ClockKind::AssistAnswer => "nobody answered its assist in time",
        ClockKind::Orphan => "its owner is gone",
        ClockKind::Own | ClockKind::Ack | ClockKind::Update | ClockKind::Resolve => undone(clock.kind),
    }
}

/// What somebody is told whom the issue was given to.
fn given(issue: &Issue, by: ItemId) -> &'static str {
    let offered = issue.custody.offer.as_ref().is_some_and(|offer| offer.id == by);
    if offered { "it is offered to you: take it or decline it" } else { "it is yours: take it or decline it" }
}

/// What becomes of a ping that should not have been sent.
fn retracted(issue: &Issue, earlier: PingId) -> String {
    let when = issue.escalation.ping(earlier);
    let when = when.map(|ping| format!(" of {}", instant(ping.requested_at))).unwrap_or_default();
    format!(
        "the ping{when} is taken back: as was heard later, nothing was overdue then; there is nothing to do about it"
    )
}

/// What a ping tells of an issue: what is overdue, or will be, and since when.
pub fn told_by(issue: &Issue, ping: &Ping, now: Timestamp) -> String {
    match original(issue, &ping.terms.reason) {
        PingReason::Warning(clock) => match issue.clocks.announced(clock, crate::Mark::Warned) {
            Some(warned) => due(clock, warned.deadline, now),
            None => format!("{} ({})", undone(clock.kind), clock.kind.as_str()),
        },
        PingReason::Notice(clock) => noticed(clock).to_owned(),
        PingReason::HandOver(ended) => format!(
            "the shift of its owner ended at {}: you are on call, accept it; until somebody does it stays theirs",
            instant(ended)
        ),
        PingReason::Given(by) => given(issue, by).to_owned(),
        PingReason::Lapsed(asked) => format!(
            "the customer was asked something at {} and did not answer in {WAIT_DAYS} working days: nobody waits for them any \
             more, and its clocks run again; ask once more, or resolve it",
            instant(asked)
        ),
        PingReason::Retracted(earlier) => retracted(issue, earlier),
        PingReason::Outage(since) => format!(
            "Davy escalated nothing from {} to {}: whoever should have been asked meanwhile is asked now, one step for each \
             issue; this one waited longest of those that come to you",
            instant(since),
            instant(ping.requested_at)
        ),
        PingReason::Reminder(lease) => {
            let until = match issue.escalation.leased(lease).map(|run| &run.phase) {
                Some(crate::RunPhase::Answered { until: Some(until) }) => format!(" at {}", instant(*until)),
                Some(_) | None => String::new(),
            };
            let what = overdue(issue, &ping.terms.department, now);
            format!("the silence after your answer ends{until}, unless you note how it goes: {what}")
        }
        PingReason::Step { .. }
        | PingReason::Fallback { .. }
        | PingReason::Digest
        | PingReason::Instead(_) => overdue(issue, &ping.terms.department, now),
    }
}

/// The reason of the first of those in whose place a ping was requested.
pub(super) fn original(issue: &Issue, reason: &PingReason) -> PingReason {
    let mut reason = *reason;
    // As many as there are pings: each leads to an earlier one.
    for _ in &issue.escalation.pings {
        let PingReason::Instead(earlier) = reason else { break };
        let Some(known) = issue.escalation.ping(earlier) else { break };
        reason = known.terms.reason;
    }
    reason
}

/// As a policy writes it.
pub fn target_word(target: &PingTarget) -> String {
    match target {
        PingTarget::Person(id) => format!("person:{id}"),
        PingTarget::OnCall(None) => "on-call".to_owned(),
        PingTarget::OnCall(Some(schedule)) => format!("on-call:{schedule}"),
        PingTarget::Head(None) => "head".to_owned(),
        PingTarget::Head(Some(department)) => format!("head:{department}"),
        PingTarget::HearingHead => "hearing-head".to_owned(),
        PingTarget::Owner => "owner".to_owned(),
        PingTarget::HeardBy => "heard-by".to_owned(),
        PingTarget::AccountOwner => "account-owner".to_owned(),
        PingTarget::Channel(name) => format!("channel:{name}"),
    }
}

pub(super) fn target_words(targets: &[PingTarget]) -> String {
    targets.iter().map(|target| format!("`{}`", target_word(target))).collect::<Vec<_>>().join(" and ")
}

/// A person's name, or their id where it is not known.
pub(super) fn name(person: &PersonDocument) -> &str {
    person.name.as_deref().unwrap_or(&person.id)
}

/// Everybody found, in words; `None` where that is nobody.
pub(super) fn everybody(found: &Found<'_>) -> Option<String> {
    let people = found.people.iter().map(|person| name(person).to_owned());
    let channels = found.channels.iter().map(|name| format!("the channel `{name}`"));
    let all: Vec<_> = people.chain(channels).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Whom a ping goes to.
pub(super) fn recipient(to: &Recipient, moment: &Moment<'_>) -> String {
    match to {
        Recipient::Person { person, contact } => {
            let known = moment.directory.person_by_id(person, moment.at);
            format!("{} by `{contact}`", known.map_or(person.as_str(), name))
        }
        Recipient::Channel(channel) => format!("the channel `{channel}`"),
    }
}

/// A step as people count them.
pub(super) fn step_number(step: u32) -> u32 {
    step.saturating_add(1)
}
