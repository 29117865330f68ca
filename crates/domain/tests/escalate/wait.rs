//! A customer who does not answer what they were asked (`domain.md` 4.4 T4).

use domain::{ClockKind, ClockState, Effect, Lifecycle, Payload, Repeat, TimeLimit};
use expect_test::expect;

use crate::world::{T0, World, minutes, person, policy, step, to};

const DAY: i64 = 24 * 60;

/// P3 took the issue and asks the customer something just before the week begins: they have until it does again.
fn asked() -> World {
    let mut calm = policy("p", vec![step(10, vec![to("p1")])], Repeat::Times(0));
    calm.limits.iter_mut().for_each(|limit| limit.limits = [TimeLimit::Wall(20 * 86_400); 4]);
    let mut world = World::of(calm);
    world.tell("support", "owner.accepted", Payload::Accepted { person: person("p3"), department: None });
    let answered = Payload::Acknowledged { channel: None, next: None };
    world.tell("support", "issue.acknowledged", answered);
    ask(&mut world);
    world
}

fn ask(world: &mut World) {
    let question = Payload::CustomerAsked { proven: true };
    assert_eq!(world.tell("support", "issue.customer_input_requested", question).effect, Effect::Applied);
}

fn lapses(world: &World) -> usize {
    world.events.iter().filter(|event| &*event.type_name == "issue.customer_wait_lapsed").count()
}

fn rests(world: &World) -> bool {
    let clocks = world.issue().running_clocks(&world.directory);
    let mut resolve = clocks.iter().filter(|clock| clock.name.kind == ClockKind::Resolve);
    resolve.any(|clock| matches!(clock.state, ClockState::Paused { .. }))
}

#[test]
fn after_five_working_days_nobody_waits_any_more_and_the_owner_is_told() {
    let mut world = asked();
    world.until(7 * DAY - 1).expect([]);
    assert_eq!((world.issue().lifecycle(), rests(&world)), (Lifecycle::WaitingCustomer, true));
    expect![[r#"
        Paused: update, resolve rests since 2026-03-02 08:59 UTC, and until 2026-03-09 09:00 UTC if they do not answer: the customer is asked something
    "#]].assert_eq(&world.explained());
    world.until(7 * DAY).expect(["+7d 0 p3/c"]);
    assert_eq!((world.issue().lifecycle(), rests(&world)), (Lifecycle::Open, false));
    expect![[r#"
        NothingOverdue: update is due at 2026-03-29 09:00 UTC (since 2026-03-02 08:59 UTC, 20d by the policy `p`) for support
        NothingOverdue: resolve is due at 2026-03-29 09:00 UTC (since 2026-03-02 08:59 UTC, 20d by the policy `p`) for support
        Notice: p3 by `c` was asked at 2026-03-09 09:00 UTC, whom it concerns: the customer was asked something at 2026-03-02 08:59 UTC and did not answer in 5 working days: nobody waits for them any more, and its clocks run again; ask once more, or resolve it
        Delivered: the receiver took it at 2026-03-09 09:00 UTC
    "#]].assert_eq(&world.explained());
    // Asked once more, it rests once more.
    ask(&mut world);
    world.until(14 * DAY).expect(["+14d 0 p3/c"]);
    assert_eq!(lapses(&world), 2);
}

#[test]
fn the_clocks_have_the_time_that_was_left() {
    let mut world = asked();
    world.until(7 * DAY + 1).expect(["+7d 0 p3/c"]);
    let clocks = world.issue().running_clocks(&world.directory);
    let deadline = |kind| clocks.iter().find(|clock| clock.name.kind == kind).unwrap().state.deadline();
    // Of twenty days nothing was used up in the week.
    assert_eq!(deadline(ClockKind::Resolve), Some(T0 - minutes(1) + minutes(27 * DAY + 1)));
    assert_eq!(deadline(ClockKind::Update), deadline(ClockKind::Resolve));
}

#[test]
fn whoever_answers_in_time_is_heard_also_if_that_is_known_late() {
    let mut world = asked();
    world.until(3 * DAY);
    world.tell("support", "issue.customer_replied", Payload::CustomerReplied { auto: false });
    world.until(8 * DAY).expect([]);
    assert_eq!(lapses(&world), 0);
    let mut world = asked();
    world.until(8 * DAY).expect(["+7d 0 p3/c"]);
    world.tell_late("support", 3 * DAY, "issue.customer_replied", Payload::CustomerReplied { auto: false });
    assert_eq!(world.issue().lifecycle(), Lifecycle::Open);
    assert_eq!(world.issue().clocks.pauses[0].until, Some(T0 + minutes(3 * DAY)));
}

#[test]
fn of_history_nothing_is_said() {
    let mut world = World::new([]);
    world.backfill = true;
    let mut world = world.heard();
    ask(&mut world);
    world.until(30 * DAY).expect([]);
    assert_eq!(lapses(&world), 0);
}
