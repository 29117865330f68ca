//! People who take turns at a wall-clock time.

use std::{fmt, num::NonZeroU32};

use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::OnCallError;
use crate::{limits, wall};

/// Seconds of a day of the wall clock.
const DAY: i64 = 86_400;

/// What the length of a shift is counted in. All of them are steps of the wall clock: a day has 23 to 25 hours where the
/// clocks change, and so has `Hour` times 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RotationUnit {
    /// Hours of the wall clock. One that is skipped has no shift, one that is shown twice is one shift.
    Hour,
    /// Days of the calendar.
    Day,
    /// Weeks of the calendar.
    Week,
    /// Months of the calendar, from the anchor, with the day clamped: 31 January, 29 February, 31 March.
    Month,
}

impl fmt::Display for RotationUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "hours",
            Self::Day => "days",
            Self::Week => "weeks",
            Self::Month => "months",
        })
    }
}

/// One person's turn, `[from, until)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Who is on duty: an id of the directory.
    pub person: String,
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

/// People who take turns without end, before the anchor as after it.
///
/// Hand-off *k* is the instant at which the clocks first show the anchor plus *k* lengths, or the first instant after a gap
/// that skips that time. Member *k* mod *n* takes over then. Where two hand-offs fall on one instant, which a gap can do,
/// the shift between them is empty and the later one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    zone: TimeZone,
    members: Vec<String>,
    unit: RotationUnit,
    length: NonZeroU32,
    anchor: DateTime,
}

impl Rotation {
    /// A rotation in which the first member takes over at `anchor`, a wall-clock time of `zone`. Somebody may stand in it
    /// twice.
    ///
    /// # Errors
    /// The zone has no name, there is nobody, or there are more people or longer shifts than the limits.
    pub fn new(
        zone: TimeZone,
        members: Vec<String>,
        unit: RotationUnit,
        length: NonZeroU32,
        anchor: DateTime,
    ) -> Result<Self, OnCallError> {
        check_zone(&zone)?;
        check_members(&members)?;
        if length.get() > limits::ROTATION_LENGTH {
            return Err(OnCallError::TooLong { length: length.get(), unit });
        }
        Ok(Self { zone, members, unit, length, anchor })
    }

    /// Where its wall clock hangs.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Who takes turns, in order.
    pub fn members(&self) -> &[String] {
        &self.members
    }

    /// What the length is counted in.
    pub const fn unit(&self) -> RotationUnit {
        self.unit
    }

    /// How many units a shift lasts.
    pub const fn length(&self) -> NonZeroU32 {
        self.length
    }

    /// When the first member takes over, by the wall clock.
    pub const fn anchor(&self) -> DateTime {
        self.anchor
    }

    /// The turn that holds at `at`. At the end of `jiff`'s time it is cut off there.
    pub fn shift_at(&self, at: Timestamp) -> Shift {
        let Turn { step, from, until } = self.turn_at(at);
        Shift { person: self.member(step).to_owned(), from, until }
    }

    /// Every hand-off from the one at or before `from` to the first after `until`, in order and each once: the bounds of all
    /// turns that touch `[from, until]`.
    pub fn handoffs(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
        let turn = self.turn_at(from);
        let first = (turn.step, turn.from);
        std::iter::successors(Some(first), move |(step, at)| {
            (*at <= until).then(|| self.next_handoff(*step, *at)).flatten()
        })
        .map(|(_, at)| at)
    }

    /// The same hand-offs with `person` on duty at `at`: a new anchor, at the beginning of the turn that holds then.
    ///
    /// # Errors
    /// `person` is no member.
    pub fn re_anchored(&self, at: Timestamp, person: &str) -> Result<Self, OnCallError> {
        self.anchored(at, self.members.clone(), person)
    }

    /// The same hand-offs with other members. Who is on duty at `at` stays so; if they are not among `members`, whoever
    /// would have come next and is. A new anchor, at the beginning of the turn that holds then.
    ///
    /// # Errors
    /// There is nobody, or there are more people than the limit.
    pub fn with_members(&self, at: Timestamp, members: Vec<String>) -> Result<Self, OnCallError> {
        check_members(&members)?;
        let turns = self.members.iter().cycle().skip(self.place(self.turn_at(at).step));
        let stays = turns.take(self.members.len()).find(|person| members.contains(person));
        let active = stays.or_else(|| members.first()).cloned().unwrap_or_default();
        self.anchored(at, members, &active)
    }

    fn anchored(&self, at: Timestamp, mut members: Vec<String>, first: &str) -> Result<Self, OnCallError> {
        let place = members.iter().position(|member| member == first);
        members.rotate_left(place.ok_or_else(|| OnCallError::NotAMember(first.to_owned()))?);
        let step = self.turn_at(at).step;
        let anchor = self.wall(step).unwrap_or(self.anchor);
        // A clamped day as the anchor would clamp all months after it: 31 January, 29 February, 29 March. Then the anchor
        // stays, and the members are turned so that `first` is on duty all the same.
        if anchor.day() != self.anchor.day() && self.unit == RotationUnit::Month {
            let turns = i64::try_from(members.len()).unwrap_or(1);
            members.rotate_right(usize::try_from(step.rem_euclid(turns)).unwrap_or(0));
            return Ok(Self { members, ..self.clone() });
        }
        Ok(Self { members, anchor, ..self.clone() })
    }

    /// Whether the person on duty never changes.
    pub(super) fn is_always_one(&self) -> bool {
        self.members.iter().all(|member| Some(member) == self.members.first())
    }

    /// Who is on duty at `at`.
    pub(super) fn person_at(&self, at: Timestamp) -> &str {
        if self.is_always_one() { self.member(0) } else { self.member(self.turn_at(at).step) }
    }

    /// The turn that holds at `at`: that of the last step whose hand-off is at or before it.
    fn turn_at(&self, at: Timestamp) -> Turn {
        let guess = self.turn(self.steps_until(self.zone.to_datetime(at)));
        // Wrong only near a change of the clocks.
        if guess.from <= at && at < guess.until { guess } else { self.turn(self.halved(at)) }
    }

    /// The last step whose hand-off is at or before `at`.
    ///
    /// A hand-off differs from its wall-clock time, read as UTC, by no more than the furthest offset. That leaves a range
    /// of a few days, which is halved until one step is left.
    fn halved(&self, at: Timestamp) -> i64 {
        let utc = TimeZone::UTC.to_datetime(at);
        let mut begun = self.steps_until(utc.saturating_sub(wall::FURTHEST_OFFSET));
        let mut ahead =
            self.steps_until(utc.saturating_add(wall::FURTHEST_OFFSET)).saturating_add(1).max(begun);
        while ahead.saturating_sub(begun) > 1 {
            let middle = begun.midpoint(ahead);
            if self.handoff(middle) <= at { begun = middle } else { ahead = middle }
        }
        begun
    }

    fn turn(&self, step: i64) -> Turn {
        Turn { step, from: self.handoff(step), until: self.handoff(step.saturating_add(1)) }
    }

    /// The last step whose wall-clock time is at or before `wall`.
    fn steps_until(&self, wall: DateTime) -> i64 {
        match self.seconds() {
            Some(seconds) => {
                let length = i128::from(seconds) * 1_000_000_000;
                let steps = self.anchor.duration_until(wall).as_nanos().div_euclid(length);
                i64::try_from(steps).unwrap_or(if steps < 0 { i64::MIN } else { i64::MAX })
            }
            None => {
                let step = (months(wall) - months(self.anchor)).div_euclid(i64::from(self.length.get()));
                if self.wall(step).is_some_and(|begins| begins > wall) { step - 1 } else { step }
            }
        }
    }

    /// What the clocks show at hand-off `step`; none beyond `jiff`'s years.
    fn wall(&self, step: i64) -> Option<DateTime> {
        match self.seconds() {
            Some(seconds) => {
                // Whole days apart from the rest: `jiff` adds no duration that is longer than the years since 9999 BC.
                let apart = step.checked_mul(seconds)?;
                let days = Span::new().try_days(apart.div_euclid(DAY)).ok()?;
                let rest = SignedDuration::from_secs(apart.rem_euclid(DAY));
                self.anchor.checked_add(days).ok()?.checked_add(rest).ok()
            }
            None => self.month(step.checked_mul(i64::from(self.length.get()))?),
        }
    }

    /// The anchor's day and time `count` months later, the day clamped.
    fn month(&self, count: i64) -> Option<DateTime> {
        let month = months(self.anchor).checked_add(count)?;
        let year = i16::try_from(month.div_euclid(12)).ok()?;
        let first = Date::new(year, i8::try_from(month.rem_euclid(12)).ok()? + 1, 1).ok()?;
        let date = first.with().day(self.anchor.day().min(first.days_in_month())).build().ok()?;
        Some(date.to_datetime(self.anchor.time()))
    }

    /// Seconds of the wall clock from one hand-off to the next; none where they are months.
    fn seconds(&self) -> Option<i64> {
        let unit = match self.unit {
            RotationUnit::Hour => 3_600,
            RotationUnit::Day => DAY,
            RotationUnit::Week => 7 * DAY,
            RotationUnit::Month => return None,
        };
        Some(unit * i64::from(self.length.get()))
    }

    fn handoff(&self, step: i64) -> Timestamp {
        let end = if step < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.wall(step).map_or(end, |wall| wall::first_at(&self.zone, wall))
    }

    /// The next hand-off at another instant than `at`. A gap swallows a day at most: some 25 steps.
    fn next_handoff(&self, step: i64, at: Timestamp) -> Option<(i64, Timestamp)> {
        let mut next = step.checked_add(1)?;
        loop {
            let then = wall::first_at(&self.zone, self.wall(next)?);
            if then > at {
                return Some((next, then));
            }
            next = next.checked_add(1)?;
        }
    }

    fn member(&self, step: i64) -> &str {
        self.members.get(self.place(step)).map_or("", String::as_str)
    }

    fn place(&self, step: i64) -> usize {
        let turns = i64::try_from(self.members.len()).unwrap_or(1);
        usize::try_from(step.rem_euclid(turns)).unwrap_or(0)
    }
}

/// A step and its time, `[from, until)`.
struct Turn {
    step: i64,
    from: Timestamp,
    until: Timestamp,
}

/// Months since January of the year 0.
fn months(wall: DateTime) -> i64 {
    i64::from(wall.year()) * 12 + i64::from(wall.month()) - 1
}

fn check_members(members: &[String]) -> Result<(), OnCallError> {
    match members.len() {
        0 => Err(OnCallError::NoMembers),
        1..=limits::ROTATION_MEMBERS => Ok(()),
        more => Err(OnCallError::TooManyPeople(more)),
    }
}

pub(super) fn check_zone(zone: &TimeZone) -> Result<(), OnCallError> {
    match zone.iana_name() {
        Some(_) if !zone.is_unknown() => Ok(()),
        Some(_) | None => Err(OnCallError::ZoneWithoutName),
    }
}
