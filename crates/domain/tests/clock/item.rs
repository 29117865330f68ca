//! The clocks of offers, assists and promises.

use domain::{ClockKind, PromiseState};
use expect_test::expect;

use crate::{
    deeds::{
        assist_answered, assist_requested, item, promise_broken, promise_kept, promise_renegotiated, promised,
    },
    draft::{Deed, deed, engineering, offer_accepted, offered, reopened, reported, resolved, sales, support},
    story::{breached_item, escalator, given},
};

fn offer_timed_out() -> Deed {
    deed("handoff.timed_out", domain::Payload::OfferTimedOut { item: item("-") })
}

fn assist_timed_out(which: &str) -> Deed {
    deed("assist.timed_out", domain::Payload::AssistTimedOut { item: item(which) })
}

// Four hours of working time, of whom it is offered to.
#[test]
fn an_offer_that_times_out_bounces_once_and_may_still_be_taken() {
    let log = || {
        vec![
            support("09:00", reported()).id("r"),
            support("10:00", offered("engineering/-/-")).id("o"),
            escalator("engineering", "13:59", offer_timed_out()),
            engineering("14:00", offer_timed_out()),
            escalator(
                "engineering",
                "14:00",
                breached_item(ClockKind::HandOffAccept, "support", "o", 1, "14:00"),
            ),
            escalator("engineering", "14:00", offer_timed_out()),
            escalator("engineering", "14:01", offer_timed_out()),
        ]
    };
    given(log()).then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 handoff.offered: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of engineering by 14:00
        13:59 handoff.timed_out: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of engineering by 14:00 (not applied)
        14:00 handoff.timed_out: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of engineering by 14:00 (not applied)
        14:00 clock.breached: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of engineering by 14:00 breached
        14:00 handoff.timed_out: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of engineering by 14:00 breached
        14:01 handoff.timed_out: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of engineering by 14:00 breached (not applied)
    "#]]);
    assert_eq!(given(log()).issue().custody.bounces, 1);
    let mut taken = log();
    taken.push(engineering("15:00", offer_accepted("ana")));
    let issue = given(taken).issue();
    assert_eq!((issue.custody.owner.department.as_str(), issue.anomalies.is_empty()), ("engineering", true));
}

#[test]
fn another_offer_has_a_clock_of_its_own() {
    given([
        support("09:00", reported()),
        support("10:00", offered("engineering/-/-")),
        support("11:00", offered("sales/-/-")),
        sales("12:00", offer_accepted("kim")),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 handoff.offered: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of engineering by 14:00
        11:00 handoff.offered: own by 13:00, ack by 17:00, resolve by 21d 09:00, handoff_accept of sales by 15:00
        12:00 handoff.accepted: ack by 17:00, resolve by 21d 09:00
    "#]]);
}

#[test]
fn who_is_asked_for_help_owes_an_answer() {
    given([
        support("09:00", reported()),
        support("10:00", assist_requested("engineering")).id("a"),
        support("11:00", assist_requested("sales")).id("b"),
        engineering("12:00", assist_answered("a")),
        support("13:00", resolved()),
        // Nobody worked on it meanwhile.
        support("2d 09:00", reopened()),
        escalator("sales", "8d 09:00", assist_timed_out("b")),
        escalator("sales", "8d 09:01", assist_timed_out("-")),
        sales("8d 10:00", assist_answered("b")),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 assist.requested: own by 13:00, ack by 17:00, resolve by 21d 09:00, assist_answer of engineering by 3d 10:00
        11:00 assist.requested: own by 13:00, ack by 17:00, resolve by 21d 09:00, assist_answer of engineering by 3d 10:00, assist_answer of sales by 3d 11:00
        12:00 assist.answered: own by 13:00, ack by 17:00, resolve by 21d 09:00, assist_answer of sales by 3d 11:00
        13:00 issue.resolved: none
        2d 09:00 issue.reopened: own#2 by 2d 13:00, ack#2 by 2d 17:00, resolve#2 by 11d 13:00, assist_answer#2 of sales by 4d 17:00
        8d 09:00 assist.timed_out: own#2 by 2d 13:00, ack#2 by 2d 17:00, resolve#2 by 11d 13:00, assist_answer#2 of sales by 4d 17:00
        8d 09:01 assist.timed_out: own#2 by 2d 13:00, ack#2 by 2d 17:00, resolve#2 by 11d 13:00, assist_answer#2 of sales by 4d 17:00 (not applied)
        8d 10:00 assist.answered: own#2 by 2d 13:00, ack#2 by 2d 17:00, resolve#2 by 11d 13:00
    "#]]);
}

// F20.
#[test]
fn a_promise_is_owed_until_it_is_kept_also_late() {
    let log = [
        support("09:00", reported()),
        support("10:00", promised("Call back", "16:00")).id("p"),
        escalator("support", "16:00", breached_item(ClockKind::Promise, "support", "p", 1, "16:00")),
        escalator("support", "16:00", promise_broken("p")),
        support("17:00", resolved()),
        support("18:00", promise_kept("p")),
    ];
    given(log.clone()).then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 promise.made: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise by 16:00
        16:00 clock.breached: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise by 16:00 breached
        16:00 promise.broken: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise by 16:00 breached
        17:00 issue.resolved: promise by 16:00 breached
        18:00 promise.kept: none
    "#]]);
    let issue = given(log).issue();
    let states: Vec<_> = issue.work.promises.iter().map(|promise| promise.state).collect();
    assert_eq!(states, [PromiseState::KeptLate { at: crate::draft::clock("18:00") }]);
}

#[test]
fn another_day_begins_a_promise_anew() {
    given([
        support("09:00", reported()),
        support("10:00", promised("Call back", "16:00")).id("p"),
        escalator("support", "16:00", breached_item(ClockKind::Promise, "support", "p", 1, "16:00")),
        support("16:30", promise_renegotiated("p", "1d 12:00")),
        escalator("support", "16:40", breached_item(ClockKind::Promise, "support", "p", 1, "16:00")),
        escalator("support", "1d 12:00", breached_item(ClockKind::Promise, "support", "p", 2, "1d 12:00")),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 promise.made: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise by 16:00
        16:00 clock.breached: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise by 16:00 breached
        16:30 promise.renegotiated: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise#2 by 1d 12:00
        16:40 clock.breached: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise#2 by 1d 12:00 (not applied)
        1d 12:00 clock.breached: own by 13:00, ack by 17:00, resolve by 21d 09:00, promise#2 by 1d 12:00 breached
    "#]]);
}
