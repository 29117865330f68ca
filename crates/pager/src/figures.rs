//! What the pager counts.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Figures {
    owed: AtomicU64,
    delivered: AtomicU64,
    failed_for_now: AtomicU64,
    failed_for_good: AtomicU64,
    refused: AtomicU64,
    throttled: AtomicU64,
    left_out: AtomicU64,
    messages: AtomicU64,
}

impl Figures {
    /// Pings that are owed and known to this pager now.
    pub fn owed(&self) -> u64 {
        self.owed.load(Relaxed)
    }

    /// Pings that a receiver took.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Relaxed)
    }

    /// Attempts that are made again.
    pub fn failed_for_now(&self) -> u64 {
        self.failed_for_now.load(Relaxed)
    }

    /// Pings that were given up.
    pub fn failed_for_good(&self) -> u64 {
        self.failed_for_good.load(Relaxed)
    }

    /// Claims that another had first, or for pings owed no more.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// Times that a message waited because its contact had got enough.
    pub fn throttled(&self) -> u64 {
        self.throttled.load(Relaxed)
    }

    /// Pings that did not fit and are asked for again later.
    pub fn left_out(&self) -> u64 {
        self.left_out.load(Relaxed)
    }

    /// Messages sent, a bundle counting once.
    pub fn messages(&self) -> u64 {
        self.messages.load(Relaxed)
    }

    pub(crate) fn set_owed(&self, owed: usize) {
        self.owed.store(u64::try_from(owed).unwrap_or(u64::MAX), Relaxed);
    }

    pub(crate) fn count(&self, event: Counted) {
        let counter = match event {
            Counted::Delivered => &self.delivered,
            Counted::FailedForNow => &self.failed_for_now,
            Counted::FailedForGood => &self.failed_for_good,
            Counted::Refused => &self.refused,
            Counted::Throttled => &self.throttled,
            Counted::LeftOut => &self.left_out,
            Counted::Message => &self.messages,
        };
        counter.fetch_add(1, Relaxed);
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Delivered,
    FailedForNow,
    FailedForGood,
    Refused,
    Throttled,
    LeftOut,
    Message,
}
