//! Runs and clocks in words: how each stands and what comes next.

use std::io;

use jiff::Timestamp;
use proto::v1::{Clock, PingAnswer, Run, RunPhase};

use super::ahead;
use crate::{clock, output::Out, words};

/// In few words, for a table.
pub(super) fn next(run: Option<&Run>, now: Timestamp) -> String {
    let Some(run) = run else { return "-".to_owned() };
    let (next, quiet) = (ahead(run.next_at.as_ref(), now), ahead(run.until.as_ref(), now));
    match RunPhase::try_from(run.phase).unwrap_or_default() {
        RunPhase::Unspecified => "?".to_owned(),
        RunPhase::Stepping => format!("next step in {next}"),
        RunPhase::Answered if run.until.is_none() => "answered for good".to_owned(),
        RunPhase::Answered => format!("answered, quiet for {quiet}"),
        RunPhase::Snoozed => format!("snoozed for {quiet}"),
        RunPhase::Exhausted => format!("fallback in {next}"),
        RunPhase::Digest => format!("told by day in {next}"),
        RunPhase::Ended => "over".to_owned(),
    }
}

/// Whether somebody is pinged in this run now, and nobody answered.
pub(super) fn is_pinging(run: &Run) -> bool {
    match RunPhase::try_from(run.phase).unwrap_or_default() {
        RunPhase::Stepping | RunPhase::Exhausted | RunPhase::Digest => true,
        RunPhase::Unspecified | RunPhase::Answered | RunPhase::Snoozed | RunPhase::Ended => false,
    }
}

/// How far each run got and what is owed by when, a line each below what is printed already; nothing where nothing runs.
pub(crate) fn show(runs: &[Run], clocks: &[Clock], out: &mut Out) -> io::Result<()> {
    let mut lines: Vec<_> = runs.iter().map(|run| ("run", sentence(run, out))).collect();
    lines.extend(clocks.iter().map(|it| ("clock", clock::sentence(it, out))));
    if lines.is_empty() {
        return Ok(());
    }
    out.line("")?;
    out.fields(&lines)
}

/// In a sentence.
fn sentence(run: &Run, out: &Out) -> String {
    let Run { department, cycle, policy, phase, step, pass, next_at, until, answers, clocks, .. } = run;
    let next = out.time(next_at.as_ref());
    let until = out.time(until.as_ref());
    let step = step.saturating_add(1);
    let again = if *pass > 0 { " again" } else { "" };
    let stands = match RunPhase::try_from(*phase).unwrap_or_default() {
        RunPhase::Unspecified => "?".to_owned(),
        RunPhase::Stepping => format!("step {step} fired{again}; the next one is due at {next}"),
        RunPhase::Answered if run.until.is_none() => {
            format!("answered{}, which never lapses; it is told of by day after 30 days", by(answers))
        }
        RunPhase::Answered => format!("answered{}; nobody is pinged until {until}", by(answers)),
        RunPhase::Snoozed => format!("snoozed until {until}"),
        RunPhase::Exhausted => format!("every step fired unanswered; the fallback is pinged again at {next}"),
        RunPhase::Digest => format!("told of by day, the next time at {next}"),
        RunPhase::Ended => "over: nothing is overdue any more".to_owned(),
    };
    let reached = if run.unreachable { "; nobody could be reached" } else { "" };
    let late = match &run.throttled_until {
        Some(until) => {
            format!("; the step is late: a contact has got enough pings until {}", out.time(Some(until)))
        }
        None => String::new(),
    };
    let clocks = if clocks.is_empty() { String::new() } else { format!(", overdue: {}", clocks.join(", ")) };
    format!("{department}, cycle {cycle} by the policy {policy}{clocks}: {stands}{reached}{late}")
}

fn by(answers: &[PingAnswer]) -> String {
    let names: Vec<_> = answers.iter().filter_map(|answer| answer.by.as_ref()).map(words::person).collect();
    if names.is_empty() { String::new() } else { format!(" by {}", names.join(", ")) }
}
