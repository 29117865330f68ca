//! The clocks of the issue as a whole: `own`, `ack`, `update`, `resolve`.

use domain::{ActorKind, ClockKind, LinkKind, Severity};
use expect_test::expect;

use crate::{
    deeds::{chased, replied, replied_by_machine},
    draft::{
        Draft, accepted, acknowledged, assigned, closed, declined, linked, noted, reinstated, reopened,
        reported, resolved, severity_changed, support, unlinked, withdrawn,
    },
    story::{given, hour, updated},
};

// F07: Friday is day 4, Monday day 7. An automatic reply stops nothing.
#[test]
fn a_voicemail_on_friday_evening_is_to_be_answered_on_monday() {
    given([
        support("4d 17:55", reported().assessed(Severity::Three)),
        support("4d 17:56", noted("autoreply.sent")),
    ])
    .then(&expect![[r#"
            4d 17:55 issue.reported: own by 7d 13:00, ack by 7d 17:00, resolve by 28d 09:00
            4d 17:56 autoreply.sent: own by 7d 13:00, ack by 7d 17:00, resolve by 28d 09:00
        "#]]);
}

#[test]
fn a_new_issue_is_to_be_taken_answered_and_resolved() {
    given([
        support("09:00", reported().assessed(Severity::Two)),
        support("09:10", assigned("-/L2/-")),
        support("09:20", assigned("engineering/-/-")),
        support("09:30", acknowledged()).by(ActorKind::Bot, "eve"),
        support("09:40", acknowledged()),
        support("09:50", accepted("mia")),
        support("10:00", declined()),
        support("10:10", resolved()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 10:00, ack by 13:00, resolve by 7d 09:00
        09:10 owner.assigned: own by 10:00, ack by 13:00, resolve by 7d 09:00
        09:20 owner.assigned: own by 10:00, ack by 13:00, resolve by 7d 09:00
        09:30 issue.acknowledged: own by 10:00, ack by 13:00, resolve by 7d 09:00 !not_human (not applied)
        09:40 issue.acknowledged: own by 10:00, update by 1d 09:40, resolve by 7d 09:00
        09:50 owner.accepted: update by 1d 09:40, resolve by 7d 09:00
        10:00 owner.declined: own#2 by 11:00, update by 1d 09:40, resolve by 7d 09:00
        10:10 issue.resolved: none
    "#]]);
}

// One that nobody reported waits like any other; the report, which sorts first, begins its clocks anew.
#[test]
fn clocks_begin_with_the_first_event() {
    let log = || [support("10:00", noted("issue.progress_noted")), support("11:00", resolved())];
    given(log()).then(&expect![[r#"
        10:00 issue.progress_noted: own by 14:00, ack by 1d 10:00, resolve by 21d 10:00
        11:00 issue.resolved: none
    "#]]);
    let reported = [support("09:00", reported())].into_iter();
    given(log().into_iter().chain(reported)).then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.progress_noted: own by 13:00, ack by 17:00, resolve by 21d 09:00
        11:00 issue.resolved: none
    "#]]);
}

#[test]
fn the_customer_hears_from_us_from_the_first_answer_on() {
    given([
        support("09:00", reported()),
        support("10:00", updated()),
        support("11:00", acknowledged()),
        support("1d 09:00", updated()).by(ActorKind::System, "rule"),
        support("1d 10:00", updated()),
        support("2d 10:00", replied_by_machine()),
        support("2d 11:00", replied()),
        // We owe an answer since the first letter.
        support("2d 12:00", replied()),
        support("2d 13:00", chased()),
        support("2d 14:00", updated()),
        support("2d 15:00", chased()),
        support("2d 16:00", replied()),
        support("3d 09:00", resolved()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 issue.update_sent: own by 13:00, ack by 17:00, resolve by 21d 09:00
        11:00 issue.acknowledged: own by 13:00, update by 3d 11:00, resolve by 21d 09:00
        1d 09:00 issue.update_sent: own by 13:00, update by 3d 11:00, resolve by 21d 09:00 !not_human (not applied)
        1d 10:00 issue.update_sent: own by 13:00, update#2 by 4d 10:00, resolve by 21d 09:00
        2d 10:00 issue.customer_replied: own by 13:00, update#2 by 4d 10:00, resolve by 21d 09:00
        2d 11:00 issue.customer_replied: own by 13:00, update#3 by 7d 11:00, resolve by 21d 09:00
        2d 12:00 issue.customer_replied: own by 13:00, update#3 by 7d 11:00, resolve by 21d 09:00
        2d 13:00 issue.customer_chased: own by 13:00, update#3 by 7d 11:00, resolve by 21d 09:00
        2d 14:00 issue.update_sent: own by 13:00, update#4 by 7d 14:00, resolve by 21d 09:00
        2d 15:00 issue.customer_chased: own by 13:00, update#4 by 7d 14:00, resolve by 21d 09:00
        2d 16:00 issue.customer_replied: own by 13:00, update#4 by 7d 14:00, resolve by 21d 09:00
        3d 09:00 issue.resolved: none
    "#]]);
}

#[test]
fn a_letter_gives_no_more_time_to_those_who_are_late() {
    let log = |letter: &str| {
        given([support("09:00", reported()), support("09:00", acknowledged()), support(letter, replied())])
            .deadline(ClockKind::Update)
    };
    // 24 hours of working time.
    assert_eq!(log("2d 16:59").map(hour), Some("7d 16:59".to_owned()));
    assert_eq!(log("2d 17:01").map(hour), Some("2d 17:00".to_owned()));
}

#[test]
fn what_comes_back_has_half_the_time_and_is_to_be_answered_again() {
    given([
        support("09:00", reported()),
        support("09:10", accepted("mia")),
        support("09:20", acknowledged()),
        support("1d 09:00", resolved()),
        support("1d 10:00", acknowledged()),
        support("2d 09:00", reopened()),
        // Who owns it is to be said anew before anything else counts.
        support("2d 10:00", updated()),
        support("2d 11:00", acknowledged()),
        support("2d 12:00", closed()),
        support("2d 13:00", reopened()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        09:10 owner.accepted: ack by 17:00, resolve by 21d 09:00
        09:20 issue.acknowledged: update by 3d 09:20, resolve by 21d 09:00
        1d 09:00 issue.resolved: none
        1d 10:00 issue.acknowledged: none
        2d 09:00 issue.reopened: ack#2 by 2d 17:00, resolve#2 by 11d 13:00
        2d 10:00 issue.update_sent: ack#2 by 2d 17:00, resolve#2 by 11d 13:00
        2d 11:00 issue.acknowledged: update#2 by 7d 11:00, resolve#2 by 11d 13:00
        2d 12:00 issue.closed: none
        2d 13:00 issue.reopened: ack#3 by 3d 13:00, resolve#3 by 14d 09:00
    "#]]);
}

#[test]
fn what_is_withdrawn_or_a_duplicate_waits_for_nobody() {
    let there_and_back = |one, back| {
        given([
            support("09:00", reported()),
            support("09:10", one),
            support("09:20", acknowledged()),
            support("3d 09:00", back),
            support("3d 10:00", severity_changed(Severity::Four)),
        ])
    };
    let duplicate =
        there_and_back(linked(LinkKind::DuplicateOf, "56"), unlinked(LinkKind::DuplicateOf, "56"));
    duplicate.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        09:10 link.added: none
        09:20 issue.acknowledged: none
        3d 09:00 link.removed: own by 13:00, update by 3d 09:20, resolve by 21d 09:00
        3d 10:00 issue.severity_changed: own by 17:00, update by 7d 09:20, resolve by 42d 09:00
    "#]]);
    let taken_back = there_and_back(withdrawn(), reinstated());
    taken_back.then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        09:10 issue.withdrawn: none
        09:20 issue.acknowledged: none
        3d 09:00 issue.reinstated: own by 13:00, update by 3d 09:20, resolve by 21d 09:00
        3d 10:00 issue.severity_changed: own by 17:00, update by 7d 09:20, resolve by 42d 09:00
    "#]]);
    // As if it had never been.
    let never: Vec<Draft> = vec![
        support("09:00", reported()),
        support("09:20", acknowledged()),
        support("3d 10:00", severity_changed(Severity::Four)),
    ];
    for kind in [ClockKind::Own, ClockKind::Update, ClockKind::Resolve] {
        let deadline = given(never.clone()).deadline(kind);
        assert_eq!((duplicate.deadline(kind), taken_back.deadline(kind)), (deadline, deadline));
    }
}
