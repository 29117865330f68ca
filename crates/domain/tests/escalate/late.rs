//! What is late goes to each contact as one message (`escalation.md` rule 9c).

use domain::{Payload, Ping, PolicyStep, Repeat, Severity};

use crate::world::{World, minutes, policy, step, to};

fn stepping() -> World {
    let steps: Vec<PolicyStep> = ["p1", "p2", "p3"].map(|id| step(10, vec![to(id)])).to_vec();
    World::of(policy("p", steps, Repeat::Times(0)))
}

fn together(world: &World) -> Vec<bool> {
    world.issue().escalation.pings.iter().map(Ping::goes_with_others).collect()
}

#[test]
fn what_nobody_looked_at_for_two_minutes_goes_with_others_and_is_not_held() {
    let mut world = stepping();
    world.skip_until(1).expect(["+1 p1/c"]);
    world.skip_until(13).expect(["+13 p2/c"]);
    world.until(23).expect(["+23 p3/c"]);
    assert_eq!(together(&world), [false, true, false]);
}

#[test]
fn what_was_over_when_it_was_heard_of_is_late_and_what_an_event_of_now_makes_worse_is_not() {
    let mut world = stepping();
    world.now += minutes(60);
    world.settle();
    world.expect(["+59 p1/c"]);
    world.tell(
        "support",
        "issue.severity_changed",
        Payload::SeverityChanged { to: Severity::One, word: None },
    );
    world.settle();
    world.expect(["+59 p1/c"]);
    assert_eq!(together(&world), [true, false]);
}
