//! A ping that is owed, and from when on it may be claimed.
//!
//! Instants of the API's clock are turned into waits when they come, and every wait has a limit: a clock that jumps back an
//! hour must not silence a ping for an hour.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::ping::OwedPing;

/// A ping that is new waits so long for others that go with it.
const GATHER: Duration = Duration::from_millis(200);
/// After another's claim has lapsed, so that clocks that differ a little do not ask too early.
const LAPSE: Duration = Duration::from_secs(1);
/// Longest wait for another's claim.
const CLAIM: Duration = Duration::from_secs(5 * 60);
/// A ping that nobody tried for so long is one of many, perhaps, that nobody could be sent.
const LATE: Duration = Duration::from_secs(120);
/// A hold is looked at again after this at the latest.
const RECHECK: Duration = Duration::from_secs(60);

/// A ping that is owed.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) owed: OwedPing,
    /// As the API says.
    from_api: Instant,
    /// As we know ourselves: a retry, or a refused claim.
    from_us: Option<Instant>,
    refusals: u32,
    /// The attempt that was claimed without an answer: the claim that the API knows of by now may be ours.
    unanswered: Option<u32>,
    /// It is known to the API that it waits for its contact.
    told: bool,
}

impl Entry {
    pub(super) fn new(owed: OwedPing, now: Instant, wall: Timestamp) -> Self {
        let from_api = due(&owed, now, wall);
        let late = owed.late || (owed.attempt == 1 && age(&owed, wall) >= LATE);
        let owed = OwedPing { late, ..owed };
        Self { owed, from_api, from_us: None, refusals: 0, unanswered: None, told: false }
    }

    /// What the API says now. News of an attempt that is over already changes nothing.
    pub(super) fn update(&mut self, owed: OwedPing, now: Instant, wall: Timestamp) {
        let is_news = OwedPing { late: self.owed.late, ..owed.clone() } != self.owed;
        if owed.attempt >= self.owed.attempt && is_news {
            self.from_api = due(&owed, now, wall);
            self.refusals = 0;
            // How late it was is known from when it came.
            self.owed = OwedPing { late: self.owed.late, ..owed };
            // Two attempts later it is nobody's any more.
            let next = self.owed.attempt;
            self.unanswered = self.unanswered.filter(|attempt| next <= attempt.saturating_add(1));
        }
    }

    /// From when on it may be claimed. A claim that may be ours already is asked about, and not waited for.
    pub(super) fn due(&self) -> Instant {
        match (self.from_us, self.unanswered) {
            (Some(ours), Some(_)) => ours,
            (Some(ours), None) => ours.max(self.from_api),
            (None, _) => self.from_api,
        }
    }

    /// What is to be claimed.
    pub(super) fn to_claim(&self) -> OwedPing {
        OwedPing { attempt: self.unanswered.unwrap_or(self.owed.attempt), ..self.owed.clone() }
    }

    /// Whether the wall clock still says that it is held; then it is looked at again later.
    pub(super) fn is_held(&mut self, now: Instant, wall: Timestamp) -> bool {
        let Some(left) = self.owed.not_before.and_then(|at| left(at, wall)) else { return false };
        self.from_api = now + left.min(RECHECK);
        true
    }

    /// Whether it waits for its contact since a while ago, and nobody was told.
    pub(super) fn is_untold(&self, now: Instant) -> bool {
        !self.told && self.owed.attempt == 1 && self.due() <= now
    }

    pub(super) fn told(&mut self) {
        self.told = true;
    }

    pub(super) fn retry(&mut self, attempt: u32, at: Instant) {
        self.owed.attempt = self.owed.attempt.max(attempt.saturating_add(1));
        // The claim ended with its outcome; only the retry is waited for.
        self.owed.claimed_until = None;
        self.from_api = at;
        self.from_us = Some(at);
        self.unanswered = None;
    }

    /// Nobody answered the claim of an attempt: it is claimed again, which the API takes for the same.
    pub(super) fn unanswered(&mut self, attempt: u32, until: Instant) {
        self.unanswered = Some(attempt);
        self.from_us = Some(until);
    }

    pub(super) fn hold(&mut self, until: Instant) {
        self.from_us = Some(until);
    }

    pub(super) fn refused(&mut self, now: Instant, first: Duration, longest: Duration) {
        let pause = first.saturating_mul(1 << self.refusals.min(8)).min(longest);
        self.refusals += 1;
        self.from_us = Some(now + pause);
        self.unanswered = None;
    }
}

fn due(owed: &OwedPing, now: Instant, wall: Timestamp) -> Instant {
    let claim = owed.claimed_until.and_then(|at| left(at, wall)).map(|wait| (wait + LAPSE).min(CLAIM));
    let held = owed.not_before.and_then(|at| left(at, wall)).map(|wait| wait.min(RECHECK));
    now + claim.into_iter().chain(held).chain([GATHER]).max().unwrap_or(GATHER)
}

/// How long ago it was asked for.
fn age(owed: &OwedPing, wall: Timestamp) -> Duration {
    Duration::try_from(wall.duration_since(owed.requested_at)).unwrap_or_default()
}

/// How long it is until then; `None`: it is past.
fn left(at: Timestamp, wall: Timestamp) -> Option<Duration> {
    Duration::try_from(at.duration_since(wall)).ok().filter(|left| !left.is_zero())
}
