//! Runs that go by a newer version of their policy (`escalation.md` rule 8).

use domain::{Document, Effect, Fired, Repeat, RunPhase};

use crate::world::{T0, World, minutes, policy, step, to};

fn stepping() -> World {
    World::of(policy("p", ["p1", "p2", "p3"].map(|id| step(30, vec![to(id)])).to_vec(), Repeat::Times(0)))
}

#[test]
fn it_stays_at_its_step_and_asks_whom_that_one_asks_now() {
    let mut world = stepping();
    world.until(35).expect(["+0 p1/c", "+30 p2/c"]);
    let steps = vec![step(30, vec![to("p3")]), step(30, vec![to("p2"), to("p4")]), step(30, vec![to("p1")])];
    world.set(Document::Policy(policy("p", steps, Repeat::Times(0))));
    world.until(36).expect([]);
    assert_eq!(world.migrate("support"), Effect::Applied);
    // P2 was pinged for it already.
    world.until(59).expect(["+36 p4/c"]);
    world.until(60).expect(["+60 p1/c"]);
    assert_eq!(world.run("support").cycle, 1);
}

#[test]
fn who_was_pinged_while_a_step_waits_is_not_pinged_again() {
    let mut world = stepping();
    world.until(35).expect(["+0 p1/c", "+30 p2/c"]);
    // P1 was pinged 35 minutes ago, and 50 minutes is what the step waits by now.
    let steps = vec![step(30, vec![to("p3")]), step(50, vec![to("p1"), to("p4")])];
    world.set(Document::Policy(policy("p", steps, Repeat::Times(0))));
    world.migrate("support");
    world.until(59).expect(["+35 p4/c"]);
    world.until(60).expect(["+60 #last"]);
}

#[test]
fn where_there_are_fewer_steps_it_is_at_the_last_one() {
    let mut world = stepping();
    world.until(65).expect(["+0 p1/c", "+30 p2/c", "+60 p3/c"]);
    world.set(Document::Policy(policy("p", vec![step(30, vec![to("p4")])], Repeat::Forever)));
    world.migrate("support");
    assert_eq!(world.run("support").fired, Fired::Step { step: 0, pass: 1 });
    world.until(90).expect(["+65 p4/c", "+90 p4/c"]);
}

#[test]
fn what_is_answered_stays_so_and_begins_by_the_newer_version() {
    let mut world = stepping();
    world.until(0).expect(["+0 p1/c"]);
    world.answer("p1");
    world.set(Document::Policy(policy("p", vec![step(30, vec![to("p4")])], Repeat::Times(0))));
    world.migrate("support");
    assert_eq!(world.run("support").phase, RunPhase::Answered { until: Some(T0 + minutes(30)) });
    world.until(30).expect(["+30 p4/c", "+30 p1/c"]);
    // There is nothing newer.
    let payload =
        world.events.iter().find(|event| *event.type_name == *"run.migrated").unwrap().payload.clone();
    let again = world.command("support", Some("boss"), domain::Draft::new("run.migrated", payload));
    assert_eq!(again.effect, Effect::NotApplied);
}
