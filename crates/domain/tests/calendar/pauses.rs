//! What remains of a limit is kept while it pauses.

use domain::{Calendar, Pause};
use jiff::Timestamp;

use crate::made::{at, limit, pause};

fn due(start: &str, text: &str, pauses: &[Pause]) -> Option<Timestamp> {
    Calendar::standard().deadline(at(start), limit(text), pauses)
}

#[test]
fn the_remaining_open_time_is_kept() {
    let waiting = [pause("2026-11-20T16:00Z", "2026-11-24T12:00Z")];
    assert_eq!(due("2026-11-20T15:00Z", "4bh", &waiting), Some(at("2026-11-24T15:00Z")));
    let night = [pause("2026-11-20T17:00Z", "2026-11-23T09:00Z")];
    assert_eq!(due("2026-11-20T15:00Z", "4bh", &night), Some(at("2026-11-23T11:00Z")));
    assert_eq!(due("2026-11-20T15:00Z", "1d", &night), Some(at("2026-11-24T07:00Z")));
}

#[test]
fn a_pause_that_lasts_has_no_deadline_unless_it_came_too_late() {
    let lasting = |from| [Pause { from: at(from), until: None }];
    assert_eq!(due("2026-11-20T10:00Z", "2bh", &lasting("2026-11-20T11:59Z")), None);
    assert_eq!(due("2026-11-20T10:00Z", "2bh", &lasting("2026-11-20T12:00Z")), Some(at("2026-11-20T12:00Z")));
    assert_eq!(due("2026-11-20T10:00Z", "1bd", &lasting("2026-11-23T10:00Z")), Some(at("2026-11-23T10:00Z")));
    assert_eq!(due("2026-11-20T10:00Z", "1bd", &lasting("2026-11-23T09:59Z")), None);
}

#[test]
fn days_wait_for_an_opening_if_they_would_have() {
    assert_eq!(due("2026-11-20T09:00Z", "1bd", &[]), Some(at("2026-11-23T09:00Z")));
    let weekend = [pause("2026-11-20T17:00Z", "2026-11-24T12:00Z")];
    assert_eq!(due("2026-11-20T09:00Z", "1bd", &weekend), Some(at("2026-11-24T12:00Z")));
    let morning = [pause("2026-11-20T10:00Z", "2026-11-20T12:00Z")];
    assert_eq!(due("2026-11-20T09:00Z", "1bd", &morning), Some(at("2026-11-23T11:00Z")));
}

#[test]
fn shares_of_a_limit_are_instants() {
    let share = |percent| {
        let waiting = [pause("2026-11-20T16:00Z", "2026-11-23T09:00Z")];
        Calendar::standard().milestone(at("2026-11-20T15:00Z"), limit("4bh"), &waiting, percent)
    };
    assert_eq!(share(75), Some(at("2026-11-23T11:00Z")));
    assert_eq!(share(100), Some(at("2026-11-23T12:00Z")));
    assert_eq!(share(200), Some(at("2026-11-23T16:00Z")));
    let days = |percent| Calendar::standard().milestone(at("2026-11-22T00:00Z"), limit("5bd"), &[], percent);
    assert_eq!(days(75), Some(at("2026-11-26T15:00Z")));
    assert_eq!(days(200), Some(at("2026-12-07T09:00Z")));
}
