//! Pings that were sent for what was none, as late evidence shows (`domain.md` 4.11, "retract").

use domain::{Payload, PingReason, PolicyStep, Repeat};
use expect_test::expect;

use crate::world::{World, person, policy, step, to};

/// P1 and then P2 are asked; nobody took the issue, which is overdue at T0.
fn stepping() -> World {
    let steps: Vec<PolicyStep> = ["p1", "p2", "p3"].map(|id| step(10, vec![to(id)])).to_vec();
    World::of(policy("p", steps, Repeat::Times(0)))
}

fn taken() -> Payload {
    Payload::Accepted { person: person("p4"), department: None }
}

#[test]
fn whoever_was_pinged_for_a_breach_that_was_none_is_told_once() {
    let mut world = stepping();
    world.until(15).expect(["+0 p1/c", "+10 p2/c"]);
    // Somebody took it in time, and the tool says so only now.
    world.tell_late("support", -1, "owner.accepted", taken());
    world.expect(["+15 p2/c", "+15 p1/c"]);
    assert!(world.issue().run(&crate::world::department("support")).is_some_and(|run| !run.is_active()));
    expect![[r#"
        ReasonGone: the run of support ended at 2026-03-02 08:59 UTC: nothing of it is overdue any more since then
        NothingOverdue: ack is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        NothingOverdue: resolve is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        Notice: p1 by `c` was asked at 2026-03-02 09:15 UTC, whom it concerns: the ping of 2026-03-02 09:00 UTC is taken back: as was heard later, nothing was overdue then; there is nothing to do about it; it went with whatever else waited for them
        Delivered: the receiver took it at 2026-03-02 09:15 UTC
        Notice: p2 by `c` was asked at 2026-03-02 09:15 UTC, whom it concerns: the ping of 2026-03-02 09:10 UTC is taken back: as was heard later, nothing was overdue then; there is nothing to do about it; it went with whatever else waited for them
        Delivered: the receiver took it at 2026-03-02 09:15 UTC
    "#]].assert_eq(&world.explained());
    world.tell_late("support", -1, "issue.progress_noted", Payload::Noted);
    world.until(5_000).expect([]);
}

#[test]
fn of_what_was_right_when_it_was_sent_nothing_is_taken_back() {
    let mut world = stepping();
    world.until(15).expect(["+0 p1/c", "+10 p2/c"]);
    // P1 was asked while it was overdue, P2 when it was not any more.
    world.tell_late("support", 5, "owner.accepted", taken());
    world.expect(["+15 p2/c"]);
    let mut world = stepping();
    world.until(15).expect(["+0 p1/c", "+10 p2/c"]);
    world.tell("support", "owner.accepted", taken());
    world.until(5_000).expect([]);
}

#[test]
fn nobody_is_told_of_a_ping_that_was_not_sent_and_everybody_of_an_issue_that_is_over() {
    let mut world = stepping();
    world.silent = true;
    world.until(15).expect([]);
    world.silent = false;
    world.tell_late("support", -1, "owner.accepted", taken());
    world.until(5_000).expect([]);
    let mut world = stepping();
    world.until(5).expect(["+0 p1/c"]);
    world.tell_late("support", -1, "issue.resolved", Payload::Resolved);
    world.expect(["+5 p1/c"]);
    world.until(5_000).expect([]);
}

#[test]
fn where_another_clock_was_overdue_the_ping_was_right() {
    let mut world = stepping();
    world.until(5).expect(["+0 p1/c"]);
    let away = Payload::Declined;
    world.tell_late("support", -1, "owner.declined", away);
    assert!(world.run("support").is_active());
    let pings = &world.issue().escalation.pings;
    assert!(pings.iter().all(|ping| !matches!(ping.terms.reason, PingReason::Retracted(_))));
    world.until(10).expect(["+10 p2/c"]);
}
