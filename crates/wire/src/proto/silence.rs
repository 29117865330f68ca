//! The clocks of customers.

use domain::{Cadence, SILENCE, Silence};
use jiff::Timestamp;
use proto::v1;

use super::timestamp;

/// A customer's clock, as it stands at an instant.
pub fn silence(clock: &Silence, now: Timestamp) -> v1::Silence {
    let Silence { began, spoken, cadence_days, cadence, warn_at: _, deadline, warned, breached, silent } =
        clock;
    let days = now.duration_since(clock.since()).as_hours().div_euclid(24).max(0);
    v1::Silence {
        since: Some(timestamp(clock.since())),
        spoken: *spoken,
        days: i32::try_from(days).unwrap_or(i32::MAX),
        cadence_days: i32::from(*cadence_days),
        cadence: word(cadence).to_owned(),
        deadline: Some(timestamp(*deadline)),
        overdue: *deadline <= now,
        warned_at: warned.map(|said| timestamp(said.at)),
        breached_at: breached.map(|said| timestamp(said.at)),
        history: *silent,
        department: began.department.to_string(),
        position: began.moment.position.to_string(),
    }
}

/// The same among the clocks of issues.
pub fn silence_clock(clock: &Silence) -> v1::Clock {
    v1::Clock {
        kind: SILENCE.to_owned(),
        department: clock.began.department.to_string(),
        started_at: Some(timestamp(clock.since())),
        position: clock.began.moment.position.to_string(),
        limit: format!("{}d", clock.cadence_days),
        deadline: Some(timestamp(clock.deadline)),
        warned_at: clock.warned.map(|said| timestamp(said.at)),
        breached_at: clock.breached.map(|said| timestamp(said.at)),
        ..v1::Clock::default()
    }
}

const fn word(cadence: &Cadence) -> &'static str {
    match cadence {
        Cadence::Profile => "profile",
        Cadence::Tier(_) => "tier",
        Cadence::Standard => "standard",
    }
}
