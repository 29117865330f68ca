//! Two pagers that claim a ping at once: what was answered to the first claim in the log stays true (`design.md` 3).

use domain::{Draft, Effect, Origin, Payload, PingOutcome, Position, Repeat, fold};
use jiff::{SignedDuration, Timestamp};

use crate::world::{T0, World, department, minutes, policy, step, to};

/// A log in which two pagers claim the first attempt of a ping, each at a time of its own clock.
fn claimed_twice(first: Timestamp, second: Timestamp) -> World {
    let mut world = World::of(policy("p", vec![step(30, vec![to("p1")])], Repeat::Times(0)));
    world.silent = true;
    world.until(0);
    for (by, at) in [("first", first), ("second", second)] {
        let ping = world.issue().escalation.pings[0].terms.id;
        let claim = Payload::PingAttempted { ping, attempt: 1, by: by.to_owned() };
        world.now = at;
        world.append(Origin::Pager(department("support")), None, Draft::new("ping.attempted", claim));
    }
    world
}

/// Who has the ping once so much of the log is folded, and by which message.
fn holder(world: &World, messages: usize) -> (String, Position) {
    let issue = fold(&world.events[..messages], &world.directory).unwrap();
    let outcome = issue.escalation.pings[0].outcome.clone();
    let PingOutcome::Attempted { by, position, .. } = outcome else {
        panic!("nobody claimed it: {outcome:?}")
    };
    (by, position)
}

#[test]
fn the_first_claim_in_the_log_has_it_whatever_clocks_show() {
    let (early, late) = (T0 + SignedDuration::from_millis(5), T0 + SignedDuration::from_millis(9));
    for (first, second) in [(early, late), (late, early), (early, early)] {
        let world = claimed_twice(first, second);
        let all = world.events.len();
        let answered = holder(&world, all - 1);
        assert_eq!(answered.0, "first");
        assert_eq!(holder(&world, all), answered, "claimed at {first} and at {second}");
    }
}

#[test]
fn a_claim_that_lost_says_nothing_of_what_came_of_the_other() {
    let mut world = claimed_twice(T0 + SignedDuration::from_millis(9), T0 + SignedDuration::from_millis(5));
    let ping = world.issue().escalation.pings[0].terms.id;
    world.now = T0 + SignedDuration::from_millis(12);
    let delivered = Draft::new("ping.delivered", Payload::PingDelivered { ping, attempt: 1 });
    let applied = world.append(Origin::Pager(department("support")), None, delivered);
    assert_eq!(applied.effect, Effect::Applied);
    let folded = fold(&world.events, &world.directory).unwrap();
    assert!(matches!(folded.escalation.pings[0].outcome, PingOutcome::Delivered { .. }));
}

#[test]
fn a_throttle_causes_no_step_silently() {
    let mut world =
        World::of(policy("p", vec![step(5, vec![to("p1")]), step(60, vec![to("p2")])], Repeat::Times(0)));
    world.silent = true;
    world.until(0);
    let ping = world.issue().escalation.pings[0].terms.id;
    let until = T0 + minutes(9);
    world.pager("ping.throttled", Payload::PingThrottled { ping, until });
    assert_eq!(world.issue().throttled_until(world.run("support")), Some(until));
    let told = world.explained();
    assert!(told.contains("Throttled: its contact has got enough pings for now"), "{told}");
    world.until(6);
    let told = world.explained();
    assert!(told.contains("StepFired: step 2 of 2"), "{told}");
    assert!(told.contains("the step before was late then, as p1 by `c` had got enough pings"), "{told}");
    // It stays owed, and once it went out it was late.
    world.silent = false;
    world.settle();
    world.expect(["+6 p1/c", "+6 p2/c"]);
    assert_eq!(world.issue().throttled_until(world.run("support")), None);
    let told = world.explained();
    assert!(told.contains("Throttled: it was late: at 2026-03-02 09:00 UTC"), "{told}");
}
