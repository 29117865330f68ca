//! Messages that are missing from the log for good, and that an operator gave up.

use std::sync::Arc;

use crate::Position;

/// Messages given up, from the first to the last of them, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loss {
    /// The first.
    pub from: Position,
    /// The last.
    pub to: Position,
}

/// Every loss that was accepted. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses(Arc<[Loss]>);

impl Losses {
    /// In any order; they may overlap.
    pub fn new(losses: impl IntoIterator<Item = Loss>) -> Self {
        let mut losses: Vec<_> = losses.into_iter().collect();
        losses.sort_unstable();
        Self(losses.into())
    }

    /// Whether every message from `expected` up to before `found` was given up.
    pub fn cover(&self, expected: Position, found: Position) -> bool {
        let mut next = expected;
        for loss in &*self.0 {
            if next < found && loss.from <= next && next <= loss.to {
                next = loss.to.next();
            }
        }
        next >= found
    }

    /// Each of them, by position.
    pub fn iter(&self) -> impl Iterator<Item = &Loss> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(ranges: &[(u64, u64)]) -> Losses {
        Losses::new(
            ranges.iter().map(|(from, to)| Loss { from: Position::new(*from), to: Position::new(*to) }),
        )
    }

    #[test]
    fn a_gap_is_covered_if_every_message_of_it_is() {
        let covers = |ranges: &[(u64, u64)], expected, found| {
            losses(ranges).cover(Position::new(expected), Position::new(found))
        };
        assert!(covers(&[(5, 7)], 5, 8));
        assert!(covers(&[(6, 7), (3, 5)], 4, 8), "two that meet");
        assert!(!covers(&[(5, 6)], 5, 8), "7 was not given up");
        assert!(!covers(&[(6, 7)], 5, 8), "5 was not given up");
        assert!(!covers(&[], 1, 2));
        assert!(covers(&[], 2, 2), "no gap");
    }
}
