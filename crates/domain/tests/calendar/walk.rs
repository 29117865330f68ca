//! The same answers by walking from minute to minute, which knows nothing of gaps and folds: a wall time has come once the
//! clock has shown it or a later one, and it is over once the clock will show neither it again nor an earlier one.

use std::collections::BTreeSet;

use domain::{Calendar, Pause, TimeLimit};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime},
};
use proptest::prelude::*;

use crate::laws::{calendar, near_a_change};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Minutes walked, and those before that are only looked at.
const WALK: usize = 16 * 24 * 60;
const BEFORE: usize = 3 * 24 * 60;

/// Whether it is open in each minute of the walk.
fn open(calendar: &Calendar, start: Timestamp) -> Vec<bool> {
    let first = start - MINUTE * i32::try_from(BEFORE).unwrap();
    let shown: Vec<DateTime> = std::iter::successors(Some(first), |at| Some(*at + MINUTE))
        .take(BEFORE + WALK + BEFORE)
        .map(|at| calendar.zone().to_datetime(at))
        .collect();
    let mut reached = shown.clone();
    (1..reached.len()).for_each(|n| reached[n] = reached[n].max(reached[n - 1]));
    let mut ahead = shown;
    (1..ahead.len()).rev().for_each(|n| ahead[n - 1] = ahead[n - 1].min(ahead[n]));
    (BEFORE..BEFORE + WALK).map(|n| is_open(calendar, reached[n], [ahead[n], ahead[n + 1]])).collect()
}

fn is_open(calendar: &Calendar, reached: DateTime, [ahead, after]: [DateTime; 2]) -> bool {
    let dates = ahead.date().yesterday().unwrap().series(1.day()).take_while(|date| *date <= reached.date());
    dates.filter(|date| !calendar.holidays().contains(date)).any(|date| {
        let wall = |minute: u16| date.at(0, 0, 0, 0) + i64::from(minute).minutes();
        let windows = calendar.week().on(date.weekday());
        windows.iter().any(|hours| {
            let until = wall(hours.until());
            wall(hours.from()) <= reached && (ahead < until || after <= until)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_comes_to_the_same(
        (calendar, start) in calendar().prop_flat_map(|calendar| {
            let start = near_a_change(calendar.zone().clone());
            (Just(calendar), start)
        }),
        minutes in 1..4_000_u32,
        paused in prop::collection::btree_set(0..WALK, 0..7),
    ) {
        let open = open(&calendar, start);
        let at = |minute: usize| start + MINUTE * i32::try_from(minute).unwrap();
        for minute in (0..WALK).step_by(7) {
            prop_assert_eq!(calendar.is_open(at(minute)), open[minute], "{}", at(minute));
        }
        let counted = open.iter().filter(|open| **open).count();
        prop_assert_eq!(calendar.open_seconds_between(start, at(WALK)), u64::try_from(counted).unwrap() * 60);

        let edges: Vec<usize> = paused.into_iter().collect();
        let is_paused = |minute| edges.iter().filter(|edge| **edge <= minute).count() % 2 == 1;
        let mut used = 0;
        let due = (0..WALK).find(|minute| {
            used += u32::from(open[*minute] && !is_paused(*minute));
            used == minutes
        });
        let pauses: Vec<Pause> = edges
            .chunks(2)
            .map(|edge| Pause { from: at(edge[0]), until: edge.get(1).map(|end| at(*end)) })
            .collect();
        let deadline = calendar.deadline(start, TimeLimit::Hours(minutes * 60), &pauses);
        prop_assert_eq!(deadline.filter(|due| *due <= at(WALK)), due.map(|minute| at(minute + 1)));
    }
}

#[test]
fn a_walk_knows_the_first_and_the_second_one_o_clock() {
    let holidays: BTreeSet<Date> = BTreeSet::new();
    let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
    let sundays = Calendar::new(zone, crate::made::week("Sun 00:00-01:30"), holidays).unwrap();
    let open = open(&sundays, crate::made::at("2026-11-01T00:00-05"));
    assert_eq!(open.iter().take(1_440).filter(|open| **open).count(), 150);
}
