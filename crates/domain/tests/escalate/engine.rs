//! The cases of other engines' own tests.

use domain::{Document, Payload, Repeat};

use crate::world::{World, assigned, following, policy, somebody, step, to};

fn one_person(rules: &[(&str, u32)], delay: u32, repeat: Repeat) -> World {
    World::new([
        Document::Department(following("support", "p")),
        Document::Policy(policy("p", vec![step(delay, vec![to("p1")])], repeat)),
        Document::Person(somebody("p1", &["c1", "c2"], rules)),
    ])
    .heard()
}

#[test]
fn s1_a_step_after_the_other() {
    let steps = vec![step(30, vec![to("p1")]), step(60, vec![to("p2")])];
    let mut world = World::of(policy("p", steps, Repeat::Times(0)));
    world.until(0).expect(["+0 p1/c"]);
    world.until(89).expect(["+30 p2/c"]);
}

#[test]
fn s2_a_person_at_several_contacts() {
    let mut world = one_person(&[("c1", 0), ("c2", 0), ("c1", 30)], 60, Repeat::Times(0));
    world.until(0).expect(["+0 p1/c1", "+0 p1/c2"]);
    world.until(59).expect(["+30 p1/c1"]);
}

#[test]
fn s3_escalated_by_hand_the_rules_run_beside_each_other() {
    let mut world = one_person(&[("c1", 0), ("c2", 0), ("c1", 30)], 60, Repeat::Forever);
    world.until(0).expect(["+0 p1/c1", "+0 p1/c2"]);
    world.escalate_now();
    world.until(0).expect(["+0 p1/c1", "+0 p1/c2"]);
    world.until(30).expect(["+30 p1/c1"]);
    world.escalate_now();
    world.until(30).expect(["+30 p1/c1", "+30 p1/c2"]);
    world.until(89).expect(["+60 p1/c1"]);
}

#[test]
fn s4_what_became_due_while_the_engine_was_down_is_one_ping() {
    let mut world = one_person(&[("c1", 1), ("c1", 2)], 60, Repeat::Times(0));
    world.until(0).expect([]);
    world.skip_until(3).expect(["+3 p1/c1"]);
    world.until(59).expect([]);
}

#[test]
fn s5_an_answered_run_is_quiet_until_somebody_escalates_by_hand() {
    let steps = vec![step(60, vec![to("p1")]), step(60, vec![to("p2")])];
    let mut world = World::of(policy("p", steps, Repeat::Forever));
    world.until(0).expect(["+0 p1/c"]);
    world.answer("p1");
    world.until(10).expect([]);
    world.escalate_now();
    world.until(10).expect(["+10 p2/c"]);
    assert!(world.run("support").is_stepping());
    world.until(69).expect([]);
}

#[test]
fn s6_another_department_begins_at_its_first_step() {
    let a = policy("a", vec![step(30, vec![to("p1")]), step(60, vec![to("p1")])], Repeat::Times(0));
    let b = policy("b", vec![step(60, vec![to("p2")])], Repeat::Times(0));
    let mut world = World::of(a);
    world.set(Document::Policy(b));
    world.set(Document::Department(following("sales", "b")));
    world.until(0).expect(["+0 p1/c"]);
    world.tell("support", "owner.assigned", assigned("sales"));
    world.until(0).expect(["+0 p2/c"]);
    assert!(!world.run("support").is_active());
    world.until(30).expect([]);
    world.tell("sales", "owner.assigned", assigned("support"));
    world.until(30).expect(["+30 p1/c"]);
    assert_eq!((world.run("support").cycle, world.run("sales").is_active()), (2, false));
}

#[test]
fn s7_the_first_step_that_has_somebody_fires_at_once() {
    let steps = vec![step(30, vec![to("nobody")]), step(30, vec![to("p1")])];
    let mut world = World::of(policy("p", steps, Repeat::Times(0)));
    world.until(29).expect(["+0 p1/c"]);
}

#[test]
fn s8_a_resolved_issue_is_quiet() {
    let mut world = World::of(policy("p", vec![step(10, vec![to("p1")])], Repeat::Times(5)));
    world.until(10).expect(["+0 p1/c", "+10 p1/c"]);
    world.tell("support", "issue.resolved", Payload::Resolved);
    assert_eq!(world.due(), None);
    world.until(5_000).expect([]);
}
