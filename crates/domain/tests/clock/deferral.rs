//! What a deferral does to clocks (F01b): nothing. It has one of its own.

use domain::{ClockKind, EndCause};
use expect_test::expect;

use crate::{
    deeds::{deferral_approved, deferral_ended, deferral_requested},
    draft::{acknowledged, clock, engineering, reported, support},
    story::{escalator, given},
};

#[test]
fn it_ends_in_working_time_and_moves_no_other_deadline() {
    let log = [
        support("09:00", reported()),
        support("09:00", acknowledged()),
        engineering("10:00", deferral_requested("30d 00:00")),
        support("11:00", deferral_approved("-")),
        escalator("support", "30d 09:00", deferral_ended("-", EndCause::Expired)),
    ];
    given(log.clone()).then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        09:00 issue.acknowledged: own by 13:00, update by 2d 17:00, resolve by 21d 09:00
        10:00 deferral.requested: own by 13:00, update by 2d 17:00, resolve by 21d 09:00
        11:00 deferral.approved: own by 13:00, update by 2d 17:00, resolve by 21d 09:00, deferral by 30d 09:00
        30d 09:00 deferral.ended: own by 13:00, update by 2d 17:00, resolve by 21d 09:00
    "#]]);
    let undeferred = given(log[..2].to_vec()).deadline(ClockKind::Resolve);
    assert_eq!(given(log).deadline(ClockKind::Resolve), undeferred);
}

#[test]
fn on_a_day_off_it_ends_on_the_next_day() {
    let log = given([
        support("09:00", reported()),
        support("09:00", acknowledged()),
        engineering("10:00", deferral_requested("5d 12:00")),
        support("11:00", deferral_approved("-")),
    ]);
    assert_eq!(log.deadline(ClockKind::Deferral), Some(clock("7d 09:00")));
}
