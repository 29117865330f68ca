//! How an export writes the time.

use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::strtime::BrokenDownTime,
    tz::{Offset, TimeZone},
};

/// The formats to try, in order, and the zone of times that name none.
#[derive(Clone, Debug)]
pub(crate) struct Clockwork {
    pub(crate) formats: Vec<TimeFormat>,
    pub(crate) zone: Option<TimeZone>,
}

/// One way to write a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimeFormat {
    /// ISO 8601, RFC 3339: with or without an offset, `T` or a space between date and time.
    Iso8601,
    /// Seconds since 1970, also with a fraction.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
    /// A pattern as of `strptime`.
    Pattern(String),
}

impl TimeFormat {
    /// `iso8601`, `epoch_s`, `epoch_ms`, or a pattern; the pattern is tried on a time of its own.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "iso8601" | "rfc3339" => Ok(Self::Iso8601),
            "epoch_s" => Ok(Self::EpochSeconds),
            "epoch_ms" => Ok(Self::EpochMillis),
            pattern if pattern.contains('%') => Self::try_pattern(pattern).map_err(|reason| {
                format!("`{pattern}` cannot be used: {reason}; a pattern such as %d/%m/%Y %H:%M needs a date, and reads what it writes")
            }),
            other => Err(format!("`{other}` is not known; allowed: iso8601, epoch_s, epoch_ms, or a pattern such as %d/%m/%Y %H:%M")),
        }
    }

    fn try_pattern(pattern: &str) -> Result<Self, jiff::Error> {
        let sample = DateTime::constant(2016, 2, 29, 13, 45, 6, 0).to_zoned(TimeZone::UTC)?;
        let written = jiff::fmt::strtime::format(pattern, &sample)?;
        parse_pattern(pattern, &written, Some(&TimeZone::UTC))?;
        Ok(Self::Pattern(pattern.to_owned()))
    }

    /// True where a time in this format may come without a zone, so that the mapping has to name one.
    pub(crate) fn needs_zone(&self) -> bool {
        match self {
            Self::Iso8601 | Self::EpochSeconds | Self::EpochMillis => false,
            Self::Pattern(pattern) => {
                !["%z", "%:z", "%:::z", "%::z", "%Q", "%:Q", "%s"].iter().any(|zone| pattern.contains(zone))
            }
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Iso8601 => "iso8601",
            Self::EpochSeconds => "epoch_s",
            Self::EpochMillis => "epoch_ms",
            Self::Pattern(pattern) => pattern,
        }
    }

    fn read(&self, text: &str, zone: Option<&TimeZone>) -> Option<Timestamp> {
        match self {
            Self::Iso8601 => text.parse().ok().or_else(|| zone?.to_timestamp(text.parse().ok()?).ok()),
            Self::EpochSeconds => epoch(text, 1_000_000_000),
            Self::EpochMillis => epoch(text, 1_000_000),
            Self::Pattern(pattern) => parse_pattern(pattern, text, zone).ok(),
        }
    }
}

impl Clockwork {
    /// The moment that a cell names. A local time that a change of the clocks skips is read with the offset before the change, one
    /// that happens twice as the first.
    pub(crate) fn read(&self, cell: &str) -> Result<Timestamp, String> {
        let text = cell.trim();
        self.formats.iter().find_map(|format| format.read(text, self.zone.as_ref())).ok_or_else(|| {
            let names: Vec<_> = self.formats.iter().map(TimeFormat::name).collect();
            let without_zone = if self.zone.is_none() { " with a zone" } else { "" };
            format!("time `{text}` cannot be read as {}{without_zone}", names.join(" or "))
        })
    }
}

/// A name of the IANA database, or an offset such as `+01:00`.
pub(crate) fn parse_zone(text: &str) -> Option<TimeZone> {
    if text.starts_with(['+', '-']) {
        return BrokenDownTime::parse("%:z", text).ok()?.offset().map(Offset::to_time_zone);
    }
    TimeZone::get(text).ok()
}

fn parse_pattern(pattern: &str, text: &str, zone: Option<&TimeZone>) -> Result<Timestamp, jiff::Error> {
    let parts = BrokenDownTime::parse(pattern, text)?;
    if let Some(moment) = parts.timestamp() {
        return Ok(moment);
    }
    if parts.offset().is_some() {
        return parts.to_timestamp();
    }
    match zone {
        Some(zone) if parts.iana_time_zone().is_none() => zone.to_timestamp(parts.to_datetime()?),
        Some(_) | None => parts.to_zoned().map(|zoned| zoned.timestamp()),
    }
}

/// `unit` nanoseconds are one; digits after a point are parts of it.
fn epoch(text: &str, unit: i128) -> Option<Timestamp> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let well_formed = !whole.is_empty()
        && whole.len() <= 18
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !well_formed {
        return None;
    }
    let mut nanoseconds = whole.parse::<i128>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.bytes() {
        place /= 10;
        nanoseconds += i128::from(digit - b'0') * place;
    }
    Timestamp::from_nanosecond(sign * nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, zone: Option<&str>, text: &str) -> String {
        let clockwork = Clockwork {
            formats: vec![TimeFormat::parse(format).unwrap()],
            zone: zone.map(|zone| parse_zone(zone).unwrap()),
        };
        clockwork.read(text).map_or_else(|error| error, |time| time.to_string())
    }

    #[test]
    fn times_of_many_tools() {
        for (format, zone, text, expected) in [
            ("%d/%m/%Y %H:%M", Some("UTC"), "29/2/2016 01:23", "2016-02-29T01:23:00Z"),
            ("%d/%m/%Y %H:%M", Some("UTC"), " 5/3/2016 9:05 ", "2016-03-05T09:05:00Z"),
            ("%Y/%m/%d %H:%M:%S%.f", Some("Europe/Rome"), "2012/10/09 14:50:17.000", "2012-10-09T12:50:17Z"),
            ("%Y-%m-%dT%H:%M:%S%.f%z", None, "2019-02-15T19:01:52.971-0800", "2019-02-16T03:01:52.971Z"),
            ("%m/%d/%Y %I:%M %p", Some("America/New_York"), "07/04/2024 11:30 PM", "2024-07-05T03:30:00Z"),
            ("%d %b %Y", Some("+01:00"), "1 Mar 2024", "2024-02-29T23:00:00Z"),
            ("iso8601", None, "2010-03-31T16:59:42+01:00", "2010-03-31T15:59:42Z"),
            ("iso8601", None, "2026-03-02 10:00:00Z", "2026-03-02T10:00:00Z"),
            ("iso8601", Some("Asia/Kolkata"), "2026-03-02 10:00", "2026-03-02T04:30:00Z"),
            (
                "iso8601",
                Some("Asia/Kolkata"),
                "2026-03-02T10:00:00.123456789Z",
                "2026-03-02T10:00:00.123456789Z",
            ),
            ("epoch_s", None, "1456708980", "2016-02-29T01:23:00Z"),
            ("epoch_s", None, "1456708980.25", "2016-02-29T01:23:00.25Z"),
            ("epoch_ms", None, "1456708980123", "2016-02-29T01:23:00.123Z"),
            ("epoch_s", None, "-1.5", "1969-12-31T23:59:58.5Z"),
            // The clocks went forward at 02:00 and back at 03:00.
            ("%Y-%m-%d %H:%M", Some("Europe/Berlin"), "2026-03-29 02:30", "2026-03-29T01:30:00Z"),
            ("%Y-%m-%d %H:%M", Some("Europe/Berlin"), "2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(read(format, zone, text), expected, "{format} {text}");
        }
    }

    #[test]
    fn what_is_no_time_says_what_was_expected() {
        assert_eq!(read("%d/%m/%Y", Some("UTC"), "31/2/2016"), "time `31/2/2016` cannot be read as %d/%m/%Y");
        assert_eq!(
            read("iso8601", None, "2026-03-02T10:00:00"),
            "time `2026-03-02T10:00:00` cannot be read as iso8601 with a zone"
        );
        for text in ["", "1e9", "12.x", "999999999999999999999", "+5"] {
            assert!(read("epoch_s", None, text).contains("cannot be read"), "{text}");
        }
        assert!(
            TimeFormat::parse("%H:%M").is_err()
                && TimeFormat::parse("%Y-%K").is_err()
                && TimeFormat::parse("iso").is_err()
        );
    }
}
