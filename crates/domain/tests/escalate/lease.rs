//! What an answer is worth (`escalation.md` rule 5): a lease that is reminded of, renewed by notes, and not for ever.

use domain::{
    Department, DepartmentDocument, Document, Draft, Effect, LeaseLimit, Payload, PingTarget, PolicyStep,
    Repeat, RunPhase, TimeLimit,
};

use crate::world::{T0, World, department, following, minutes, policy, schedule, step, to, with};

/// A lease of two hours, as the built-in policy has it for severity 2.
fn leased(steps: Vec<PolicyStep>) -> World {
    World::of(with(policy("p", steps, Repeat::Times(0)), |plan| {
        plan.lease = LeaseLimit::Lasts(TimeLimit::Wall(2 * 3_600))
    }))
}

fn answered() -> World {
    let mut world = leased(vec![step(5, vec![to("p1")])]);
    world.until(0).expect(["+0 p1/c"]);
    world.answer("p1");
    world
}

fn note(world: &mut World, of: &str, by: Option<&str>) {
    world.command(of, by, Draft::new("issue.detail_added", Payload::Noted));
}

fn until(world: &World) -> i64 {
    let RunPhase::Answered { until: Some(until) } = world.run("support").phase else {
        panic!("it is not answered")
    };
    until.duration_since(T0).as_mins()
}

#[test]
fn who_answered_is_reminded_once_before_the_lease_ends() {
    let mut world = answered();
    world.until(119).expect(["+90 p1/c"]);
    assert_eq!(world.due(), Some(T0 + minutes(120)));
    world.until(120).expect(["+120 p1/c"]);
    assert_eq!(world.run("support").cycle, 2);
}

#[test]
fn a_note_of_somebody_of_the_department_renews_it_and_no_other_does() {
    let mut world = answered();
    world.now = T0 + minutes(30);
    note(&mut world, "sales", Some("p2"));
    note(&mut world, "support", None);
    world.tell("support", "issue.severity_changed", Payload::Noted);
    assert_eq!(until(&world), 120);
    note(&mut world, "support", Some("p2"));
    assert_eq!(until(&world), 150);
    world.until(149).expect(["+120 p1/c"]);
    // The silence that is reminded of may go on, by a note or by an answer.
    assert_eq!(world.answer("p1"), Effect::Applied);
    assert_eq!(until(&world), 269);
    world.until(268).expect(["+239 p1/c"]);
    world.until(269).expect(["+269 p1/c"]);
}

#[test]
fn notes_silence_nobody_for_ever() {
    let mut world = answered();
    for at in (60..=420).step_by(60) {
        world.until(at);
        note(&mut world, "support", Some("p1"));
    }
    // Four times the lease of the answer.
    assert_eq!(until(&world), 480);
    world.until(479).expect(["+450 p1/c"]);
    world.until(480).expect(["+480 p1/c"]);
    // What had ended is not renewed.
    note(&mut world, "support", Some("p1"));
    assert!(world.run("support").is_stepping());
}

#[test]
fn a_note_never_makes_it_shorter() {
    let mut world = answered();
    world.now = T0 + minutes(1);
    let shorter = with(policy("p", vec![step(5, vec![to("p1")])], Repeat::Times(0)), |plan| {
        plan.lease = LeaseLimit::Lasts(TimeLimit::Wall(60));
    });
    world.set(Document::Policy(shorter));
    note(&mut world, "support", Some("p1"));
    assert_eq!(until(&world), 121);
}

#[test]
fn a_short_lease_ends_without_a_reminder() {
    let mut world = World::of(policy("p", vec![step(5, vec![to("p1")])], Repeat::Times(0)));
    world.until(0).expect(["+0 p1/c"]);
    world.answer("p1");
    world.until(29).expect([]);
    world.until(30).expect(["+30 p1/c"]);
}

#[test]
fn at_its_end_who_answered_and_who_is_on_call_by_then_are_asked_too() {
    let mut world = leased(vec![step(5, vec![PingTarget::Head(None)]), step(60, vec![to("p2")])]);
    world.set(Document::Schedule(schedule("s", &[("p3", None, Some(60)), ("p4", Some(60), None)])));
    let support: Department = department("support");
    world.set(Document::Department(DepartmentDocument {
        head: Some("p1".to_owned()),
        schedule: Some("s".to_owned()),
        ..following(support.as_str(), "p")
    }));
    world.until(5).expect(["+0 p1/c", "+5 p2/c"]);
    world.answer("p2");
    world.until(124).expect(["+95 p2/c"]);
    world.until(125).expect(["+125 p1/c", "+125 p2/c", "+125 p4/c"]);
    // Only there.
    world.until(130).expect(["+130 p2/c"]);
}
