//! Times as senders write them (`contract.md` 1).

use domain::limits::FUTURE_SECONDS;
use jiff::{SignedDuration, Timestamp};

/// The time of an event: as sent, if it is RFC 3339 with a zone and at most 5 minutes ahead of `stored_at`; else
/// `stored_at`, and whether that is a doubt. A missing time is none.
pub(crate) fn effective(sent: Option<&str>, stored_at: Timestamp) -> (Timestamp, bool) {
    let Some(sent) = sent else { return (stored_at, false) };
    let ahead = SignedDuration::from_secs(FUTURE_SECONDS);
    match parse(sent) {
        Some(time) if time.duration_since(stored_at) <= ahead => (time, false),
        Some(_) | None => (stored_at, true),
    }
}

/// RFC 3339; `None` without a zone and outside the years 1 to 9999, which a protobuf timestamp cannot hold.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    const FIRST: i64 = -62_135_596_800;
    let plausible = text.len() <= 40 && !text.contains('[');
    let time: Timestamp = plausible.then(|| text.trim().parse().ok()).flatten()?;
    (time.as_second() >= FIRST).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_and_future_times_become_the_stored_time() {
        let stored: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let cases = [
            (None, stored, false),
            (Some("2026-03-02T09:58:00Z"), "2026-03-02T09:58:00Z".parse().unwrap(), false),
            (Some("2026-03-02T10:58:00+01:00"), "2026-03-02T09:58:00Z".parse().unwrap(), false),
            (Some("1970-01-01T00:00:00Z"), Timestamp::UNIX_EPOCH, false),
            (Some("2026-03-02T10:05:00Z"), "2026-03-02T10:05:00Z".parse().unwrap(), false),
            (Some("2026-03-02T10:05:01Z"), stored, true),
            (Some("2026-03-02T09:58:00"), stored, true),
            (Some("yesterday"), stored, true),
            (Some(""), stored, true),
        ];
        for (sent, time, doubt) in cases {
            assert_eq!(effective(sent, stored), (time, doubt), "{sent:?}");
        }
    }
}
