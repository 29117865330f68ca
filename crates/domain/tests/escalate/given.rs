//! An issue given or offered to a person (`escalation.md` rule 6).

use domain::{
    Assignment, ClockKind, Document, Draft, Fired, LeaseLimit, OfferTerms, Payload, PolicyStep, Repeat,
    RunPhase, TimeLimit,
};

use crate::world::{T0, World, department, following, minutes, person, policy, step, to, with};

fn stepping() -> World {
    let steps: Vec<PolicyStep> = ["p1", "p2", "p3"].map(|id| step(30, vec![to(id)])).to_vec();
    let plan = policy("p", steps, Repeat::Times(0));
    World::of(with(plan, |plan| plan.lease = LeaseLimit::Lasts(TimeLimit::Wall(2 * 3_600))))
}

fn give(world: &mut World, to: &str, by: Option<&str>) {
    let to = Assignment { department: None, team: None, person: Some(person(to)) };
    world.command("support", by, Draft::new("owner.assigned", Payload::Assigned(to)));
}

fn offer(world: &mut World, department_to: &str, to: &str) {
    let terms = OfferTerms {
        department: department(department_to),
        team: None,
        person: Some(person(to)),
        given: Vec::new(),
    };
    world.tell("support", "handoff.offered", Payload::Offered(terms));
}

#[test]
fn whoever_it_is_given_to_is_told_at_once_and_refused_the_next_step_fires() {
    let mut world = stepping();
    world.until(5).expect(["+0 p1/c"]);
    give(&mut world, "p4", Some("p1"));
    world.until(6).expect(["+5 p4/c"]);
    world.tell("support", "owner.declined", Payload::Declined);
    // Not at the first step, and not when the second was due.
    world.until(35).expect(["+6 p2/c"]);
    assert_eq!(world.run("support").fired, Fired::Step { step: 1, pass: 0 });
    world.until(36).expect(["+36 p3/c"]);
}

#[test]
fn refused_it_is_not_silent_though_somebody_had_answered() {
    let mut world = stepping();
    world.until(5).expect(["+0 p1/c"]);
    world.answer("p1");
    give(&mut world, "p4", Some("p1"));
    world.until(20).expect(["+5 p4/c"]);
    world.tell("support", "owner.declined", Payload::Declined);
    world.until(49).expect(["+20 p2/c"]);
    assert!(world.run("support").is_stepping());
}

#[test]
fn nobody_is_told_of_what_they_did_or_have_or_of_history() {
    let mut world = stepping();
    give(&mut world, "p4", Some("p4"));
    give(&mut world, "p4", Some("p1"));
    give(&mut world, "nobody", Some("p1"));
    world.settle();
    world.expect([]);
    world.backfill = true;
    give(&mut world, "p3", Some("p1"));
    world.settle();
    world.expect([]);
}

#[test]
fn of_what_is_given_on_before_anybody_looked_only_the_last_is_told() {
    let mut world = stepping();
    give(&mut world, "p3", Some("p1"));
    give(&mut world, "p4", Some("p1"));
    world.settle();
    world.expect(["+-1 p4/c"]);
    // Who takes it has it.
    give(&mut world, "p3", Some("p1"));
    let taken = Payload::Accepted { person: person("p2"), department: None };
    world.tell("support", "owner.accepted", taken);
    world.settle();
    world.expect([]);
    assert!(world.issue().escalation.given.is_empty());
}

#[test]
fn an_offer_to_a_person_is_told_and_where_it_times_out_the_run_goes_on() {
    let mut world = stepping();
    let mut soon = policy("q", vec![step(600, vec![to("p3")])], Repeat::Times(0));
    let accept = soon.limits.iter_mut().filter(|limit| limit.clock == ClockKind::HandOffAccept);
    accept.for_each(|limit| limit.limits = [TimeLimit::Wall(3_600); 4]);
    world.set(Document::Policy(soon));
    world.set(Document::Department(following("engineering", "q")));
    world.until(5).expect(["+0 p1/c"]);
    world.answer("p1");
    offer(&mut world, "engineering", "p4");
    let before = world.issue().custody.owner.clone();
    // Told, warned, and then pinged by the run of those who were asked; and the run of those who have it goes on.
    world.until(64).expect(["+5 p4/c", "+50 p4/c"]);
    world.until(65).expect(["+65 p3/c", "+65 p2/c"]);
    assert_eq!(world.issue().custody.owner, before);
    assert_eq!(world.run("support").phase, RunPhase::Stepping { next_at: T0 + minutes(95) });
}

#[test]
fn another_department_begins_at_its_first_step() {
    let mut world = stepping();
    world.set(Document::Policy(policy(
        "q",
        vec![step(30, vec![to("p3")]), step(30, vec![to("p4")])],
        Repeat::Times(0),
    )));
    world.set(Document::Department(following("sales", "q")));
    world.until(35).expect(["+0 p1/c", "+30 p2/c"]);
    let to = Assignment { department: Some(department("sales")), team: None, person: Some(person("p4")) };
    world.tell("support", "owner.assigned", Payload::Assigned(to));
    world.until(36).expect(["+35 p4/c", "+35 p3/c"]);
    assert!(!world.run("support").is_active());
}
