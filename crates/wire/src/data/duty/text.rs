//! Zones, instants, turns, severities and targets as texts.

use std::num::NonZeroU32;

use domain::{PingTarget, RotationUnit, cut, first_at, last_at};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::time;

/// A zone by its IANA name.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    let name = name.trim();
    match TimeZone::get(name) {
        Ok(zone) if !name.is_empty() => Ok(zone),
        Ok(_) | Err(_) => Err(format!(
            "`{}` is no time zone of the IANA database; use one such as Europe/Berlin",
            cut(name, 60)
        )),
    }
}

/// An instant: RFC 3339.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    time::parse(text).ok_or_else(|| no_instant(text, ""))
}

/// When something begins: RFC 3339, or by the clock of the zone. What it skips is the end of the gap, and of what it shows
/// twice the first counts (`escalation.md` rule 17).
pub(super) fn beginning(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    by_clock(text, |wall| first_at(zone, wall))
}

/// When something ends, as [`beginning`]; but of what the clock shows twice the last counts, so that what follows leaves no gap.
pub(super) fn ending(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    by_clock(text, |wall| last_at(zone, wall))
}

fn by_clock(text: &str, at: impl Fn(DateTime) -> Timestamp) -> Result<Timestamp, String> {
    let local = || local_time(text).ok().map(at);
    time::parse(text)
        .or_else(local)
        .ok_or_else(|| no_instant(text, ", or without one by the clock of the zone"))
}

fn no_instant(text: &str, also: &str) -> String {
    format!("`{}` is no time; write it with a zone, such as 2026-03-02T17:00:00+01:00{also}", cut(text, 60))
}

/// A wall-clock time.
pub(super) fn local_time(text: &str) -> Result<DateTime, String> {
    let sent = text.trim();
    let plain = sent.get(10..).is_none_or(|time| !time.contains(['Z', 'z', '+', '-', '[']));
    sent.parse().ok().filter(|_| plain && sent.len() >= 10).ok_or_else(|| {
        format!("`{}` is no time of a wall clock; write it such as 2026-01-05T09:00", cut(text, 60))
    })
}

const UNITS: [(&str, RotationUnit); 4] = [
    ("hour", RotationUnit::Hour),
    ("day", RotationUnit::Day),
    ("week", RotationUnit::Week),
    ("month", RotationUnit::Month),
];

/// How long a turn is: `1 week`, `12 hours`, `month`.
pub(super) fn every(text: &str) -> Result<(NonZeroU32, RotationUnit), String> {
    let read = || {
        let text = text.trim();
        let (number, unit) = text.split_once(' ').unwrap_or(("1", text));
        let unit = unit.trim();
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let unit = UNITS.iter().find(|(name, _)| *name == unit)?.1;
        Some((number.parse().ok()?, unit))
    };
    read().ok_or_else(|| {
        format!(
            "`{}` is no length of a turn; write a number of hours, days, weeks or months, such as `1 week`",
            cut(text, 60)
        )
    })
}

/// As [`every`] reads it.
pub(super) fn every_text(length: NonZeroU32, unit: RotationUnit) -> String {
    let name = UNITS.iter().find(|(_, known)| *known == unit).map_or("", |(name, _)| name);
    format!("{length} {name}{}", if length.get() == 1 { "" } else { "s" })
}

/// Severities: `1`, `1-2`, `2,4`; also with an `S` before each.
pub(super) fn severities(text: &str) -> Result<Vec<u8>, String> {
    let one = |text: &str| {
        let digit: u8 = text.trim().trim_start_matches(['S', 's']).parse().ok()?;
        (1..=4).contains(&digit).then_some(digit)
    };
    let read = || {
        let mut found = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            found.extend(one(first)?..=one(last)?);
        }
        found.sort_unstable();
        found.dedup();
        Some(found).filter(|found| !found.is_empty())
    };
    read().ok_or_else(|| format!("`{}` is no severity; write it such as `1`, `1-2` or `3,4`", cut(text, 60)))
}

/// As [`severities`] reads them; they are in order.
pub(super) fn severities_text(severities: &[u8]) -> String {
    match severities {
        [first, .., last] if usize::from(last - first) + 1 == severities.len() => format!("{first}-{last}"),
        _ => severities.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    }
}

/// A target of a step: `on-call`, `on-call:<schedule>`, `head`, `head:<department>`, `hearing-head`, `owner`, `heard-by`,
/// `account-owner`, `person:<id>`, `channel:<name>`.
pub(super) fn target(text: &str) -> Result<PingTarget, String> {
    let sent = text.trim();
    let (word, name) = match sent.split_once(':') {
        Some((word, name)) => (word, Some(name.trim())),
        None => (sent, None),
    };
    let target = match (word, name.filter(|name| !name.is_empty())) {
        ("on-call", schedule) => PingTarget::OnCall(schedule.map(ToOwned::to_owned)),
        ("head", None) => PingTarget::Head(None),
        ("head", Some(slug)) => PingTarget::Head(Some(slug.parse().map_err(|error| format!("{error}"))?)),
        ("hearing-head", None) => PingTarget::HearingHead,
        ("owner", None) => PingTarget::Owner,
        ("heard-by", None) => PingTarget::HeardBy,
        ("account-owner", None) => PingTarget::AccountOwner,
        ("person", Some(id)) => PingTarget::Person(id.to_owned()),
        ("channel", Some(name)) => PingTarget::Channel(name.to_owned()),
        _ => {
            return Err(format!(
                "`{}` is nobody to ping; use on-call, on-call:<schedule>, head, head:<department>, hearing-head, owner, \
                 heard-by, account-owner, person:<id> or channel:<name>",
                cut(text, 60)
            ));
        }
    };
    Ok(target)
}

/// As [`target`] reads it.
pub(super) fn target_text(target: &PingTarget) -> String {
    match target {
        PingTarget::Person(id) => format!("person:{id}"),
        PingTarget::OnCall(None) => "on-call".to_owned(),
        PingTarget::OnCall(Some(schedule)) => format!("on-call:{schedule}"),
        PingTarget::Head(None) => "head".to_owned(),
        PingTarget::Head(Some(department)) => format!("head:{department}"),
        PingTarget::HearingHead => "hearing-head".to_owned(),
        PingTarget::Owner => "owner".to_owned(),
        PingTarget::HeardBy => "heard-by".to_owned(),
        PingTarget::AccountOwner => "account-owner".to_owned(),
        PingTarget::Channel(name) => format!("channel:{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_back() {
        for text in ["1 week", "12 hours", "3 months", "1 day"] {
            let (length, unit) = every(text).unwrap();
            assert_eq!(every_text(length, unit), text);
        }
        assert_eq!(every("week"), every("1 weeks"));
        for text in ["1", "1-2", "1,3", "2-4", "1,2,4"] {
            assert_eq!(severities_text(&severities(text).unwrap()), text);
        }
        let targets = "on-call on-call:it head head:sales hearing-head owner heard-by account-owner person:a:b channel:x";
        for text in targets.split(' ') {
            assert_eq!(target_text(&target(text).unwrap()), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "0 weeks", "1 year", "-1 day", "1.5 days"] {
            assert!(every(text).is_err(), "{text}");
        }
        for text in ["", "0", "5", "2-1", "1-", "x"] {
            assert!(severities(text).is_err(), "{text}");
        }
        for text in ["", "boss", "person", "person:", "channel", "owner:x", "head:Not A Slug"] {
            assert!(target(text).is_err(), "{text}");
        }
        for text in ["", "Mars/Olympus", "+01:00"] {
            assert!(zone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_instants_or_of_the_wall_clock() {
        let berlin = zone("europe/berlin").unwrap();
        for read in [beginning, ending] {
            assert_eq!(read("2026-01-05T09:00", &berlin), instant("2026-01-05T08:00:00Z"));
            assert_eq!(read("2026-01-05T09:00:00+02:00", &berlin), instant("2026-01-05T07:00:00Z"));
            // The clock goes from 02:00 to 03:00.
            assert_eq!(read("2026-03-29T02:30", &berlin), instant("2026-03-29T01:00:00Z"));
        }
        // And from 03:00 to 02:00.
        assert_eq!(beginning("2026-10-25T02:30", &berlin), instant("2026-10-25T00:30:00Z"));
        assert_eq!(ending("2026-10-25T02:30", &berlin), instant("2026-10-25T01:30:00Z"));
        assert!(instant("2026-01-05T09:00").is_err());
        assert!(local_time("2026-01-05T09:00:00+01:00").is_err());
        assert!(local_time("2026-01-05T09:00:00Z").is_err());
        assert_eq!(local_time("2026-01-05T09:00").unwrap().to_string(), "2026-01-05T09:00:00");
    }
}
