//! The windows of a week.

use jiff::civil::Weekday;

use super::{CalendarError, OpenHours, hours::DAY};
use crate::limits::WINDOWS_A_DAY;

const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// The windows of each weekday: in order, disjoint, each within its day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Vec<OpenHours>; 7]);

impl Week {
    pub(super) const WHOLE_DAYS: [&'static [OpenHours]; 7] = [&[OpenHours::WHOLE_DAY]; 7];
    pub(super) const OFFICE_DAYS: [&'static [OpenHours]; 7] = {
        let office: &[OpenHours] = &[OpenHours::OFFICE];
        [office, office, office, office, office, &[], &[]]
    };

    /// A week of these windows, in any order. One over midnight is kept as two, the second on the next day. Windows that
    /// touch are fine; those that overlap are refused.
    pub fn new(windows: impl IntoIterator<Item = (Weekday, OpenHours)>) -> Result<Self, CalendarError> {
        let mut week = Self::default();
        for (weekday, hours) in windows {
            let (today, tomorrow) = hours.parts();
            week.0[index(weekday)].push(today);
            week.0[index(weekday.next())].extend(tomorrow);
        }
        for weekday in WEEKDAYS {
            let windows = &mut week.0[index(weekday)];
            windows.sort_unstable();
            check(weekday, windows)?;
        }
        Ok(week)
    }

    /// The windows of a weekday, in order.
    pub fn on(&self, weekday: Weekday) -> &[OpenHours] {
        &self.0[index(weekday)]
    }

    /// All windows, from Monday.
    pub fn windows(&self) -> impl Iterator<Item = (Weekday, OpenHours)> {
        WEEKDAYS.into_iter().flat_map(|weekday| self.on(weekday).iter().map(move |hours| (weekday, *hours)))
    }

    /// Whether no weekday has a window.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// Whether no minute is left out.
    pub(super) fn is_whole(&self) -> bool {
        let minutes =
            |windows: &Vec<OpenHours>| windows.iter().map(|hours| hours.until() - hours.from()).sum();
        self.0.iter().all(|windows| DAY == minutes(windows))
    }
}

impl From<[&[OpenHours]; 7]> for Week {
    fn from(days: [&[OpenHours]; 7]) -> Self {
        Self(days.map(<[OpenHours]>::to_vec))
    }
}

fn check(weekday: Weekday, windows: &[OpenHours]) -> Result<(), CalendarError> {
    if windows.len() > WINDOWS_A_DAY {
        return Err(CalendarError::TooManyWindows { weekday, count: windows.len() });
    }
    match windows.windows(2).find(|pair| pair[1].from() < pair[0].until()) {
        Some(pair) => Err(CalendarError::Overlap { weekday, one: pair[0], other: pair[1] }),
        None => Ok(()),
    }
}

const fn index(weekday: Weekday) -> usize {
    match weekday {
        Weekday::Monday => 0,
        Weekday::Tuesday => 1,
        Weekday::Wednesday => 2,
        Weekday::Thursday => 3,
        Weekday::Friday => 4,
        Weekday::Saturday => 5,
        Weekday::Sunday => 6,
    }
}
