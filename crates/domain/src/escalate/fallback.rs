//! Who is pinged when nobody answered, or nobody can be reached: never nobody (`escalation.md` rules 2 and 11).

use jiff::Timestamp;

use super::{
    reach::{Dead, at},
    round::Round,
};
use crate::{Department, PolicyDocument, Recipient, Severity, run::after};

/// Hours until the fallback is asked again, each time longer; then daily. The first in minutes.
const INTERVALS: [i64; 3] = [30 * 60, 2 * 3_600, 6 * 3_600];
const DAILY: i64 = 24 * 3_600;

/// The pager's channel of this name is asked where the policy's own fallback is nobody.
const CHANNEL: &str = "fallback";

/// When it is asked again, after it was asked so often.
pub(super) fn again(times: u32, now: Timestamp) -> Timestamp {
    let index = usize::try_from(times.saturating_sub(1)).unwrap_or(usize::MAX);
    after(now, INTERVALS.get(index).copied().unwrap_or(DAILY))
}

pub(super) fn last_resort() -> Recipient {
    Recipient::Channel(CHANNEL.to_owned())
}

/// The contacts that a policy's fallback comes to; at least one.
pub(super) fn recipients(
    round: &Round<'_>,
    department: &Department,
    policy: &PolicyDocument,
    severity: Severity,
    dead: &Dead,
) -> Vec<Recipient> {
    let found = round.asker(department).find(std::slice::from_ref(&policy.fallback), round.now());
    let mut all: Vec<Recipient> = Vec::new();
    for person in found.people {
        let rules = dead.rules(person, severity);
        let first = rules.iter().map(|rule| rule.after_seconds).min();
        let at_first = rules.iter().filter(|rule| Some(rule.after_seconds) == first);
        all.extend(at_first.map(|rule| at(&person.id, &rule.contact)));
    }
    let alive = found.channels.into_iter().filter(|name| !dead.is_channel(name));
    all.extend(alive.map(|name| Recipient::Channel(name.to_owned())));
    if all.is_empty() {
        all.push(last_resort());
    }
    all
}
