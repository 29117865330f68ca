//! The policy of version 0: in force where a department names none and nobody set one called `default`.

use std::sync::LazyLock;

use super::{ClockLimit, LeaseLimit, Plan, PolicyDocument, PolicyStep, Repeat};
use crate::{ClockKind, PingTarget, TimeLimit};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// How long each clock runs for severity 1 to 4 (`domain.md` 4.8). A promise and a deferral run until the day agreed.
const LIMITS: [(ClockKind, [TimeLimit; 4]); 7] = [
    (ClockKind::Own, [minutes(15), open_hours(1), open_hours(4), open_hours(8)]),
    (ClockKind::Ack, [hours(1), open_hours(4), open_hours(8), open_hours(16)]),
    (ClockKind::Update, [hours(4), open_hours(8), open_hours(24), open_hours(40)]),
    (ClockKind::Resolve, [hours(24), TimeLimit::Days(5), TimeLimit::Days(15), TimeLimit::Days(30)]),
    (ClockKind::HandOffAccept, [minutes(30), open_hours(2), open_hours(4), open_hours(8)]),
    (ClockKind::AssistAnswer, [hours(2), open_hours(8), open_hours(24), open_hours(40)]),
    (ClockKind::Orphan, [minutes(30), open_hours(2), open_hours(8), open_hours(8)]),
];

/// How often each level is asked before the next one.
const TIMES: usize = 3;

/// For how many days what is answered and overdue again is paged for (`domain.md` 4.11).
const PAGES_DAYS: u32 = 7;

/// The schedule of those who lead the company.
const EXECUTIVES: &str = "executives";

/// The name of the channel that is asked where nobody answers.
const FALLBACK: &str = "fallback";

static BUILT_IN: LazyLock<PolicyDocument> = LazyLock::new(|| PolicyDocument {
    id: "built-in".to_owned(),
    name: None,
    limits: LIMITS.map(|(clock, limits)| ClockLimit { clock, limits }).to_vec(),
    plans: [
        at_any_time(minutes(5), minutes(30)),
        at_any_time(minutes(15), hours(2)),
        in_working_time(),
        in_working_time(),
    ],
    fallback: PingTarget::Channel(FALLBACK.to_owned()),
});

pub(super) fn policy() -> &'static PolicyDocument {
    &BUILT_IN
}

/// Severity 1 and 2 wait for nobody's morning.
fn at_any_time(delay: TimeLimit, lease: TimeLimit) -> Plan {
    let lease = LeaseLimit::Lasts(lease);
    let (repeat, pages_days) = (Repeat::Times(0), Some(PAGES_DAYS));
    Plan {
        steps: steps(delay),
        repeat,
        lease,
        pages_days,
        working_time: false,
        holds: false,
        until_opening: false,
    }
}

fn in_working_time() -> Plan {
    let delay = open_hours(1);
    Plan {
        steps: steps(delay),
        repeat: Repeat::Times(0),
        lease: LeaseLimit::Lasts(TimeLimit::Days(1)),
        pages_days: Some(PAGES_DAYS),
        working_time: true,
        holds: true,
        until_opening: true,
    }
}

/// The levels of `domain.md` 4.11, each as often as it is asked.
fn steps(delay: TimeLimit) -> Vec<PolicyStep> {
    let levels = [
        vec![PingTarget::OnCall(None)],
        vec![PingTarget::Head(None), PingTarget::HearingHead],
        vec![PingTarget::OnCall(Some(EXECUTIVES.to_owned())), PingTarget::AccountOwner],
    ];
    let step = |targets| PolicyStep { targets, delay, answers: 1 };
    levels.into_iter().flat_map(|targets| vec![step(targets); TIMES]).collect()
}

const fn minutes(count: u32) -> TimeLimit {
    TimeLimit::Wall(count * MINUTE)
}

const fn hours(count: u32) -> TimeLimit {
    TimeLimit::Wall(count * HOUR)
}

const fn open_hours(count: u32) -> TimeLimit {
    TimeLimit::Hours(count * HOUR)
}
