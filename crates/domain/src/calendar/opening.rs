//! The times at which a calendar is open, one after the other, and what is asked of them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::{Calendar, OpenHours, Week, local::Local, pause::used_up};
use crate::limits::CALENDAR_DAYS;

/// A time without a break in which it is open. Two may touch.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    /// The day whose window it is.
    pub(super) date: Date,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

/// What holidays do to the windows of their day.
#[derive(Clone, Copy)]
pub(super) enum Holidays<'a> {
    /// They have none.
    Closed(&'a BTreeSet<Date>),
    /// They are one.
    Whole(&'a BTreeSet<Date>),
}

/// The openings after an instant, in order and disjoint; the first is cut there. They end after [`CALENDAR_DAYS`].
pub(super) struct Openings<'a> {
    local: Local<'a>,
    week: &'a Week,
    holidays: Holidays<'a>,
    /// The day looked at, and how many of its windows have been.
    date: Option<Date>,
    windows: usize,
    days: u32,
    /// Up to where all is told.
    told: Timestamp,
}

impl<'a> Openings<'a> {
    pub(super) fn new(zone: &'a TimeZone, week: &'a Week, holidays: Holidays<'a>, after: Timestamp) -> Self {
        let local = Local::new(zone, after);
        // Where the clocks went back, a window may reach into the two dates after its own.
        let date = local.shown(after).date().saturating_sub(2.days());
        Self { local, week, holidays, date: Some(date), windows: 0, days: CALENDAR_DAYS, told: after }
    }

    pub(super) const fn local(&self) -> &Local<'a> {
        &self.local
    }

    fn next_day(&mut self, date: Date) {
        self.windows = 0;
        self.days = self.days.saturating_sub(1);
        self.date = date.tomorrow().ok().filter(|_| self.days > 0);
    }

    fn windows_of(&self, date: Date) -> &'a [OpenHours] {
        match self.holidays {
            Holidays::Closed(holidays) if holidays.contains(&date) => &[],
            Holidays::Whole(holidays) if holidays.contains(&date) => &[OpenHours::WHOLE_DAY],
            Holidays::Closed(_) | Holidays::Whole(_) => self.week.on(date.weekday()),
        }
    }

    fn opening(&mut self, date: Date) -> Option<Option<Opening>> {
        let hours = self.windows_of(date).get(self.windows)?;
        self.windows += 1;
        let from = self.local.first(date, hours.from()).max(self.told);
        let until = self.local.last(date, hours.until());
        if from < until {
            self.told = until;
        }
        Some((from < until).then_some(Opening { date, from, until }))
    }
}

impl Iterator for Openings<'_> {
    type Item = Opening;

    fn next(&mut self) -> Option<Opening> {
        while let Some(date) = self.date {
            match self.opening(date) {
                Some(Some(opening)) => return Some(opening),
                Some(None) => {}
                None => self.next_day(date),
            }
        }
        None
    }
}

/// How an instant stands to the openings after it.
pub(super) enum Closing {
    /// It is in none.
    Closed,
    /// It is in one, and the time in it ends then.
    At(Timestamp),
    /// It is in one that does not end as far as is looked.
    Never,
}

/// When the openings that touch each other from `at` on end.
pub(super) fn closing(openings: Openings<'_>, at: Timestamp) -> Closing {
    let mut end = at;
    for opening in openings {
        if opening.from > end {
            return if end == at { Closing::Closed } else { Closing::At(end) };
        }
        end = opening.until;
    }
    if end == at { Closing::Closed } else { Closing::Never }
}

impl Calendar {
    pub(super) fn openings(&self, after: Timestamp) -> Openings<'_> {
        Openings::new(&self.zone, &self.week, Holidays::Closed(&self.holidays), after)
    }

    /// Whether it is open at an instant. At the instant of closing it no longer is.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.next_open(at) == Some(at)
    }

    /// The first instant at or after `at` at which it is open; none where it stays closed for the twenty years that are
    /// looked at, which only the end of the years that instants have can bring about.
    pub fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        self.openings(at).next().map(|opening| opening.from)
    }

    /// When it closes, if it is open at `at` and does close within the twenty years that are looked at. Windows that touch,
    /// also over midnight, are one.
    pub fn closes_at(&self, at: Timestamp) -> Option<Timestamp> {
        match closing(self.openings(at), at) {
            Closing::At(end) => Some(end),
            Closing::Closed | Closing::Never => None,
        }
    }

    /// The whole seconds that it is open from one instant until another; none if that is not later. Of a longer time only
    /// the first twenty years are counted.
    pub fn open_seconds_between(&self, from: Timestamp, until: Timestamp) -> u64 {
        u64::try_from(self.open_between(from, until).as_secs()).unwrap_or_default()
    }

    pub(super) fn open_between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        self.openings(from)
            .take_while(|opening| opening.from < until)
            .map(|opening| opening.until.min(until).duration_since(opening.from))
            .fold(SignedDuration::ZERO, SignedDuration::saturating_add)
    }

    /// The first instant by which it has been open for so many seconds since `start`; for none, the next opening. An instant
    /// of closing is such an instant. None where they do not fit in the next twenty years.
    pub fn add_open_seconds(&self, start: Timestamp, seconds: u32) -> Option<Timestamp> {
        let openings = self.openings(start).map(|opening| (opening.from, opening.until));
        used_up(openings, &[], SignedDuration::from_secs(seconds.into()), super::pause::Ends::AtClosing)
    }
}
