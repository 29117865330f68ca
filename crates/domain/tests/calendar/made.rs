//! Calendars and instants in few words.

use std::collections::BTreeSet;

use domain::{Calendar, Pause, TimeLimit, Week};
use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};

/// "Mon 09:00-12:00 13:00-17:00, Sat 10:00-14:00"; "Mon..Fri" are those and all between.
pub(crate) fn week(text: &str) -> Week {
    let mut windows = Vec::new();
    for part in text.split(", ") {
        let (days, hours) = part.split_once(' ').unwrap();
        let (first, last) = days.split_once("..").unwrap_or((days, days));
        for day in weekday(first).cycle_forward() {
            windows.extend(hours.split(' ').map(|hours| (day, hours.parse().unwrap())));
            if day == weekday(last) {
                break;
            }
        }
    }
    Week::new(windows).unwrap()
}

fn weekday(text: &str) -> Weekday {
    let all = Weekday::Monday.cycle_forward().take(7);
    all.into_iter().find(|day| format!("{day:?}").starts_with(text)).unwrap()
}

pub(crate) fn calendar(zone: &str, windows: &str) -> Calendar {
    with_holidays(zone, windows, &[])
}

pub(crate) fn with_holidays(zone: &str, windows: &str, holidays: &[&str]) -> Calendar {
    let holidays: BTreeSet<Date> = holidays.iter().map(|date| date.parse().unwrap()).collect();
    Calendar::new(TimeZone::get(zone).unwrap(), week(windows), holidays).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn limit(text: &str) -> TimeLimit {
    text.parse().unwrap()
}

pub(crate) fn pause(from: &str, until: &str) -> Pause {
    Pause { from: at(from), until: Some(at(until)) }
}

/// How long it is open on the days of a range, in minutes.
pub(crate) fn minutes(calendar: &Calendar, from: &str, until: &str) -> u64 {
    calendar.open_seconds_between(at(from), at(until)) / 60
}
