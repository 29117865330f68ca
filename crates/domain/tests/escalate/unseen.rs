//! What is mended in the directory counts at once for runs of which nobody could be reached (`escalation.md` rule 11).

use domain::{Document, Fired, PingTarget, Repeat};

use crate::world::{World, policy, schedule, somebody, step, to};

#[test]
fn a_schedule_that_is_mended_begins_the_run_again() {
    let on_call = PingTarget::OnCall(Some("s".to_owned()));
    let mut world = World::of(policy("p", vec![step(10, vec![on_call])], Repeat::Times(0)));
    world.until(5).expect(["+0 #last"]);
    assert!(!world.look());
    world.set(Document::Schedule(schedule("s", &[("p1", None, None)])));
    assert!(world.look());
    world.settle();
    world.expect(["+5 p1/c"]);
    assert_eq!(
        (world.run("support").cycle, world.run("support").fired),
        (2, Fired::Step { step: 0, pass: 0 })
    );
}

#[test]
fn what_failed_is_tried_again_once_its_document_changes() {
    let mut world = World::of(policy("p", vec![step(10, vec![to("p1")])], Repeat::Forever));
    world.broken = ["p1/c".to_owned()].into();
    world.until(20).expect(["+0 #last"]);
    assert!(world.run("support").unreachable);
    // It would fail for ever.
    assert!(!world.look());
    world.set(Document::Person(somebody("p1", &["c", "d"], &[])));
    assert!(world.look());
    world.settle();
    assert!(!world.look());
    world.expect(["+20 p1/d"]);
}
