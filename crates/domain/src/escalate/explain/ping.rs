//! Why one ping was requested, and what came of it.

use super::{
    super::words::{due, instant, overdue, recipient, step_number, target_words, told_by},
    PingCase, PingExplained, PingWhy,
};
use crate::{
    Event, Fired, Mark, Payload, Ping, PingOutcome, PingReason, Plan, Position, Recipient, Stepped,
    escalate::{people::Asker, raise, words::everybody},
    limits::{ANSWER_DAYS, DIGEST_DAYS},
};

/// Why a ping of the issue was requested, and what came of it.
pub fn explain_ping(case: PingCase<'_>, ping: &Ping) -> Vec<PingExplained> {
    let mut requested = requested(case, ping);
    if ping.goes_with_others() {
        requested.text.push_str("; it went with whatever else waited for them");
    }
    let mut told = vec![requested];
    told.extend(held(case, ping));
    told.extend(was_throttled(case, ping));
    told.extend(failures(case, ping));
    told.push(came_of(case, ping));
    told.into_iter().map(|told| told.of(ping)).collect()
}

fn requested(case: PingCase<'_>, ping: &Ping) -> PingExplained {
    let to = recipient(&ping.terms.to, case.moment);
    let asked = format!("{to} was asked at {}", instant(ping.requested_at));
    let at = |told: PingExplained| PingExplained { position: Some(ping.position), ..told };
    match ping.terms.reason {
        PingReason::Step { .. } => at(PingExplained::new(PingWhy::StepFired, of_run(case, ping, &asked))),
        PingReason::Fallback { .. } => at(PingExplained::new(PingWhy::Fallback, of_run(case, ping, &asked))),
        PingReason::Warning(_) => {
            let what = told_by(case.issue, ping, case.moment.now);
            at(PingExplained::new(
                PingWhy::Warning,
                format!("{asked}, three quarters of a clock being over: {what}"),
            ))
        }
        PingReason::Notice(_) | PingReason::Lapsed(_) | PingReason::Retracted(_) => {
            let what = told_by(case.issue, ping, case.moment.now);
            at(PingExplained::new(PingWhy::Notice, format!("{asked}, whom it concerns: {what}")))
        }
        PingReason::HandOver(_) => {
            let what = told_by(case.issue, ping, case.moment.now);
            at(PingExplained::new(PingWhy::HandOver, format!("{asked}, being on call: {what}")))
        }
        PingReason::Given(_) => {
            let what = told_by(case.issue, ping, case.moment.now);
            at(PingExplained::new(
                PingWhy::Given,
                format!("{asked}, since the issue was given to them: {what}"),
            ))
        }
        PingReason::Outage(_) => {
            let what = told_by(case.issue, ping, case.moment.now);
            at(PingExplained::new(PingWhy::Outage, format!("{asked}, who stands behind the policy: {what}")))
        }
        PingReason::Digest => at(PingExplained::new(PingWhy::Digest, of_run(case, ping, &asked))),
        PingReason::Reminder(_) => {
            let what = told_by(case.issue, ping, case.moment.now);
            at(PingExplained::new(PingWhy::Reminder, format!("{asked}, who had answered: {what}")))
        }
        PingReason::Instead(earlier) => {
            let text = match case.issue.escalation.ping(earlier) {
                Some(known) => {
                    let failed = recipient(&known.terms.to, case.moment);
                    format!("{asked}, since {failed} could not be reached (ping {earlier})")
                }
                None => format!("{asked} in the place of the ping {earlier}, which failed"),
            };
            at(PingExplained::new(PingWhy::OtherContactFailed, text))
        }
    }
}

/// The firing that asked for it: with the policy, the targets, whom they came to, and what was overdue.
fn of_run(case: PingCase<'_>, ping: &Ping, asked: &str) -> String {
    let mut firings = case.firings(&ping.terms.department, ping.terms.cycle);
    let Some((event, stepped)) = firings.rfind(|(event, _)| event.position < ping.position) else {
        return asked.to_owned();
    };
    let what = breached_by(case, ping, event.position);
    let too = asked_too(case, ping, event, stepped);
    format!("{asked}: {}{too}; {what}", firing(case, event, stepped))
}

/// Why a step pinged somebody whom it does not name.
fn asked_too(case: PingCase<'_>, ping: &Ping, event: &Event, stepped: &Stepped) -> &'static str {
    let Recipient::Person { person, contact: _ } = &ping.terms.to else { return "" };
    let moment = case.moment_of(event);
    let plan = stepped.policy.document(moment.directory, &stepped.department).plan(stepped.severity);
    let Fired::Step { step: from, pass: 0 } = stepped.fired else { return "" };
    let begins = case.firings(&stepped.department, stepped.cycle).next();
    if stepped.cycle == 1 || begins.is_none_or(|(first, _)| first.position != event.position) {
        return "";
    }
    let asker = Asker { issue: case.issue, moment: &moment, department: &stepped.department };
    if asker.find(raise::targets_up_to(plan, from), event.time).people.iter().any(|named| named.id == *person)
    {
        return "";
    }
    ", and beside them who had answered before and who is on call, since the lease of an answer ended"
}

/// What fired, by which policy, and whom it asked.
pub(super) fn firing(case: PingCase<'_>, event: &Event, stepped: &Stepped) -> String {
    let moment = case.moment_of(event);
    let document = stepped.policy.document(moment.directory, &stepped.department);
    let plan = document.plan(stepped.severity);
    let (name, targets) = match stepped.fired {
        Fired::Step { step, pass } => {
            let targets = usize::try_from(step).ok().and_then(|step| plan.steps.get(step));
            let again = if pass > 0 { " again" } else { "" };
            let name = format!("step {} of {}{again}", step_number(step), plan.steps.len());
            (name, targets.map(|step| step.targets.as_slice()).unwrap_or_default())
        }
        Fired::Fallback { times } => {
            (format!("the fallback (asked {times} times)"), std::slice::from_ref(&document.fallback))
        }
        Fired::Digest => (by_day(plan), Default::default()),
        Fired::Meanwhile => ("what became due beside the steps".to_owned(), Default::default()),
    };
    let asker = Asker { issue: case.issue, moment: &moment, department: &stepped.department };
    let who = everybody(&asker.find(targets, event.time)).unwrap_or_else(|| "nobody".to_owned());
    let asks = if targets.is_empty() {
        String::new()
    } else {
        format!(", which asks {}: {who}", target_words(targets))
    };
    let late = if stepped.late_by > 0 { format!(", {} s late", stepped.late_by) } else { String::new() };
    let (policy, position) = (&stepped.policy.id, stepped.policy.position);
    format!(
        "{name} of the policy `{policy}` as of {position} fired for {} in cycle {} at {}{late}{asks}{}",
        stepped.department,
        stepped.cycle,
        instant(event.time),
        raised(case, event, stepped).unwrap_or_default()
    )
}

/// What is told by day and why.
fn by_day(plan: &Plan) -> String {
    match plan.pages_days {
        Some(days) => format!(
            "what is told by day once in {DIGEST_DAYS} days to whom the last step names, since it was answered and overdue again for {days} days,"
        ),
        None => format!(
            "what is told by day once a day to the owner, whom the first step names and who is on call, since it was answered over {ANSWER_DAYS} days ago,"
        ),
    }
}

/// Why a cycle began higher than with step 1, and whom that asked beside those of the step.
fn raised(case: PingCase<'_>, event: &Event, stepped: &Stepped) -> Option<String> {
    let moment = case.moment_of(event);
    let plan = stepped.policy.document(moment.directory, &stepped.department).plan(stepped.severity);
    let back = case.applied().take_while(|known| known.position != event.position);
    let back = back.filter(|known| matches!(known.payload, Payload::Reopened)).count();
    let from = raise::first_after(u32::try_from(back).unwrap_or(u32::MAX), plan);
    let first = case.firings(&stepped.department, stepped.cycle).next()?;
    let is_first = first.0.position == event.position && stepped.fired == Fired::Step { step: from, pass: 0 };
    let below = from.checked_sub(1).filter(|_| is_first)?;
    let asker = Asker { issue: case.issue, moment: &moment, department: &stepped.department };
    let who = everybody(&asker.find(raise::targets_up_to(plan, below), event.time));
    let who = who.unwrap_or_else(|| "nobody".to_owned());
    Some(format!(
        "; it began there since the issue was reopened {back} times, and asked whom the steps before ask too: {who}"
    ))
}

/// What was overdue when it was requested, as far as that is known.
fn breached_by(case: PingCase<'_>, ping: &Ping, before: Position) -> String {
    let now = overdue(case.issue, &ping.terms.department, case.moment.now);
    if case.issue.overdue(&ping.terms.department).next().is_some() {
        return now;
    }
    let last = case.applied().rev().filter(|event| event.position < before).find_map(|event| {
        let Payload::ClockMarked { clock, mark: Mark::Breached, deadline } = event.payload else {
            return None;
        };
        Some((clock, deadline))
    });
    last.map_or(now, |(clock, deadline)| format!("at that time {}", due(clock, deadline, ping.requested_at)))
}

fn held(case: PingCase<'_>, ping: &Ping) -> Option<PingExplained> {
    let until = ping.terms.not_before.filter(|until| *until > ping.requested_at)?;
    let run = case.issue.run(&ping.terms.department);
    let severity = run.map_or_else(|| case.issue.severity(), |run| run.severity);
    let (why, because) = why_held(case, ping);
    let text = format!(
        "it {} held until {}: {because}, and the policy lets pings of severity {} wait",
        if case.moment.now < until { "is" } else { "was" },
        instant(until),
        severity.rank()
    );
    Some(PingExplained::new(why, text))
}

/// For whose quiet hours a ping was held, or whose opening.
fn why_held(case: PingCase<'_>, ping: &Ping) -> (PingWhy, String) {
    let quiet = match &ping.terms.to {
        Recipient::Person { person, contact: _ } => {
            case.moment.directory.person_by_id(person, ping.position).and_then(|person| person.quiet.as_ref())
        }
        Recipient::Channel(_) => None,
    };
    let who = recipient(&ping.terms.to, case.moment);
    match quiet.map(|quiet| quiet.calendar()) {
        Some(Some(calendar)) => {
            let text = format!("{who} has quiet hours then, or a holiday of the calendar `{calendar}`");
            (PingWhy::QuietHours, text)
        }
        Some(None) => (PingWhy::QuietHours, format!("{who} has quiet hours then")),
        None => {
            let text = format!("{} is closed then, and {who} has no quiet hours", ping.terms.department);
            (PingWhy::Closed, text)
        }
    }
}

fn failures(case: PingCase<'_>, ping: &Ping) -> Vec<PingExplained> {
    let failed = case.applied().filter_map(|event| {
        let Payload::PingFailed { ping: of, attempt, retry_at } = event.payload else { return None };
        let next = match retry_at {
            Some(at) => format!("it is tried again from {} on", instant(at)),
            None => "it is not tried again".to_owned(),
        };
        let text = format!("attempt {attempt} failed at {}; {next}", instant(event.time));
        (of == ping.terms.id).then(|| PingExplained::new(PingWhy::SendFailed, text).saying(event))
    });
    failed.collect()
}

/// That it waited, since its contact had got enough, once it does no more.
fn was_throttled(case: PingCase<'_>, ping: &Ping) -> Option<PingExplained> {
    if matches!(ping.outcome, PingOutcome::Throttled { .. }) {
        return None;
    }
    let (event, until) = case.applied().find_map(|event| {
        let Payload::PingThrottled { ping: of, until } = event.payload else { return None };
        (of == ping.terms.id).then_some((event, until))
    })?;
    let text = format!(
        "it was late: at {} its contact had got enough pings for the moment, and it waited for {}",
        instant(event.time),
        instant(until)
    );
    Some(PingExplained::new(PingWhy::Throttled, text).by(event))
}

fn came_of(case: PingCase<'_>, ping: &Ping) -> PingExplained {
    let now = case.moment.now;
    match &ping.outcome {
        PingOutcome::Pending => match ping.terms.not_before.filter(|held| now < *held) {
            Some(held) => PingExplained::new(
                why_held(case, ping).0,
                format!("no pager takes it up before {}", instant(held)),
            ),
            None => PingExplained::new(
                PingWhy::NoPagerYet,
                "no pager took it up yet: none runs, or all are busy; GetStatus and the pager's log say more",
            ),
        },
        PingOutcome::Throttled { until } => {
            let text = format!(
                "its contact has got enough pings for now: it stays owed, goes out about {}, and its step is late",
                instant(*until)
            );
            PingExplained::new(PingWhy::Throttled, text)
        }
        PingOutcome::Attempted { attempt, by, at, position: _ } => {
            let text = format!(
                "the pager `{by}` claimed attempt {attempt} at {} and has not said what came of it",
                instant(*at)
            );
            PingExplained::new(PingWhy::BeingSent, text)
        }
        PingOutcome::Retrying { attempt, not_before } => {
            let text = format!("after attempt {attempt} it waits until {}", instant(*not_before));
            PingExplained::new(PingWhy::SendFailed, text)
        }
        PingOutcome::Delivered { at } => {
            PingExplained::new(PingWhy::Delivered, format!("the receiver took it at {}", instant(*at)))
        }
        PingOutcome::Failed { at, handled: _ } => {
            let text = format!("it failed for good at {}: the next contact or step is asked", instant(*at));
            PingExplained::new(PingWhy::SendFailed, text)
        }
        PingOutcome::Withdrawn { at } => withdrawn(case, ping, *at),
    }
}

/// The event that took its reason away.
fn withdrawn(case: PingCase<'_>, ping: &Ping, at: jiff::Timestamp) -> PingExplained {
    let Some(event) = case.applied().find(|event| event.time == at && event.position > ping.position) else {
        let text = format!("its reason was gone at {}, before it was sent", instant(at));
        return PingExplained::new(PingWhy::ReasonGone, text);
    };
    let by = event.actor.person.as_ref().map(|person| format!(" by {}", person.account)).unwrap_or_default();
    let (why, what) = if matches!(event.payload, Payload::PingAnswered { .. }) {
        (PingWhy::Answered, "somebody answered")
    } else if matches!(event.payload, Payload::RunSnoozed { .. }) {
        (PingWhy::Snoozed, "somebody asked for silence")
    } else if matches!(event.payload, Payload::RunStepped(_)) {
        (PingWhy::ReasonGone, "its run began again")
    } else {
        (PingWhy::ReasonGone, "its reason was gone")
    };
    let text = format!("it was not sent: {what} at {} ({}{by})", instant(at), event.type_name);
    PingExplained::new(why, text).by(event)
}
