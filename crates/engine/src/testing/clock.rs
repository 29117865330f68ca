//! A clock that is set by hand.

use std::{sync::Mutex, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::Clock;

/// Stands still until it is told otherwise.
#[derive(Debug)]
pub struct ManualClock(Mutex<Shown>);

#[derive(Clone, Copy, Debug)]
struct Shown {
    wall: Timestamp,
    steady: Option<Duration>,
}

impl ManualClock {
    /// Showing `now`, without a steady clock.
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(Shown { wall: now, steady: None }))
    }

    /// Shows `now` from here on.
    pub fn set(&self, now: Timestamp) {
        self.change(|shown| shown.wall = now);
    }

    /// Lets time pass, by the steady clock too, which there is from here on.
    pub fn pass(&self, duration: Duration) {
        self.change(|shown| {
            shown.wall += duration;
            shown.steady = Some(shown.steady.unwrap_or_default() + duration);
        });
    }

    /// The wall clock alone is set, or the machine slept.
    pub fn jump(&self, by: SignedDuration) {
        self.change(|shown| shown.wall += by);
    }

    fn change(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    fn shown(&self) -> Shown {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.shown().wall
    }

    fn steady(&self) -> Option<Duration> {
        self.shown().steady
    }
}
