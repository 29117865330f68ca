//! What is announced of clocks, and what late events make of it.

use domain::{ClockKind, ClockOutcome, ClockState, Severity};
use expect_test::expect;

use crate::{
    draft::{acknowledged, clock, reopened, reported, resolved, retracted, severity_changed, support},
    story::{breached, escalator, given, heard, warned},
};

#[test]
fn a_clock_is_warned_of_and_breached_once() {
    let log = [
        support("09:00", reported().assessed(Severity::One)),
        support("09:45", warned(ClockKind::Ack, 1, "10:00")),
        escalator("support", "09:45", warned(ClockKind::Ack, 1, "10:00")),
        escalator("support", "09:46", warned(ClockKind::Ack, 1, "10:00")),
        escalator("support", "09:59", breached(ClockKind::Ack, 1, "10:00")),
        escalator("support", "10:00", breached(ClockKind::Ack, 1, "10:01")),
        escalator("support", "10:00", breached(ClockKind::Ack, 2, "10:00")),
        escalator("support", "10:00", breached(ClockKind::Ack, 1, "10:00")),
        escalator("support", "10:00", breached(ClockKind::Ack, 1, "10:00")),
        // What is breached stays so.
        support("10:30", severity_changed(Severity::Four)),
        escalator("support", "10:40", warned(ClockKind::Ack, 1, "3d 09:00")),
        support("11:00", acknowledged()),
    ];
    given(log).then(&expect![[r#"
        09:00 issue.reported: own by 09:15, ack by 10:00, resolve by 1d 09:00
        09:45 clock.warned: own by 09:15, ack by 10:00, resolve by 1d 09:00 (not applied)
        09:45 clock.warned: own by 09:15, ack by 10:00 warned, resolve by 1d 09:00
        09:46 clock.warned: own by 09:15, ack by 10:00 warned, resolve by 1d 09:00 (not applied)
        09:59 clock.breached: own by 09:15, ack by 10:00 warned, resolve by 1d 09:00 (not applied)
        10:00 clock.breached: own by 09:15, ack by 10:00 warned, resolve by 1d 09:00 (not applied)
        10:00 clock.breached: own by 09:15, ack by 10:00 warned, resolve by 1d 09:00 (not applied)
        10:00 clock.breached: own by 09:15, ack by 10:00 breached, resolve by 1d 09:00
        10:00 clock.breached: own by 09:15, ack by 10:00 breached, resolve by 1d 09:00 (not applied)
        10:30 issue.severity_changed: own by 17:00, ack by 1d 17:00 breached, resolve by 42d 09:00
        10:40 clock.warned: own by 17:00, ack by 1d 17:00 breached, resolve by 42d 09:00 (not applied)
        11:00 issue.acknowledged: own by 17:00, update by 7d 11:00, resolve by 42d 09:00
    "#]]);
}

#[test]
fn it_is_due_to_be_warned_of_then_to_be_breached() {
    let due = |until: usize| {
        let log = [
            support("09:00", reported().assessed(Severity::One)),
            escalator("support", "09:11", warned(ClockKind::Own, 1, "09:15")),
            escalator("support", "09:15", breached(ClockKind::Own, 1, "09:15")),
        ];
        let story = given(log[..until].to_vec());
        crate::story::hour(story.issue().clock_due(&story.directory).unwrap())
    };
    // A quarter past nine is a quarter of an hour; its third quarter ends at 09:11:15.
    assert_eq!([due(1), due(2), due(3)], ["09:11", "09:15", "09:45"]);
}

#[test]
fn a_late_answer_that_was_in_time_takes_a_breach_back() {
    let mut log = vec![
        support("09:00", reported()),
        escalator("support", "17:00", breached(ClockKind::Ack, 1, "17:00")),
    ];
    assert_eq!(given(log.clone()).history(ClockKind::Ack, 1).outcome, ClockOutcome::Breached);
    log.push(heard("1d 09:00", support("16:59", acknowledged())));
    let story = given(log.clone());
    story.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        16:59 issue.acknowledged: own by 13:00, update by 3d 16:59, resolve by 21d 09:00
        17:00 clock.breached: own by 13:00, update by 3d 16:59, resolve by 21d 09:00 (not applied)
    "#]]);
    let history = story.history(ClockKind::Ack, 1);
    assert_eq!(history.outcome, ClockOutcome::Retracted);
    assert_eq!(history.retracted.len(), 1);
    assert!(story.issue().clocks.announced.is_empty());

    // It was a mistake: it is a breach again, the same one.
    log.push(support("1d 10:00", retracted("support", "13")));
    let story = given(log.clone());
    assert_eq!(story.history(ClockKind::Ack, 1).outcome, ClockOutcome::Breached);
    assert_eq!(story.issue().clocks.announced.len(), 1);
    log.pop();

    // One that was not in time leaves it late.
    log.pop();
    log.push(heard("1d 09:00", support("17:01", acknowledged())));
    let history = given(log).history(ClockKind::Ack, 1);
    assert_eq!(history.outcome, ClockOutcome::MetLate);
    assert_eq!(history.breached.map(|breached| breached.deadline), Some(clock("17:00")));
}

#[test]
fn what_comes_back_is_warned_of_when_three_quarters_of_its_half_are_over() {
    let story = given([
        support("09:00", reported().assessed(Severity::One)),
        support("10:00", resolved()),
        support("12:00", reopened()),
    ]);
    let clocks = story.issue().running_clocks(&story.directory);
    let resolve = clocks.iter().find(|clock| clock.name.kind == ClockKind::Resolve).unwrap();
    let (warn_at, deadline) = (Some(clock("21:00")), clock("1d 00:00"));
    assert_eq!(resolve.state, ClockState::Running { warn_at, deadline });
}

#[test]
fn what_ran_out_was_late_though_the_severity_is_lower_by_now() {
    let log = [
        support("09:00", reported().assessed(Severity::One)),
        escalator("support", "10:00", breached(ClockKind::Ack, 1, "10:00")),
        support("10:30", severity_changed(Severity::Four)),
        support("11:00", acknowledged()),
    ];
    assert_eq!(given(log).history(ClockKind::Ack, 1).outcome, ClockOutcome::MetLate);
}
