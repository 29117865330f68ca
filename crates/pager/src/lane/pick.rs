//! Which pings go next, and together. Of those that wait at once `domain::bundle` says which go as one message; those that were
//! late already go as one digest, for which the worst do not wait (escalation rules 9c and 13). Worst first.

use std::time::Duration;

use domain::Queued;
use jiff::Timestamp;
use tokio::time::Instant;

use super::State;
use crate::ping::{OwedPing, Severity};

/// Pings in a bundle at most, and in a digest.
const BUNDLE: usize = 20;
const DIGEST: usize = 50;
/// How long late pings wait for others, unless they are of severity 1.
const WINDOW: Duration = Duration::from_secs(30);

/// What a lane has to do.
#[derive(Debug)]
pub(crate) enum Next {
    /// Claim and send these.
    Send(Batch),
    /// Nothing before then.
    Wait {
        until: Option<Instant>,
        /// A message is ready, but its contact has got enough for now.
        throttled: bool,
    },
}

/// Pings that go as one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) pings: Vec<OwedPing>,
    /// A digest of late ones.
    pub(crate) late: bool,
}

pub(super) fn next(state: &mut State, now: Instant, wall: Timestamp) -> Next {
    let mut ready = ready(state, now, wall);
    let is_any_late = ready.iter().any(goes_in_digest);
    state.digest_since = if is_any_late { Some(state.digest_since.unwrap_or(now)) } else { None };
    ready.sort_by_key(|owed| (!goes_past(state, owed), owed.severity, owed.requested_at, owed.id.clone()));
    let (late, fresh): (Vec<_>, Vec<_>) = ready.into_iter().partition(goes_in_digest);
    let window_ends = state.digest_since.map(|since| since + WINDOW);
    let is_digest_due = window_ends.is_some_and(|end| end <= now) || late.iter().any(has_waited);
    let goes = |owed: &OwedPing| is_digest_due || owed.severity == Severity::One;
    let digest = Batch { pings: late.into_iter().filter(goes).take(DIGEST).collect(), late: true };
    let batch = match (bundle(fresh), Some(digest).filter(|digest| !digest.pings.is_empty())) {
        (Some(fresh), Some(digest)) => first(state, fresh, digest),
        (Some(batch), None) | (None, Some(batch)) => batch,
        (None, None) => return Next::Wait { until: earliest(state, now, window_ends), throttled: false },
    };
    let allowed = state.bucket.ready_at(now);
    if allowed <= now || batch.pings.iter().any(|owed| goes_past(state, owed)) {
        Next::Send(batch)
    } else {
        Next::Wait { until: earliest(state, now, Some(allowed)), throttled: true }
    }
}

/// The one whose worst goes before the other's: what was late is not kept waiting by what keeps coming.
fn first(state: &State, fresh: Batch, digest: Batch) -> Batch {
    let rank = |batch: &Batch| {
        batch.pings.first().map(|owed| (!goes_past(state, owed), owed.severity, owed.requested_at))
    };
    if rank(&digest) <= rank(&fresh) { digest } else { fresh }
}

/// It was late when it came, or was held for a time when its recipient wants quiet, with others perhaps.
const fn goes_in_digest(owed: &OwedPing) -> bool {
    owed.late || (owed.not_before.is_some() && owed.attempt == 1)
}

/// A retry has waited for others before, and a hold ends for all at once.
const fn has_waited(owed: &OwedPing) -> bool {
    owed.attempt > 1 || owed.not_before.is_some()
}

/// The first, and what goes as one message with it.
fn bundle(fresh: Vec<OwedPing>) -> Option<Batch> {
    let queued = |owed: &OwedPing| {
        let OwedPing { issue, customer, department, .. } = owed.clone();
        Queued { issue, customer, department }
    };
    let queue: Vec<_> = fresh.iter().map(queued).collect();
    let places = domain::bundle(&queue).into_iter().next()?;
    let goes = |(place, owed): (usize, OwedPing)| places.contains(&place).then_some(owed);
    let pings = fresh.into_iter().enumerate().filter_map(goes).take(BUNDLE).collect();
    Some(Batch { pings, late: false })
}

fn ready(state: &mut State, now: Instant, wall: Timestamp) -> Vec<OwedPing> {
    let due = state.pings.values_mut().filter(|entry| entry.due() <= now);
    let mut ready = Vec::new();
    for entry in due {
        if !entry.is_held(now, wall) {
            ready.push(entry.to_claim());
        }
    }
    ready
}

/// The first ping of an issue of severity 1 is not throttled.
pub(super) fn goes_past(state: &State, owed: &OwedPing) -> bool {
    owed.severity == Severity::One && !state.seen.iter().any(|seen| *seen == owed.issue)
}

/// When there may be something to do next: when a ping that is not ready becomes so, or `other`.
fn earliest(state: &State, now: Instant, other: Option<Instant>) -> Option<Instant> {
    let waiting = state.pings.values().map(super::Entry::due).filter(|due| *due > now);
    waiting.chain(other.filter(|other| *other > now)).min()
}
