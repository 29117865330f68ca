//! Calendars: when somebody works, and what a time limit comes to in working time (`domain.md` 4.8).
//!
//! A calendar is a zone, the windows of a week and the holidays. Everything is worked out in local time from the wall times
//! themselves, never from a stored offset. Where the clocks change, one rule holds throughout (`escalation.md` rule 17): a
//! wall time that does not exist stands for the first instant after the gap; of one that comes twice, a window opens at the
//! first and closes at the last. So a window never loses time to a repeated hour, and a day that was left out (30 December
//! 2011 in Samoa) is never open.
//!
//! Owns: the arithmetic. It is total: every instant and every limit has an answer, after bounded work. Deliberately absent:
//! which calendar is in force for whom, versions, rotations, and the clock.

mod deadline;
mod hours;
mod limit;
mod local;
mod morning;
mod opening;
mod pause;
mod quiet;
mod week;

use std::collections::BTreeSet;

use jiff::{
    civil::{Date, Weekday},
    tz::TimeZone,
};

pub use self::{
    hours::{OpenHours, ParseOpenHoursError},
    limit::{ParseTimeLimitError, TimeLimit},
    pause::Pause,
    quiet::QuietHours,
    week::Week,
};
use crate::limits::{HOLIDAYS, WINDOWS_A_DAY};

/// When somebody works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: TimeZone,
    week: Week,
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// A calendar in a named zone. On a holiday nothing is open, whatever its weekday; of a window over midnight each part
    /// goes by its own date.
    pub fn new(zone: TimeZone, week: Week, holidays: BTreeSet<Date>) -> Result<Self, CalendarError> {
        named(&zone)?;
        if week.is_empty() {
            return Err(CalendarError::NeverOpen);
        }
        if holidays.len() > HOLIDAYS {
            return Err(CalendarError::TooManyHolidays { count: holidays.len() });
        }
        Ok(Self { zone, week, holidays })
    }

    /// Always open, in UTC.
    pub fn always() -> Self {
        Self { zone: TimeZone::UTC, week: Week::WHOLE_DAYS.into(), holidays: BTreeSet::new() }
    }

    /// The built-in calendar, version 0: Monday to Friday, 09:00 to 17:00 in UTC, no holidays.
    pub fn standard() -> Self {
        Self { zone: TimeZone::UTC, week: Week::OFFICE_DAYS.into(), holidays: BTreeSet::new() }
    }

    /// The IANA name of its zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or_default()
    }

    /// The zone in which its wall times are read.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Its windows.
    pub const fn week(&self) -> &Week {
        &self.week
    }

    /// Its holidays.
    pub const fn holidays(&self) -> &BTreeSet<Date> {
        &self.holidays
    }
}

/// A calendar, or quiet hours, that would not mean what was meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Nothing would ever fall due.
    #[error("the calendar is never open; give a weekday hours, such as 09:00-17:00")]
    NeverOpen,
    /// Everything would be held for ever.
    #[error("the quiet hours never end; leave some time of the week out of them")]
    AlwaysQuiet,
    /// Two windows of one day have time in common. A window over midnight counts on both days.
    #[error("{one} and {other} overlap on {weekday:?}; give each time once")]
    Overlap {
        /// The day on which they do.
        weekday: Weekday,
        /// The window that begins first.
        one: OpenHours,
        /// The window that begins within it.
        other: OpenHours,
    },
    /// More windows than a day may have.
    #[error("{weekday:?} has {count} windows; at most {WINDOWS_A_DAY} are kept")]
    TooManyWindows {
        /// The day.
        weekday: Weekday,
        /// How many it has.
        count: usize,
    },
    /// More holidays than a calendar may have.
    #[error("the calendar has {count} holidays; at most {HOLIDAYS} are kept, so leave out those long past")]
    TooManyHolidays {
        /// How many it has.
        count: usize,
    },
    /// An offset alone, or a rule without a name, says nothing about what the clocks will do.
    #[error("the time zone has no IANA name; use one such as Europe/Berlin")]
    ZoneWithoutName,
}

fn named(zone: &TimeZone) -> Result<(), CalendarError> {
    if zone.iana_name().is_some() && !zone.is_unknown() {
        Ok(())
    } else {
        Err(CalendarError::ZoneWithoutName)
    }
}
