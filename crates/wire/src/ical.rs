//! Who is on call as a calendar feed (RFC 5545), for programs that subscribe to one.
//!
//! Pure: the same entries are the same bytes, so that who asks again is told that nothing changed. Times are in UTC, which
//! takes no description of a time zone. Deliberately absent: where shifts come from, and reading such a feed; a sequence and a time of change, of which the
//! directory knows none that belongs to a shift.

mod shifts;

use prost_types::Timestamp;
use proto::v1::ListShiftsResponse;

/// Of a calendar.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// Bytes of a line at most, without its end (RFC 5545 3.1).
const LINE: usize = 75;
/// What ends a line.
const END: &str = "\r\n";
/// How often programs should ask again (RFC 7986 5.7).
const REFRESH: &str = "PT1H";

/// The shifts of `called`, and the hours that nobody has, of the time `[from, until)`: shifts that have no beginning or no end
/// begin or end with it. What is no stretch of time is left out.
///
/// ```
/// use davy_wire::ical;
/// use proto::v1::{ListShiftsResponse, Shift};
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
/// let found = ListShiftsResponse { shifts: vec![shift], ..ListShiftsResponse::default() };
/// let feed = ical::feed(found, "support", at(1_772_400_000), at(1_773_004_800));
/// assert!(feed.contains("DTSTART:20260302T100000Z\r\nDTEND:20260302T180000Z\r\nSUMMARY:Mia on call (support)\r\n"));
/// ```
pub fn feed(found: ListShiftsResponse, called: &str, from: Timestamp, until: Timestamp) -> String {
    text(&format!("On call: {called}"), &shifts::entries(found, called, from, until))
}

/// A stretch of time, to the second.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The same for as long as it is the same entry.
    uid: String,
    from: Timestamp,
    until: Timestamp,
    summary: String,
    /// Empty: none.
    description: String,
}

/// A calendar called `name`. What is no stretch of time is left out.
fn text(name: &str, entries: &[Entry]) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//Davy//on call//EN");
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "METHOD", "PUBLISH");
    line(&mut out, "NAME", &escaped(name));
    line(&mut out, "X-WR-CALNAME", &escaped(name));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    line(&mut out, "X-PUBLISHED-TTL", REFRESH);
    entries
        .iter()
        .filter(|entry| entry.from.seconds < entry.until.seconds)
        .for_each(|it| event(&mut out, it));
    line(&mut out, "END", "VCALENDAR");
    out
}

fn event(out: &mut String, entry: &Entry) {
    let Entry { uid, from, until, summary, description } = entry;
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &escaped(uid));
    // It has to be there, and the time of asking would make each answer another one.
    line(out, "DTSTAMP", &instant(from));
    line(out, "DTSTART", &instant(from));
    line(out, "DTEND", &instant(until));
    line(out, "SUMMARY", &escaped(summary));
    if !description.is_empty() {
        line(out, "DESCRIPTION", &escaped(description));
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

/// A line, folded where it is too long: never within a character.
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
    use super::*;

    fn entry(summary: &str) -> Entry {
        let at = |seconds: i64| Timestamp { seconds: 1_772_445_600 + seconds, nanos: 5 };
        let (from, until) = (at(0), at(28_800));
        Entry { uid: "u;1".to_owned(), from, until, summary: summary.to_owned(), description: String::new() }
    }

    #[test]
    fn a_calendar_is_lines_that_end_as_they_must() {
        let text = text("On call: support", &[entry("Mia on call (support)")]);
        let wanted = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Davy//on call//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "NAME:On call: support",
            "X-WR-CALNAME:On call: support",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "BEGIN:VEVENT",
            "UID:u\\;1",
            "DTSTAMP:20260302T100000Z",
            "DTSTART:20260302T100000Z",
            "DTEND:20260302T180000Z",
            "SUMMARY:Mia on call (support)",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ];
        assert_eq!(text, wanted.join("\r\n"));
    }

    #[test]
    fn long_lines_are_folded_at_75_bytes_and_unfold_to_what_they_were() {
        let name = "Ünïcode 泵, a; back\\slash\nand a second line\t".repeat(6);
        let text = text("x", &[entry(&name)]);
        assert!(text.split(END).all(|line| line.len() <= LINE), "{text}");
        assert_eq!(text.matches('\n').count(), text.matches(END).count());
        let unfolded = text.replace("\r\n ", "");
        let summary = unfolded.split(END).find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
        let read = summary.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
        assert_eq!(read, name.replace('\t', " "));
    }

    #[test]
    fn what_is_no_stretch_of_time_is_left_out() {
        let nothing = Entry { until: entry("").from, ..entry("") };
        assert!(!text("x", &[nothing]).contains("VEVENT"));
    }
}
