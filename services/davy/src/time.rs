//! Instants and durations as people write and read them.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, civil, tz::TimeZone};

/// A length of time such as `30s`, `4h` or `1d 12h`; for clap.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no length of time; write it as 30s, 15m, 4h or 2d");
    let span: Span = text.parse().map_err(|_| wrong())?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    signed.try_into().map_err(|_negative| wrong())
}

/// What an instant is of what it bounds. Where the clocks are changed it decides, as in schedules: of a local time that they show
/// twice a beginning is the first and an end the last; one that they skip is the instant of the change either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// From then on, or then.
    Begins,
    /// Until then, or by then.
    Ends,
}

impl Edge {
    fn at(self, zone: &TimeZone, local: civil::DateTime) -> Timestamp {
        match self {
            Self::Begins => client::first_at(zone, local),
            Self::Ends => client::last_at(zone, local),
        }
    }
}

/// An instant: RFC 3339, a local date and time, a local date, or how long ago, such as `4h`.
pub(crate) fn instant(text: &str, edge: Edge, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(local) = text.parse::<civil::DateTime>() {
        return Ok(edge.at(zone, local));
    }
    let ago = duration(text.strip_suffix("ago").unwrap_or(text).trim()).ok();
    let ago =
        ago.and_then(|ago| SignedDuration::try_from(ago).ok()).and_then(|ago| now.checked_sub(ago).ok());
    ago.ok_or_else(|| {
        format!("`{text}` is no instant; write it as 2026-03-02T10:04:00Z, \"2026-03-02 10:04\" (local time) or 4h (ago)")
    })
}

/// An instant to come: RFC 3339, a local date and time, a local date, a local time such as 16:00, or how long from now,
/// such as `2d`.
pub(crate) fn to_come(text: &str, edge: Edge, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(local) = text.parse::<civil::DateTime>() {
        return Ok(edge.at(zone, local));
    }
    if text.contains(':')
        && let Ok(time) = text.parse::<civil::Time>()
    {
        return Ok(edge.at(zone, now.to_zoned(zone.clone()).date().to_datetime(time)));
    }
    let later = duration(text.strip_prefix("in ").unwrap_or(text).trim()).ok();
    let later = later.and_then(|later| SignedDuration::try_from(later).ok());
    later.and_then(|later| now.checked_add(later).ok()).ok_or_else(|| {
        format!("`{text}` is no instant to come; write it as 2026-03-02T16:00:00Z, \"2026-03-02 16:00\" (local time), 16:00 (today) or 2d (from now)")
    })
}

/// In local time, with the offset.
pub(crate) fn shown(instant: Option<&prost_types::Timestamp>, zone: &TimeZone) -> String {
    instant.and_then(from_proto).map_or_else(
        || "-".to_owned(),
        |instant| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S%:z").to_string(),
    )
}

/// How long before `now`, in its largest unit: `45s`, `12m`, `3h`, `9d`.
pub(crate) fn age(instant: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    let Some(instant) = instant.and_then(from_proto) else { return "-".to_owned() };
    let seconds = now.duration_since(instant).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

pub(crate) fn to_proto(instant: Timestamp) -> prost_types::Timestamp {
    let mut out = prost_types::Timestamp { seconds: instant.as_second(), nanos: instant.subsec_nanosecond() };
    out.normalize();
    out
}

pub(crate) fn from_proto(instant: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(instant.seconds, instant.nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_every_form() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let cases = [
            ("2026-03-02T10:04:00Z", "2026-03-02T10:04:00Z"),
            ("2026-03-02T10:04:00.5+01:00", "2026-03-02T09:04:00.5Z"),
            ("2026-03-02 10:04", "2026-03-02T08:04:00Z"),
            ("2026-03-02", "2026-03-01T22:00:00Z"),
            ("4h", "2026-03-02T08:00:00Z"),
            ("2d ago", "2026-02-28T12:00:00Z"),
        ];
        for (text, expected) in cases {
            let at = instant(text, Edge::Begins, now, &zone);
            assert_eq!(at.map(|at| at.to_string()).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "soon", "-4h", "0-6", "2026-13-01"] {
            assert!(instant(text, Edge::Begins, now, &zone).is_err(), "{text}");
        }
    }

    #[test]
    fn local_times_around_a_change_of_the_clocks_are_read_as_those_of_schedules() {
        let now: Timestamp = "2026-10-24T22:30:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let read = |text, edge| {
            let at = to_come(text, edge, now, &zone).unwrap();
            assert!(!text.contains('-') || instant(text, edge, now, &zone) == Ok(at), "{text}");
            at.to_string()
        };
        let cases = [
            // Skipped: the change is at 02:00, and then it is 03:00.
            ("2026-03-29T02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            // Shown twice.
            ("2026-10-25 02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("04:00", "2026-10-25T03:00:00Z", "2026-10-25T03:00:00Z"),
        ];
        for (text, first, last) in cases {
            assert_eq!([read(text, Edge::Begins), read(text, Edge::Ends)], [first, last], "{text}");
        }
    }

    #[test]
    fn times_are_shown_with_their_offset_and_ages_in_one_unit() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let at = to_proto("2026-03-02T10:04:05.7Z".parse().unwrap());
        assert_eq!(shown(Some(&at), &zone), "2026-03-02 12:04:05+02:00");
        let after = |seconds: i64| age(Some(&at), Timestamp::new(at.seconds + seconds, at.nanos).unwrap());
        assert_eq!(
            [after(-5), after(59), after(60), after(7_300), after(172_800)],
            ["0s", "59s", "1m", "2h", "2d"]
        );
        let early = to_proto("1969-12-31T23:59:59.25Z".parse().unwrap());
        assert_eq!((early.seconds, early.nanos), (-1, 250_000_000));
    }
}
