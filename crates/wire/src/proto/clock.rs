//! Clocks: those that run, and what became of those that did.

use domain::{Clock, ClockHistory, ClockName, ClockOutcome, ClockState};
use jiff::Timestamp;
use proto::v1;

use super::timestamp;

/// A clock that runs.
pub fn clock(clock: &Clock) -> v1::Clock {
    let Clock { name, department, since, policy, limit, state, warned, breached } = clock;
    let paused_since = match state {
        ClockState::Paused { since } => Some(*since),
        ClockState::Running { .. } | ClockState::Endless => None,
    };
    let shown = v1::Clock {
        department: department.to_string(),
        started_at: Some(timestamp(since.at)),
        position: since.position.to_string(),
        limit: limit.map(|limit| limit.to_string()).unwrap_or_default(),
        policy: policy.clone(),
        ..named(*name)
    };
    v1::Clock {
        deadline: state.deadline().map(timestamp),
        paused_since: paused_since.map(timestamp),
        warned_at: warned.map(|warned| timestamp(warned.at)),
        breached_at: breached.map(|breached| timestamp(breached.at)),
        ..shown
    }
}

/// A clock that runs or did.
pub fn past_clock(history: &ClockHistory) -> v1::Clock {
    let shown = v1::Clock {
        department: history.since.department.to_string(),
        started_at: Some(timestamp(history.since.at)),
        position: history.since.position.to_string(),
        limit: history.limit.map(|limit| limit.to_string()).unwrap_or_default(),
        policy: history.policy.id.clone(),
        ..named(history.name)
    };
    v1::Clock {
        deadline: history.deadline().map(timestamp),
        paused_since: rests_since(history).map(timestamp),
        warned_at: history.warned.map(|warned| timestamp(warned.at)),
        breached_at: history.breached.map(|breached| timestamp(breached.at)),
        ..shown
    }
}

fn named(name: ClockName) -> v1::Clock {
    let ClockName { kind, item, cycle } = name;
    v1::Clock {
        kind: kind.as_str().to_owned(),
        item: item.map(|item| item.to_string()).unwrap_or_default(),
        cycle,
        ..v1::Clock::default()
    }
}

fn rests_since(history: &ClockHistory) -> Option<Timestamp> {
    let last = history.pauses.last().filter(|_| history.end.is_none())?;
    last.until.is_none().then_some(last.from)
}

/// What came of a clock, as a word.
pub const fn clock_outcome(outcome: ClockOutcome) -> &'static str {
    match outcome {
        ClockOutcome::Running => "running",
        ClockOutcome::Paused => "paused",
        ClockOutcome::Met => "met",
        ClockOutcome::MetLate => "met_late",
        ClockOutcome::Breached => "breached",
        ClockOutcome::Cancelled => "cancelled",
        ClockOutcome::Retracted => "retracted",
    }
}
