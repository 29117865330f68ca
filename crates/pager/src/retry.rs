//! What is worth trying again, and when. Jitter comes from the ping's id, so that the same failure is retried at the same
//! time whoever computes it, and pings that failed together do not come back together.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use crate::{channel::SendError, ping::PingId};

/// After the first, second and third failure; the fourth is the last (escalation rule 12).
const PAUSES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(45)];
/// What a receiver may ask for at most; by then the next step has fired anyway.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try again after this long.
    Retry(Duration),
    /// It failed for good.
    GiveUp,
}

/// What to do after `attempt` (from 1) of a ping failed so.
pub(crate) fn after(ping: &PingId, attempt: u32, error: &SendError) -> Next {
    let SendError::Temporary { retry_after, why: _ } = error else { return Next::GiveUp };
    let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(pause) = PAUSES.get(index) else { return Next::GiveUp };
    Next::Retry(jittered(*pause, ping, attempt).max(retry_after.unwrap_or_default()).min(LONGEST))
}

/// For how long a ping that nobody tried waits, since its server failed others.
pub(crate) fn pause(ping: &PingId, attempt: u32, error: &SendError) -> Duration {
    match after(ping, attempt, error) {
        Next::Retry(pause) => pause,
        Next::GiveUp => PAUSES[0],
    }
}

/// Up to a fifth longer.
fn jittered(pause: Duration, ping: &PingId, attempt: u32) -> Duration {
    let mut hasher = DefaultHasher::new();
    (ping, attempt).hash(&mut hasher);
    let thousandth = u32::try_from(hasher.finish() % 1_000).unwrap_or_default();
    pause + pause * thousandth / 5_000
}

/// Pauses between calls to an API that does not answer: doubled from `first` to `longest`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    next: Duration,
    first: Duration,
    longest: Duration,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first, first, longest }
    }

    pub(crate) fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (self.next * 2).min(self.longest);
        pause
    }

    pub(crate) const fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(retry_after: Option<Duration>) -> SendError {
        SendError::Temporary { why: "it answered 500".into(), retry_after }
    }

    #[test]
    fn four_failures_are_the_last_and_a_receivers_wish_is_kept_within_bounds() {
        let ping = PingId::new("p");
        for (attempt, seconds) in [(1, 5), (2, 15), (3, 45)] {
            let Next::Retry(pause) = after(&ping, attempt, &temporary(None)) else { panic!("{attempt}") };
            let least = Duration::from_secs(seconds);
            assert!(pause >= least && pause <= least.mul_f32(1.2), "{attempt}: {pause:?}");
        }
        assert_eq!(after(&ping, 4, &temporary(None)), Next::GiveUp);
        let asked = |seconds| after(&ping, 1, &temporary(Some(Duration::from_secs(seconds))));
        assert_eq!(asked(120), Next::Retry(Duration::from_secs(120)));
        assert_eq!(asked(86_400), Next::Retry(LONGEST));
        assert_eq!(after(&ping, 1, &SendError::Permanent { why: "it is gone".into() }), Next::GiveUp);
    }
}
