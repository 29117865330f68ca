//! What time it is for the escalator: by this machine's clock, as long as it agrees with the server's and with the steady
//! clock, which nobody sets (decisions/0020). Where clocks are apart and nothing says which is right, nothing is escalated.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{Clock, EventLog, LogError};

/// How far apart they may be.
const MOST: SignedDuration = SignedDuration::from_secs(60);
/// How often ours is compared with the server's while nothing is odd.
const EVERY: SignedDuration = SignedDuration::from_secs(15);
/// A clock that was set ahead, as far as anybody can tell, is believed if it stays so for this long.
const BELIEVED_AFTER: Duration = Duration::from_secs(120);

/// What both clocks of this machine say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    wall: Timestamp,
    /// Without one, no jump is noticed.
    steady: Option<Duration>,
}

impl Reading {
    pub(super) fn of(clock: &dyn Clock) -> Self {
        Self { wall: clock.now(), steady: clock.steady() }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It is this time.
    Go(Timestamp),
    /// Nothing may be escalated.
    Hold {
        /// Why, and what to do.
        why: String,
    },
}

/// What is remembered of the clocks.
#[derive(Debug, Default)]
pub(super) struct Skew {
    /// When ours was last compared with the server's.
    compared: Option<Timestamp>,
    is_held: bool,
    /// The last reading whose wall clock was believed.
    good: Option<Reading>,
    /// Since when, by the steady clock, the wall clock is not where it should be.
    since: Option<Duration>,
    jumps: u64,
}

impl Skew {
    /// How often this machine's clock jumped.
    pub(super) const fn jumps(&self) -> u64 {
        self.jumps
    }

    /// What time it is, or why nothing may be escalated.
    ///
    /// # Errors
    /// If the log does not answer.
    pub(super) async fn check(&mut self, log: &dyn EventLog, reading: Reading) -> Result<Told, LogError> {
        let expected = self.expected(&reading);
        if is_near(reading.wall, expected) {
            self.since = None;
            return self.check_server(log, reading).await;
        }
        let since = self.note_jump(&reading, expected);
        let theirs = log.state().await?.now;
        Ok(match theirs {
            // Only ours was set: the steady clock says what it would show.
            Some(theirs) if is_near(theirs, expected) => self.go(expected),
            Some(theirs) if !is_near(theirs, reading.wall) => self.hold(reading.wall, theirs),
            // The server's is the same clock, or both were put right. What is set ahead may be a mistake that is about to be
            // mended, or a machine that slept; what is set back is the log's time from now on.
            Some(_) | None => {
                let waited = reading.steady.unwrap_or_default().saturating_sub(since);
                if reading.wall > expected && waited < BELIEVED_AFTER {
                    self.go(expected)
                } else {
                    tracing::warn!(clock = %reading.wall, "this machine's clock is believed again");
                    self.believe(reading)
                }
            }
        })
    }

    /// What the wall clock should show.
    fn expected(&self, reading: &Reading) -> Timestamp {
        let passed = self.good.and_then(|good| {
            let passed = reading.steady?.saturating_sub(good.steady?);
            good.wall.checked_add(passed).ok()
        });
        passed.unwrap_or(reading.wall)
    }

    /// The wall clock is where it should be.
    async fn check_server(&mut self, log: &dyn EventLog, reading: Reading) -> Result<Told, LogError> {
        let fresh = |at: Timestamp| reading.wall.duration_since(at).abs() < EVERY;
        if self.is_held || !self.compared.is_some_and(fresh) {
            let theirs = log.state().await?.now;
            self.compared = Some(reading.wall);
            if let Some(theirs) = theirs.filter(|theirs| !is_near(*theirs, reading.wall)) {
                return Ok(self.hold(reading.wall, theirs));
            }
        }
        Ok(self.believe(reading))
    }

    /// Since when it is so.
    fn note_jump(&mut self, reading: &Reading, expected: Timestamp) -> Duration {
        if let Some(since) = self.since {
            return since;
        }
        let (jump, since) = (reading.wall.duration_since(expected), reading.steady.unwrap_or_default());
        self.jumps = self.jumps.saturating_add(1);
        self.since = Some(since);
        tracing::error!(
            seconds = jump.as_secs(), clock = %reading.wall, %expected,
            "this machine's clock jumped, or the machine slept; see that it is right (NTP): what waits by it waits for as much \
             longer where it was set back",
        );
        since
    }

    fn believe(&mut self, reading: Reading) -> Told {
        (self.good, self.since) = (Some(reading), None);
        self.go(reading.wall)
    }

    fn go(&mut self, now: Timestamp) -> Told {
        self.is_held = false;
        Told::Go(now)
    }

    fn hold(&mut self, ours: Timestamp, theirs: Timestamp) -> Told {
        self.is_held = true;
        let apart = ours.duration_since(theirs);
        let why = format!(
            "this machine's clock is {} s {} the NATS server's; set it right (NTP), and escalation goes on by itself",
            apart.abs().as_secs(),
            if apart.is_negative() { "behind" } else { "ahead of" },
        );
        Told::Hold { why }
    }
}

fn is_near(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() <= MOST
}
