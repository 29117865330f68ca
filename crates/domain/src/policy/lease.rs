//! For how long an answer keeps a run quiet.

use std::{fmt, str::FromStr};

use crate::{TimeLimit, limits::TIME_LIMIT_DAYS};

/// For how long an answered ping keeps a run quiet (`escalation.md` rule 5). As text it is a time limit, or `0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeaseLimit {
    /// So long.
    Lasts(TimeLimit),
    /// Until what is overdue is done: `0`.
    NeverLapses,
}

impl LeaseLimit {
    /// Its end, where it has one.
    pub const fn limit(self) -> Option<TimeLimit> {
        match self {
            Self::Lasts(limit) => Some(limit),
            Self::NeverLapses => None,
        }
    }
}

impl fmt::Display for LeaseLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lasts(limit) => limit.fmt(f),
            Self::NeverLapses => f.write_str("0"),
        }
    }
}

/// The text is not a lease.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no lease; use 0 for one that never lapses, or a number and s, m, h or d, or bm, bh or bd for open time, such as \
     30m or 4bh, at most {TIME_LIMIT_DAYS} days"
)]
pub struct ParseLeaseLimitError(String);

impl FromStr for LeaseLimit {
    type Err = ParseLeaseLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim() == "0" {
            return Ok(Self::NeverLapses);
        }
        text.parse().map(Self::Lasts).map_err(|_| ParseLeaseLimitError(text.chars().take(40).collect()))
    }
}
