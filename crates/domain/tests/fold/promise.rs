//! Promises with a day (F14, F20).

use domain::ActorKind;
use expect_test::expect;

use crate::{
    deeds::{promise_broken, promise_kept, promise_renegotiated, promised},
    draft::{Draft, person, reported, support},
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
