//! From which instant and position identity is looked at, and when something came to be.

use jiff::Timestamp;

use crate::{Event, Ordinal, Position};

/// What had happened by an instant and was known at a position, both inclusive; by default everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Then {
    /// What had happened by then.
    pub as_of: Option<Timestamp>,
    /// What was known there.
    pub known_at: Option<Position>,
}

impl Then {
    /// Whether something had happened and was known.
    pub fn holds(self, time: Timestamp, position: Position) -> bool {
        self.as_of.is_none_or(|instant| time <= instant)
            && self.known_at.is_none_or(|known| position <= known)
    }
}

/// Where an event stands among others (`contract.md` 3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// When it happened.
    pub time: Timestamp,
    /// Orders events of equal time.
    pub ordinal: Ordinal,
    /// Its place in the log.
    pub position: Position,
}

impl Moment {
    /// Of an event.
    pub fn of(event: &Event) -> Self {
        Self { time: event.time, ordinal: event.ordinal.clone(), position: event.position }
    }
}

/// When something was said, as often as it makes a difference to any [`Then`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moments(Vec<(Timestamp, Position)>);

/// Sayings of one thing that are kept: only those that happened earlier and came later than the others.
const KEPT: usize = 8;

impl Moments {
    /// From a record.
    pub fn from_parts(parts: impl IntoIterator<Item = (Timestamp, Position)>) -> Self {
        Self(parts.into_iter().take(KEPT).collect())
    }

    /// For a record.
    pub fn parts(&self) -> &[(Timestamp, Position)] {
        &self.0
    }

    /// It was said at this time, in an event at this position.
    pub fn add(&mut self, time: Timestamp, position: Position) {
        let idle = |known: &(Timestamp, Position)| known.0 <= time && known.1 <= position;
        if self.0.iter().any(idle) || self.0.len() == KEPT {
            return;
        }
        self.0.retain(|known| !(time <= known.0 && position <= known.1));
        self.0.push((time, position));
    }

    /// Whether it had been said.
    pub fn hold(&self, then: Then) -> bool {
        self.0.iter().any(|(time, position)| then.holds(*time, *position))
    }
}
