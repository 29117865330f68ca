//! Limits in open days.

use jiff::Timestamp;

use crate::made::{at, calendar, limit};

fn due(windows: &str, start: &str, text: &str) -> Option<Timestamp> {
    calendar("UTC", windows).deadline(at(start), limit(text), &[])
}

#[test]
fn they_begin_when_it_opens_and_end_at_the_same_time() {
    let office = "Mon..Fri 09:00-17:00";
    assert_eq!(due(office, "2026-11-20T16:59:59.5Z", "1bd"), Some(at("2026-11-23T16:59:59.5Z")));
    assert_eq!(due(office, "2026-11-20T17:00Z", "1bd"), Some(at("2026-11-24T09:00Z")));
    assert_eq!(due(office, "2026-11-22T12:00Z", "5bd"), Some(at("2026-11-30T09:00Z")));
    assert_eq!(due(office, "2026-11-23T04:00Z", "1bd"), Some(at("2026-11-24T09:00Z")));
}

#[test]
fn a_time_outside_that_days_windows_is_the_closing_before_it() {
    let uneven = "Fri 07:00-18:00, Mon 09:00-11:00 13:00-15:00";
    assert_eq!(due(uneven, "2026-11-20T17:30Z", "1bd"), Some(at("2026-11-23T15:00Z")));
    assert_eq!(due(uneven, "2026-11-20T12:00Z", "1bd"), Some(at("2026-11-23T11:00Z")));
    assert_eq!(due(uneven, "2026-11-20T13:00Z", "1bd"), Some(at("2026-11-23T13:00Z")));
    assert_eq!(due(uneven, "2026-11-20T07:30Z", "1bd"), Some(at("2026-11-23T09:00Z")));
}
