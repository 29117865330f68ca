//! Clocks, runs and pings of an issue, and the documents about duty: one of every sort and state.

use std::num::NonZeroU32;

use domain::{
    Announced, Answer, Calendar, CalendarDocument, ClockKind, ClockLimit, ClockName, Clocks, Document,
    Escalation, Fired, Given, HandOver, Identity, ItemClock, ItemId, LayerDocument, LayerWho, Lease,
    LeaseLimit, Mark, OpenHours, Override, OverrideDocument, Pause, PersonalCycle, Ping, PingId, PingOutcome,
    PingReason, PingRule, PingTarget, PingTerms, Plan, PolicyDocument, PolicyStep, PolicyVersion, Position,
    QuietHours, Recipient, Repeat, Rotation, RotationDocument, RotationUnit, RuleLeft, Run, RunPhase,
    Running, ScheduleDocument, Severity, Shift, ShiftWindow, Since, Started, Temporary, TimeLimit, Week,
};
use jiff::{
    civil::{Weekday, date, time},
    tz::TimeZone,
};

use super::{at, department, mia};

const ASSIST: ClockName =
    ClockName { kind: ClockKind::AssistAnswer, item: Some(ItemId::from_bytes([4; 16])), cycle: 1 };

pub(super) fn clocks() -> Clocks {
    let item = |kind, number, due| ItemClock {
        kind,
        item: ItemId::from_bytes([number; 16]),
        cycle: 1,
        since: started(number.into()),
        due,
        timed_out: number == 4,
    };
    Clocks {
        own: Some(Running { cycle: 1, since: started(1), halved: false }),
        ack: Some(Running { cycle: 2, since: Started { silent: true, ..started(2) }, halved: true }),
        update: None,
        resolve: Some(Running { cycle: 3, since: started(3), halved: false }),
        orphan: None,
        items: vec![item(ClockKind::AssistAnswer, 4, Some(at(60))), item(ClockKind::HandOffAccept, 5, None)],
        pauses: vec![Pause { from: at(1), until: Some(at(2)) }, Pause { from: at(3), until: None }],
        announced: vec![
            Announced { clock: ASSIST, mark: Mark::Warned, deadline: at(60), at: at(45) },
            Announced { clock: ASSIST, mark: Mark::Breached, deadline: at(60), at: at(61) },
        ],
        began: [1, 2, 1, 3, 0],
        unanswered: true,
    }
}

fn started(second: i64) -> Started {
    let position = Position::new(second.unsigned_abs());
    Started {
        at: at(second),
        position,
        department: department("support"),
        calendar: (second % 2 == 0).then(|| "pumpworks".to_owned()),
        silent: false,
    }
}

pub(super) fn escalation() -> Escalation {
    let phases = [
        RunPhase::Answered { until: None },
        RunPhase::Stepping { next_at: at(300) },
        RunPhase::Answered { until: Some(at(1800)) },
        RunPhase::Snoozed { until: at(60) },
        RunPhase::Ended { at: at(7) },
    ];
    let fired = [
        Fired::Digest,
        Fired::Step { step: 1, pass: 0 },
        Fired::Fallback { times: 2 },
        Fired::Meanwhile,
        Fired::Step { step: 0, pass: 3 },
    ];
    let slugs = ["warehouse", "support", "engineering", "sales", "field-service"];
    let runs = slugs.into_iter().zip(phases).zip(fired).map(|((slug, phase), fired)| run(slug, phase, fired));
    let by = || Identity { source: "/zendesk".to_owned(), id: "z-9".to_owned() };
    Escalation {
        runs: runs.collect(),
        pings: pings(),
        arbiter_calls: 1,
        arbiter_asked: true,
        given: vec![Given {
            by: ItemId::from_bytes([7; 16]),
            since: Since { at: at(8), by: by() },
            told: true,
        }],
        hand_over: Some(HandOver { ended: at(9), owner: by() }),
    }
}

fn run(slug: &str, phase: RunPhase, fired: Fired) -> Run {
    Run {
        department: department(slug),
        cycle: 2,
        policy: PolicyVersion { id: "default".to_owned(), position: Position::new(7) },
        severity: Severity::One,
        started_at: at(61),
        fired,
        phase,
        lease: Some(Lease { by: ItemId::from_bytes([6; 16]), most: at(7200), remind_at: Some(at(1350)) }),
        escalated: true,
        migrated: true,
        answers: vec![Answer { by: Some(mia()), at: at(62) }, Answer { by: None, at: at(63) }],
        personal: vec![PersonalCycle {
            person: "mia".to_owned(),
            cycle: 2,
            step: 1,
            pass: 0,
            started_at: at(61),
            left: vec![RuleLeft { rule: 1, contact: "phone".to_owned(), after_seconds: 120 }],
        }],
        unreachable: true,
        next_shift: Some(at(900)),
    }
}

fn pings() -> Vec<Ping> {
    let mia = Recipient::Person { person: "mia".to_owned(), contact: "phone".to_owned() };
    let alarm = Recipient::Channel("alarm".to_owned());
    let by = "pager-1".to_owned();
    let held = PingOutcome::Attempted { attempt: 1, by, at: at(62), position: Position::new(62) };
    let all = [
        (&mia, PingReason::Step { step: 0, pass: 1, rule: 2 }, PingOutcome::Pending),
        (&alarm, PingReason::Fallback { times: 1 }, held),
        (&mia, PingReason::Warning(ASSIST), PingOutcome::Retrying { attempt: 2, not_before: at(70) }),
        (&mia, PingReason::Notice(ASSIST), PingOutcome::Delivered { at: at(63) }),
        (&alarm, PingReason::Fallback { times: 2 }, PingOutcome::Failed { at: at(64), handled: true }),
        (&mia, PingReason::Instead(PingId::from_bytes([5; 16])), PingOutcome::Withdrawn { at: at(65) }),
        (&mia, PingReason::Reminder(ItemId::from_bytes([6; 16])), PingOutcome::Pending),
        (&mia, PingReason::Given(ItemId::from_bytes([7; 16])), PingOutcome::Pending),
        (&mia, PingReason::HandOver(at(9)), PingOutcome::Pending),
        (&alarm, PingReason::Outage(at(8)), PingOutcome::Pending),
        (&alarm, PingReason::Digest, PingOutcome::Throttled { until: at(68) }),
        (&mia, PingReason::Lapsed(at(7)), PingOutcome::Pending),
        (&mia, PingReason::Retracted(PingId::from_bytes([1; 16])), PingOutcome::Pending),
    ];
    let ping = |(number, (to, reason, outcome)): (u8, (&Recipient, PingReason, PingOutcome))| Ping {
        terms: PingTerms {
            id: PingId::from_bytes([number; 16]),
            department: department("support"),
            cycle: 2,
            to: to.clone(),
            reason,
            not_before: (number == 1).then(|| at(66)),
        },
        requested_at: at(61),
        position: Position::new(9),
        outcome,
    };
    (1..).zip(all).map(ping).collect()
}

pub(super) fn rules() -> Vec<PingRule> {
    vec![PingRule { contact: "work phone".to_owned(), after_seconds: 120, severities: vec![1, 2] }]
}

pub(super) fn quiet() -> QuietHours {
    let quiet = QuietHours::new(berlin(), week("22:00-06:00")).unwrap();
    quiet.with_holidays_of(Some("office".to_owned()))
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn week(hours: &str) -> Week {
    let hours: OpenHours = hours.parse().unwrap();
    Week::new([(Weekday::Monday, hours), (Weekday::Sunday, hours)]).unwrap()
}

/// One of every kind about duty.
pub(super) fn documents() -> [Document; 5] {
    let holidays = [date(2026, 12, 25)].into_iter().collect();
    let calendar = Calendar::new(berlin(), week("09:00-17:00"), holidays).unwrap();
    let people = vec!["mia".to_owned(), "bo".to_owned()];
    let (every, anchor) = (NonZeroU32::MIN, date(2026, 1, 5).at(9, 30, 0, 0));
    let rotation = Rotation::new(berlin(), people.clone(), RotationUnit::Week, every, anchor).unwrap();
    let (id, name) = ("support".to_owned(), Some("Support".to_owned()));
    [
        Document::Calendar(CalendarDocument { id: id.clone(), name: name.clone(), calendar }),
        Document::Rotation(RotationDocument { id: id.clone(), name: None, rotation }),
        Document::Schedule(ScheduleDocument {
            id: id.clone(),
            name,
            zone: berlin(),
            layers: layers(people),
            temporary: vec![Temporary {
                from: at(0),
                until: at(60),
                shifts: vec![Shift { person: "bo".to_owned(), from: at(1), until: at(59) }],
            }],
            gaps_wanted: true,
        }),
        Document::Override(OverrideDocument {
            id: "concert".to_owned(),
            schedule: id.clone(),
            exception: Override {
                from: at(0),
                until: at(9),
                removes: Some("mia".to_owned()),
                adds: Some("bo".to_owned()),
            },
            reason: Some("Concert".to_owned()),
            active: false,
        }),
        Document::Policy(policy(id)),
    ]
}

fn layers(people: Vec<String>) -> Vec<LayerDocument> {
    let nights = ShiftWindow {
        days: vec![Weekday::Friday, Weekday::Saturday],
        from: time(22, 0, 0, 0),
        until: time(6, 30, 0, 0),
    };
    let layer = |name: &str, who, windows, from, until| LayerDocument {
        name: name.to_owned(),
        who,
        windows,
        from,
        until,
    };
    vec![
        layer("weekly", LayerWho::Rotation("support".to_owned()), Vec::new(), None, Some(at(99))),
        layer("nights", LayerWho::People(people), vec![nights], Some(at(1)), None),
    ]
}

fn policy(id: String) -> PolicyDocument {
    let targets = vec![
        PingTarget::OnCall(None),
        PingTarget::OnCall(Some("support".to_owned())),
        PingTarget::Person("mia".to_owned()),
        PingTarget::Head(None),
        PingTarget::Head(Some(department("sales"))),
        PingTarget::HearingHead,
        PingTarget::Owner,
        PingTarget::HeardBy,
        PingTarget::AccountOwner,
        PingTarget::Channel("room".to_owned()),
    ];
    let plan = |repeat, lease| Plan {
        steps: vec![PolicyStep { targets: targets.clone(), delay: TimeLimit::Wall(300), answers: 2 }],
        repeat,
        lease,
        pages_days: None,
        until_opening: false,
        working_time: true,
        holds: true,
    };
    let limits = [TimeLimit::Wall(900), TimeLimit::Wall(3600), TimeLimit::Hours(14_400), TimeLimit::Days(2)];
    PolicyDocument {
        id,
        name: Some("Support".to_owned()),
        limits: vec![ClockLimit { clock: ClockKind::Ack, limits }],
        plans: [
            plan(Repeat::Forever, LeaseLimit::NeverLapses),
            plan(Repeat::Times(3), LeaseLimit::Lasts(TimeLimit::Hours(7200))),
            plan(Repeat::Times(0), LeaseLimit::Lasts(TimeLimit::Days(1))),
            plan(Repeat::Times(1), LeaseLimit::Lasts(TimeLimit::Days(2))),
        ],
        fallback: PingTarget::Channel("alarm".to_owned()),
    }
}
