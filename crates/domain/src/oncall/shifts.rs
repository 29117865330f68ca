//! Who is on duty when: at an instant, over an interval, and when that changes next.

use jiff::Timestamp;

use super::{
    Override, Schedule,
    duty::{On, on_at},
    edges,
};
use crate::{limits, wall};

/// What puts a person on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A layer of the schedule, by its name.
    Layer(String),
    /// A temporary schedule.
    Temporary,
    /// An override that adds the person, or puts them in somebody's place.
    Override,
}

/// A time on duty of one person by one source, without interruption. Turns that follow each other are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDuty {
    /// Who: an id of the directory.
    pub person: String,
    /// What puts them on duty.
    pub by: Source,
    /// Since when; none if they were all the time that was looked at ([`limits::DUTY_DAYS`]).
    pub from: Option<Timestamp>,
    /// Until when; none if they are all the time that was looked at ([`limits::DUTY_DAYS`]).
    pub until: Option<Timestamp>,
}

/// A time with nobody on duty, `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The first instant of it, or of what was asked for.
    pub from: Timestamp,
    /// The first instant after it, or after what was asked for.
    pub until: Timestamp,
}

/// Who is on duty over an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shifts {
    /// All that touch the interval, in order of their beginning: whole, also where they reach beyond it.
    pub shifts: Vec<OnDuty>,
    /// When nobody is on duty in the interval, in order.
    pub gaps: Vec<Gap>,
    /// How far the interval was looked at: its end, unless the answer is cut off. Ask again from here; who is
    /// on duty across it is told again.
    pub until: Timestamp,
    /// Whether the answer is cut off, by the number asked for or by a limit.
    pub truncated: bool,
}

/// Who is on duty at `at`, and nothing else: cheaper than [`on_call_at`].
pub fn people_on_call(schedule: &Schedule, overrides: &[Override], at: Timestamp) -> Vec<(String, Source)> {
    on_at(schedule, overrides, at).into_iter().map(|on| (on.person.to_owned(), on.by.to_source())).collect()
}

/// Who is on duty at `at`, since when and until when, in the order of their layer and then of the overrides. `overrides` are
/// those of this schedule, in order of their position.
pub fn on_call_at(schedule: &Schedule, overrides: &[Override], at: Timestamp) -> Vec<OnDuty> {
    let mut open = begun(schedule, overrides, at);
    let order: Vec<&str> = open.iter().map(|open| open.on.person).collect();
    let mut done = Vec::new();
    end_all(schedule, overrides, at, &mut open, &mut done);
    done.sort_by_key(|duty| order.iter().position(|person| *person == duty.person));
    done
}

/// Who is on duty in `[from, until)`, and when nobody is: at most `most` shifts, or those of `from` where they are more,
/// over at most [`limits::DUTY_DAYS`].
pub fn shifts(
    schedule: &Schedule,
    overrides: &[Override],
    from: Timestamp,
    until: Timestamp,
    most: usize,
) -> Shifts {
    let end = until.max(from).min(wall::days_after(from, limits::DUTY_DAYS));
    let mut told = Shifts { shifts: Vec::new(), gaps: Vec::new(), until: end, truncated: end < until };
    if end <= from {
        return told;
    }
    let mut open = begun(schedule, overrides, from);
    let mut empty_since = open.is_empty().then_some(from);
    for (count, edge) in edges::ahead(schedule, overrides, from, end).enumerate() {
        let on = on_at(schedule, overrides, edge);
        let come: Vec<_> = on.iter().filter(|on| open.iter().all(|open| open.on != **on)).copied().collect();
        if told.shifts.len() + open.len() + come.len() > most || count >= limits::DUTY_EDGES {
            told.until = edge;
            told.truncated = true;
            break;
        }
        close(&mut open, &on, edge, &mut told.shifts);
        open.extend(come.into_iter().map(|on| Open { on, from: Some(edge) }));
        match (open.is_empty(), empty_since) {
            (true, None) => empty_since = Some(edge),
            (false, Some(since)) => {
                told.gaps.push(Gap { from: since, until: edge });
                empty_since = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    told.gaps.extend(empty_since.map(|since| Gap { from: since, until: told.until }));
    // The state just before the end is the one that is carried over it.
    end_all(schedule, overrides, wall::just_before(told.until), &mut open, &mut told.shifts);
    told.shifts.sort_by(|a, b| (a.from, &a.person).cmp(&(b.from, &b.person)));
    told
}

/// The first instant after `after` at which somebody comes or goes; none if nobody does within [`limits::DUTY_DAYS`].
///
/// After [`limits::DUTY_EDGES`] instants at which somebody might have but did not, it is the next such instant: one may be
/// told too many, never one too few.
pub fn next_change(schedule: &Schedule, overrides: &[Override], after: Timestamp) -> Option<Timestamp> {
    let now = on_at(schedule, overrides, after);
    let horizon = wall::days_after(after, limits::DUTY_DAYS);
    edges::ahead(schedule, overrides, after, horizon)
        .enumerate()
        .find(|(count, edge)| *count >= limits::DUTY_EDGES || on_at(schedule, overrides, *edge) != now)
        .map(|(_, edge)| edge)
}

/// Somebody on duty who has not gone yet.
struct Open<'a> {
    on: On<'a>,
    from: Option<Timestamp>,
}

/// Who is on duty at `at`, and since when.
fn begun<'a>(schedule: &'a Schedule, overrides: &'a [Override], at: Timestamp) -> Vec<Open<'a>> {
    let mut open: Vec<Open<'a>> =
        on_at(schedule, overrides, at).into_iter().map(|on| Open { on, from: None }).collect();
    let horizon = wall::days_after(at, -limits::DUTY_DAYS);
    for edge in edges::behind(schedule, overrides, horizon, at).take(limits::DUTY_EDGES) {
        if open.iter().all(|open| open.from.is_some()) {
            break;
        }
        let before = on_at(schedule, overrides, wall::just_before(edge));
        for open in open.iter_mut().filter(|open| open.from.is_none() && !before.contains(&open.on)) {
            open.from = Some(edge);
        }
    }
    open
}

/// Looks ahead of `after` for the end of everybody's time on duty.
fn end_all(
    schedule: &Schedule,
    overrides: &[Override],
    after: Timestamp,
    open: &mut Vec<Open<'_>>,
    done: &mut Vec<OnDuty>,
) {
    let horizon = wall::days_after(after, limits::DUTY_DAYS);
    for edge in edges::ahead(schedule, overrides, after, horizon).take(limits::DUTY_EDGES) {
        if open.is_empty() {
            return;
        }
        close(open, &on_at(schedule, overrides, edge), edge, done);
    }
    done.extend(open.drain(..).map(|open| duty(&open, None)));
}

/// Moves whoever is no longer on duty at `edge` from `open` to `done`.
fn close(open: &mut Vec<Open<'_>>, on: &[On<'_>], edge: Timestamp, done: &mut Vec<OnDuty>) {
    open.retain(|open| {
        let stays = on.contains(&open.on);
        if !stays {
            done.push(duty(open, Some(edge)));
        }
        stays
    });
}

fn duty(open: &Open<'_>, until: Option<Timestamp>) -> OnDuty {
    OnDuty { person: open.on.person.to_owned(), by: open.on.by.to_source(), from: open.from, until }
}
