//! What holds in every zone of the IANA database, from 2000 to 2037.

use std::{collections::BTreeSet, num::NonZeroU32};

use domain::{
    Rotation,
    RotationUnit::{self, Day, Hour, Month, Week},
    Schedule, ShiftWindow, Who, on_call_at, people_on_call,
};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

use super::words::{always, layer, people, utc};

const UNITS: [RotationUnit; 4] = [Hour, Day, Week, Month];

/// All zones; those whose clocks show the same in all these years once.
fn zones() -> Vec<TimeZone> {
    let mut seen = BTreeSet::new();
    let named: Vec<_> = jiff::tz::db().available().collect();
    assert!(named.len() > 400, "{} zones", named.len());
    let zones = named.into_iter().filter_map(|name| TimeZone::get(name.as_str()).ok());
    zones
        .filter(|zone| {
            let begin = utc("1999-01-01T00:00Z");
            let offsets = changes(zone).into_iter().map(|change| (change, zone.to_offset(change)));
            !zone.is_unknown()
                && seen
                    .insert([(begin, zone.to_offset(begin))].into_iter().chain(offsets).collect::<Vec<_>>())
        })
        .collect()
}

fn changes(zone: &TimeZone) -> Vec<Timestamp> {
    let end = utc("2038-01-01T00:00Z");
    let changes = zone.following(utc("2000-01-01T00:00Z")).map(|change| change.timestamp());
    changes.take_while(|change| *change < end).collect()
}

/// The next of a sequence that looks like chance and is the same in every run.
fn chance(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

fn some_rotation(zone: &TimeZone, unit: RotationUnit, seed: &mut u64) -> Rotation {
    let mut below = |limit: u64| i64::try_from(chance(seed) % limit).unwrap();
    // Mostly at those times of day at which clocks are changed.
    let minutes = if below(3) == 0 { below(1440) } else { below(13) * 15 };
    let anchor = civil::date(2001, 1, 1).at(0, 0, 0, 0)
        + SignedDuration::from_hours(24 * below(12_000))
        + SignedDuration::from_mins(minutes);
    let length = NonZeroU32::new(1 + u32::try_from(below(3)).unwrap()).unwrap();
    Rotation::new(zone.clone(), people("a b c d e f g"), unit, length, anchor).unwrap()
}

#[test]
fn a_rotation_has_no_gap_and_no_overlap_at_any_change_of_the_clocks() {
    let mut seed = 5;
    for zone in zones() {
        let changes = changes(&zone);
        for unit in UNITS {
            let rotation = some_rotation(&zone, unit, &mut seed);
            for change in &changes {
                for hours in [-1, 0, 25] {
                    let at = *change + SignedDuration::from_hours(hours);
                    let shift = rotation.shift_at(at);
                    let next = rotation.shift_at(shift.until);
                    let last = rotation.shift_at(shift.until - SignedDuration::from_nanos(1));
                    let told = || format!("{} at {at}", zone.iana_name().unwrap());
                    assert!(shift.from <= at && at < shift.until, "{}", told());
                    assert_eq!(next.from, shift.until, "{}", told());
                    assert_eq!(last, shift, "{}", told());
                }
            }
        }
    }
}

#[test]
fn a_hand_off_is_the_first_instant_at_which_the_clocks_show_its_time_or_more() {
    let quarter = SignedDuration::from_mins(15);
    let long = NonZeroU32::new(1_000).unwrap();
    for zone in zones() {
        for change in changes(&zone) {
            for quarters in -8..=8 {
                let wall = zone.to_datetime(change) + quarter * quarters;
                let rotation = Rotation::new(zone.clone(), people("a"), Day, long, wall).unwrap();
                let handoff = rotation.shift_at(change + SignedDuration::from_hours(72)).from;
                let told = || format!("{} {wall} at {handoff}", zone.iana_name().unwrap());
                assert!(zone.to_datetime(handoff) >= wall, "{}", told());
                let just_before = handoff - SignedDuration::from_nanos(1);
                let earlier = (0..12).map(|quarters| just_before - quarter * quarters);
                assert!(earlier.into_iter().all(|at| zone.to_datetime(at) < wall), "{}", told());
            }
        }
    }
}

#[test]
fn hand_offs_follow_each_other_through_all_the_years() {
    let (from, until) = (utc("2000-01-01T00:00Z"), utc("2038-01-01T00:00Z"));
    let mut seed = 7;
    for (index, zone) in zones().into_iter().enumerate() {
        let unit = [Day, Week, Month, Week, Month][index % 5];
        let rotation = some_rotation(&zone, unit, &mut seed);
        let handoffs: Vec<_> = rotation.handoffs(from, until).collect();
        assert!(handoffs[0] <= from && *handoffs.last().unwrap() > until);
        for pair in handoffs.windows(2) {
            let shift = rotation.shift_at(pair[0]);
            assert_eq!((shift.from, shift.until), (pair[0], pair[1]), "{}", zone.iana_name().unwrap());
        }
    }
}

#[test]
fn windows_that_meet_leave_no_gap() {
    let mut seed = 11;
    for zone in zones() {
        let minutes = i8::try_from(chance(&mut seed) % 13).unwrap();
        let early = civil::time(minutes / 4, minutes % 4 * 15, 0, 0);
        let late = civil::time(early.hour() + 12, early.minute(), 0, 0);
        let mut day = layer("day", always("ana"));
        day.windows.push(ShiftWindow { days: Vec::new(), from: early, until: late });
        let mut night = layer("night", always("bo"));
        night.windows.push(ShiftWindow { days: Vec::new(), from: late, until: early });
        let schedule = Schedule { zone: zone.clone(), layers: vec![day, night], temporary: Vec::new() };
        for change in changes(&zone) {
            for half_hours in -5..5 {
                let at = change + SignedDuration::from_mins(30 * half_hours);
                let on = people_on_call(&schedule, &[], at);
                assert_eq!(on.len(), 1, "{} at {at}", zone.iana_name().unwrap());
            }
        }
    }
}

#[test]
fn what_is_told_of_an_instant_holds_to_its_bounds_and_no_further() {
    let mut seed = 13;
    for zone in zones().into_iter().step_by(7) {
        let mut days = layer("days", Who::Rotation(some_rotation(&zone, Day, &mut seed)));
        days.windows.push(ShiftWindow {
            days: Vec::new(),
            from: civil::time(8, 0, 0, 0),
            until: civil::time(2, 30, 0, 0),
        });
        let schedule = Schedule { zone: zone.clone(), layers: vec![days], temporary: Vec::new() };
        for change in changes(&zone).into_iter().take(20) {
            for on in on_call_at(&schedule, &[], change) {
                let (from, until) = (on.from.unwrap(), on.until.unwrap());
                let is_on =
                    |at| people_on_call(&schedule, &[], at).iter().any(|(person, _)| *person == on.person);
                let instant = SignedDuration::from_nanos(1);
                assert!(from <= change && change < until);
                assert!(is_on(from) && !is_on(from - instant), "{} {change}", zone.iana_name().unwrap());
                assert!(is_on(until - instant) && !is_on(until), "{} {change}", zone.iana_name().unwrap());
            }
        }
    }
}
