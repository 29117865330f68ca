//! How many requests a principal may send: a bucket of tokens each, refilled by the clock.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// Buckets kept at most; the one that was asked for longest ago goes first.
const BUCKETS: usize = 4_096;
/// A bucket holds as much as comes in so many seconds.
const BURST_SECONDS: f64 = 2.0;

/// The buckets.
#[derive(Debug)]
pub(super) struct Limiter {
    /// Requests a second.
    rate: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Limiter {
    /// `None` where there is no limit.
    pub(super) fn new(requests_per_second: u32) -> Option<Self> {
        let rate = f64::from(requests_per_second);
        (requests_per_second > 0).then(|| Self { rate, buckets: Mutex::default() })
    }

    /// Takes one token of a principal's.
    ///
    /// # Errors
    /// After how long there is one again.
    pub(super) fn take(&self, principal: &str, now: Timestamp) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(principal) {
            self.make_room(&mut buckets, now);
            let full = Bucket { tokens: self.rate * BURST_SECONDS, at: now };
            buckets.insert(principal.to_owned(), full);
        }
        let Some(bucket) = buckets.get_mut(principal) else { return Ok(()) };
        *bucket = self.filled(*bucket, now);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let seconds = (1.0 - bucket.tokens) / self.rate;
        Err(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(1)))
    }

    fn filled(&self, bucket: Bucket, now: Timestamp) -> Bucket {
        // A clock that was set back fills nothing, and takes nothing.
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        let tokens = (bucket.tokens + passed * self.rate).min(self.rate * BURST_SECONDS);
        Bucket { tokens, at: now }
    }

    /// Buckets that are full again say nothing that a new one would not.
    fn make_room(&self, buckets: &mut HashMap<String, Bucket>, now: Timestamp) {
        if buckets.len() < BUCKETS {
            return;
        }
        buckets.retain(|_, bucket| self.filled(*bucket, now).tokens < self.rate * BURST_SECONDS);
        if buckets.len() >= BUCKETS {
            let oldest = buckets.iter().min_by_key(|(_, bucket)| bucket.at).map(|(name, _)| name.clone());
            oldest.map(|name| buckets.remove(&name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::new(1_772_445_600 + second, 0).unwrap()
    }

    #[test]
    fn a_principal_that_is_too_fast_waits_and_others_do_not() {
        let limiter = Limiter::new(10).unwrap();
        for _ in 0..20 {
            assert_eq!(limiter.take("a", at(0)), Ok(()));
        }
        assert_eq!(limiter.take("a", at(0)), Err(Duration::from_millis(100)));
        assert_eq!(limiter.take("b", at(0)), Ok(()));
        assert_eq!(limiter.take("a", at(-60)), Err(Duration::from_millis(100)));
        for _ in 0..10 {
            assert_eq!(limiter.take("a", at(-59)), Ok(()));
        }
        assert!(limiter.take("a", at(-59)).is_err());
        assert!(Limiter::new(0).is_none());
    }

    #[test]
    fn buckets_are_bounded() {
        let limiter = Limiter::new(1).unwrap();
        for name in 0..BUCKETS * 3 {
            limiter.take(&name.to_string(), at(0)).unwrap();
        }
        assert_eq!(limiter.buckets.lock().unwrap().len(), BUCKETS);
        limiter.take("late", at(10)).unwrap();
        assert_eq!(limiter.buckets.lock().unwrap().len(), 1);
    }
}
