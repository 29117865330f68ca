//! Shifts as an iCalendar feed (RFC 5545), for calendar programs that subscribe to one.
//!
//! Pure: the same shifts are the same bytes, whoever writes them. Times are in UTC, so that no time zone has to be described;
//! a shift keeps its UID for as long as its schedule, person and beginning are the same. Deliberately absent: where shifts come
//! from, and reading such a feed.

use prost_types::Timestamp;
use proto::v1::Shift;

/// Bytes of a line at most, without its end (RFC 5545 3.1).
const LINE: usize = 75;
/// What ends a line.
const END: &str = "\r\n";
/// How often programs should ask again.
const REFRESH: &str = "PT15M";

/// A calendar called `name` with an entry for each shift.
///
/// `written` is when the feed was made, `[from, until)` the time that it covers: shifts that have no beginning or no end begin
/// or end with it. What is no stretch of time is left out.
///
/// ```
/// use davy_client::{ical, v1::Shift};
///
/// let at = |seconds| prost_types::Timestamp { seconds, nanos: 0 };
/// let shift = Shift {
///     schedule: "support".into(),
///     person: "mia".into(),
///     name: "Mia".into(),
///     from: Some(at(1_772_445_600)),
///     until: Some(at(1_772_474_400)),
///     by: "layer support".into(),
/// };
/// let week = [at(1_772_400_000), at(1_773_004_800)];
/// let feed = ical::feed("On call: support", &week[0], &week, &[shift]);
/// assert!(feed.contains("DTSTART:20260302T100000Z\r\nDTEND:20260302T180000Z\r\nSUMMARY:Mia on call (support)\r\n"));
/// ```
pub fn feed(name: &str, written: &Timestamp, covered: &[Timestamp; 2], shifts: &[Shift]) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//Davy//on call//EN");
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "METHOD", "PUBLISH");
    line(&mut out, "X-WR-CALNAME", &escaped(name));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    line(&mut out, "X-PUBLISHED-TTL", REFRESH);
    for shift in shifts {
        entry(&mut out, &instant(written), covered, shift);
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn entry(out: &mut String, written: &str, [first, last]: &[Timestamp; 2], shift: &Shift) {
    let Shift { schedule, person, name, from, until, by } = shift;
    let began = from.as_ref().map_or_else(|| "always".to_owned(), instant);
    let (from, until) = (from.as_ref().unwrap_or(first), until.as_ref().unwrap_or(last));
    if (from.seconds, from.nanos) >= (until.seconds, until.nanos) {
        return;
    }
    let shown = if name.is_empty() { person } else { name };
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &escaped(&format!("{schedule}/{person}/{began}@davy")));
    line(out, "DTSTAMP", written);
    line(out, "DTSTART", &instant(from));
    line(out, "DTEND", &instant(until));
    line(out, "SUMMARY", &escaped(&format!("{shown} on call ({schedule})")));
    if !by.is_empty() {
        line(out, "DESCRIPTION", &escaped(&format!("By {by} of the schedule {schedule}.")));
    }
    // It stands beside other appointments and hinders none.
    line(out, "TRANSP", "TRANSPARENT");
    line(out, "END", "VEVENT");
}

/// `20260302T100000Z`. Parts of a second are left out.
fn instant(at: &Timestamp) -> String {
    let text = Timestamp { seconds: at.seconds, nanos: 0 }.to_string();
    text.chars().filter(|letter| !matches!(letter, '-' | ':')).collect()
}

/// A text as RFC 5545 3.3.11 writes it. What has no form there is a space.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// A content line, folded where it is too long: never within a character.
fn line(out: &mut String, name: &str, value: &str) {
    let mut length = 0;
    for letter in name.chars().chain([':']).chain(value.chars()) {
        if length + letter.len_utf8() > LINE {
            out.push_str(END);
            out.push(' ');
            length = 1;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out.push_str(END);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn at(seconds: i64) -> Option<Timestamp> {
        Some(Timestamp { seconds: 1_772_445_600 + seconds, nanos: 5 })
    }

    fn week() -> [Timestamp; 2] {
        [at(0).unwrap(), at(604_800).unwrap()]
    }

    fn shift(person: &str, name: &str) -> Shift {
        Shift {
            schedule: "support".into(),
            person: person.into(),
            name: name.into(),
            from: at(0),
            until: at(28_800),
            by: "layer support".into(),
        }
    }

    #[test]
    fn a_shift_is_an_entry() {
        let written = at(-3_600).unwrap();
        let feed = feed("On call: support", &written, &week(), &[shift("mia", "Mia")]);
        expect![[r#"
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Davy//on call//EN
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            X-WR-CALNAME:On call: support
            REFRESH-INTERVAL;VALUE=DURATION:PT15M
            X-PUBLISHED-TTL:PT15M
            BEGIN:VEVENT
            UID:support/mia/20260302T100000Z@davy
            DTSTAMP:20260302T090000Z
            DTSTART:20260302T100000Z
            DTEND:20260302T180000Z
            SUMMARY:Mia on call (support)
            DESCRIPTION:By layer support of the schedule support.
            TRANSP:TRANSPARENT
            END:VEVENT
            END:VCALENDAR
        "#]]
        .assert_eq(&feed.replace("\r\n", "\n"));
        assert_eq!(feed.matches('\n').count(), feed.matches("\r\n").count());
    }

    #[test]
    fn long_lines_are_folded_at_75_bytes_and_unfold_to_what_they_were() {
        let name = "Ünïcode 泵, a; back\\slash\nand a second line ".repeat(6);
        let feed = feed("x", &at(0).unwrap(), &week(), &[shift("mia", &name)]);
        assert!(feed.split("\r\n").all(|line| line.len() <= LINE), "{feed}");
        let unfolded = feed.replace("\r\n ", "");
        let summary = unfolded.split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
        let read = summary.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
        assert_eq!(read, format!("{name} on call (support)"));
    }

    #[test]
    fn whoever_is_always_on_call_stands_there_and_what_is_no_stretch_of_time_does_not() {
        let mut backwards = shift("bo", "");
        (backwards.from, backwards.until) = (at(60), at(0));
        let always = Shift { from: None, until: None, ..shift("mia", "") };
        let feed = feed("x", &at(0).unwrap(), &week(), &[backwards, always]);
        assert_eq!(feed.matches("BEGIN:VEVENT").count(), 1, "{feed}");
        assert!(feed.contains("UID:support/mia/always@davy\r\n"), "{feed}");
        assert!(feed.contains("DTSTART:20260302T100000Z\r\nDTEND:20260309T100000Z\r\n"), "{feed}");
    }
}
