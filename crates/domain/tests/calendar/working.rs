//! Open time over breaks, nights, holidays and the ends of years.

use domain::Calendar;
use jiff::Timestamp;

use crate::made::{at, calendar, limit, minutes, with_holidays};

fn due(calendar: &Calendar, start: &str, text: &str) -> Option<Timestamp> {
    calendar.deadline(at(start), limit(text), &[])
}

#[test]
fn hours_stop_for_lunch_and_may_end_with_it() {
    let split = calendar("Europe/Rome", "Mon..Fri 09:00-12:00 13:00-17:00");
    assert_eq!(due(&split, "2026-11-20T11:30+01", "1bh"), Some(at("2026-11-20T13:30+01")));
    assert_eq!(due(&split, "2026-11-20T11:30+01", "30bm"), Some(at("2026-11-20T12:00+01")));
    assert_eq!(due(&split, "2026-11-20T16:30+01", "90bm"), Some(at("2026-11-23T10:00+01")));
    assert_eq!(split.closes_at(at("2026-11-20T12:00+01")), None);
    assert_eq!(split.next_open(at("2026-11-20T12:00+01")), Some(at("2026-11-20T13:00+01")));
}

#[test]
fn a_wall_limit_knows_no_calendar() {
    assert_eq!(due(&Calendar::standard(), "2026-11-21T23:00Z", "2d"), Some(at("2026-11-23T23:00Z")));
}

#[test]
fn holidays_in_a_row_are_passed_over() {
    let days = ["2025-12-24", "2025-12-25", "2025-12-26", "2025-12-31", "2026-01-01", "2026-01-02"];
    let closed = with_holidays("UTC", "Mon..Fri 09:00-17:00", &days);
    assert_eq!(due(&closed, "2025-12-23T16:00Z", "4bh"), Some(at("2025-12-29T12:00Z")));
    assert_eq!(due(&closed, "2025-12-30T16:00Z", "2bh"), Some(at("2026-01-05T10:00Z")));
    assert_eq!(due(&closed, "2025-12-30T16:00Z", "1bd"), Some(at("2026-01-05T16:00Z")));
    assert_eq!(minutes(&closed, "2025-12-22T00:00Z", "2026-01-05T00:00Z"), 4 * 8 * 60);
}

#[test]
fn a_leap_day_is_worked_where_there_is_one() {
    let standard = Calendar::standard();
    assert_eq!(due(&standard, "2028-02-28T16:00Z", "1bd"), Some(at("2028-02-29T16:00Z")));
    assert_eq!(due(&standard, "2028-02-28T16:00Z", "2bd"), Some(at("2028-03-01T16:00Z")));
    assert_eq!(due(&standard, "2027-02-26T16:30Z", "1bh"), Some(at("2027-03-01T09:30Z")));
}

#[test]
fn a_night_shift_that_ends_on_a_holiday_loses_the_holiday() {
    let night = with_holidays("UTC", "Mon..Fri 22:00-06:00", &["2026-11-20"]);
    assert_eq!(night.closes_at(at("2026-11-18T23:00Z")), Some(at("2026-11-19T06:00Z")));
    assert_eq!(night.closes_at(at("2026-11-19T23:00Z")), Some(at("2026-11-20T00:00Z")));
    assert_eq!(night.next_open(at("2026-11-20T00:00Z")), Some(at("2026-11-21T00:00Z")));
}

#[test]
fn as_many_holidays_as_may_be_do_not_close_for_ever() {
    let mut date: jiff::civil::Date = "2026-01-05".parse().unwrap();
    let mut holidays = Vec::new();
    for _ in 0..1_000 {
        holidays.push(date.to_string());
        date = date.saturating_add(jiff::ToSpan::days(7));
    }
    let holidays: Vec<&str> = holidays.iter().map(String::as_str).collect();
    let mondays = with_holidays("America/Chicago", "Mon 09:00-10:00", &holidays);
    assert_eq!(mondays.next_open(at("2026-01-01T00:00Z")), Some(at("2045-03-06T09:00-06")));
}
