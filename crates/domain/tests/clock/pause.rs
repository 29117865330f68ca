//! Pauses: the working time that is left is kept.

use domain::{Calendar, ClockKind};
use expect_test::expect;
use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, prelude::*};

use crate::{
    deeds::{asked_customer, asked_customer_somehow, assist_requested, replied, replied_by_machine},
    draft::{Draft, MIDNIGHT, acknowledged, clock, deed, reported, resolved, support},
    story::{escalator, given, hour},
};

fn wait_lapsed() -> domain::Payload {
    domain::Payload::CustomerWaitLapsed { asked: clock("10:00"), deadline: clock("7d 10:00") }
}

/// The issue cannot go on without it; `due` is when it is asked for, if it is said.
fn blocking_assist(slug: &str, due: Option<&str>) -> crate::draft::Deed {
    let mut deed = assist_requested(slug);
    if let domain::Payload::AssistRequested(terms) = &mut deed.payload {
        terms.due = due.map(crate::draft::clock);
    }
    deed
}

/// The issue can go on without it.
fn side_assist(slug: &str) -> crate::draft::Deed {
    let mut deed = assist_requested(slug);
    if let domain::Payload::AssistRequested(terms) = &mut deed.payload {
        terms.blocking = false;
    }
    deed
}

#[test]
fn only_update_and_resolve_rest_and_only_with_proof() {
    given([
        support("09:00", reported()),
        support("10:00", asked_customer_somehow()),
        support("11:00", asked_customer()),
        support("12:00", acknowledged()),
        support("12:30", replied_by_machine()),
        support("13:00", replied()),
        support("14:00", asked_customer()),
        support("14:00", replied()),
        support("15:00", asked_customer()),
        support("16:00", resolved()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve by 21d 09:00 !pause_unproven (not applied)
        11:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve rests since 11:00
        12:00 issue.acknowledged: own by 13:00, update rests since 11:00, resolve rests since 11:00
        12:30 issue.customer_replied: own by 13:00, update rests since 11:00, resolve rests since 11:00
        13:00 issue.customer_replied: own by 13:00, update#2 by 3d 13:00, resolve by 21d 11:00
        14:00 issue.customer_input_requested: own by 13:00, update#2 rests since 14:00, resolve rests since 14:00
        14:00 issue.customer_replied: own by 13:00, update#2 by 3d 13:00, resolve by 21d 11:00
        15:00 issue.customer_input_requested: own by 13:00, update#2 rests since 15:00, resolve rests since 15:00
        16:00 issue.resolved: none
    "#]]);
}

#[test]
fn a_blocking_assist_rests_with_the_customer_and_no_other_does() {
    let blocked = given([
        support("09:00", reported()),
        support("10:00", blocking_assist("engineering", None)),
        support("10:00", blocking_assist("sales", Some("1d 11:00"))),
        support("10:00", side_assist("field")),
        support("12:00", asked_customer()),
        support("1d 15:00", replied()),
    ]);
    blocked.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 assist.requested: own by 13:00, ack by 17:00, resolve by 21d 09:00, assist_answer of engineering by 3d 10:00
        10:00 assist.requested: own by 13:00, ack by 17:00, resolve by 21d 09:00, assist_answer of engineering by 3d 10:00, assist_answer of sales by 1d 11:00
        10:00 assist.requested: own by 13:00, ack by 17:00, resolve by 21d 09:00, assist_answer of engineering by 3d 10:00, assist_answer of sales by 1d 11:00, assist_answer of field by 3d 10:00
        12:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve rests since 12:00, assist_answer of engineering rests since 12:00, assist_answer of sales rests since 12:00, assist_answer of field by 3d 10:00
        1d 15:00 issue.customer_replied: own by 13:00, ack by 17:00, resolve by 22d 12:00, assist_answer of engineering by 4d 13:00, assist_answer of sales by 2d 14:00, assist_answer of field by 3d 10:00
    "#]]);
    // Nothing of a night is working time: what was said for then is counted in hours of the wall.
    let night = given([
        support("17:00", reported()),
        support("18:00", blocking_assist("engineering", Some("22:00"))),
        support("19:00", asked_customer()),
        support("21:00", replied()),
    ]);
    night.then(&expect![[r#"
        17:00 issue.reported: own by 1d 13:00, ack by 1d 17:00, resolve by 22d 09:00
        18:00 assist.requested: own by 1d 13:00, ack by 1d 17:00, resolve by 22d 09:00, assist_answer of engineering by 22:00
        19:00 issue.customer_input_requested: own by 1d 13:00, ack by 1d 17:00, resolve rests since 19:00, assist_answer of engineering rests since 19:00
        21:00 issue.customer_replied: own by 1d 13:00, ack by 1d 17:00, resolve by 22d 09:00, assist_answer of engineering by 1d 00:00
    "#]]);
}

#[test]
fn an_assist_that_is_asked_for_while_the_customer_is_rests_from_the_start() {
    let asked = given([
        support("09:00", reported()),
        support("10:00", asked_customer()),
        support("11:00", blocking_assist("engineering", None)),
        support("12:00", replied()),
    ]);
    asked.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve rests since 10:00
        11:00 assist.requested: own by 13:00, ack by 17:00, resolve rests since 10:00, assist_answer of engineering rests since 10:00
        12:00 issue.customer_replied: own by 13:00, ack by 17:00, resolve by 21d 11:00, assist_answer of engineering by 3d 12:00
    "#]]);
}

#[test]
fn who_does_not_answer_for_five_working_days_is_not_waited_for_any_more() {
    let lapsed = || deed("issue.customer_wait_lapsed", wait_lapsed());
    given([
        support("09:00", reported()),
        support("10:00", asked_customer()),
        // Only Davy says so, and not before.
        escalator("support", "7d 09:59", lapsed()),
        support("7d 10:00", lapsed()),
        escalator("support", "7d 10:00", lapsed()),
        escalator("support", "7d 10:01", lapsed()),
        support("8d 10:00", asked_customer()),
        escalator("support", "8d 11:00", lapsed()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve rests since 10:00
        7d 09:59 issue.customer_wait_lapsed: own by 13:00, ack by 17:00, resolve rests since 10:00 (not applied)
        7d 10:00 issue.customer_wait_lapsed: own by 13:00, ack by 17:00, resolve rests since 10:00 (not applied)
        7d 10:00 issue.customer_wait_lapsed: own by 13:00, ack by 17:00, resolve by 28d 09:00
        7d 10:01 issue.customer_wait_lapsed: own by 13:00, ack by 17:00, resolve by 28d 09:00 (not applied)
        8d 10:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve rests since 8d 10:00
        8d 11:00 issue.customer_wait_lapsed: own by 13:00, ack by 17:00, resolve rests since 8d 10:00 (not applied)
    "#]]);
    // Whoever replied in time did, whenever that is heard of.
    given([
        support("09:00", reported()),
        support("10:00", asked_customer()),
        escalator("support", "7d 10:00", lapsed()),
        support("6d 10:00", replied()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.customer_input_requested: own by 13:00, ack by 17:00, resolve rests since 10:00
        6d 10:00 issue.customer_replied: own by 13:00, ack by 17:00, resolve by 25d 16:00
        7d 10:00 issue.customer_wait_lapsed: own by 13:00, ack by 17:00, resolve by 25d 16:00 (not applied)
    "#]]);
}

#[test]
fn what_ran_out_before_the_pause_ran_out() {
    let story = given([support("09:00", reported()), support("30d 09:00", asked_customer())]);
    assert_eq!(story.deadline(ClockKind::Resolve).map(hour), Some("21d 09:00".to_owned()));
}

fn minute(minute: i64) -> Timestamp {
    MIDNIGHT + SignedDuration::from_mins(minute)
}

fn at(minutes: i64, deed: crate::draft::Deed) -> Draft {
    let mut draft = support("00:00", deed);
    draft.0.time = minute(minutes);
    draft
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pause_takes_no_working_time_away(gaps in vec(1_i64..3_000, 0..20)) {
        let mut log = vec![at(540, reported())];
        let mut now = 540;
        for (index, gap) in gaps.iter().enumerate() {
            now += gap;
            log.push(at(now, if index % 2 == 0 { asked_customer() } else { replied() }));
        }
        if gaps.len() % 2 == 1 {
            log.push(at(now + 10, replied()));
        }
        let story = given(log);
        let pauses = story.issue().clocks.pauses;
        let deadline = story.deadline(ClockKind::Resolve).unwrap();
        let calendar = Calendar::standard();
        let open = |from, until| calendar.open_seconds_between(from, until);
        let rested: u64 = pauses.iter().map(|pause| open(pause.from, pause.until.unwrap().min(deadline))).sum();
        // Fifteen days of eight hours.
        prop_assert_eq!(open(minute(540), deadline) - rested, 15 * 8 * 3_600);
    }

    #[test]
    fn nor_from_a_blocking_assist(gaps in vec(1_i64..1_000, 0..20), due in proptest::option::of(700_i64..6_000)) {
        let mut assist = at(600, blocking_assist("engineering", None));
        if let domain::Payload::AssistRequested(terms) = &mut assist.0.payload {
            terms.due = due.map(minute);
        }
        let mut log = vec![at(540, reported()), assist];
        let mut now = 600;
        for (index, gap) in gaps.iter().enumerate() {
            now += gap;
            log.push(at(now, if index % 2 == 0 { asked_customer() } else { replied() }));
        }
        if gaps.len() % 2 == 1 {
            log.push(at(now + 10, replied()));
        }
        let story = given(log);
        let issue = story.issue();
        let clocks = issue.running_clocks(&story.directory);
        let clock = clocks.iter().find(|clock| clock.name.kind == ClockKind::AssistAnswer).unwrap();
        let deadline = clock.state.deadline().unwrap();
        let calendar = Calendar::standard();
        let open = |from, until| calendar.open_seconds_between(from, until);
        let asked = due.map_or(24 * 3_600, |due| open(minute(600), minute(due)));
        prop_assert!(due.is_none_or(|due| minute(due) <= deadline));
        let rested: u64 = issue.clocks.pauses.iter().map(|pause| open(pause.from.min(deadline), pause.until.unwrap().min(deadline))).sum();
        prop_assert!(asked == open(minute(600), deadline) - rested);
    }
}
