//! Hand-offs over clock changes, row by row: R1 to R6 and L1 to L8 as GoAlert has them, O1 and O2 of our own.

use domain::RotationUnit::{self, Day, Hour, Month, Week};
use jiff::{SignedDuration, Timestamp};

use super::words::{rotation, utc, wall, zone};

const CHICAGO: &str = "America/Chicago";

/// The hand-offs from the one at or before `from` to the first after `until`, all in local time.
fn handoffs(
    zone_name: &str,
    unit: RotationUnit,
    length: u32,
    anchor: &str,
    from: &str,
    until: &str,
) -> Vec<Timestamp> {
    let rotation = rotation(zone_name, "p1 p2", unit, length, anchor);
    let at = |text: &str| zone(zone_name).to_timestamp(wall(text)).unwrap();
    rotation.handoffs(at(from), at(until)).collect()
}

fn expect(row: &str, found: Vec<Timestamp>, wanted: &str) {
    let wanted: Vec<Timestamp> = wanted.split_whitespace().map(utc).collect();
    assert_eq!(found, wanted, "{row}");
}

#[test]
fn r1_a_day_at_half_past_one_in_autumn() {
    for (unit, length) in [(Day, 1), (Hour, 24)] {
        let found =
            handoffs(CHICAGO, unit, length, "2020-10-30T01:30", "2020-10-30T01:00", "2020-11-03T01:00");
        expect(
            "R1",
            found,
            "2020-10-29T06:30Z 2020-10-30T06:30Z 2020-10-31T06:30Z 2020-11-01T06:30Z 2020-11-02T07:30Z
             2020-11-03T07:30Z",
        );
    }
}

#[test]
fn r2_a_day_at_a_time_that_is_skipped() {
    let found = handoffs(CHICAGO, Day, 1, "2020-03-06T02:30", "2020-03-06T01:00", "2020-03-10T01:00");
    expect(
        "R2",
        found,
        "2020-03-05T08:30Z 2020-03-06T08:30Z 2020-03-07T08:30Z 2020-03-08T08:00Z 2020-03-09T07:30Z
         2020-03-10T07:30Z",
    );
}

#[test]
fn r3_an_hour_on_the_half_hour_in_spring() {
    let found = handoffs(CHICAGO, Hour, 1, "2020-03-06T02:30", "2020-03-08T01:00", "2020-03-08T04:00");
    expect(
        "R3",
        found,
        "2020-03-08T06:30Z 2020-03-08T07:30Z 2020-03-08T08:00Z 2020-03-08T08:30Z 2020-03-08T09:30Z",
    );
}

#[test]
fn r4_an_hour_on_the_hour_in_spring() {
    let found = handoffs(CHICAGO, Hour, 1, "2020-03-06T02:00", "2020-03-08T01:00", "2020-03-08T04:00");
    expect("R4", found, "2020-03-08T07:00Z 2020-03-08T08:00Z 2020-03-08T09:00Z 2020-03-08T10:00Z");
}

#[test]
fn r5_an_hour_on_the_half_hour_in_autumn() {
    let found = handoffs(CHICAGO, Hour, 1, "2020-07-06T02:30", "2020-11-01T00:00", "2020-11-01T04:00");
    expect(
        "R5",
        found,
        "2020-11-01T04:30Z 2020-11-01T05:30Z 2020-11-01T06:30Z 2020-11-01T08:30Z 2020-11-01T09:30Z
         2020-11-01T10:30Z",
    );
}

#[test]
fn r6_an_hour_on_the_hour_in_autumn() {
    let found = handoffs(CHICAGO, Hour, 1, "2020-07-06T02:00", "2020-11-01T00:00", "2020-11-01T04:00");
    expect(
        "R6",
        found,
        "2020-11-01T05:00Z 2020-11-01T06:00Z 2020-11-01T08:00Z 2020-11-01T09:00Z 2020-11-01T10:00Z
         2020-11-01T11:00Z",
    );
}

#[test]
fn l1_to_l8_lengths_of_shifts() {
    let rows = [
        ("L1", Month, 1, "2017-06-01T00:00", "2017-07-01T00:00", 720),
        ("L2", Month, 2, "2017-07-01T00:00", "2017-09-01T00:00", 1488),
        ("L3", Month, 1, "2017-03-01T00:00", "2017-04-01T00:00", 743),
        ("L4", Month, 2, "2017-11-01T00:00", "2018-01-01T00:00", 1465),
        ("L5", Week, 1, "2017-06-10T08:00", "2017-06-17T08:00", 168),
        ("L6", Week, 2, "2017-06-10T08:00", "2017-06-24T08:00", 336),
        ("L7", Week, 1, "2017-03-10T08:00", "2017-03-17T08:00", 167),
        ("L8", Week, 1, "2017-11-04T08:00", "2017-11-11T08:00", 169),
    ];
    for (row, unit, length, start, end, hours) in rows {
        let at = |text: &str| zone(CHICAGO).to_timestamp(wall(text)).unwrap();
        let shift = rotation(CHICAGO, "p1 p2", unit, length, start).shift_at(at(start));
        assert_eq!((shift.from, shift.until), (at(start), at(end)), "{row}");
        assert_eq!(shift.from.duration_until(shift.until), SignedDuration::from_hours(hours), "{row}");
        assert_eq!(shift.person, "p1", "{row}");
    }
}

#[test]
fn o1_a_zone_that_skips_midnight() {
    let rotation = rotation("Africa/Cairo", "p1 p2", Day, 1, "2024-04-24T00:00");
    let found = rotation.handoffs(utc("2024-04-24T22:00Z"), utc("2024-04-26T20:59Z")).collect();
    expect("O1", found, "2024-04-24T22:00Z 2024-04-25T22:00Z 2024-04-26T21:00Z");
}

#[test]
fn o2_a_zone_that_repeats_the_hour_before_midnight() {
    let rotation = rotation("Africa/Cairo", "p1 p2", Day, 1, "2024-10-29T00:00");
    let shift = rotation.shift_at(utc("2024-10-31T12:00Z"));
    assert_eq!((shift.from, shift.until), (utc("2024-10-30T21:00Z"), utc("2024-10-31T22:00Z")), "O2");
    assert_eq!(shift.from.duration_until(shift.until), SignedDuration::from_hours(25), "O2");
}

/// What the rule says elsewhere, computed by hand from the zone's rules.
#[test]
fn other_zones_follow_the_same_rule() {
    // Half an hour is skipped, from 02:00+10:30 to 02:30+11.
    let found =
        handoffs("Australia/Lord_Howe", Day, 1, "2023-09-30T02:15", "2023-10-01T12:00", "2023-10-01T12:00");
    expect("Lord Howe", found, "2023-09-30T15:30Z 2023-10-01T15:15Z");
    // A whole day is skipped, 30 December: its shift is empty, and so two hand-offs are one.
    let found = handoffs("Pacific/Apia", Day, 1, "2011-12-28T00:00", "2011-12-29T12:00", "2011-12-31T12:00");
    expect("Apia", found, "2011-12-29T10:00Z 2011-12-30T10:00Z 2011-12-31T10:00Z");
    // Midnight is shown twice: the clocks go back from 01:00-04 to 00:00-05.
    let found =
        handoffs("America/Havana", Day, 1, "2023-11-01T00:00", "2023-11-05T12:00", "2023-11-05T12:00");
    expect("Havana", found, "2023-11-05T04:00Z 2023-11-06T05:00Z");
    // The last of the month at a time that is skipped.
    let found =
        handoffs("Europe/Madrid", Month, 1, "2024-01-31T02:30", "2024-02-01T00:00", "2024-05-01T00:00");
    expect(
        "Madrid",
        found,
        "2024-01-31T01:30Z 2024-02-29T01:30Z 2024-03-31T01:00Z 2024-04-30T00:30Z 2024-05-31T00:30Z",
    );
}
