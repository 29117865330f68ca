//! Where the clocks change.

use std::collections::BTreeSet;

use domain::{Calendar, QuietHours};
use jiff::tz::TimeZone;

use crate::made::{at, calendar, limit, minutes, week};

#[test]
fn a_window_that_begins_in_a_gap_opens_right_after_it() {
    let chicago = calendar("America/Chicago", "Sun 02:30-05:00");
    assert_eq!(chicago.next_open(at("2026-03-08T00:00-06")), Some(at("2026-03-08T03:00-05")));
    assert_eq!(minutes(&chicago, "2026-03-08T00:00-06", "2026-03-09T00:00-05"), 120);
}

#[test]
fn a_window_that_ends_in_a_gap_closes_at_it() {
    let chicago = calendar("America/Chicago", "Sun 01:00-02:30");
    assert_eq!(chicago.closes_at(at("2026-03-08T01:30-06")), Some(at("2026-03-08T03:00-05")));
    let within = calendar("America/Chicago", "Sun 02:10-02:50");
    assert_eq!(within.next_open(at("2026-03-08T00:00-06")), Some(at("2026-03-15T02:10-05")));
}

#[test]
fn of_a_repeated_hour_a_window_takes_all_it_can() {
    let (from, until) = ("2026-11-01T00:00-05", "2026-11-02T00:00-06");
    assert_eq!(minutes(&calendar("America/Chicago", "Sun 00:00-01:30"), from, until), 150);
    assert_eq!(minutes(&calendar("America/Chicago", "Sun 01:30-04:00"), from, until), 210);
    // What both of two windows have is counted once.
    let both = calendar("America/Chicago", "Sun 00:00-01:30 01:30-04:00");
    assert_eq!(minutes(&both, from, until), 300);
    assert_eq!(both.closes_at(at(from)), Some(at("2026-11-01T04:00-06")));
}

#[test]
fn midnight_may_come_never_or_twice() {
    let cairo = calendar("Africa/Cairo", "Thu 20:00-24:00, Fri 00:00-02:00");
    assert_eq!(minutes(&cairo, "2026-04-23T00:00+02", "2026-04-25T00:00+03"), 300);
    assert_eq!(cairo.closes_at(at("2026-04-23T21:00+02")), Some(at("2026-04-24T02:00+03")));
    assert_eq!(minutes(&cairo, "2026-10-29T00:00+03", "2026-10-31T00:00+02"), 420);
    let havana = calendar("America/Havana", "Sat 20:00-24:00");
    assert_eq!(havana.closes_at(at("2026-10-31T23:00-04")), Some(at("2026-11-01T00:00-05")));
}

#[test]
fn a_day_that_was_left_out_is_not_worked() {
    let apia = calendar("Pacific/Apia", "Mon..Fri 09:00-17:00");
    let thursday = at("2011-12-29T16:00-10");
    assert_eq!(apia.add_open_seconds(thursday, 2 * 3_600), Some(at("2012-01-02T10:00+14")));
    assert_eq!(apia.deadline(thursday, limit("1bd"), &[]), Some(at("2012-01-02T16:00+14")));
    let whole = calendar("Pacific/Apia", "Mon..Sun 00:00-24:00");
    assert_eq!(minutes(&whole, "2011-12-29T00:00-10", "2012-01-01T00:00+14"), 2 * 24 * 60);
    assert_eq!(whole.deadline(thursday, limit("1bd"), &[]), Some(at("2011-12-31T16:00+14")));
}

#[test]
fn half_an_hour_is_a_gap_and_a_fold_too() {
    let (from, until) = ("2026-04-05T00:00+11", "2026-04-06T00:00+10:30");
    assert_eq!(minutes(&calendar("Australia/Lord_Howe", "Sun 01:00-02:00"), from, until), 90);
    assert_eq!(minutes(&calendar("Australia/Lord_Howe", "Sun 01:00-01:45"), from, until), 75);
    let opens = calendar("Australia/Lord_Howe", "Sun 02:10-03:00");
    assert_eq!(opens.next_open(at("2026-10-04T00:00+10:30")), Some(at("2026-10-04T02:30+11")));
}

#[test]
fn the_same_local_time_is_kept_over_a_change() {
    let whole = calendar("America/Chicago", "Mon..Sun 00:00-24:00");
    let due = |start, days| whole.deadline(at(start), limit(days), &[]);
    assert_eq!(due("2026-03-07T10:00-06", "1bd"), Some(at("2026-03-08T10:00-05")));
    assert_eq!(due("2026-03-07T02:30-06", "1bd"), Some(at("2026-03-08T03:00-05")));
    assert_eq!(due("2026-10-31T01:30-05", "1bd"), Some(at("2026-11-01T01:30-05")));
    // Having been through the repeated hour once, it has reached its end.
    assert_eq!(due("2026-11-01T01:50-05", "1bd"), Some(at("2026-11-02T01:50-06")));
    assert_eq!(due("2026-11-01T01:10-06", "1bd"), Some(at("2026-11-02T02:00-06")));
}

#[test]
fn quiet_hours_run_over_midnight_in_their_own_zone() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let quiet = QuietHours::new(berlin, week("Mon..Sun 22:00-07:00")).unwrap();
    let none = &BTreeSet::new();
    assert_eq!(quiet.quiet_until(at("2026-03-28T23:00+01"), none), Some(at("2026-03-29T07:00+02")));
    assert_eq!(quiet.quiet_until(at("2026-10-25T02:30+02"), none), Some(at("2026-10-25T07:00+01")));
    assert!(!quiet.is_quiet(at("2026-03-29T07:00+02"), none));
    assert!(quiet.is_quiet(at("2026-03-29T22:00+02"), none));
    // Good Friday and Easter Monday.
    let easter = ["2026-04-03", "2026-04-06"].map(|day| day.parse().unwrap()).into();
    assert_eq!(quiet.quiet_until(at("2026-04-02T23:00+02"), &easter), Some(at("2026-04-04T07:00+02")));
    assert_eq!(quiet.quiet_until(at("2026-04-06T12:00+02"), &easter), Some(at("2026-04-07T07:00+02")));
    assert!(!quiet.is_quiet(at("2026-04-05T12:00+02"), &easter));
}

#[test]
fn a_calendar_that_is_always_open_never_closes() {
    let now = at("2026-11-22T10:00Z");
    assert_eq!(Calendar::always().closes_at(now), None);
    assert_eq!(Calendar::always().deadline(now, limit("36bh"), &[]), Some(at("2026-11-23T22:00Z")));
}
