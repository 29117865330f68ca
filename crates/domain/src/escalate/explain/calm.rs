//! Why nobody is pinged for an issue at all.

use super::{
    super::words::{due, instant},
    PingCase, PingExplained, PingWhy,
};
use crate::{Clock, ClockState, Lifecycle, RunPhase};

pub(super) fn explain(case: PingCase<'_>) -> Vec<PingExplained> {
    let mut told: Vec<_> = ended(case).into_iter().collect();
    let lifecycle = case.issue.lifecycle();
    if !lifecycle.is_open() {
        let text = format!("the issue is {}: nobody owes anything overdue", word(lifecycle));
        told.push(PingExplained::new(PingWhy::NothingOverdue, text));
        return told;
    }
    let clocks = case.issue.running_clocks(case.moment.directory);
    told.extend(history(&clocks));
    told.extend(resting(case, &clocks));
    told.extend(clocks.iter().filter(|clock| !clock.since.silent).filter_map(|clock| running(case, clock)));
    if clocks.is_empty() {
        told.push(PingExplained::new(PingWhy::NothingOverdue, "no clock of the issue runs"));
    }
    told
}

/// The run that ended last.
fn ended(case: PingCase<'_>) -> Option<PingExplained> {
    let ends = case.issue.escalation.runs.iter().filter_map(|run| match run.phase {
        RunPhase::Ended { at } => Some((at, run)),
        RunPhase::Stepping { .. } | RunPhase::Answered { .. } | RunPhase::Snoozed { .. } => None,
    });
    let (at, run) = ends.max_by_key(|(at, _)| *at)?;
    let event = case.applied().find(|event| event.time == at && event.position > run.policy.position);
    let by = event.map(|event| format!(" ({})", event.type_name)).unwrap_or_default();
    let text = format!(
        "the run of {} ended at {}: nothing of it is overdue any more since then{by}",
        run.department,
        instant(at)
    );
    let told = PingExplained::new(PingWhy::ReasonGone, text);
    Some(match event {
        Some(event) => told.by(event),
        None => told,
    })
}

fn history(clocks: &[Clock]) -> Option<PingExplained> {
    let silent: Vec<_> =
        clocks.iter().filter(|clock| clock.since.silent).map(|it| it.name.kind.as_str()).collect();
    (!silent.is_empty()).then(|| {
        let text = format!(
            "{} began with events that are history (marked as backfill, or over 90 days old when they came): nobody is \
             pinged for that",
            silent.join(", ")
        );
        PingExplained::new(PingWhy::Backfill, text)
    })
}

fn resting(case: PingCase<'_>, clocks: &[Clock]) -> Option<PingExplained> {
    let resting = clocks.iter().filter_map(|clock| match clock.state {
        ClockState::Paused { since } => Some((clock.name.kind.as_str(), since)),
        ClockState::Running { .. } | ClockState::Endless => None,
    });
    let resting: Vec<_> = resting.collect();
    let since = resting.iter().map(|(_, since)| *since).min()?;
    let names: Vec<_> = resting.iter().map(|(name, _)| *name).collect();
    let lapses = case.issue.wait_lapses(case.moment.directory);
    let lapses = lapses.map(|at| format!(", and until {} if they do not answer", instant(at)));
    let text = format!(
        "{} rests since {}{}: the customer is asked something",
        names.join(", "),
        instant(since),
        lapses.unwrap_or_default()
    );
    Some(PingExplained::new(PingWhy::Paused, text))
}

fn running(case: PingCase<'_>, clock: &Clock) -> Option<PingExplained> {
    let deadline = clock.state.deadline()?;
    let limit =
        clock.limit.map(|limit| format!(", {limit} by the policy `{}`", clock.policy)).unwrap_or_default();
    let since = instant(clock.since.at);
    if case.moment.now < deadline {
        let kind = clock.name.kind.as_str();
        let text =
            format!("{kind} is due at {} (since {since}{limit}) for {}", instant(deadline), clock.department);
        return Some(PingExplained::new(PingWhy::NothingOverdue, text));
    }
    if clock.breached.is_some() {
        return None;
    }
    let what = due(clock.name, deadline, case.moment.now);
    let text = format!("{what}, and the escalator has not said so yet; if that lasts, look at GetStatus");
    Some(PingExplained::new(PingWhy::NextStepLater, text))
}

const fn word(lifecycle: Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::Unreported => "not reported yet",
        Lifecycle::Open => "open",
        Lifecycle::WaitingCustomer => "waiting for the customer",
        Lifecycle::WaitingExternal => "waiting for somebody outside",
        Lifecycle::Deferred => "deferred",
        Lifecycle::Resolved => "resolved",
        Lifecycle::Closed => "closed",
        Lifecycle::Withdrawn => "withdrawn",
        Lifecycle::Duplicate => "a duplicate of another one",
    }
}
