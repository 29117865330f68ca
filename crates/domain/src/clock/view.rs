//! The clocks of an issue as they run: limits, pauses and deadlines by the documents in force where each began.

use jiff::Timestamp;

use super::{Announced, ClockName, Mark, Started, Ticking};
use crate::{Department, Directory, Issue, TimeLimit};

/// A clock that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Which.
    pub name: ClockName,
    /// Who owes the act now: the owner's department as the log names it, or the one that was asked.
    pub department: Department,
    /// Where it began.
    pub since: Started,
    /// The policy by whose limit it runs, by its id; `built-in` for version 0.
    pub policy: String,
    /// How long it may take; absent: until an instant that was said or agreed.
    pub limit: Option<TimeLimit>,
    /// Where it stands.
    pub state: ClockState,
    /// That it runs out soon was announced.
    pub warned: Option<Announced>,
    /// That it ran out was announced.
    pub breached: Option<Announced>,
}

/// Where a running clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// It runs.
    Running {
        /// Three quarters of its time are over then.
        warn_at: Option<Timestamp>,
        /// Its time is over then.
        deadline: Timestamp,
    },
    /// The customer is asked something.
    Paused {
        /// Since when.
        since: Timestamp,
    },
    /// Its end lies beyond all calendars.
    Endless,
}

impl ClockState {
    /// When its time is over.
    pub const fn deadline(self) -> Option<Timestamp> {
        match self {
            Self::Running { warn_at: _, deadline } => Some(deadline),
            Self::Paused { .. } | Self::Endless => None,
        }
    }

    pub(super) fn next_mark(
        self,
        since: &Started,
        warned: bool,
        breached: bool,
    ) -> Option<(Mark, Timestamp)> {
        match self {
            Self::Running { .. } if since.silent || breached => None,
            Self::Running { warn_at: Some(at), deadline: _ } if !warned => Some((Mark::Warned, at)),
            Self::Running { warn_at: _, deadline } => Some((Mark::Breached, deadline)),
            Self::Paused { .. } | Self::Endless => None,
        }
    }
}

impl Clock {
    /// The next that is to be announced of it, and when. Nothing of history, of what rests, and of what ran out already.
    pub fn next_mark(&self) -> Option<(Mark, Timestamp)> {
        self.state.next_mark(&self.since, self.warned.is_some(), self.breached.is_some())
    }
}

impl Issue {
    /// The clocks that run, those of the issue as a whole first. None of an issue that is withdrawn or a duplicate, and of
    /// one that is resolved or closed only those of promises.
    pub fn running_clocks(&self, directory: &Directory) -> Vec<Clock> {
        self.ticking().map(|clock| self.shown_clock(&clock, directory)).collect()
    }

    /// The earliest instant at which something is to be announced of a clock: that it runs out soon, or that it ran out. Most
    /// often the first clock looked at is the next one due, and the others need not be worked out.
    pub fn clock_due(&self, directory: &Directory) -> Option<Timestamp> {
        let severity = self.severity();
        let said = |clock: &Ticking<'_>, mark| self.clocks.announced(clock.name, mark).is_some();
        self.ticking().fold(None, |due: Option<Timestamp>, clock| {
            if clock.since.silent || said(&clock, Mark::Breached) {
                return due;
            }
            let before = due.unwrap_or(Timestamp::MAX);
            let next = clock.due_before(before, said(&clock, Mark::Warned), severity, directory);
            next.filter(|next| *next < before).or(due)
        })
    }

    fn shown_clock(&self, clock: &Ticking<'_>, directory: &Directory) -> Clock {
        let reckoning = clock.reckon(self.severity(), directory);
        Clock {
            name: clock.name,
            department: clock.department.clone(),
            since: clock.since.clone(),
            policy: reckoning.policy.id.clone(),
            limit: reckoning.limit,
            state: reckoning.state,
            warned: self.clocks.announced(clock.name, Mark::Warned).copied(),
            breached: self.clocks.announced(clock.name, Mark::Breached).copied(),
        }
    }
}
