//! What is not a calendar, and what the one who wrote it is told.

use std::collections::BTreeSet;

use domain::{Calendar, OpenHours, QuietHours, TimeLimit, Week};
use jiff::{
    civil::{Date, Weekday},
    tz::{Offset, TimeZone},
};

use crate::made::week;

fn hours(text: &str) -> OpenHours {
    text.parse().unwrap()
}

#[test]
fn a_calendar_is_open_at_some_time_and_its_zone_has_a_name() {
    let new = |zone, week, holidays| Calendar::new(zone, week, holidays).map_err(|error| error.to_string());
    assert_eq!(
        new(TimeZone::UTC, Week::default(), BTreeSet::new()).unwrap_err(),
        "the calendar is never open; give a weekday hours, such as 09:00-17:00"
    );
    for zone in [TimeZone::fixed(Offset::constant(2)), TimeZone::unknown()] {
        assert_eq!(
            new(zone, week("Mon 09:00-17:00"), BTreeSet::new()).unwrap_err(),
            "the time zone has no IANA name; use one such as Europe/Berlin"
        );
    }
    let every_day: BTreeSet<Date> =
        Date::constant(2026, 1, 1).series(jiff::ToSpan::day(1)).take(1_001).collect();
    let refused = new(TimeZone::UTC, week("Mon 09:00-17:00"), every_day).unwrap_err();
    assert!(refused.starts_with("the calendar has 1001 holidays; at most 1000"), "{refused}");
    assert_eq!(
        Calendar::new(TimeZone::get("Asia/Tokyo").unwrap(), week("Mon 09:00-17:00"), BTreeSet::new())
            .unwrap()
            .zone_name(),
        "Asia/Tokyo"
    );
}

#[test]
fn windows_of_a_day_do_not_overlap() {
    let new = |windows: &[(Weekday, &str)]| {
        Week::new(windows.iter().map(|(day, text)| (*day, hours(text)))).map_err(|error| error.to_string())
    };
    assert_eq!(
        new(&[(Weekday::Monday, "12:00-17:00"), (Weekday::Monday, "09:00-12:01")]).unwrap_err(),
        "09:00-12:01 and 12:00-17:00 overlap on Monday; give each time once"
    );
    assert_eq!(
        new(&[(Weekday::Sunday, "22:00-06:00"), (Weekday::Monday, "05:00-17:00")]).unwrap_err(),
        "00:00-06:00 and 05:00-17:00 overlap on Monday; give each time once"
    );
    let touching = new(&[(Weekday::Monday, "09:00-12:00"), (Weekday::Monday, "12:00-17:00")]).unwrap();
    assert_eq!(touching.on(Weekday::Monday), [hours("09:00-12:00"), hours("12:00-17:00")]);
    let many: Vec<_> = (10..19).map(|hour| format!("{hour}:00-{hour}:30")).collect();
    let many: Vec<_> = many.iter().map(|text| (Weekday::Friday, text.as_str())).collect();
    assert_eq!(new(&many).unwrap_err(), "Friday has 9 windows; at most 8 are kept");
}

#[test]
fn quiet_hours_end() {
    let zone = TimeZone::UTC;
    assert!(QuietHours::new(zone.clone(), week("Mon..Sun 00:00-12:00 12:00-24:00")).is_err());
    assert!(QuietHours::new(zone, week("Mon..Sun 00:00-12:00 12:01-24:00")).is_ok());
}

#[test]
fn windows_read_as_they_are_written() {
    for text in ["09:00-12:30", "00:00-24:00", "22:00-07:00"] {
        assert_eq!(hours(text).to_string(), text);
    }
    assert_eq!(hours("18:00 - 00:00").to_string(), "18:00-24:00");
    for text in
        ["", "9-17", "09:00", "09:00-09:00", "24:00-24:00", "09:60-10:00", "08:00-24:01", "+9:00-10:00"]
    {
        let refused = text.parse::<OpenHours>().unwrap_err().to_string();
        assert!(refused.contains("such as 09:00-12:30"), "{refused}");
    }
}

#[test]
fn limits_read_as_they_are_written() {
    for text in ["45s", "15m", "1h", "2d", "730d", "30bs", "90bm", "4bh", "17520bh", "5bd", "730bd"] {
        assert_eq!(text.parse::<TimeLimit>().unwrap().to_string(), text);
    }
    assert_eq!("48h".parse(), Ok(TimeLimit::Wall(172_800)));
    for text in ["", "5", "h", "0m", "-1h", "1.5h", "1w", "731d", "731bd", "17521h", "99999999999s", "5 bh"] {
        let refused = text.parse::<TimeLimit>().unwrap_err().to_string();
        assert!(refused.contains("such as 30m or 4bh"), "{refused}");
    }
}
