//! Rows of `domain.md` 1b: assists, promises, deferrals and offers that nobody answers, and who is told of them.

use domain::{
    AssistTerms, DeferralTerms, DepartmentDocument, Document, Draft, ItemRef, Mark, OfferTerms, Payload,
    PingTarget, PromiseOrigin, PromiseState, PromiseTerms, Repeat, RunPhase, TimeLimit,
};

use crate::world::{
    T0, World, assigned, department, following, minutes, person, policy, schedule, somebody, step, to,
};

/// Engineering, where P1 is on call and P2 leads; support, whose clocks do not run out.
fn two_departments() -> World {
    let chain = vec![step(10, vec![PingTarget::OnCall(None)]), step(10, vec![PingTarget::Head(None)])];
    let mut calm = policy("calm", vec![step(10, vec![to("p3")])], Repeat::Times(0));
    calm.limits.iter_mut().for_each(|limit| limit.limits = [TimeLimit::Wall(700 * 86_400); 4]);
    let mut world = World::of(calm);
    world.set(Document::Policy(policy("p", chain, Repeat::Times(0))));
    world.set(Document::Schedule(schedule("s", &[("p1", None, None)])));
    world.set(Document::Department(DepartmentDocument {
        schedule: Some("s".to_owned()),
        head: Some("p2".to_owned()),
        ..following("engineering", "p")
    }));
    world.set(Document::Department(DepartmentDocument {
        head: Some("p4".to_owned()),
        ..following("support", "calm")
    }));
    world
}

fn named_owner(world: &mut World, id: &str) {
    let taken = Payload::Accepted { person: person(id), department: None };
    world.tell("support", "owner.accepted", taken);
}

#[test]
fn f03_an_assist_that_nobody_answers_is_escalated_where_it_was_asked() {
    let mut world = two_departments();
    named_owner(&mut world, "p3");
    let terms = AssistTerms {
        department: department("engineering"),
        person: None,
        question: "Why?".to_owned(),
        due: Some(T0 + minutes(100)),
        blocking: false,
    };
    let owner = world.issue().custody.owner.clone();
    world.tell("support", "assist.requested", Payload::AssistRequested(terms));
    world.until(119).expect(["+100 p1/c", "+110 p2/c"]);
    assert_eq!(world.issue().custody.owner, owner);
    let told = |name: &str| world.events.iter().filter(|event| *event.type_name == *name).count();
    assert_eq!((told("clock.breached"), told("assist.timed_out")), (1, 1));
    // The answer ends it.
    let answered = Payload::AssistAnswered { item: ItemRef::Open, unrequested: false };
    world.tell("engineering", "assist.answered", answered);
    assert!(!world.run("engineering").is_active());
    world.until(5_000).expect([]);
}

#[test]
fn f20_a_promise_that_is_not_kept_is_broken_and_its_owner_told() {
    let mut world = two_departments();
    named_owner(&mut world, "p4");
    let terms = PromiseTerms {
        what: "call back".to_owned(),
        to: None,
        by: Some(person("p1")),
        due: T0 + minutes(60),
        origin: PromiseOrigin::Callback,
    };
    world.tell("support", "promise.made", Payload::PromiseMade(terms));
    world.until(59).expect(["+44 p4/c"]);
    world.until(60).expect(["+60 p4/c", "+60 p3/c"]);
    assert!(matches!(world.issue().work.promises[0].state, PromiseState::Broken { .. }));
    world.now += minutes(1);
    world.tell("support", "promise.kept", Payload::PromiseKept { item: ItemRef::Open });
    assert!(matches!(world.issue().work.promises[0].state, PromiseState::KeptLate { .. }));
    world.until(5_000).expect([]);
}

#[test]
fn a_promise_of_another_day_is_owed_then() {
    let mut world = two_departments();
    let terms = PromiseTerms {
        what: "call back".to_owned(),
        to: None,
        by: Some(person("p1")),
        due: T0 + minutes(60),
        origin: PromiseOrigin::Callback,
    };
    world.tell("support", "promise.made", Payload::PromiseMade(terms));
    world.until(60).expect(["+44 p1/c", "+60 p1/c", "+60 p3/c"]);
    let due = T0 + minutes(120);
    world.tell("support", "promise.renegotiated", Payload::PromiseRenegotiated { item: ItemRef::Open, due });
    assert!(!world.run("support").is_active());
    world.until(119).expect(["+105 p1/c"]);
    world.until(120).expect(["+120 p1/c", "+120 p3/c"]);
}

#[test]
fn f01b_a_deferral_that_expires_is_told_to_the_owner_and_who_approved_it() {
    let mut world = two_departments();
    named_owner(&mut world, "p3");
    world.tell("support", "issue.acknowledged", Payload::Acknowledged { channel: None, next: None });
    let before = world.due();
    let terms =
        DeferralTerms { until: T0 + minutes(60 * 24 * 30 - 10), reason: "parts".to_owned(), told_at: None };
    world.command("support", Some("p3"), Draft::new("deferral.requested", Payload::DeferralRequested(terms)));
    let approved = Payload::DeferralApproved { item: ItemRef::Open };
    world.command("support", Some("p4"), Draft::new("deferral.approved", approved));
    world.until(60 * 24 * 30).expect(["+30d 0 p3/c", "+30d 0 p4/c"]);
    assert_eq!(world.issue().lifecycle(), domain::Lifecycle::Open);
    assert_eq!(world.due(), before);
    assert!(world.issue().escalation.runs.is_empty());
}

fn offered(world: &mut World) {
    let terms =
        OfferTerms { department: department("engineering"), team: None, person: None, given: Vec::new() };
    world.tell("support", "handoff.offered", Payload::Offered(terms));
}

#[test]
fn an_offer_that_times_out_is_told_to_both_heads() {
    let mut world = two_departments();
    let mut soon = policy("p", vec![step(10, vec![PingTarget::OnCall(None)])], Repeat::Times(0));
    soon.limits.iter_mut().for_each(|limit| limit.limits = [TimeLimit::Wall(3_600); 4]);
    world.set(Document::Policy(soon));
    offered(&mut world);
    world.until(68).expect(["+59 p4/c", "+59 p2/c", "+59 p1/c"]);
    assert_eq!(world.issue().custody.bounces, 1);
    assert!(world.issue().run(&department("support")).is_none());
}

#[test]
fn after_two_bounces_an_arbiter_is_asked_once() {
    let mut world = two_departments();
    for _ in 0..3 {
        offered(&mut world);
        world.tell("engineering", "handoff.declined", Payload::OfferDeclined { instead: None });
        world.until(1);
    }
    // Support names none: its head.
    world.expect(["+1 p4/c"]);
    // Another department has it, which names nobody: once more.
    world.tell("support", "owner.assigned", assigned("sales"));
    assert!(!world.issue().escalation.arbiter_asked);
    for _ in 0..3 {
        offered(&mut world);
        world.tell("engineering", "handoff.declined", Payload::OfferDeclined { instead: None });
    }
    world.until(2).expect(["+1 #fallback"]);
}

#[test]
fn an_arbiter_who_was_not_reached_before_it_was_resolved_is_asked_when_it_is_back() {
    let mut world = two_departments();
    world.silent = true;
    for _ in 0..2 {
        offered(&mut world);
        world.tell("engineering", "handoff.declined", Payload::OfferDeclined { instead: None });
    }
    world.until(1);
    assert!(world.issue().escalation.arbiter_asked);
    world.tell("support", "issue.resolved", Payload::Resolved);
    world.tell("support", "issue.reopened", Payload::Reopened);
    world.silent = false;
    world.until(2).expect(["+1 p4/c"]);
}

#[test]
fn a_promise_that_was_agreed_anew_and_heard_of_late_is_not_broken() {
    let mut world = two_departments();
    let terms = PromiseTerms {
        what: "call back".to_owned(),
        to: None,
        by: Some(person("p1")),
        due: T0 + minutes(60),
        origin: PromiseOrigin::Callback,
    };
    world.tell("support", "promise.made", Payload::PromiseMade(terms));
    world.until(70);
    let broken = |world: &World| matches!(world.issue().work.promises[0].state, PromiseState::Broken { .. });
    assert!(broken(&world));
    let due = T0 + minutes(120);
    world.now = T0 + minutes(30);
    world.tell("support", "promise.renegotiated", Payload::PromiseRenegotiated { item: ItemRef::Open, due });
    let mut events = world.events.clone();
    events.sort_by(|one, other| one.order().cmp(&other.order()));
    world.issue = domain::fold(&events, &world.directory);
    assert!(!broken(&world));
}

#[test]
fn a_notice_that_fails_goes_to_the_next_contact_and_then_to_the_fallback() {
    let mut world = two_departments();
    world.set(Document::Person(somebody("p4", &["c", "d"], &[])));
    world.broken = ["p4/c", "p4/d", "#last"].map(str::to_owned).into();
    for _ in 0..2 {
        offered(&mut world);
        world.tell("engineering", "handoff.declined", Payload::OfferDeclined { instead: None });
    }
    world.until(10).expect([]);
    assert_eq!(world.issue().escalation.pings.len(), 3);
}

#[test]
fn the_owner_is_warned_when_three_quarters_are_over() {
    let mut soon = policy("p", vec![step(10, vec![to("p1")])], Repeat::Times(0));
    soon.limits.iter_mut().filter(|limit| limit.clock == domain::ClockKind::Ack).for_each(|limit| {
        limit.limits = [TimeLimit::Wall(80 * 60); 4];
    });
    let mut world = World::of(soon);
    named_owner(&mut world, "p2");
    world.until(58).expect([]);
    world.until(78).expect(["+59 p2/c"]);
    let marks: Vec<_> = world.issue().clocks.announced.iter().map(|announced| announced.mark).collect();
    assert_eq!(marks, [Mark::Warned]);
    world.until(79).expect(["+79 p1/c"]);
}

#[test]
fn history_is_silent() {
    let mut world = World::new([]);
    world.backfill = true;
    let mut world = world.heard();
    world.until(60 * 24 * 400).expect([]);
    assert_eq!(world.due(), None);
}

#[test]
fn the_owner_who_is_the_account_owner_too_is_pinged_once() {
    let chain = vec![step(10, vec![PingTarget::AccountOwner, PingTarget::Owner, PingTarget::HeardBy])];
    let mut world = World::of(policy("p", chain, Repeat::Times(0)));
    world.account_owner = Some("p1".to_owned());
    let named = domain::Assignment { department: None, team: None, person: Some(person("p1")) };
    world.tell("support", "owner.assigned", Payload::Assigned(named));
    world.skip_until(0).expect(["+0 p1/c"]);
}

#[test]
fn an_answer_to_a_ping_that_stood_for_another_counts() {
    let mut world = two_departments();
    named_owner(&mut world, "p3");
    let terms = PromiseTerms {
        what: "call back".to_owned(),
        to: None,
        by: None,
        due: T0 + minutes(99),
        origin: PromiseOrigin::Issue,
    };
    world.tell("support", "promise.made", Payload::PromiseMade(terms));
    // The owner is the one whom the first step pings.
    world.until(99).expect(["+74 p3/c", "+99 p3/c"]);
    world.answer("p3");
    assert_eq!(world.run("support").phase, RunPhase::Answered { until: Some(T0 + minutes(129)) });
}

fn asked(world: &mut World, slug: &str, due: jiff::Timestamp) {
    let terms = AssistTerms {
        department: department(slug),
        person: None,
        question: "Why?".to_owned(),
        due: Some(due),
        blocking: false,
    };
    world.tell("support", "assist.requested", Payload::AssistRequested(terms));
}

#[test]
fn however_many_departments_owe_an_assist_the_owner_is_pinged() {
    let mut world = World::of(policy("p", vec![step(10, vec![to("p1")])], Repeat::Times(0)));
    for number in 0..domain::limits::RUNS {
        let slug = format!("d{number}");
        world.set(Document::Department(following(&slug, "p")));
        asked(&mut world, &slug, T0 - minutes(1) + jiff::SignedDuration::from_secs(30));
    }
    world.until(0);
    assert_eq!(world.steps().count(), domain::limits::RUNS + 1);
    assert!(world.run("support").is_active());
}

#[test]
fn what_is_held_for_quiet_hours_does_not_hold_what_cannot_wait() {
    let hours = domain::Week::new([(jiff::civil::Weekday::Monday, "08:00-09:45".parse().unwrap())]).unwrap();
    let quiet = domain::QuietHours::new(jiff::tz::TimeZone::UTC, hours).unwrap();
    let mut world = World::of(policy("p", vec![step(60, vec![to("p1")])], Repeat::Times(0)));
    world.set(Document::Person(domain::PersonDocument { quiet: Some(quiet), ..somebody("p1", &["c"], &[]) }));
    let waits = policy("waits", vec![step(60, vec![to("p1")])], Repeat::Times(0));
    world.set(Document::Policy(crate::world::with(waits, |plan| plan.holds = true)));
    world.set(Document::Department(following("engineering", "waits")));
    // Engineering's ping is held until a quarter to ten; that of support, a moment later, is not.
    asked(&mut world, "engineering", T0 - jiff::SignedDuration::from_secs(10));
    world.until(50).expect(["+0 p1/c", "+45 p1/c"]);
}

/// Support, whose clock runs out at T0, and engineering, which is asked and owes an answer a little earlier, both ask P1. P1 wants
/// quiet until a quarter to ten.
fn two_ask_one_in_quiet_hours(p1: domain::PersonDocument) -> World {
    let hours = domain::Week::new([(jiff::civil::Weekday::Monday, "08:00-09:45".parse().unwrap())]).unwrap();
    let quiet = domain::QuietHours::new(jiff::tz::TimeZone::UTC, hours).unwrap();
    let waits = policy("waits", vec![step(600, vec![to("p1")])], Repeat::Times(0));
    let mut world = World::of(crate::world::with(waits, |plan| plan.holds = true));
    world.set(Document::Person(domain::PersonDocument { quiet: Some(quiet), ..p1 }));
    world.set(Document::Department(following("engineering", "waits")));
    asked(&mut world, "engineering", T0 - jiff::SignedDuration::from_secs(10));
    world
}

fn answered(world: &mut World) {
    let answered = Payload::AssistAnswered { item: ItemRef::Open, unrequested: false };
    world.tell("engineering", "assist.answered", answered);
}

#[test]
fn what_a_run_that_ends_held_for_quiet_hours_was_not_another_runs_ping() {
    let calm = || somebody("p1", &["c"], &[]);
    let mut world = two_ask_one_in_quiet_hours(calm());
    world.until(5).expect([]);
    answered(&mut world);
    world.until(60).expect(["+45 p1/c"]);
    // Both became due while nobody looked.
    let mut world = two_ask_one_in_quiet_hours(calm());
    world.skip_until(5).expect([]);
    answered(&mut world);
    world.until(60).expect(["+45 p1/c"]);
    // Where both go on, the pager sends both as one message.
    two_ask_one_in_quiet_hours(calm()).until(60).expect(["+45 p1/c", "+45 p1/c"]);
}

#[test]
fn own_rules_that_are_held_for_quiet_hours_do_not_stand_for_another_runs() {
    let ruled = || somebody("p1", &["c", "d"], &[("c", 0), ("d", 30)]);
    for at_once in [false, true] {
        let mut world = two_ask_one_in_quiet_hours(ruled());
        if at_once {
            world.skip_until(5).expect([]);
        } else {
            world.until(5).expect([]);
        }
        answered(&mut world);
        world.until(60).expect(["+45 p1/c", "+45 p1/d"]);
    }
    // Nor for what cannot wait.
    let mut world = two_ask_one_in_quiet_hours(ruled());
    let urgent = policy("urgent", vec![step(600, vec![to("p1")])], Repeat::Times(0));
    world.set(Document::Policy(urgent));
    world.set(Document::Department(following("support", "urgent")));
    world.until(44).expect(["+0 p1/c", "+30 p1/d"]);
}
