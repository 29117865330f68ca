//! The hours and holidays at which somebody is not to be pinged (`escalation.md` rule 15).

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    CalendarError, Week, named,
    opening::{Closing, Holidays, Openings, closing},
};

/// Hours, in somebody's own zone, at which pings that can wait are held. Windows may run over midnight; the part after it is
/// of the next weekday. The holidays of a calendar are quiet for the whole day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    zone: TimeZone,
    week: Week,
    calendar: Option<String>,
}

impl QuietHours {
    /// Quiet hours in a named zone. They have to end at some time of the week, as what is held is sent then.
    pub fn new(zone: TimeZone, week: Week) -> Result<Self, CalendarError> {
        named(&zone)?;
        if week.is_whole() {
            Err(CalendarError::AlwaysQuiet)
        } else {
            Ok(Self { zone, week, calendar: None })
        }
    }

    /// With the holidays of a calendar, by its id.
    pub fn with_holidays_of(self, calendar: Option<String>) -> Self {
        Self { calendar, ..self }
    }

    /// The id of the calendar whose holidays are quiet too.
    pub fn calendar(&self) -> Option<&str> {
        self.calendar.as_deref()
    }

    /// The IANA name of their zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or_default()
    }

    /// Their windows.
    pub const fn week(&self) -> &Week {
        &self.week
    }

    /// Whether it is quiet at an instant, these being the holidays.
    pub fn is_quiet(&self, at: Timestamp, holidays: &BTreeSet<Date>) -> bool {
        self.quiet_until(at, holidays).is_some()
    }

    /// When the quiet time that `at` is in ends, these being the holidays; none if it is in none.
    pub fn quiet_until(&self, at: Timestamp, holidays: &BTreeSet<Date>) -> Option<Timestamp> {
        match closing(Openings::new(&self.zone, &self.week, Holidays::Whole(holidays), at), at) {
            Closing::Closed => None,
            Closing::At(end) => Some(end),
            Closing::Never => Some(Timestamp::MAX),
        }
    }
}
