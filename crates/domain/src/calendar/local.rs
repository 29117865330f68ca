//! From wall times to instants and back, in one zone.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use super::hours::DAY;
use crate::wall;

/// Further from a change of the clocks than this, a wall time comes once: no two offsets differ by more than 52 hours.
const MARGIN: SignedDuration = SignedDuration::from_hours(53);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// A zone's clock, read around an instant that moves forward. It remembers the time without changes that it is in, since
/// wall times well inside it need no look at the zone's table.
pub(super) struct Local<'a> {
    zone: &'a TimeZone,
    stretch: Stretch,
}

impl<'a> Local<'a> {
    pub(super) fn new(zone: &'a TimeZone, near: Timestamp) -> Self {
        Self { zone, stretch: Stretch::around(zone, near) }
    }

    /// What the clock shows.
    pub(super) fn shown(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    /// The latest that the clock has shown by `at`: within a repeated hour its end, as it has been through all of it once.
    /// Unlike [`Self::shown`] it never goes back.
    pub(super) fn reached(&self, at: Timestamp) -> DateTime {
        let Stretch { from, .. } = Stretch::around(self.zone, at);
        let before = self.zone.to_offset(from.saturating_sub(SECOND).unwrap_or(from)).to_datetime(from);
        self.shown(at).max(before)
    }

    /// The first instant at which a minute of a date, or a later one, is shown.
    pub(super) fn first(&mut self, date: Date, minute: u16) -> Timestamp {
        self.plain(date, minute).unwrap_or_else(|| self.first_at(minute_of(date, minute)))
    }

    /// The last instant at which a minute of a date is shown, or the first after the gap that it is in.
    pub(super) fn last(&mut self, date: Date, minute: u16) -> Timestamp {
        self.plain(date, minute).unwrap_or_else(|| wall::last_at(self.zone, minute_of(date, minute)))
    }

    /// [`Self::first`] for a wall time to the nanosecond.
    pub(super) fn first_at(&self, shown: DateTime) -> Timestamp {
        wall::first_at(self.zone, shown)
    }

    /// The one instant at which the minute is shown, if that is beyond doubt.
    fn plain(&mut self, date: Date, minute: u16) -> Option<Timestamp> {
        let midnight = date.to_datetime(Time::midnight());
        let at = |offset: Offset| {
            let midnight = offset.to_timestamp(midnight).ok()?;
            midnight.checked_add(SignedDuration::from_mins(minute.into())).ok()
        };
        let mut instant = at(self.stretch.offset)?;
        if self.stretch.until <= instant {
            self.stretch = Stretch::around(self.zone, instant);
            instant = at(self.stretch.offset)?;
        }
        self.stretch.is_far_inside(instant).then_some(instant)
    }
}

/// The time from one change of the clocks until the next.
struct Stretch {
    offset: Offset,
    from: Timestamp,
    until: Timestamp,
}

impl Stretch {
    fn around(zone: &TimeZone, at: Timestamp) -> Self {
        // Changes are at whole seconds, and one at this very second has happened.
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        let next = at.saturating_add(SECOND).unwrap_or(at);
        Self {
            offset: zone.to_offset(at),
            from: zone.preceding(next).next().map_or(Timestamp::MIN, |change| change.timestamp()),
            until: zone.following(at).next().map_or(Timestamp::MAX, |change| change.timestamp()),
        }
    }

    fn is_far_inside(&self, at: Timestamp) -> bool {
        at.duration_since(self.from) > MARGIN && self.until.duration_since(at) > MARGIN
    }
}

/// A minute of a date; 1,440 is the next date's midnight.
fn minute_of(date: Date, minute: u16) -> DateTime {
    if minute == DAY {
        date.tomorrow().map_or(DateTime::MAX, |next| next.to_datetime(Time::midnight()))
    } else {
        date.to_datetime(Time::midnight().saturating_add(SignedDuration::from_mins(minute.into())))
    }
}
