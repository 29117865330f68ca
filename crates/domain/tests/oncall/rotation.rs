//! Whose turn it is, new anchors, and the ends of time.

use std::num::NonZeroU32;

use domain::{
    OnCallError, Rotation,
    RotationUnit::{Day, Hour, Month, Week},
    limits,
};
use jiff::{Timestamp, civil::DateTime, tz};

use super::words::{people, rotation, utc, wall, zone};

fn person(rotation: &Rotation, at: &str) -> String {
    rotation.shift_at(utc(at)).person
}

#[test]
fn members_take_turns_before_the_anchor_too() {
    let days = rotation("UTC", "ana bo cy", Day, 1, "2026-03-10T09:00");
    let turns = ["2026-03-07T09:00Z", "2026-03-08T09:00Z", "2026-03-09T09:00Z", "2026-03-10T08:59:59Z"];
    assert_eq!(turns.map(|at| person(&days, at)), ["ana", "bo", "cy", "cy"]);
    let turns = ["2026-03-10T09:00Z", "2026-03-11T09:00Z", "2026-03-12T09:00Z", "2026-03-13T09:00Z"];
    assert_eq!(turns.map(|at| person(&days, at)), ["ana", "bo", "cy", "ana"]);
}

#[test]
fn a_turn_that_the_clocks_skip_is_nobodys_and_the_next_member_takes_over() {
    let hours = rotation("America/Chicago", "ana bo cy", Hour, 1, "2020-03-08T01:00");
    // 02:00 is skipped and falls on 03:00: bo's hour is empty.
    assert_eq!(person(&hours, "2020-03-08T07:59Z"), "ana");
    assert_eq!(person(&hours, "2020-03-08T08:00Z"), "cy");
    assert_eq!(person(&hours, "2020-03-08T09:00Z"), "ana");
}

#[test]
fn months_are_counted_from_the_anchor_and_keep_its_day() {
    let months = rotation("UTC", "ana bo", Month, 1, "2024-01-31T00:00");
    let begins: Vec<String> = months
        .handoffs(utc("2023-11-30T00:00Z"), utc("2024-04-29T00:00Z"))
        .map(|at| tz::TimeZone::UTC.to_datetime(at).date().to_string())
        .collect();
    assert_eq!(begins, ["2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]);
}

#[test]
fn a_new_anchor_changes_who_is_on_duty_and_not_when() {
    for (unit, anchor) in
        [(Hour, "2024-01-31T10:00"), (Week, "2024-01-31T10:00"), (Month, "2024-01-31T10:00")]
    {
        let before = rotation("Europe/Madrid", "ana bo cy", unit, 1, anchor);
        // In the month that begins on 29 February, the day is clamped.
        for at in ["2024-03-05T12:00Z", "2024-04-05T12:00Z", "2023-03-05T12:00Z"] {
            let after = before.re_anchored(utc(at), "cy").unwrap();
            let next = after.shift_at(utc(at)).until;
            assert_eq!(person(&after, at), "cy", "{unit} {at}");
            assert_eq!(after.shift_at(next).person, "ana", "{unit} {at}");
            let span = (utc("2024-01-01T00:00Z"), utc("2025-03-01T00:00Z"));
            assert!(before.handoffs(span.0, span.1).eq(after.handoffs(span.0, span.1)), "{unit} {at}");
        }
        let refused = before.re_anchored(utc("2024-03-05T12:00Z"), "dan");
        assert_eq!(refused, Err(OnCallError::NotAMember("dan".to_owned())));
    }
}

#[test]
fn who_is_on_duty_stays_when_others_leave_and_the_next_follows_who_leaves() {
    let weeks = rotation("UTC", "ana bo cy dan", Week, 1, "2026-01-05T09:00");
    let at = "2026-01-13T00:00Z";
    assert_eq!(person(&weeks, at), "bo");
    let without = |names| weeks.with_members(utc(at), people(names)).unwrap();
    assert_eq!(person(&without("bo cy dan"), at), "bo");
    assert_eq!(person(&without("bo cy dan"), "2026-01-20T00:00Z"), "cy");
    assert_eq!(person(&without("ana cy dan"), at), "cy");
    assert_eq!(person(&without("eve fay"), at), "eve");
    assert_eq!(weeks.with_members(utc(at), Vec::new()), Err(OnCallError::NoMembers));
}

#[test]
fn any_instant_of_time_has_a_turn() {
    for unit in [Hour, Day, Week, Month] {
        for length in [1, 3, limits::ROTATION_LENGTH] {
            for anchor in ["2024-02-29T02:30", "-009999-01-01T00:00", "9999-12-31T23:59:59"] {
                let rotation = rotation("America/Chicago", "ana bo cy", unit, length, anchor);
                for at in [Timestamp::MIN, utc("-001000-01-01T00:00Z"), Timestamp::UNIX_EPOCH, Timestamp::MAX]
                {
                    let shift = rotation.shift_at(at);
                    assert!(shift.from <= at, "{unit} {length} {anchor} {at}");
                    let ends = at < shift.until || shift.until == Timestamp::MAX;
                    assert!(ends, "{unit} {length} {anchor} {at} {shift:?}");
                    assert!(rotation.handoffs(at, at).count() <= 3);
                    rotation.re_anchored(at, "bo").unwrap();
                }
            }
        }
    }
}

#[test]
fn what_is_no_rotation_is_refused() {
    let new = |zone, members, length| {
        Rotation::new(zone, people(members), Day, NonZeroU32::new(length).unwrap(), wall("2026-01-01T00:00"))
    };
    let fixed = tz::TimeZone::fixed(tz::offset(2));
    assert_eq!(new(fixed, "ana", 1), Err(OnCallError::ZoneWithoutName));
    assert_eq!(new(zone("UTC"), "", 1), Err(OnCallError::NoMembers));
    let many = "ana ".repeat(limits::ROTATION_MEMBERS + 1);
    assert_eq!(new(zone("UTC"), &many, 1), Err(OnCallError::TooManyPeople(65)));
    let length = limits::ROTATION_LENGTH + 1;
    assert_eq!(new(zone("UTC"), "ana", length), Err(OnCallError::TooLong { length, unit: Day }));
    assert_eq!(
        new(zone("UTC"), "ana bo", 2).unwrap().anchor(),
        "2026-01-01T00:00".parse::<DateTime>().unwrap()
    );
}
