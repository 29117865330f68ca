//! Why somebody is pinged, in sentences: what no step asked for.

use domain::{
    Assignment, DepartmentDocument, Document, Draft, LeaseLimit, Payload, PersonDocument, PersonStatus,
    Repeat, Severity, TimeLimit,
};
use expect_test::{Expect, expect};

use crate::world::{World, following, person, policy, schedule, somebody, step, to, with};

fn told(world: &World, expected: &Expect) {
    expected.assert_eq(&world.explained());
}

/// Nothing runs out soon.
fn calm() -> World {
    let mut calm = policy("p", vec![step(10, vec![to("p3")])], Repeat::Times(0));
    calm.limits.iter_mut().for_each(|limit| limit.limits = [TimeLimit::Wall(700 * 86_400); 4]);
    World::of(calm)
}

fn take(world: &mut World, id: &str) {
    world.tell("support", "owner.accepted", Payload::Accepted { person: person(id), department: None });
}

#[test]
fn a_reminder_says_when_the_silence_ends_and_what_prolongs_it() {
    let leased = policy("p", vec![step(5, vec![to("p1")])], Repeat::Times(0));
    let mut world =
        World::of(with(leased, |plan| plan.lease = LeaseLimit::Lasts(TimeLimit::Wall(2 * 3_600))));
    world.until(0);
    world.answer("p1");
    world.until(90);
    told(
        &world,
        &expect![[r#"
        Answered: p1 answered at 2026-03-02 09:00 UTC; nobody is pinged for support until 2026-03-02 11:00 UTC, and then step 1 again, with who answered, if it is still so (a note of the department's makes it last longer, to 2026-03-02 17:00 UTC at most): nobody took it (own, due 2026-03-02 09:00 UTC, 1 h 30 min ago)
        Reminder: p1 by `c` was asked at 2026-03-02 10:30 UTC, who had answered: the silence after your answer ends at 2026-03-02 11:00 UTC, unless you note how it goes: nobody took it (own, due 2026-03-02 09:00 UTC, 1 h 30 min ago)
        Delivered: the receiver took it at 2026-03-02 10:30 UTC
    "#]],
    );
}

#[test]
fn who_is_given_an_issue_learns_that_it_is_theirs() {
    let mut world = calm();
    let to = Assignment { department: None, team: None, person: Some(person("p4")) };
    world.command("support", Some("p1"), Draft::new("owner.assigned", Payload::Assigned(to)));
    world.settle();
    told(
        &world,
        &expect![[r#"
        NothingOverdue: own is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        NothingOverdue: ack is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        NothingOverdue: resolve is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        Given: p4 by `c` was asked at 2026-03-02 08:59 UTC, since the issue was given to them: it is yours: take it or decline it
        Delivered: the receiver took it at 2026-03-02 08:59 UTC
    "#]],
    );
}

#[test]
fn who_comes_on_call_learns_whose_shift_ended() {
    let mut world = calm();
    let shifts = [("p1", None, Some(60)), ("p2", Some(60), None)];
    world.set(Document::Schedule(schedule("s", &shifts)));
    let support = DepartmentDocument { schedule: Some("s".to_owned()), ..following("support", "p") };
    world.set(Document::Department(support));
    let grave = Payload::SeverityChanged { to: Severity::One, word: None };
    world.tell("support", "issue.severity_changed", grave);
    take(&mut world, "p1");
    world.until(61);
    assert!(world.look());
    world.settle();
    told(
        &world,
        &expect![[r#"
        NothingOverdue: ack is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        NothingOverdue: resolve is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        HandOver: p2 by `c` was asked at 2026-03-02 10:01 UTC, being on call: the shift of its owner ended at 2026-03-02 10:00 UTC: you are on call, accept it; until somebody does it stays theirs
        Delivered: the receiver took it at 2026-03-02 10:01 UTC
    "#]],
    );
}

#[test]
fn the_manager_learns_that_an_owner_is_gone() {
    let mut world = calm();
    take(&mut world, "p1");
    let gone = PersonDocument {
        status: PersonStatus::Left,
        manager: Some("p2".to_owned()),
        ..somebody("p1", &["c"], &[])
    };
    world.set(Document::Person(gone));
    world.find_orphan();
    world.settle();
    told(
        &world,
        &expect![[r#"
        NothingOverdue: own is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        NothingOverdue: ack is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        NothingOverdue: resolve is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        NothingOverdue: orphan is due at 2028-01-31 08:59 UTC (since 2026-03-02 08:59 UTC, 700d by the policy `p`) for support
        Notice: p2 by `c` was asked at 2026-03-02 08:59 UTC, whom it concerns: its owner is gone; it went with whatever else waited for them
        Delivered: the receiver took it at 2026-03-02 08:59 UTC
    "#]],
    );
}
