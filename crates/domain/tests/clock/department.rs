//! What departments could know, and those who leave.

use domain::{ClockKind, PersonStatus};
use expect_test::expect;

use crate::{
    draft::{
        Deed, accepted, acknowledged, clock, closed_department, deed, person_document, reopened, reported,
        resolved, set, support,
    },
    story::{escalator, given, heard},
};

fn orphaned() -> Deed {
    deed("owner.orphaned", domain::Payload::Orphaned)
}

#[test]
fn nobody_can_act_on_what_nobody_knew() {
    let log = given([heard("1d 10:00", support("09:00", reported()))]);
    log.then(&expect![[r#"
        09:00 issue.reported: own by 1d 14:00, ack by 17:00, resolve by 21d 09:00
    "#]]);
}

#[test]
fn history_is_silent() {
    let mut backfilled = support("09:00", reported());
    backfilled.0.backfill = true;
    let silent = |draft| {
        let story = given([draft]);
        let issue = story.issue();
        let all = issue.running_clocks(&story.directory).iter().all(|clock| clock.since.silent);
        assert_eq!(all, issue.clock_due(&story.directory).is_none());
        all
    };
    assert!(silent(backfilled.clone()));
    assert!(silent(heard("90d 09:01", support("09:00", reported()))));
    assert!(!silent(heard("90d 09:00", support("09:00", reported()))));
    // What is new about it is not.
    let issue = given([backfilled, support("120d 09:00", acknowledged())]).issue();
    let due = issue.clock_due(&domain::Directory::default());
    assert_eq!(due, Some(clock("122d 11:00")));
}

#[test]
fn an_import_makes_no_history_of_what_is_reported_now() {
    let mut imported = support("08:59", reported());
    imported.0.backfill = true;
    let both = given([support("09:00", reported()), imported]);
    assert!(both.issue().running_clocks(&both.directory).iter().all(|clock| !clock.since.silent));
}

#[test]
fn what_a_leaver_leaves_behind_is_to_be_taken() {
    given([
        support("09:00", reported()),
        support("10:00", accepted("mia")),
        // Not yet.
        escalator("support", "11:00", orphaned()),
    ])
    .then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 owner.accepted: ack by 17:00, resolve by 21d 09:00
        11:00 owner.orphaned: ack by 17:00, resolve by 21d 09:00 (not applied)
    "#]]);
    let log = [
        support("09:00", reported()),
        support("10:00", accepted("mia")),
        support("11:00", orphaned()),
        escalator("support", "11:00", orphaned()),
        escalator("support", "12:00", orphaned()),
        support("13:00", accepted("kim")),
    ];
    given(log).under([set(1, person_document("mia", PersonStatus::Left))]).then(&expect![[r#"
        09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
        10:00 owner.accepted: ack by 17:00, resolve by 21d 09:00 !inactive
        11:00 owner.orphaned: ack by 17:00, resolve by 21d 09:00 (not applied)
        11:00 owner.orphaned: own#2 by 15:00, ack by 17:00, resolve by 21d 09:00, orphan by 1d 11:00
        12:00 owner.orphaned: own#2 by 15:00, ack by 17:00, resolve by 21d 09:00, orphan by 1d 11:00 (not applied)
        13:00 owner.accepted: ack by 17:00, resolve by 21d 09:00
    "#]]);
    given([support("09:00", reported()), escalator("support", "11:00", orphaned())])
        .under([set(1, closed_department("support", Some("sales")))])
        .then(&expect![[r#"
            09:00 issue.reported: own by 13:00, ack by 17:00, resolve by 21d 09:00
            11:00 owner.orphaned: own by 13:00, ack by 17:00, resolve by 21d 09:00, orphan by 1d 11:00
        "#]]);
}

#[test]
fn what_comes_back_to_who_is_gone_is_to_be_taken() {
    let log = || {
        given([
            support("09:00", reported()),
            support("10:00", accepted("mia")),
            support("11:00", resolved()),
            support("12:00", reopened()),
        ])
    };
    assert_eq!(log().deadline(ClockKind::Own), None);
    let gone = log().under([set(1, person_document("mia", PersonStatus::OnLeave { until: None }))]);
    assert_eq!(gone.deadline(ClockKind::Own), Some(clock("16:00")));
}
