//! Somebody comes, goes, or stands in for somebody else.

use domain::{OnCallError, Override, on_call_at};

use super::words::{always, change, layer, on, schedule, temporary, told, utc, with_temporary};

const NOON: &str = "2026-05-01T12:00Z";

/// All day on the first of May: `+cy` comes, `-ana` goes, `ana>cy` stands in.
fn all_day(change_of: &str) -> Override {
    let (removes, adds) = match change_of.split_once('>') {
        Some(both) => both,
        None => (change_of.strip_prefix('-').unwrap_or(""), change_of.strip_prefix('+').unwrap_or("")),
    };
    change("2026-05-01T00:00Z", "2026-05-02T00:00Z", removes, adds)
}

#[test]
fn overrides_apply_one_after_the_other() {
    let rows = [
        ("one comes", "+cy", "ana, bo, cy"),
        ("one goes", "-ana", "bo"),
        ("all go", "-ana -bo", ""),
        ("one stands in", "ana>cy", "cy, bo"),
        ("nobody to stand in for", "dan>cy", "ana, bo"),
        ("on duty already", "ana>bo +bo", "bo"),
        ("the last replacement of a person wins", "ana>cy ana>dan", "dan, bo"),
        ("who stands in is replaced", "ana>cy cy>dan", "dan, bo"),
        ("then the first is replaced again", "ana>cy cy>dan ana>eve", "eve, bo"),
        ("who has gone is replaced", "-ana ana>cy", "cy, bo"),
        ("who has been replaced cannot go", "ana>cy -ana", "cy, bo"),
        ("who stands in goes", "ana>cy -cy", "bo"),
        ("who came goes", "+cy -cy", "ana, bo"),
    ];
    let schedule = schedule("UTC", vec![layer("all", always("ana bo"))]);
    for (row, changes, wanted) in rows {
        let overrides: Vec<_> = changes.split_whitespace().map(all_day).collect();
        assert_eq!(on(&schedule, &overrides, NOON), wanted, "{row}");
    }
}

#[test]
fn an_override_holds_in_its_interval_and_on_a_temporary_schedule_too() {
    let schedule = schedule("UTC", vec![layer("all", always("ana"))]);
    let overrides = [all_day("ana>cy")];
    assert_eq!(on(&schedule, &overrides, "2026-04-30T23:59:59.999Z"), "ana");
    assert_eq!(on(&schedule, &overrides, "2026-05-01T00:00Z"), "cy");
    assert_eq!(on(&schedule, &overrides, "2026-05-02T00:00Z"), "ana");
    let told: Vec<_> = on_call_at(&schedule, &overrides, utc(NOON)).iter().map(told).collect();
    assert_eq!(told, ["cy 2026-05-01T00:00:00Z..2026-05-02T00:00:00Z by (override)"]);
    let fair = temporary(
        "2026-05-01T06:00Z",
        "2026-05-01T18:00Z",
        &[("bo", "2026-05-01T06:00Z", "2026-05-01T18:00Z")],
    );
    let with_fair = with_temporary("UTC", schedule.layers, vec![fair]);
    assert_eq!(on(&with_fair, &overrides, NOON), "bo");
    assert_eq!(on(&with_fair, &[all_day("bo>cy")], NOON), "cy");
}

#[test]
fn an_override_that_does_nothing_is_refused() {
    assert_eq!(all_day("").check(), Err(OnCallError::ChangesNothing));
    let backwards = change("2026-05-02T00:00Z", "2026-05-01T00:00Z", "ana", "");
    assert_eq!(backwards.check(), Err(OnCallError::EndsFirst("an override")));
    assert_eq!(all_day("ana>cy").check(), Ok(()));
}
