//! How long something may take.

use std::{fmt, str::FromStr};

use crate::limits::TIME_LIMIT_DAYS;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// How long something may take. As text it is a number and a unit: `30s`, `15m`, `1h`, `2d` by the clock on the wall,
/// `90bm`, `4bh` of open time (`bs` where it must be), `5bd` in open days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeLimit {
    /// Seconds, whether anybody works or not.
    Wall(u32),
    /// Seconds in which the calendar is open.
    Hours(u32),
    /// Days on which the calendar is open.
    Days(u32),
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Wall(seconds) if seconds.is_multiple_of(DAY) => write!(f, "{}d", seconds / DAY),
            Self::Wall(seconds) if seconds.is_multiple_of(HOUR) => write!(f, "{}h", seconds / HOUR),
            Self::Wall(seconds) if seconds.is_multiple_of(MINUTE) => write!(f, "{}m", seconds / MINUTE),
            Self::Wall(seconds) => write!(f, "{seconds}s"),
            Self::Hours(seconds) if seconds.is_multiple_of(HOUR) => write!(f, "{}bh", seconds / HOUR),
            Self::Hours(seconds) if seconds.is_multiple_of(MINUTE) => write!(f, "{}bm", seconds / MINUTE),
            Self::Hours(seconds) => write!(f, "{seconds}bs"),
            Self::Days(days) => write!(f, "{days}bd"),
        }
    }
}

/// The text is not a time limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a time limit; use a number and s, m, h or d, or bm, bh or bd for open time, such as 30m or 4bh, \
     above zero and at most {TIME_LIMIT_DAYS} days"
)]
pub struct ParseTimeLimitError(String);

impl FromStr for TimeLimit {
    type Err = ParseTimeLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.trim()).ok_or_else(|| ParseTimeLimitError(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<TimeLimit> {
    let (number, unit) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    let seconds = |of_unit| number.checked_mul(of_unit).filter(|seconds| *seconds <= TIME_LIMIT_DAYS * DAY);
    match unit {
        "s" => seconds(1).map(TimeLimit::Wall),
        "m" => seconds(MINUTE).map(TimeLimit::Wall),
        "h" => seconds(HOUR).map(TimeLimit::Wall),
        "d" => seconds(DAY).map(TimeLimit::Wall),
        "bs" => seconds(1).map(TimeLimit::Hours),
        "bm" => seconds(MINUTE).map(TimeLimit::Hours),
        "bh" => seconds(HOUR).map(TimeLimit::Hours),
        "bd" => (number <= TIME_LIMIT_DAYS).then_some(TimeLimit::Days(number)),
        _ => None,
    }
}
