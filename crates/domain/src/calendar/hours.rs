//! One window of a day, such as 09:00-12:30.

use std::{fmt, str::FromStr};

/// Minutes of a day.
pub(super) const DAY: u16 = 24 * 60;

/// A window in wall time: from one minute of the day until another, which is not part of it. `until` may be 24:00; one that
/// is before `from` is on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpenHours {
    from: u16,
    until: u16,
}

impl OpenHours {
    pub(super) const WHOLE_DAY: Self = Self { from: 0, until: DAY };
    pub(super) const OFFICE: Self = Self { from: 9 * 60, until: 17 * 60 };

    /// From one minute of the day until another; both are within 0 to 1,440, and they differ. Midnight as the end is the
    /// day's own.
    pub fn new(from: u16, until: u16) -> Option<Self> {
        let until = if until == 0 { DAY } else { until };
        (from < DAY && until <= DAY && from != until).then_some(Self { from, until })
    }

    /// The minute of the day at which it opens.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// The minute of the day at which it closes, 1,440 for 24:00.
    pub const fn until(self) -> u16 {
        self.until
    }

    /// Its part on the day on which it opens, and the one on the next day if it runs over midnight.
    pub(super) fn parts(self) -> (Self, Option<Self>) {
        if self.from < self.until {
            (self, None)
        } else {
            (Self { until: DAY, ..self }, Some(Self { from: 0, ..self }))
        }
    }
}

impl fmt::Display for OpenHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

/// The text is not a window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a window of time; use two different times from 00:00 to 24:00, such as 09:00-12:30")]
pub struct ParseOpenHoursError(String);

impl FromStr for OpenHours {
    type Err = ParseOpenHoursError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('-')
            .and_then(|(from, until)| Self::new(minute(from)?, minute(until)?))
            .ok_or_else(|| ParseOpenHoursError(text.chars().take(40).collect()))
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

fn two_digits(text: &str) -> Option<u16> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}
