//! Help that is asked for while the owner stays (`domain.md` 4.7, F03, F23).

use domain::{AssistState, ItemId, Work};
use expect_test::expect;

use crate::{
    deeds::{assist_accepted, assist_answered, assist_cancelled, assist_declined, assist_requested, helped},
    draft::{engineering, issue, reported, retracted, sales, support},
    story::given,
};

#[test]
fn the_department_asked_answers_and_the_owner_stays() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", assist_requested("engineering")),
        sales("09:02", assist_answered("-")),
        engineering("09:03", assist_accepted("-", "ana")),
        engineering("09:04", assist_accepted("2", "bo")),
        engineering("09:05", assist_answered("-")),
        engineering("09:06", assist_answered("2")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support assist.requested: open, support/-/mia provisional; engineering requested
        09:02 sales assist.answered: open, support/-/mia provisional; engineering requested !unknown_ref (not applied)
        09:03 engineering assist.accepted: open, support/-/mia provisional; engineering accepted
        09:04 engineering assist.accepted: open, support/-/mia provisional; engineering accepted
        09:05 engineering assist.answered: open, support/-/mia provisional; engineering answered
        09:06 engineering assist.answered: open, support/-/mia provisional; engineering answered !unknown_ref (not applied)
    "#]]);
}

#[test]
fn who_asked_may_take_it_back_and_who_is_asked_may_decline() {
    given([
        support("09:00", reported()),
        support("09:01", assist_requested("engineering")),
        support("09:02", assist_requested("sales")),
        engineering("09:03", assist_cancelled("-")),
        support("09:04", assist_cancelled("-")),
        sales("09:05", assist_declined("3")),
        sales("09:06", assist_declined("nothing")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support assist.requested: open, support/-/- desk; engineering requested
        09:02 support assist.requested: open, support/-/- desk; engineering requested; sales requested
        09:03 engineering assist.cancelled: open, support/-/- desk; engineering requested; sales requested !unknown_ref (not applied)
        09:04 support assist.cancelled: open, support/-/- desk; engineering cancelled; sales requested
        09:05 sales assist.declined: open, support/-/- desk; engineering cancelled; sales declined
        09:06 sales assist.declined: open, support/-/- desk; engineering cancelled; sales declined !unknown_ref (not applied)
    "#]]);
}

#[test]
fn help_that_nobody_asked_for_is_recorded_as_such() {
    given([support("09:00", reported()), sales("09:01", helped())]).then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 sales assist.answered: open, support/-/- desk; sales answered
    "#]]);
}

#[test]
fn an_item_is_named_by_its_id_or_by_the_event_of_its_own_source_first() {
    let asked = |slug: &str| support("09:01", assist_requested(slug)).id("a");
    let story = given([
        support("09:00", reported()),
        asked("sales"),
        // Another tool gave the same id.
        sales("09:02", assist_requested("sales")).id("a"),
        sales("09:03", assist_answered("a")),
        sales("09:04", assist_requested("sales")).id("b"),
    ]);
    let Work { assists, .. } = story.issue().work;
    let open = |state: &AssistState| *state == AssistState::Requested;
    let is_open: Vec<_> = assists.iter().map(|assist| open(&assist.state)).collect();
    assert_eq!(is_open, [true, false, true]);

    let id = assists[2].id;
    assert_eq!(id, ItemId::of(issue("55"), &assists[2].since.by));
    let by_id = given([
        support("09:00", reported()),
        asked("sales"),
        sales("09:04", assist_requested("sales")).id("b"),
        sales("09:05", assist_answered(&id.to_string())),
    ]);
    let assists = by_id.issue().work.assists;
    assert!(open(&assists[0].state) && !open(&assists[1].state));
}

#[test]
fn an_assist_that_is_retracted_leaves_its_answer_without_one() {
    given([
        support("09:00", reported()),
        support("09:01", assist_requested("engineering")),
        engineering("09:02", assist_answered("-")),
        support("09:03", retracted("support", "2")),
    ])
    .then_all(&expect![[r#"
        0-1 issue.reported:
        0-2 assist.requested: (retracted by 0-4)
        0-3 assist.answered: !unknown_ref (not applied)
        0-4 event.retracted:
        open, support/-/- desk
    "#]]);
}
