//! How many messages one contact gets: a few at once, then one at a time (escalation rule 13). A ping that has to wait stays
//! owed; nothing is dropped.

use std::time::Duration;

use tokio::time::Instant;

/// How many messages one contact gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// At once; at least 1.
    pub burst: u32,
    /// After those, one in this time.
    pub every: Duration,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { burst: 5, every: Duration::from_secs(60) }
    }
}

/// The messages that a contact may still get, kept as the instant at which it may get as many as ever.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    throttle: Throttle,
    full_at: Instant,
}

impl Bucket {
    pub(crate) const fn new(throttle: Throttle, now: Instant) -> Self {
        Self { throttle, full_at: now }
    }

    /// From when on the next message may go.
    pub(crate) fn ready_at(&self, now: Instant) -> Instant {
        let reach = self.throttle.every * self.throttle.burst.saturating_sub(1);
        self.full_at.checked_sub(reach).map_or(now, |at| at.max(now))
    }

    /// Counts a message, also one that went without waiting.
    pub(crate) fn take(&mut self, now: Instant) {
        // However many bypass it, the wait stays bounded.
        let most = now + self.throttle.every * self.throttle.burst;
        self.full_at = (self.full_at.max(now) + self.throttle.every).min(most);
    }

    pub(crate) fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_one_a_minute() {
        let start = Instant::now();
        let mut bucket = Bucket::new(Throttle::default(), start);
        for _ in 0..5 {
            assert_eq!(bucket.ready_at(start), start);
            bucket.take(start);
        }
        let minute = Duration::from_secs(60);
        assert_eq!(bucket.ready_at(start), start + minute);
        bucket.take(start + minute);
        assert_eq!(bucket.ready_at(start + minute), start + 2 * minute);
        assert!(!bucket.is_full(start + minute) && bucket.is_full(start + 6 * minute));
    }
}
