//! The closed form against a walk through real time, thirty seconds at a step: whenever the clocks first show the next
//! hand-off or more, it has come.

use std::num::NonZeroU32;

use domain::{
    Rotation,
    RotationUnit::{self, Day, Hour, Month, Week},
};
use jiff::{SignedDuration, Span, Timestamp, civil::DateTime, tz::TimeZone};

use super::words::{people, utc, zone};

/// Zones, and a day on which their clocks change.
const CHANGES: &[(&str, &str)] = &[
    ("America/Chicago", "2020-03-08T08:00Z"),
    ("America/Chicago", "2020-11-01T07:00Z"),
    ("Africa/Cairo", "2024-04-25T22:00Z"),
    ("Africa/Cairo", "2024-10-31T21:00Z"),
    ("Australia/Lord_Howe", "2023-10-01T00:00Z"),
    ("Australia/Lord_Howe", "2024-04-06T15:00Z"),
    ("America/Havana", "2024-03-10T05:00Z"),
    ("America/Havana", "2023-11-05T05:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00Z"),
    ("America/St_Johns", "2010-11-07T02:31Z"),
    ("America/Caracas", "2007-12-09T07:00Z"),
    ("Antarctica/Troll", "2024-03-31T01:00Z"),
    ("Antarctica/Troll", "2024-10-27T01:00Z"),
    ("Europe/Dublin", "2024-10-27T01:00Z"),
    ("Africa/Casablanca", "2024-03-10T02:00Z"),
    ("Asia/Beirut", "2022-10-29T21:00Z"),
    ("Asia/Kathmandu", "2024-10-27T01:00Z"),
];

/// Minutes of the day at which turns begin.
const TIMES: &[i64] = &[0, 1, 30, 60, 75, 120, 150, 180, 570, 1380, 1410];

fn wall(anchor: DateTime, unit: RotationUnit, length: i64, step: i64) -> DateTime {
    let steps = step * length;
    anchor
        + match unit {
            Hour => Span::new().days(steps.div_euclid(24)).hours(steps.rem_euclid(24)),
            Day => Span::new().days(steps),
            Week => Span::new().weeks(steps),
            Month => Span::new().months(steps),
        }
}

/// When each turn begins in `(from, until]`.
fn walked(
    zone: &TimeZone,
    anchor: DateTime,
    unit: RotationUnit,
    length: i64,
    from: Timestamp,
    until: Timestamp,
) -> Vec<(i64, Timestamp)> {
    let mut step = (0..).find(|step| wall(anchor, unit, length, *step) > zone.to_datetime(from)).unwrap();
    let mut found: Vec<(i64, Timestamp)> = Vec::new();
    let mut at = from;
    while at < until {
        at += SignedDuration::from_secs(30);
        let shown = zone.to_datetime(at);
        let mut last = None;
        while wall(anchor, unit, length, step) <= shown {
            last = Some((step, at));
            step += 1;
        }
        found.extend(last);
    }
    found
}

#[test]
fn the_closed_form_is_what_a_walk_finds() {
    for (index, (name, change)) in CHANGES.iter().enumerate() {
        let zone = zone(name);
        let (from, until) =
            (utc(change) - SignedDuration::from_hours(72), utc(change) + SignedDuration::from_hours(96));
        let day = zone.to_datetime(utc(change)).date();
        for (other, (unit, length)) in
            [(Hour, 1), (Hour, 5), (Hour, 24), (Day, 1), (Day, 2), (Week, 1), (Month, 1)]
                .into_iter()
                .enumerate()
        {
            // Another time of day for each; an anchor so long ago that a turn begins on the day of the change.
            let minutes = TIMES[(index + other) % TIMES.len()];
            let back = if unit == Month { Span::new().months(12) } else { Span::new().days(140) };
            let anchor = day.at(0, 0, 0, 0) - back + Span::new().minutes(minutes);
            let size = NonZeroU32::new(length).unwrap();
            let rotation = Rotation::new(zone.clone(), people("a b c d e"), unit, size, anchor).unwrap();
            let walked = walked(&zone, anchor, unit, i64::from(length), from, until);
            let found: Vec<_> =
                rotation.handoffs(from, until).filter(|at| *at > from && *at <= until).collect();
            let wanted: Vec<_> = walked.iter().map(|(_, at)| *at).collect();
            assert_eq!(found, wanted, "{name} {change} {unit} {length} {anchor}");
            for (step, at) in walked {
                let member = rotation.members()[usize::try_from(step % 5).unwrap()].as_str();
                assert_eq!(rotation.shift_at(at).person, member, "{name} {unit} {length} {anchor} {at}");
            }
        }
    }
}
