//! Which events of the fixed table a row yields, in two bytes a row.

use std::ops::BitOr;

/// What the fixed table found in a row; the bits in the order of the events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts(u16);

impl Facts {
    pub(crate) const REPORTED: Self = Self(1);
    /// The team is gone although a person is named: first the desk, or Davy would leave the team as it was (`contract.md` 4).
    pub(crate) const CLEARED: Self = Self(1 << 1);
    pub(crate) const ASSIGNED: Self = Self(1 << 2);
    pub(crate) const SEVERITY_CHANGED: Self = Self(1 << 3);
    pub(crate) const REOPENED: Self = Self(1 << 4);
    pub(crate) const ACKNOWLEDGED: Self = Self(1 << 5);
    pub(crate) const RESOLVED: Self = Self(1 << 6);
    pub(crate) const CLOSED: Self = Self(1 << 7);
    pub(crate) const NOTED: Self = Self(1 << 8);

    pub(crate) const fn has(self, fact: Self) -> bool {
        self.0 & fact.0 != 0
    }

    pub(super) const fn given(self, holds: bool) -> Self {
        if holds { self } else { Self(0) }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn count(self) -> u32 {
        self.0.count_ones()
    }
}

impl BitOr for Facts {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
