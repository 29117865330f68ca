//! The hours at which somebody is not to be pinged (`escalation.md` rule 15).

use jiff::{Timestamp, tz::TimeZone};

use super::{
    CalendarError, Week, named,
    opening::{Closing, Openings, closing},
};

/// Hours, in somebody's own zone, at which pings that can wait are held. Windows may run over midnight; the part after it is
/// of the next weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    zone: TimeZone,
    week: Week,
}

impl QuietHours {
    /// Quiet hours in a named zone. They have to end at some time of the week, as what is held is sent then.
    pub fn new(zone: TimeZone, week: Week) -> Result<Self, CalendarError> {
        named(&zone)?;
        if week.is_whole() { Err(CalendarError::AlwaysQuiet) } else { Ok(Self { zone, week }) }
    }

    /// The IANA name of their zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or_default()
    }

    /// Their windows.
    pub const fn week(&self) -> &Week {
        &self.week
    }

    /// Whether it is quiet at an instant.
    pub fn is_quiet(&self, at: Timestamp) -> bool {
        self.quiet_until(at).is_some()
    }

    /// When the quiet time that `at` is in ends; none if it is in none.
    pub fn quiet_until(&self, at: Timestamp) -> Option<Timestamp> {
        match closing(Openings::new(&self.zone, &self.week, None, at), at) {
            Closing::Closed => None,
            Closing::At(end) => Some(end),
            Closing::Never => Some(Timestamp::MAX),
        }
    }
}
