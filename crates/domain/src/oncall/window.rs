//! Times of day at which a layer holds.

use std::iter;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

use crate::wall;

/// How many days a window can be from the day that the clocks show while it holds: over midnight, and where the clocks go
/// forward or back by a day.
const DAYS_APART: i64 = 2;

/// A time of day on some weekdays. It begins where the clocks first show `from` and ends where they last show `until`, so
/// that two windows that meet never leave a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftWindow {
    /// The weekdays on which it begins; every day if there are none.
    pub days: Vec<Weekday>,
    /// When it begins.
    pub from: Time,
    /// When it ends: on the next day, unless this is later than `from`. Midnight is the end of the day, and the same time
    /// as `from` is a whole day.
    pub until: Time,
}

impl ShiftWindow {
    /// Whether it holds at `at` in `zone`; `steady` if no clock is changed near to it.
    pub(super) fn holds(&self, zone: &TimeZone, at: Timestamp, steady: bool) -> bool {
        if !steady {
            return self.between(zone, at, at).any(|(from, until)| from <= at && at < until);
        }
        // The same, by the wall clock alone: most instants are far from any change of it.
        let shown = zone.to_datetime(at);
        let days = [shown.date().yesterday().ok(), Some(shown.date())];
        days.into_iter()
            .flatten()
            .filter_map(|day| self.walls(day))
            .any(|(from, until)| from <= shown && shown < until)
    }

    /// When it begins and ends, around `[from, until]` and a little further.
    pub(super) fn edges(
        &self,
        zone: &TimeZone,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = Timestamp> {
        self.between(zone, from, until).flat_map(|(from, until)| [from, until])
    }

    fn between(
        &self,
        zone: &TimeZone,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let first = zone.to_datetime(from).date().saturating_sub(DAYS_APART.days());
        let last = zone.to_datetime(until).date().saturating_add(DAYS_APART.days());
        iter::successors(Some(first), |day| day.tomorrow().ok())
            .take_while(move |day| *day <= last)
            .filter_map(|day| self.on(zone, day))
    }

    /// The window that begins on `day`, if there is one. It is empty where the clocks skip all of it.
    fn on(&self, zone: &TimeZone, day: Date) -> Option<(Timestamp, Timestamp)> {
        let (from, until) = self.walls(day)?;
        let (from, until) = (wall::first_at(zone, from), wall::last_at(zone, until));
        (from < until).then_some((from, until))
    }

    /// What the clocks show where the window of `day` begins and ends.
    fn walls(&self, day: Date) -> Option<(DateTime, DateTime)> {
        if !self.days.is_empty() && !self.days.contains(&day.weekday()) {
            return None;
        }
        let end = if self.until > self.from { day } else { day.tomorrow().ok()? };
        Some((day.to_datetime(self.from), end.to_datetime(self.until)))
    }
}
