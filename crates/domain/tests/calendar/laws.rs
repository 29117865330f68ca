//! What holds in any zone, for any calendar, at any instant.

use domain::{Calendar, OpenHours, Pause, TimeLimit, Week};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use proptest::prelude::*;

/// Zones with changes of every kind, and any other.
fn zone() -> impl Strategy<Value = TimeZone> {
    let all: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let odd = ["America/Chicago", "Africa/Cairo", "Pacific/Apia", "Australia/Lord_Howe", "America/Havana"];
    prop_oneof![prop::sample::select(odd.to_vec()).prop_map(str::to_owned), prop::sample::select(all),]
        .prop_filter_map("has a name", |name| TimeZone::get(&name).ok())
        .prop_filter("is known", |zone| !zone.is_unknown())
}

/// One to a few windows a day, some of them whole days or up to midnight.
fn week() -> impl Strategy<Value = Week> {
    let edges = prop_oneof![
        Just(vec![]),
        Just(vec![0, 1_440]),
        Just(vec![540, 1_020]),
        prop::collection::btree_set(0..=1_440_u16, 0..8).prop_map(|edges| edges.into_iter().collect()),
        prop::collection::btree_set(0..=200_u16, 0..6).prop_map(|edges| edges.into_iter().collect()),
    ];
    prop::collection::vec(edges, 7).prop_filter_map("is open", |days: Vec<Vec<u16>>| {
        let weekdays = Weekday::Monday.cycle_forward();
        let windows = weekdays.zip(&days).flat_map(|(weekday, edges)| {
            let pairs = edges.chunks_exact(2);
            pairs.filter_map(move |edge| Some((weekday, OpenHours::new(edge[0], edge[1])?)))
        });
        Week::new(windows).ok().filter(|week| !week.is_empty())
    })
}

pub(crate) fn calendar() -> impl Strategy<Value = Calendar> {
    let date = (0..14_000_i64).prop_map(|days| Date::constant(2000, 1, 1).saturating_add(days.days()));
    let holidays = prop::collection::btree_set(date, 0..60);
    (zone(), week(), holidays).prop_map(|(zone, week, holidays)| Calendar::new(zone, week, holidays).unwrap())
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (946_684_800..2_145_916_800_i64).prop_map(|second| Timestamp::from_second(second).unwrap())
}

/// A whole minute in the days before a change of the clocks, if the zone still knows any.
pub(crate) fn near_a_change(zone: TimeZone) -> impl Strategy<Value = Timestamp> {
    (instant(), 0..8_000_i64).prop_map(move |(instant, minutes)| {
        let near = zone.following(instant).next().map_or(instant, |change| change.timestamp());
        let minute = near.as_second().div_euclid(60) - minutes;
        Timestamp::from_second(minute * 60).unwrap()
    })
}

fn limit() -> impl Strategy<Value = TimeLimit> {
    prop_oneof![
        (1..3_000_000_u32).prop_map(TimeLimit::Wall),
        (1..400_000_u32).prop_map(TimeLimit::Hours),
        (1..40_u32).prop_map(TimeLimit::Days),
    ]
}

fn at_a_change() -> impl Strategy<Value = (Calendar, Timestamp)> {
    calendar().prop_flat_map(|calendar| {
        let start = near_a_change(calendar.zone().clone());
        (Just(calendar), start)
    })
}

/// Ended pauses, in order, the first so many seconds after the start.
fn pauses(start: Timestamp, seconds: &[i64]) -> Vec<Pause> {
    let mut edge = start - SignedDuration::from_hours(24);
    let mut edges = Vec::new();
    for length in seconds {
        edge += SignedDuration::from_secs(*length);
        edges.push(edge);
    }
    edges.chunks_exact(2).map(|edge| Pause { from: edge[0], until: Some(edge[1]) }).collect()
}

/// What a limit has used from its start until an instant.
fn used(calendar: &Calendar, limit: TimeLimit, start: Timestamp, until: Timestamp, pauses: &[Pause]) -> u64 {
    let between = |from: Timestamp, until: Timestamp| match limit {
        TimeLimit::Wall(_) => u64::try_from(until.duration_since(from).as_secs()).unwrap_or(0),
        TimeLimit::Hours(_) | TimeLimit::Days(_) => calendar.open_seconds_between(from, until),
    };
    let paused = pauses.iter().map(|pause| between(pause.from.max(start), pause.until.unwrap().min(until)));
    between(start, until) - paused.sum::<u64>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn open_time_adds_up((calendar, a) in at_a_change(), first in 0..2_000_000_i64, second in 0..2_000_000_i64) {
        let b = a + SignedDuration::from_secs(first);
        let c = b + SignedDuration::from_secs(second);
        let sum = calendar.open_seconds_between(a, b) + calendar.open_seconds_between(b, c);
        prop_assert_eq!(calendar.open_seconds_between(a, c), sum);
        prop_assert_eq!(calendar.open_seconds_between(c, a), 0);
    }

    #[test]
    fn adding_is_the_inverse_of_counting((calendar, start) in at_a_change(), seconds in 1..400_000_u32) {
        if let Some(end) = calendar.add_open_seconds(start, seconds) {
            prop_assert_eq!(calendar.open_seconds_between(start, end), u64::from(seconds));
            // It is the first such instant: the second before it was open.
            prop_assert!(calendar.is_open(end - SignedDuration::from_secs(1)));
        }
    }

    #[test]
    fn pauses_use_nothing(
        (calendar, start) in at_a_change(),
        limit in limit(),
        lengths in prop::collection::vec(1..200_000_i64, 0..10),
    ) {
        let pauses = pauses(start, &lengths);
        let plain = calendar.deadline(start, limit, &[]);
        let paused = calendar.deadline(start, limit, &pauses);
        if let (Some(plain), Some(paused)) = (plain, paused) {
            let budget = used(&calendar, limit, start, plain, &[]);
            prop_assert_eq!(used(&calendar, limit, start, paused, &pauses), budget);
            prop_assert!(plain <= paused);
            let within = pauses.iter().any(|pause| pause.from < paused && paused < pause.until.unwrap());
            prop_assert!(!within);
        }
    }

    #[test]
    fn what_is_over_or_to_come_changes_nothing((calendar, start) in at_a_change(), limit in limit()) {
        let plain = calendar.deadline(start, limit, &[]);
        let over = Pause { from: start - SignedDuration::from_hours(9), until: Some(start) };
        let to_come = plain.map(|due| Pause { from: due, until: None });
        let others: Vec<Pause> = std::iter::once(over).chain(to_come).collect();
        prop_assert_eq!(calendar.deadline(start, limit, &others), plain);
    }

    #[test]
    fn a_later_start_is_never_due_earlier(
        (calendar, start) in at_a_change(),
        later in prop_oneof![0..7_200_i64, 0..400_000_i64],
        limit in limit(),
        lengths in prop::collection::vec(1..200_000_i64, 0..6),
    ) {
        let pauses = match limit {
            TimeLimit::Wall(_) | TimeLimit::Hours(_) => pauses(start, &lengths),
            TimeLimit::Days(_) => vec![],
        };
        let one = calendar.deadline(start, limit, &pauses);
        let other = calendar.deadline(start + SignedDuration::from_secs(later), limit, &pauses);
        prop_assert!(other.is_none() || one <= other, "{one:?} {other:?}");
    }

    #[test]
    fn shares_are_in_order((calendar, start) in at_a_change(), limit in limit()) {
        let shares = [0, 75, 100, 150, 200].map(|percent| calendar.milestone(start, limit, &[], percent));
        prop_assert!(shares.iter().flatten().is_sorted());
    }

    #[test]
    fn every_instant_has_an_answer(
        calendar in calendar(),
        seconds in prop_oneof![
            Timestamp::MIN.as_second()..Timestamp::MAX.as_second(),
            (0..400_000_i64).prop_map(|second| Timestamp::MIN.as_second() + second),
            (0..400_000_i64).prop_map(|second| Timestamp::MAX.as_second() - second),
        ],
        nanosecond in 0..1_000_000_000_i64,
        amount in any::<u32>(),
    ) {
        let at = Timestamp::from_second(seconds).unwrap();
        let at = at.checked_add(SignedDuration::from_nanos(nanosecond)).unwrap_or(at);
        for limit in [TimeLimit::Wall(amount), TimeLimit::Hours(amount), TimeLimit::Days(amount)] {
            for percent in [100, amount] {
                let due = calendar.milestone(at, limit, &[], percent);
                prop_assert!(due.is_none_or(|due| at <= due));
            }
        }
        let closes = calendar.closes_at(at);
        prop_assert!(closes.is_none_or(|closes| at < closes && !calendar.is_open(closes)));
        calendar.open_seconds_between(Timestamp::MIN, at);
        calendar.open_seconds_between(at, Timestamp::MAX);
    }
}
