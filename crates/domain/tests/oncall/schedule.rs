//! Layers, windows and temporary schedules.

use domain::{OnCallError, RotationUnit::Week, Schedule, ShiftWindow, Who, limits};
use jiff::civil::{Weekday, time};

use super::words::{always, layer, on, rotation, schedule, temporary, utc, with_temporary, zone};

fn window(days: &[Weekday], from: i8, until: i8) -> ShiftWindow {
    ShiftWindow { days: days.to_vec(), from: time(from, 0, 0, 0), until: time(until, 0, 0, 0) }
}

#[test]
fn a_later_layer_covers_an_earlier_one_where_somebody_is_on_duty() {
    let weeks = rotation("Europe/Madrid", "ana bo", Week, 1, "2026-03-02T09:00");
    let mut office = layer("office", always("cy dan"));
    office.windows = vec![window(&[Weekday::Monday, Weekday::Tuesday], 9, 17)];
    let mut nobody = layer("nobody", always(""));
    nobody.windows = vec![window(&[], 0, 0)];
    let schedule = schedule("Europe/Madrid", vec![layer("weeks", Who::Rotation(weeks)), office, nobody]);
    // Monday 2 March, 09:00 in Madrid is 08:00 UTC.
    assert_eq!(on(&schedule, &[], "2026-03-02T07:59:59Z"), "bo");
    assert_eq!(on(&schedule, &[], "2026-03-02T08:00Z"), "cy, dan");
    assert_eq!(on(&schedule, &[], "2026-03-02T16:00Z"), "ana");
    assert_eq!(on(&schedule, &[], "2026-03-04T10:00Z"), "ana");
    assert_eq!(on(&schedule, &[], "2026-03-09T15:59Z"), "cy, dan");
    assert_eq!(on(&schedule, &[], "2026-03-09T16:00Z"), "bo");
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let mut nights = layer("nights", always("ana"));
    nights.windows = vec![window(&[Weekday::Friday], 22, 6)];
    let schedule = schedule("UTC", vec![nights]);
    // 6 March 2026 is a Friday.
    assert_eq!(on(&schedule, &[], "2026-03-06T05:00Z"), "");
    assert_eq!(on(&schedule, &[], "2026-03-06T21:59Z"), "");
    assert_eq!(on(&schedule, &[], "2026-03-06T22:00Z"), "ana");
    assert_eq!(on(&schedule, &[], "2026-03-07T05:59Z"), "ana");
    assert_eq!(on(&schedule, &[], "2026-03-07T06:00Z"), "");
    assert_eq!(on(&schedule, &[], "2026-03-07T23:00Z"), "");
}

#[test]
fn a_window_begins_where_its_time_is_first_shown_and_ends_where_it_is_last_shown() {
    let mut early = layer("early", always("ana"));
    early.windows = vec![ShiftWindow { days: Vec::new(), from: time(0, 0, 0, 0), until: time(1, 30, 0, 0) }];
    let mut late = layer("late", always("bo"));
    late.windows = vec![ShiftWindow { days: Vec::new(), from: time(2, 30, 0, 0), until: time(4, 0, 0, 0) }];
    let schedule = schedule("America/Chicago", vec![early, late]);
    // 01:30 comes twice, at 06:30 and at 07:30 UTC.
    assert_eq!(on(&schedule, &[], "2020-11-01T06:45Z"), "ana");
    assert_eq!(on(&schedule, &[], "2020-11-01T07:29Z"), "ana");
    assert_eq!(on(&schedule, &[], "2020-11-01T07:30Z"), "");
    // 02:30 is skipped: 03:00 is the first instant after it.
    assert_eq!(on(&schedule, &[], "2020-03-08T07:59Z"), "");
    assert_eq!(on(&schedule, &[], "2020-03-08T08:00Z"), "bo");
}

#[test]
fn a_layer_holds_between_its_bounds() {
    let mut summer = layer("summer", always("ana"));
    summer.from = Some(utc("2026-06-01T00:00Z"));
    summer.until = Some(utc("2026-09-01T00:00Z"));
    let schedule = schedule("UTC", vec![layer("all", always("bo")), summer]);
    assert_eq!(on(&schedule, &[], "2026-05-31T23:59:59Z"), "bo");
    assert_eq!(on(&schedule, &[], "2026-06-01T00:00Z"), "ana");
    assert_eq!(on(&schedule, &[], "2026-09-01T00:00Z"), "bo");
}

#[test]
fn a_temporary_schedule_stands_in_for_the_layers_and_a_later_one_for_it() {
    let fair = temporary(
        "2026-05-01T00:00Z",
        "2026-05-04T00:00Z",
        &[
            ("cy", "2026-05-01T00:00Z", "2026-05-02T00:00Z"),
            ("dan", "2026-05-03T00:00Z", "2026-05-09T00:00Z"),
        ],
    );
    let second = temporary(
        "2026-05-01T12:00Z",
        "2026-05-01T18:00Z",
        &[("eve", "2026-05-01T00:00Z", "2026-05-02T00:00Z")],
    );
    let schedule = with_temporary("UTC", vec![layer("all", always("ana"))], vec![fair, second]);
    assert_eq!(on(&schedule, &[], "2026-04-30T23:59Z"), "ana");
    assert_eq!(on(&schedule, &[], "2026-05-01T00:00Z"), "cy");
    assert_eq!(on(&schedule, &[], "2026-05-01T12:00Z"), "eve");
    assert_eq!(on(&schedule, &[], "2026-05-01T18:00Z"), "cy");
    assert_eq!(on(&schedule, &[], "2026-05-02T12:00Z"), "");
    assert_eq!(on(&schedule, &[], "2026-05-03T12:00Z"), "dan");
    assert_eq!(on(&schedule, &[], "2026-05-04T00:00Z"), "ana");
}

#[test]
fn what_is_no_schedule_is_refused() {
    let new = |layers| Schedule { zone: zone("UTC"), layers, temporary: Vec::new() }.check().unwrap_err();
    assert_eq!(new(vec![layer("", always("ana"))]), OnCallError::LayerWithoutName);
    let twice = vec![layer("a", always("ana")), layer("a", always("bo"))];
    assert_eq!(new(twice), OnCallError::LayerTwice("a".to_owned()));
    let mut backwards = layer("a", always("ana"));
    backwards.from = Some(utc("2026-02-01T00:00Z"));
    backwards.until = Some(utc("2026-01-01T00:00Z"));
    assert_eq!(new(vec![backwards]), OnCallError::EndsFirst("a layer"));
    let many = limits::SCHEDULE_LAYERS + 1;
    let layers = (0..many).map(|n| layer(&n.to_string(), always("ana"))).collect();
    let refused = OnCallError::TooMany { what: "layers", count: many, most: limits::SCHEDULE_LAYERS };
    assert_eq!(new(layers), refused);
    assert_eq!(refused.to_string(), "has 21 layers; use at most 20");
}
