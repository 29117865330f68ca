//! The name of a generation.

use std::fmt;

/// A generation of the store, such as `v2-3`: the third in this directory, written by fold 2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Generation {
    fold: u32,
    number: u32,
}

impl Generation {
    /// Of this Davy's fold.
    pub(super) const fn ours(number: u32) -> Self {
        Self { fold: domain::FOLD_VERSION, number }
    }

    /// Counts up within a directory, whatever the fold.
    pub(super) const fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        let (fold, number) = name.strip_prefix('v')?.split_once('-')?;
        let parsed = Self { fold: fold.parse().ok()?, number: number.parse().ok()? };
        (parsed.to_string() == name).then_some(parsed)
    }

    /// The one that a file or directory belongs to: `v2-3` and `v2-3.building` are of `v2-3`.
    pub(super) fn of_entry(name: &str) -> Option<Self> {
        Self::parse(name.split_once('.').map_or(name, |(generation, _)| generation))
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}-{}", self.fold, self.number)
    }
}
