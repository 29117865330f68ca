//! Wall-clock times of a zone as instants.
//!
//! A time that the clocks skip is the first instant after the gap, which is not what `jiff` calls compatible: that one
//! moves 02:30 to 03:30. Of a time that the clocks show twice, a beginning means the first and an end the last.
//!
//! Only the way from an instant to the wall clock is asked of `jiff`. Its way back errs where a zone's listed changes end
//! and its rule begins: of America/Nuuk it says that 23:30 came twice on 28 October 2023, when no clock was changed.

use std::iter;

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

/// No clock is further from UTC than this: `jiff` takes no larger offset.
pub(crate) const FURTHEST_OFFSET: SignedDuration = SignedDuration::from_hours(26);

/// When the clocks of `zone` show `wall` or more for the first time. Never decreasing in `wall`.
pub fn first_at(zone: &TimeZone, wall: DateTime) -> Timestamp {
    let reached = stretches(zone, wall).find(|stretch| stretch.shown < stretch.until);
    reached.map_or(Timestamp::MAX, |stretch| stretch.shown.max(stretch.from))
}

/// When the clocks of `zone` show `wall` or less for the last time: the end of the gap where they skip it. Never decreasing
/// in `wall`, and never before [`first_at`].
pub fn last_at(zone: &TimeZone, wall: DateTime) -> Timestamp {
    let left = stretches(zone, wall).filter(|stretch| stretch.from <= stretch.shown).last();
    left.map_or(Timestamp::MIN, |stretch| stretch.shown.min(stretch.until))
}

/// Whether no clock is changed so near to `at` that a time shown then could be shown twice or skipped.
pub(crate) fn is_steady(zone: &TimeZone, at: Timestamp) -> bool {
    let apart = FURTHEST_OFFSET * 2;
    let (Ok(from), Ok(until)) = (at.checked_sub(apart), at.checked_add(apart)) else { return false };
    zone.following(from).next().is_none_or(|change| change.timestamp() > until)
}

/// `days` days of 24 hours after `at`, or before it; the end of time where there is no such instant.
pub(crate) fn days_after(at: Timestamp, days: i64) -> Timestamp {
    let end = if days < 0 { Timestamp::MIN } else { Timestamp::MAX };
    at.checked_add(SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(end)
}

/// The last instant before `at`.
pub(crate) fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(at)
}

/// A time without a change of the clocks.
struct Stretch {
    from: Timestamp,
    until: Timestamp,
    /// When its clocks would show the time in question, if they were never changed.
    shown: Timestamp,
}

/// All stretches in which the clocks might show `wall`, in order.
fn stretches(zone: &TimeZone, wall: DateTime) -> impl Iterator<Item = Stretch> {
    let utc = at_offset(Offset::UTC, wall);
    let start = utc.checked_sub(FURTHEST_OFFSET).unwrap_or(Timestamp::MIN);
    let end = utc.checked_add(FURTHEST_OFFSET).unwrap_or(Timestamp::MAX);
    let mut changes =
        zone.following(start).map(|change| change.timestamp()).take_while(move |change| *change <= end);
    let mut next = Some(start);
    iter::from_fn(move || {
        let from = next?;
        next = changes.next();
        let shown = at_offset(zone.to_offset(from), wall);
        Some(Stretch { from, until: next.unwrap_or(Timestamp::MAX), shown })
    })
}

fn at_offset(offset: Offset, wall: DateTime) -> Timestamp {
    let end = if wall.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_timestamp(wall).unwrap_or(end)
}
