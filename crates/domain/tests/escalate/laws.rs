//! What holds whatever happens: facts, answers, failures, escalations by hand, a pager that comes and goes, and jumps of the
//! clock, in any order.

use domain::{
    Assignment, AssistTerms, DepartmentDocument, Document, Draft, Effect, Event, Issue, ItemRef, LeaseLimit,
    OfferTerms, Payload, PersonDocument, Ping, PingId, PingReason, PingTarget, PolicyDocument, PromiseOrigin,
    PromiseTerms, QuietHours, Repeat, RunPhase, Severity, TimeLimit, Week, fold, limits, next_due,
    pings_owed,
};
use jiff::{SignedDuration, Timestamp, civil::Weekday, tz::TimeZone};
use proptest::{collection::vec, prelude::*};

use crate::world::{
    T0, World, assigned, department, following, minutes, person, policy, schedule, somebody, step, to, with,
};

const DEPARTMENTS: [&str; 3] = ["support", "sales", "engineering"];
const PEOPLE: [&str; 4] = ["p1", "p2", "p3", "p4"];

/// Something that happens, and after how many seconds.
#[derive(Clone, Debug)]
struct Deed {
    after: i64,
    what: u8,
    whom: usize,
    which: usize,
}

fn deeds(count: usize) -> impl Strategy<Value = Vec<Deed>> {
    let seconds = prop_oneof![Just(0), 1..300_i64, 300..7_200_i64, Just(90_000)];
    let deed = (seconds, 0..29_u8, 0..12_usize, 0..64_usize);
    vec(deed.prop_map(|(after, what, whom, which)| Deed { after, what, whom, which }), 1..count)
}

/// Somebody who wants quiet from a quarter past nine on for two hours, each day.
fn resting(person: PersonDocument) -> PersonDocument {
    let week =
        Week::new(Weekday::Monday.cycle_forward().take(7).map(|day| (day, "09:15-11:15".parse().unwrap())))
            .unwrap();
    PersonDocument { quiet: Some(QuietHours::new(TimeZone::UTC, week).unwrap()), ..person }
}

fn world() -> World {
    let on_call = PingTarget::OnCall(Some("s".to_owned()));
    let people = vec![on_call, PingTarget::Head(None), PingTarget::Owner];
    let policies = [
        policy(
            "a",
            vec![step(5, vec![to("p1")]), step(10, people.clone()), step(15, vec![to("gone")])],
            Repeat::Times(1),
        ),
        policy(
            "b",
            vec![step(20, people), step(1, vec![PingTarget::Channel("room".to_owned())])],
            Repeat::Forever,
        ),
    ];
    // Long enough for a reminder.
    let [a, b] = policies;
    let b = with(b, |plan| {
        plan.lease = LeaseLimit::Lasts(TimeLimit::Wall(3_600));
        plan.holds = true;
    });
    let c = with(PolicyDocument { id: "c".to_owned(), ..a.clone() }, |plan| plan.holds = true);
    let policies = [a, b, c];
    let [p1, p2, p3, p4] = PEOPLE;
    let documents = [
        Document::Person(resting(somebody(p1, &["c"], &[]))),
        Document::Person(resting(somebody(p2, &["c", "d"], &[("c", 0), ("d", 3), ("c", 30)]))),
        Document::Person(somebody(p3, &["c", "d", "e"], &[("d", 1), ("d", 2)])),
        Document::Person(somebody(p4, &[], &[])),
        Document::Department(DepartmentDocument {
            schedule: Some("s".to_owned()),
            ..following("support", "a")
        }),
        Document::Department(following("sales", "b")),
        Document::Department(following("engineering", "c")),
        Document::Schedule(schedule(
            "s",
            &[(p2, None, Some(120)), (p4, Some(120), Some(400)), (p3, Some(400), None)],
        )),
    ];
    World::new(policies.into_iter().map(Document::Policy).chain(documents)).heard()
}

fn payload(world: &World, deed: &Deed) -> (&'static str, Payload) {
    let other = department(DEPARTMENTS[deed.whom % 3]);
    let due = Some(world.now + minutes(30));
    match deed.what {
        0 => ("issue.resolved", Payload::Resolved),
        1 => ("issue.reopened", Payload::Reopened),
        2 => ("issue.withdrawn", Payload::Withdrawn),
        3 => ("issue.reinstated", Payload::Reinstated),
        4 | 5 => ("owner.assigned", assigned(other.as_str())),
        6 => {
            ("owner.accepted", Payload::Accepted { person: person(PEOPLE[deed.whom % 4]), department: None })
        }
        7 => ("owner.declined", Payload::Declined),
        8 => {
            let terms = AssistTerms {
                department: other,
                person: None,
                question: String::new(),
                due,
                blocking: false,
            };
            ("assist.requested", Payload::AssistRequested(terms))
        }
        9 => ("assist.answered", Payload::AssistAnswered { item: ItemRef::Open, unrequested: false }),
        10 => {
            let terms = OfferTerms { department: other, team: None, person: None, given: Vec::new() };
            ("handoff.offered", Payload::Offered(terms))
        }
        11 => ("handoff.declined", Payload::OfferDeclined { instead: None }),
        12 => {
            let terms = PromiseTerms {
                what: String::new(),
                to: None,
                by: Some(person("p2")),
                due: world.now + minutes(20),
                origin: PromiseOrigin::Issue,
            };
            ("promise.made", Payload::PromiseMade(terms))
        }
        13 => ("promise.kept", Payload::PromiseKept { item: ItemRef::Open }),
        14 => ("issue.severity_changed", Payload::SeverityChanged { to: Severity::One, word: None }),
        15 => ("issue.customer_input_requested", Payload::CustomerAsked { proven: true }),
        _ => ("issue.progress_noted", Payload::Noted),
    }
}

fn happen(world: &mut World, deed: &Deed) {
    world.now += SignedDuration::from_secs(deed.after);
    let who = DEPARTMENTS[deed.whom % 3];
    match deed.what {
        16..=18 => answer(world, deed),
        19 => {
            let payload = Payload::RunEscalated { department: department(who) };
            world.command(who, Some("p1"), Draft::new("run.escalated", payload));
        }
        20 => {
            let payload = Payload::RunSnoozed { department: department(who), until: world.now + minutes(40) };
            world.command(who, Some("p1"), Draft::new("run.snoozed", payload));
        }
        21 => world.silent = !world.silent,
        22 => {
            let contact = ["p1/c", "p2/c", "p2/d", "p3/d", "#last", "#room"][deed.whom % 6];
            if !world.broken.remove(contact) {
                world.broken.insert(contact.to_owned());
            }
        }
        24 => {
            let to =
                Assignment { department: None, team: None, person: Some(person(PEOPLE[deed.which % 4])) };
            world.command(who, Some("p1"), Draft::new("owner.assigned", Payload::Assigned(to)));
        }
        25 => {
            let terms = OfferTerms {
                department: department(who),
                team: None,
                person: Some(person(PEOPLE[deed.which % 4])),
                given: Vec::new(),
            };
            world.command(who, Some("p1"), Draft::new("handoff.offered", Payload::Offered(terms)));
        }
        26 => drop(world.look()),
        27 => {
            let steps = [
                vec![step(7, vec![to("p2")])],
                vec![step(9, vec![to("p4"), to("p3")]), step(2, vec![to("p1")])],
            ];
            world.set(Document::Policy(policy("a", steps[deed.which % 2].clone(), Repeat::Times(1))));
            world.migrate(who);
        }
        23 => {
            let by = Some(PEOPLE[deed.which % 4]);
            world.command(who, by, Draft::new("issue.progress_noted", Payload::Noted));
        }
        _ => {
            let (type_name, payload) = payload(world, deed);
            world.tell(who, type_name, payload);
        }
    }
}

fn answer(world: &mut World, deed: &Deed) {
    let pings = &world.issue().escalation.pings;
    if let Some(ping) = pings.get(deed.which % pings.len().max(1)).map(|ping| ping.terms.id) {
        world.answer_to(ping, PEOPLE[deed.whom % 4]);
    }
}

/// That of the first of those in whose place a ping is.
fn first_reason(issue: &Issue, ping: &Ping) -> PingReason {
    let mut reason = ping.terms.reason;
    while let PingReason::Instead(earlier) = reason {
        reason = issue.escalation.ping(earlier).unwrap().terms.reason;
    }
    reason
}

/// The pings that an issue owes, of which none is of a run that rests.
fn owed(issue: &Issue) -> Vec<PingId> {
    let owed: Vec<_> = pings_owed(issue).collect();
    for ping in &owed {
        // But who was pinged for nothing learns so.
        let takes_back = |reason| matches!(reason, PingReason::Retracted(_));
        assert!(issue.lifecycle().is_open() || takes_back(first_reason(issue, ping)));
        if ping.terms.cycle > 0 {
            let run = issue.run(&ping.terms.department).unwrap();
            assert!(run.is_stepping() && run.cycle == ping.terms.cycle);
            assert!(issue.overdue(&run.department).next().is_some());
        }
    }
    owed.into_iter().map(|ping| ping.terms.id).collect()
}

fn check(world: &World) {
    let issue = world.issue();
    owed(issue);
    assert!(issue.escalation.runs.len() <= limits::RUNS && issue.escalation.pings.len() <= limits::PINGS);
    for run in &issue.escalation.runs {
        assert!(run.personal.len() <= limits::STEP_PEOPLE && run.answers.len() <= limits::STEP_PEOPLE);
        assert!(!run.is_active() || issue.overdue(&run.department).next().is_some());
        // A lease is what an answer makes, and notes keep within its bound.
        match (&run.phase, &run.lease) {
            (RunPhase::Answered { until: Some(until) }, Some(lease)) => assert!(*until <= lease.most),
            (phase, lease) => {
                assert!(lease.is_none() && !matches!(phase, RunPhase::Answered { until: Some(_) }));
            }
        }
    }
}

/// What the log alone says.
fn replayed(events: &[Event], world: &World) -> (Issue, Vec<PingId>) {
    let issue = fold(events, &world.directory).unwrap();
    let owed = owed(&issue);
    (issue, owed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    // `World::settle` fails where something is due and nothing is said, or the other way round, or where it never ends; and
    // where an event of the escalator's or the pager's is void at once, or one ping arrives twice.
    #[test]
    fn what_is_due_is_said_once_and_to_nobody_who_should_rest(deeds in deeds(40)) {
        let mut world = world();
        for deed in &deeds {
            happen(&mut world, deed);
            world.settle();
            check(&world);
            prop_assert!(world.due().is_none_or(|due| due > world.now));
            // Whatever is overdue has a run.
            for name in DEPARTMENTS.map(department) {
                let run = world.issue().run(&name).is_some_and(domain::Run::is_active);
                prop_assert_eq!(run, world.issue().overdue(&name).next().is_some());
            }
        }
        let (issue, owed_again) = replayed(&world.events, &world);
        prop_assert_eq!(&issue, world.issue());
        prop_assert_eq!(owed_again, owed(world.issue()));
        prop_assert_eq!(next_due(&issue, &world.directory), world.due());
    }

    // Where the clock stands still as long as nothing is due, an engine that looks oftener says the same.
    #[test]
    fn to_look_oftener_changes_nothing(deeds in deeds(20), every in 1..40_i64) {
        let (mut one, mut other) = (world(), world());
        for deed in &deeds {
            for (world, step) in [(&mut one, None), (&mut other, Some(every))] {
                let end = world.now + SignedDuration::from_secs(deed.after);
                pass(world, end, step);
                happen(world, &Deed { after: 0, ..deed.clone() });
                world.settle();
            }
        }
        prop_assert_eq!(one.arrived, other.arrived);
    }

    // Events of the escalator's that come where they fit no more owe no ping.
    #[test]
    fn what_comes_too_late_owes_nothing(deeds in deeds(25), drop in any::<u64>()) {
        let mut world = world();
        for deed in &deeds {
            happen(&mut world, deed);
            world.settle();
        }
        // Without some of the facts, as if they had been struck out; the escalator's own events stay.
        let own = |event: &Event| event.origin.is_own() || event.position == world.events[0].position;
        let kept = world.events.iter().zip((0..64).cycle()).filter(|(event, bit)| own(event) || drop >> bit & 1 == 0);
        let events: Vec<_> = kept.map(|(event, _)| event.clone()).collect();
        let (issue, _) = replayed(&events, &world);
        world.issue = Some(issue);
        check(&world);
        // And what is due by then is said.
        world.settle();
        check(&world);
    }
}

fn pass(world: &mut World, end: Timestamp, every: Option<i64>) {
    loop {
        world.settle();
        let now = world.now;
        let held = pings_owed(world.issue()).filter_map(Ping::not_before).filter(|at| *at > now).min();
        let due = world.due().into_iter().chain(held.filter(|_| !world.silent)).min();
        let look = every.map(|seconds| world.now + SignedDuration::from_secs(seconds * 60));
        let Some(next) = due.into_iter().chain(look).min().filter(|next| *next <= end) else { break };
        world.now = next.max(world.now);
    }
    world.now = end.max(world.now);
}

#[test]
fn ten_thousand_events_stay_within_bounds() {
    let mut world = world();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    while world.events.len() < 10_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let digit = |shift: u32, most: u64| (state >> shift) % most;
        let deed = Deed {
            after: i64::try_from(digit(3, 4_000)).unwrap(),
            what: u8::try_from(digit(16, 29)).unwrap(),
            whom: usize::try_from(digit(24, 12)).unwrap(),
            which: usize::try_from(digit(32, 64)).unwrap(),
        };
        happen(&mut world, &deed);
        world.settle();
        check(&world);
    }
}

#[test]
fn events_of_another_time_are_void() {
    let mut world = world();
    world.until(0);
    let stepped = world.events.iter().find(|event| *event.type_name == *"run.stepped").cloned().unwrap();
    let ping = world.events.iter().find(|event| *event.type_name == *"ping.requested").cloned().unwrap();
    let again = |world: &mut World, event: &Event| {
        let draft = Draft::new("again", event.payload.clone());
        world.append(event.origin.clone(), None, draft).effect
    };
    // The same step again, and after the end.
    assert_eq!(again(&mut world, &stepped), Effect::NotApplied);
    assert_eq!(again(&mut world, &ping), Effect::NotApplied);
    world.tell("support", "issue.resolved", Payload::Resolved);
    for event in [&stepped, &ping] {
        assert_eq!(again(&mut world, event), Effect::NotApplied);
    }
    assert_eq!((world.due(), world.now), (None, T0));
}
