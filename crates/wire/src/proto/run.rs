//! Runs: how far the escalation to a department got.

use domain::{Answer, Fired, Issue, PolicyVersion, Run, RunPhase};
use jiff::Timestamp;
use proto::v1;

use super::{person, timestamp};

/// Every run of an issue.
pub fn runs(issue: &Issue) -> Vec<v1::Run> {
    issue.escalation.runs.iter().map(|known| run(issue, known)).collect()
}

/// A run of an issue.
pub fn run(issue: &Issue, run: &Run) -> v1::Run {
    let Run {
        department,
        cycle,
        policy: PolicyVersion { id, position },
        severity: _,
        started_at,
        fired,
        phase,
        lease: _,
        escalated: _,
        migrated: _,
        answers,
        personal: _,
        unreachable,
        next_shift: _,
    } = run;
    let (next_at, until) = times(phase);
    let (step, pass) = place(*fired);
    v1::Run {
        department: department.to_string(),
        cycle: *cycle,
        policy: id.clone(),
        policy_position: position.to_string(),
        phase: shown(phase, *fired).into(),
        step,
        pass,
        next_at: next_at.map(timestamp),
        until: until.map(timestamp),
        answers: answers.iter().map(answer).collect(),
        unreachable: *unreachable,
        started_at: Some(timestamp(*started_at)),
        clocks: clocks(issue, run),
        throttled_until: issue.throttled_until(run).map(timestamp),
    }
}

fn answer(answer: &Answer) -> v1::PingAnswer {
    let Answer { by, at } = answer;
    v1::PingAnswer { by: by.as_ref().map(person), at: Some(timestamp(*at)) }
}

const fn shown(phase: &RunPhase, fired: Fired) -> v1::RunPhase {
    match (phase, fired) {
        (RunPhase::Stepping { .. }, Fired::Step { .. } | Fired::Meanwhile) => v1::RunPhase::Stepping,
        (RunPhase::Stepping { .. }, Fired::Fallback { .. }) => v1::RunPhase::Exhausted,
        (RunPhase::Stepping { .. }, Fired::Digest) => v1::RunPhase::Digest,
        (RunPhase::Answered { .. }, _) => v1::RunPhase::Answered,
        (RunPhase::Snoozed { .. }, _) => v1::RunPhase::Snoozed,
        (RunPhase::Ended { .. }, _) => v1::RunPhase::Ended,
    }
}

/// When something is next, and the end of a lease or a snooze.
const fn times(phase: &RunPhase) -> (Option<Timestamp>, Option<Timestamp>) {
    match *phase {
        RunPhase::Stepping { next_at } => (Some(next_at), None),
        RunPhase::Answered { until } => (None, until),
        RunPhase::Snoozed { until } => (None, Some(until)),
        RunPhase::Ended { at: _ } => (None, None),
    }
}

const fn place(fired: Fired) -> (u32, u32) {
    match fired {
        Fired::Step { step, pass } => (step, pass),
        Fired::Fallback { .. } | Fired::Digest | Fired::Meanwhile => (0, 0),
    }
}

/// The sorts of clocks that are overdue, each once.
fn clocks(issue: &Issue, run: &Run) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for announced in issue.overdue(&run.department) {
        let word = announced.clock.kind.as_str();
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}
