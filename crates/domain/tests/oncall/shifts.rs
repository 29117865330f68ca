//! Who is on duty over an interval, and when that changes next.

use domain::{
    RotationUnit::{Day, Hour},
    Schedule, ShiftWindow, Shifts, Who, limits, next_change, on_call_at, shifts,
};
use jiff::{SignedDuration, Timestamp, civil::time};
use proptest::prelude::*;

use super::words::{always, change, layer, on, rotation, schedule, temporary, told, utc, with_temporary};

fn days() -> Schedule {
    let days = rotation("UTC", "ana bo", Day, 1, "2026-05-01T00:00");
    let mut days = layer("days", Who::Rotation(days));
    days.windows = vec![ShiftWindow { days: Vec::new(), from: time(8, 0, 0, 0), until: time(20, 0, 0, 0) }];
    schedule("UTC", vec![days])
}

fn listed(shifts: &Shifts) -> Vec<String> {
    shifts.shifts.iter().map(told).collect()
}

fn gaps(shifts: &Shifts) -> Vec<String> {
    shifts.gaps.iter().map(|gap| format!("{}..{}", gap.from, gap.until)).collect()
}

#[test]
fn shifts_are_told_whole_and_gaps_within_the_interval() {
    let found = shifts(&days(), &[], utc("2026-05-01T12:00Z"), utc("2026-05-02T12:00Z"), 10);
    assert_eq!(
        listed(&found),
        [
            "ana 2026-05-01T08:00:00Z..2026-05-01T20:00:00Z by days",
            "bo 2026-05-02T08:00:00Z..2026-05-02T20:00:00Z by days"
        ]
    );
    assert_eq!(gaps(&found), ["2026-05-01T20:00:00Z..2026-05-02T08:00:00Z"]);
    assert!(!found.truncated);
    let night = shifts(&days(), &[], utc("2026-05-01T22:00Z"), utc("2026-05-02T04:00Z"), 10);
    assert_eq!(gaps(&night), ["2026-05-01T22:00:00Z..2026-05-02T04:00:00Z"]);
}

#[test]
fn an_override_splits_a_shift_and_turns_of_one_person_are_one() {
    let alone = rotation("UTC", "ana ana", Day, 1, "2026-05-01T00:00");
    let schedule = schedule("UTC", vec![layer("alone", Who::Rotation(alone))]);
    let overrides = [change("2026-05-03T00:00Z", "2026-05-04T00:00Z", "ana", "cy")];
    let found = shifts(&schedule, &overrides, utc("2026-05-01T00:00Z"), utc("2026-05-10T00:00Z"), 10);
    assert_eq!(
        listed(&found),
        [
            "ana ..2026-05-03T00:00:00Z by alone",
            "cy 2026-05-03T00:00:00Z..2026-05-04T00:00:00Z by (override)",
            "ana 2026-05-04T00:00:00Z.. by alone",
        ]
    );
    assert_eq!(gaps(&found), Vec::<String>::new());
}

#[test]
fn a_list_that_is_cut_off_goes_on_where_it_ended() {
    let (from, until) = (utc("2026-05-01T00:00Z"), utc("2026-06-01T00:00Z"));
    let whole = shifts(&days(), &[], from, until, 100);
    assert_eq!((whole.shifts.len(), whole.gaps.len(), whole.truncated), (31, 32, false));
    let first = shifts(&days(), &[], from, until, 10);
    assert_eq!((first.shifts.len(), first.truncated), (10, true));
    let rest = shifts(&days(), &[], first.until, until, 100);
    assert_eq!([first.shifts, rest.shifts].concat(), whole.shifts);
    let none = shifts(&days(), &[], until, from, 100);
    assert_eq!((none.shifts.len(), none.gaps.len(), none.truncated), (0, 0, false));
    let ages = shifts(&days(), &[], Timestamp::MIN, Timestamp::MAX, usize::MAX);
    assert!(ages.truncated);
    assert_eq!(ages.shifts.len(), usize::try_from(limits::DUTY_DAYS).unwrap());
}

#[test]
fn the_next_change_is_the_next_at_which_somebody_comes_or_goes() {
    let next = |after| next_change(&days(), &[], utc(after));
    assert_eq!(next("2026-05-01T07:00Z"), Some(utc("2026-05-01T08:00Z")));
    // The hand-off at midnight is outside the window.
    assert_eq!(next("2026-05-01T20:00Z"), Some(utc("2026-05-02T08:00Z")));
    let always = schedule("UTC", vec![layer("all", always("ana"))]);
    assert_eq!(next_change(&always, &[], utc("2026-05-01T00:00Z")), None);
    assert_eq!(next_change(&always, &[], Timestamp::MAX), None);
    let overrides = [change("2026-12-01T00:00Z", "2026-12-02T00:00Z", "", "cy")];
    let after = utc("2026-05-01T00:00Z");
    assert_eq!(next_change(&always, &overrides, after), Some(utc("2026-12-01T00:00Z")));
}

#[test]
fn the_ends_of_time_are_answered() {
    let hours = rotation("America/Chicago", "ana bo", Hour, 1, "2026-05-01T00:00");
    let schedule = schedule("America/Chicago", vec![layer("hours", Who::Rotation(hours))]);
    for at in [Timestamp::MIN, Timestamp::MAX] {
        assert_eq!(on_call_at(&schedule, &[], at).len(), 1);
        next_change(&schedule, &[], at);
        shifts(&schedule, &[], at, at, 10);
    }
}

/// A schedule with something of everything, around the clock change of Chicago in spring 2020.
fn busy() -> Schedule {
    let base = rotation("Europe/Madrid", "ana bo cy", Hour, 7, "2020-02-01T03:00");
    let mut office =
        layer("office", Who::Rotation(rotation("America/Chicago", "dan eve", Day, 1, "2020-01-01T12:00")));
    office.windows =
        vec![ShiftWindow { days: Vec::new(), from: time(22, 0, 0, 0), until: time(2, 30, 0, 0) }];
    let fair = temporary(
        "2020-03-09T00:00Z",
        "2020-03-10T00:00Z",
        &[
            ("fay", "2020-03-09T01:00Z", "2020-03-09T09:00Z"),
            ("gil", "2020-03-09T07:00Z", "2020-03-09T11:00Z"),
        ],
    );
    with_temporary("America/Chicago", vec![layer("base", Who::Rotation(base)), office], vec![fair])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The list, the answer for an instant and the next change are three views of one thing.
    #[test]
    fn a_list_says_of_every_half_hour_what_is_said_of_the_instant(
        changes in proptest::collection::vec((0..96_i64, 1..30_i64, 0..5_usize, 0..5_usize), 0..6),
        start in 0..72_i64,
    ) {
        let begin = utc("2020-03-07T00:00Z");
        let hours = |hours: i64| begin + SignedDuration::from_hours(hours);
        let names = ["", "ana", "bo", "dan", "gil"];
        let overrides: Vec<_> = changes.iter().map(|(from, length, removes, adds)| {
            change(&hours(*from).to_string(), &hours(from + length).to_string(), names[*removes], names[*adds])
        }).collect();
        let schedule = busy();
        let (from, until) = (hours(start), hours(start + 30));
        let list = shifts(&schedule, &overrides, from, until, 1_000);
        prop_assert!(!list.truncated);
        let mut at = from;
        let mut next = None;
        while at < until {
            let on = on(&schedule, &overrides, &at.to_string());
            let mut wanted: Vec<_> = on.split(", ").filter(|name| !name.is_empty()).collect();
            let mut listed: Vec<_> = list.shifts.iter()
                .filter(|duty| duty.from.unwrap() <= at && at < duty.until.unwrap())
                .map(|duty| duty.person.as_str()).collect();
            wanted.sort_unstable();
            listed.sort_unstable();
            prop_assert_eq!(&wanted, &listed, "{}", at);
            let in_gap = list.gaps.iter().any(|gap| gap.from <= at && at < gap.until);
            prop_assert_eq!(in_gap, wanted.is_empty(), "{}", at);
            if next.is_none_or(|next| next <= at) {
                next = next_change(&schedule, &overrides, at);
            }
            let same = on_call_at(&schedule, &overrides, at);
            prop_assert!(same.iter().all(|duty| duty.until >= next), "{}", at);
            at += SignedDuration::from_mins(30);
        }
    }
}
