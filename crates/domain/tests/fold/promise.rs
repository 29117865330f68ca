//! Promises with a day (F14, F20).

use domain::{ActorKind, Origin, Payload};
use expect_test::expect;

use crate::{
    deeds::{promise_broken, promise_kept, promise_renegotiated, promised},
    draft::{Deed, Draft, clock, deed, person, reported, resolved, support},
    story::given,
};

#[test]
fn a_promise_is_kept_in_time_or_late_or_by_another_day() {
    given([
        support("09:00", reported()),
        support("09:01", promised("Call back", "10:00")),
        support("09:02", promised("Send the part", "10:00")),
        support("09:03", promised("Visit", "10:00")),
        support("09:59", promise_kept("-")),
        support("10:00", promise_renegotiated("4", "11:00")),
        support("10:01", promise_broken("-")),
        support("10:02", promise_kept("3")),
        support("11:00", promise_kept("-")),
        support("11:01", promise_kept("-")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support promise.made: open, support/-/- desk; call back by 10:00 open
        09:02 support promise.made: open, support/-/- desk; call back by 10:00 open; send the part by 10:00 open
        09:03 support promise.made: open, support/-/- desk; call back by 10:00 open; send the part by 10:00 open; visit by 10:00 open
        09:59 support promise.kept: open, support/-/- desk; call back by 10:00 kept; send the part by 10:00 open; visit by 10:00 open
        10:00 support promise.renegotiated: open, support/-/- desk; call back by 10:00 kept; send the part by 10:00 open; visit by 11:00 open
        10:01 support promise.broken: open, support/-/- desk; call back by 10:00 kept; send the part by 10:00 broken; visit by 11:00 open
        10:02 support promise.kept: open, support/-/- desk; call back by 10:00 kept; send the part by 10:00 keptlate; visit by 11:00 open
        11:00 support promise.kept: open, support/-/- desk; call back by 10:00 kept; send the part by 10:00 keptlate; visit by 11:00 kept
        11:01 support promise.kept: open, support/-/- desk; call back by 10:00 kept; send the part by 10:00 keptlate; visit by 11:00 kept !unknown_ref (not applied)
    "#]]);
}

#[test]
fn a_late_proof_cures_a_broken_promise() {
    given([
        support("09:00", reported()),
        support("09:01", promised("Call back", "10:00")),
        support("10:01", promise_broken("-")),
        support("09:58", promise_kept("-")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support promise.made: open, support/-/- desk; call back by 10:00 open
        10:01 support promise.broken: open, support/-/- desk; call back by 10:00 broken
        09:58 support promise.kept: open, support/-/- desk; call back by 10:00 kept
    "#]]);
}

#[test]
fn who_promises_is_the_actor_where_nobody_is_named() {
    let by_mia = |draft: Draft| draft.by(ActorKind::Human, "mia");
    let issue = given([by_mia(support("09:01", promised("Call back", "10:00")))]).issue();
    assert_eq!(issue.work.promises[0].terms.by, Some(person("mia")));
}

fn told(next: Option<&str>) -> Deed {
    deed("issue.update_sent", Payload::UpdateSent { next: next.map(clock) })
}

#[test]
fn when_the_customer_hears_more_is_promised_by_whoever_says_so_and_kept_by_the_next_word() {
    let answer = Payload::Acknowledged { channel: None, next: Some(clock("12:00")) };
    let mut command = support("13:00", told(Some("14:00")));
    command.0.origin = Origin::Command(command.0.origin.department().clone());
    let mut machine = support("13:01", told(Some("14:00")));
    machine.0.actor.kind = ActorKind::Bot;
    given([
        support("09:00", reported()),
        support("09:01", promised("Call back", "18:00")),
        support("10:00", deed("issue.acknowledged", answer)),
        support("11:00", told(Some("13:00"))),
        support("13:30", told(Some("13:00"))),
        // Whose command it is promises by an event of its own.
        command,
        machine,
        support("14:00", told(Some("16:00"))),
        support("15:00", resolved()),
        support("15:01", told(Some("16:00"))),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support promise.made: open, support/-/- desk; call back by 18:00 open
        10:00 support issue.acknowledged: open, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 open
        11:00 support issue.update_sent: open, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 kept; tell the customer how it stands by 13:00 open
        13:30 support issue.update_sent: open, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 kept; tell the customer how it stands by 13:00 keptlate
        13:00 support issue.update_sent: open, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 kept; tell the customer how it stands by 13:00 kept
        13:01 support issue.update_sent: open, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 kept; tell the customer how it stands by 13:00 kept !not_human (not applied)
        14:00 support issue.update_sent: open, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 kept; tell the customer how it stands by 13:00 kept; tell the customer how it stands by 16:00 open
        15:00 support issue.resolved: resolved, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 kept; tell the customer how it stands by 13:00 kept; tell the customer how it stands by 16:00 kept
        15:01 support issue.update_sent: resolved, support/-/- desk, acknowledged 10:00; call back by 18:00 open; tell the customer how it stands by 12:00 kept; tell the customer how it stands by 13:00 kept; tell the customer how it stands by 16:00 kept
    "#]]);
}
