//! An issue that comes back again and again climbs (`domain.md` 4.8, "reopen").

use domain::{Payload, PingTarget, PolicyStep, Repeat};
use expect_test::expect;

use crate::world::{T0, World, minutes, policy, step, to};

/// On call is asked twice, then who leads, then those above them: three levels.
fn levels() -> Vec<PolicyStep> {
    ["p1", "p1", "p2", "p3"].map(|id| step(10, vec![to(id)])).to_vec()
}

/// So often resolved and reopened, and then nobody answers the customer.
fn back(times: usize, steps: Vec<PolicyStep>) -> World {
    let mut world = World::of(policy("p", steps, Repeat::Times(0)));
    for _ in 0..times {
        world.tell("support", "issue.resolved", Payload::Resolved);
        world.tell("support", "issue.reopened", Payload::Reopened);
    }
    assert_eq!(world.now, T0 - minutes(1));
    world
}

#[test]
fn the_second_reopening_and_every_later_one_begins_a_level_higher() {
    back(0, levels()).until(30).expect(["+0 p1/c", "+10 p1/c", "+20 p2/c", "+30 p3/c"]);
    back(1, levels()).until(30).expect(["+0 p1/c", "+10 p1/c", "+20 p2/c", "+30 p3/c"]);
    // Who leads is told at once, and whoever is on call all the same.
    back(2, levels()).until(20).expect(["+0 p1/c", "+0 p2/c", "+10 p3/c", "+20 #last"]);
    let all = ["+0 p1/c", "+0 p2/c", "+0 p3/c", "+10 #last"];
    back(3, levels()).until(20).expect(all);
    // Higher than the last there is nothing.
    back(9, levels()).until(20).expect(all);
    back(9, vec![step(10, vec![to("p1")])]).until(5).expect(["+0 p1/c"]);
}

#[test]
fn where_nobody_on_any_level_can_be_reached_it_is_unreachable() {
    let mut world = back(2, vec![step(10, vec![to("p8")]), step(10, vec![PingTarget::Owner])]);
    world.until(0).expect(["+0 #last"]);
    assert!(world.run("support").unreachable);
}

#[test]
fn why_it_began_there_is_told() {
    let mut world = back(2, levels());
    world.until(0);
    expect![[r#"
        StepFired: step 3 of 4 of the policy `p` as of 0-12 fired for support in cycle 1 at 2026-03-02 09:00 UTC, which asks `person:p2`: p2; it began there since the issue was reopened 2 times, and asked whom the steps before ask too: p1; nobody took it (own, due 2026-03-02 09:00 UTC, 0 s ago)
        Delivered: the receiver took it at 2026-03-02 09:00 UTC
        Delivered: the receiver took it at 2026-03-02 09:00 UTC
        NextStepLater: next, if nobody answers: p3 (step 4) at 2026-03-02 09:10 UTC
    "#]].assert_eq(&world.explained());
    world.answer("p2");
    expect![[r#"
        Answered: p2 answered at 2026-03-02 09:00 UTC; nobody is pinged for support until 2026-03-02 09:30 UTC, and then step 3 again, with who answered, if it is still so (a note of the department's makes it last longer, to 2026-03-02 11:00 UTC at most): nobody took it (own, due 2026-03-02 09:00 UTC, 0 s ago)
    "#]].assert_eq(&world.explained());
}
