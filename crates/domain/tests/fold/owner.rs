//! Whose an issue is: the table of `contract.md` 4, and its counts.

use domain::Position;
use expect_test::expect;

use crate::{
    draft::{
        accepted, accepted_in, acknowledged, assigned, closed, declined, engineering, noted, offer_accepted,
        offer_declined, offer_withdrawn, offered, reopened, reported, resolved, sales, support, withdrawn,
    },
    story::given,
};

#[test]
fn before_anybody_is_named_the_desk_that_heard_it_answers() {
    given([support("09:58", noted("issue.progress_noted")), engineering("09:59", noted("contact.logged"))])
        .then(&expect![[r#"
            09:58 support issue.progress_noted: unreported, support/-/- desk
            09:59 engineering contact.logged: unreported, support/-/- desk
        "#]]);
}

#[test]
fn an_event_of_davys_own_speaks_for_the_department_of_its_actor() {
    given([
        support("09:58", noted("issue.progress_noted")).commanded(),
        support("10:00", accepted("mia")).commanded(),
    ])
    .then(&expect![[r#"
            09:58 support issue.progress_noted: unreported, support/-/- desk
            10:00 support owner.accepted: unreported, support/-/mia accepted
        "#]]);
}

#[test]
fn who_heard_the_complaint_owns_it_provisionally() {
    given([support("09:58", reported().heard_by("mia"))]).then(&expect![[r#"
        09:58 support issue.reported: open, support/-/mia provisional
    "#]]);
}

#[test]
fn an_assignment_keeps_what_it_does_not_name() {
    given([
        support("09:00", reported()),
        support("09:01", assigned("-/L2/mia")),
        // No department: unchanged. A person: the team is unchanged.
        support("09:02", assigned("-/-/bo")),
        // Its own department is no other one.
        support("09:03", assigned("support/-/kim")),
        // A team and no person: nobody of it.
        support("09:04", assigned("-/L3/-")),
        // A person of another department: no team.
        support("09:05", assigned("engineering/-/ana")),
        // Neither team nor person: the desk.
        engineering("09:06", assigned("engineering/-/-")),
        engineering("09:07", assigned("-/Firmware/ana")),
        engineering("09:08", assigned("-/-/-")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support owner.assigned: open, support/L2/mia provisional
        09:02 support owner.assigned: open, support/L2/bo provisional, changes 1
        09:03 support owner.assigned: open, support/L2/kim provisional, changes 2
        09:04 support owner.assigned: open, support/L3/- provisional, changes 3, hand-offs 1
        09:05 support owner.assigned: open, engineering/-/ana provisional, changes 4, hand-offs 2
        09:06 engineering owner.assigned: open, engineering/-/- desk, changes 5, hand-offs 2
        09:07 engineering owner.assigned: open, engineering/Firmware/ana provisional, changes 6, hand-offs 2
        09:08 engineering owner.assigned: open, engineering/-/- desk, changes 7, hand-offs 2
    "#]]);
}

#[test]
fn an_assignment_of_an_owner_who_accepted_is_provisional_again() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", accepted("mia")),
        engineering("09:02", assigned("-/-/mia")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support owner.accepted: open, support/-/mia accepted
        09:02 engineering owner.assigned: open, support/-/mia provisional
    "#]]);
}

#[test]
fn who_accepts_owns_it_in_the_department_named_or_their_own() {
    given([
        support("09:00", reported()),
        support("09:01", assigned("-/L2/-")),
        // The same department: the team stays.
        support("09:02", accepted("mia")),
        support("09:03", accepted_in("engineering", "ana")),
        sales("09:04", accepted("kim")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support owner.assigned: open, support/L2/- provisional
        09:02 support owner.accepted: open, support/L2/mia accepted, changes 1
        09:03 support owner.accepted: open, engineering/-/ana accepted, changes 2, hand-offs 1
        09:04 sales owner.accepted: open, sales/-/kim accepted, changes 3, hand-offs 2
    "#]]);
}

#[test]
fn who_declines_gives_it_back_to_the_desk() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", assigned("engineering/Firmware/ana")),
        engineering("09:02", declined()),
        engineering("09:03", declined()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support owner.assigned: open, engineering/Firmware/ana provisional, changes 1, hand-offs 1
        09:02 engineering owner.declined: open, engineering/-/- desk, changes 2, hand-offs 1
        09:03 engineering owner.declined: open, engineering/-/- desk, changes 2, hand-offs 1
    "#]]);
}

#[test]
fn an_offer_moves_nothing_until_it_is_accepted() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", offered("engineering/Firmware/-")),
        engineering("09:02", offer_accepted("ana")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support handoff.offered: open, support/-/mia provisional, offered engineering/Firmware
        09:02 engineering handoff.accepted: open, engineering/Firmware/ana accepted, changes 1, hand-offs 1
    "#]]);
}

#[test]
fn an_offer_ends_with_its_answer_or_the_next_offer() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", offered("engineering/Firmware/-")),
        engineering("09:02", offer_declined()),
        support("09:03", offered("engineering/-/-")),
        support("09:04", offer_withdrawn()),
        support("09:05", offered("engineering/-/-")),
        support("09:06", offered("sales/-/-")),
        engineering("09:07", offer_declined()),
        sales("09:08", offer_accepted("kim")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support handoff.offered: open, support/-/mia provisional, offered engineering/Firmware
        09:02 engineering handoff.declined: open, support/-/mia provisional, bounces 1
        09:03 support handoff.offered: open, support/-/mia provisional, offered engineering/-, bounces 1
        09:04 support handoff.withdrawn: open, support/-/mia provisional, bounces 1
        09:05 support handoff.offered: open, support/-/mia provisional, offered engineering/-, bounces 1
        09:06 support handoff.offered: open, support/-/mia provisional, offered sales/-, bounces 1
        09:07 engineering handoff.declined: open, support/-/mia provisional, offered sales/-, bounces 1 !no_open_offer (not applied)
        09:08 sales handoff.accepted: open, sales/-/kim accepted, changes 1, hand-offs 1
    "#]]);
}

#[test]
fn an_offer_ends_when_the_department_changes_and_when_it_is_resolved() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", offered("engineering/-/-")),
        // Another person of the same department: the offer stands.
        support("09:02", assigned("-/-/bo")),
        support("09:03", assigned("sales/-/-")),
        sales("09:04", offered("engineering/-/-")),
        sales("09:05", assigned("support/-/-")),
        support("09:06", offered("engineering/-/-")),
        support("09:07", resolved()),
        support("09:08", reopened()),
        support("09:09", offered("engineering/-/-")),
        support("09:10", closed()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support handoff.offered: open, support/-/mia provisional, offered engineering/-
        09:02 support owner.assigned: open, support/-/bo provisional, offered engineering/-, changes 1
        09:03 support owner.assigned: open, sales/-/- desk, changes 2, hand-offs 1
        09:04 sales handoff.offered: open, sales/-/- desk, offered engineering/-, changes 2, hand-offs 1
        09:05 sales owner.assigned: open, support/-/- desk, changes 3, hand-offs 2, returns 1
        09:06 support handoff.offered: open, support/-/- desk, offered engineering/-, changes 3, hand-offs 2, returns 1
        09:07 support issue.resolved: resolved, support/-/- desk, changes 3, hand-offs 2, returns 1
        09:08 support issue.reopened: open, support/-/- desk, changes 3, hand-offs 2, returns 1, reopens 1
        09:09 support handoff.offered: open, support/-/- desk, offered engineering/-, changes 3, hand-offs 2, returns 1, reopens 1
        09:10 support issue.closed: closed, support/-/- desk, changes 3, hand-offs 2, returns 1, reopens 1
    "#]]);
}

#[test]
fn an_answer_without_an_offer_to_its_department_is_an_anomaly() {
    given([
        support("09:00", reported().heard_by("mia")),
        engineering("09:01", offer_declined()),
        support("09:02", offer_withdrawn()),
        support("09:03", offered("sales/-/-")),
        // Not theirs to decline.
        engineering("09:04", offer_declined()),
        // It counts as owner.accepted; the department changes, so the offer to sales ends.
        engineering("09:05", offer_accepted("ana")),
        sales("09:06", offer_accepted("kim")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 engineering handoff.declined: open, support/-/mia provisional !no_open_offer (not applied)
        09:02 support handoff.withdrawn: open, support/-/mia provisional !no_open_offer (not applied)
        09:03 support handoff.offered: open, support/-/mia provisional, offered sales/-
        09:04 engineering handoff.declined: open, support/-/mia provisional, offered sales/- !no_open_offer (not applied)
        09:05 engineering handoff.accepted: open, engineering/-/ana accepted, changes 1, hand-offs 1 !no_open_offer
        09:06 sales handoff.accepted: open, sales/-/kim accepted, changes 2, hand-offs 2 !no_open_offer
    "#]]);
}

#[test]
fn an_offer_within_the_department_names_a_team() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", assigned("-/L1/-")),
        support("09:02", offered("support/L2/-")),
        support("09:03", offer_accepted("bo")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support owner.assigned: open, support/L1/- provisional, changes 1
        09:02 support handoff.offered: open, support/L1/- provisional, offered support/L2, changes 1
        09:03 support handoff.accepted: open, support/L2/bo accepted, changes 2, hand-offs 1
    "#]]);
}

#[test]
fn what_happens_to_the_issue_leaves_its_owner_alone() {
    given([
        support("09:00", reported().heard_by("mia")),
        engineering("09:01", accepted("ana")),
        support("09:02", acknowledged()),
        engineering("09:03", resolved()),
        engineering("09:04", closed()),
        sales("09:05", reopened()),
        engineering("09:06", withdrawn()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 engineering owner.accepted: open, engineering/-/ana accepted, changes 1, hand-offs 1
        09:02 support issue.acknowledged: open, engineering/-/ana accepted, changes 1, hand-offs 1, acknowledged 09:02
        09:03 engineering issue.resolved: resolved, engineering/-/ana accepted, changes 1, hand-offs 1, acknowledged 09:02
        09:04 engineering issue.closed: closed, engineering/-/ana accepted, changes 1, hand-offs 1, acknowledged 09:02
        09:05 sales issue.reopened: open, engineering/-/ana accepted, changes 1, hand-offs 1, reopens 1, acknowledged 09:02
        09:06 engineering issue.withdrawn: withdrawn, engineering/-/ana accepted, changes 1, hand-offs 1, reopens 1, acknowledged 09:02
    "#]]);
}

#[test]
fn the_first_naming_is_no_change_even_in_another_department() {
    given([
        support("09:00", reported()),
        support("09:01", assigned("engineering/-/-")),
        support("09:02", assigned("sales/Inside/-")),
        sales("09:03", assigned("support/-/-")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support owner.assigned: open, engineering/-/- desk
        09:02 support owner.assigned: open, sales/Inside/- provisional
        09:03 sales owner.assigned: open, support/-/- desk, changes 1, hand-offs 1, returns 1
    "#]]);
}

#[test]
fn a_hand_off_is_another_department_or_another_team_than_the_last_one_named_there() {
    given([
        support("09:00", reported().heard_by("mia")),
        // The first team named in support.
        support("09:01", assigned("-/L2/-")),
        // The desk names no team: an owner change only.
        support("09:02", assigned("-/-/-")),
        // The last one named there.
        support("09:03", assigned("-/L2/-")),
        support("09:04", assigned("-/L3/-")),
        // A person of the team.
        support("09:05", assigned("-/-/bo")),
        // Another department and another team there are one hand-off.
        support("09:06", assigned("engineering/Firmware/-")),
        engineering("09:07", assigned("support/L2/-")),
        support("09:08", assigned("engineering/-/-")),
        // The last one named in engineering.
        engineering("09:09", assigned("-/Firmware/-")),
        // Matched byte for byte; `?` is a team.
        engineering("09:10", assigned("-/firmware/-")),
        engineering("09:11", assigned("-/?/-")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support owner.assigned: open, support/L2/- provisional, changes 1
        09:02 support owner.assigned: open, support/-/- desk, changes 2
        09:03 support owner.assigned: open, support/L2/- provisional, changes 3
        09:04 support owner.assigned: open, support/L3/- provisional, changes 4, hand-offs 1
        09:05 support owner.assigned: open, support/L3/bo provisional, changes 5, hand-offs 1
        09:06 support owner.assigned: open, engineering/Firmware/- provisional, changes 6, hand-offs 2
        09:07 engineering owner.assigned: open, support/L2/- provisional, changes 7, hand-offs 3, returns 1
        09:08 support owner.assigned: open, engineering/-/- desk, changes 8, hand-offs 4, returns 1
        09:09 engineering owner.assigned: open, engineering/Firmware/- provisional, changes 9, hand-offs 4, returns 1
        09:10 engineering owner.assigned: open, engineering/firmware/- provisional, changes 10, hand-offs 5, returns 1
        09:11 engineering owner.assigned: open, engineering/?/- provisional, changes 11, hand-offs 6, returns 1
    "#]]);
}

#[test]
fn a_return_is_to_a_department_and_team_that_had_it_before() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", assigned("-/L2/-")),
        support("09:02", assigned("engineering/-/-")),
        // L1 never had it.
        engineering("09:03", assigned("support/L1/-")),
        support("09:04", assigned("sales/-/-")),
        sales("09:05", assigned("support/L2/-")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support owner.assigned: open, support/L2/- provisional, changes 1
        09:02 support owner.assigned: open, engineering/-/- desk, changes 2, hand-offs 1
        09:03 engineering owner.assigned: open, support/L1/- provisional, changes 3, hand-offs 2
        09:04 support owner.assigned: open, sales/-/- desk, changes 4, hand-offs 3
        09:05 sales owner.assigned: open, support/L2/- provisional, changes 5, hand-offs 4, returns 1
    "#]]);
}

#[test]
fn since_and_by_event_are_those_of_the_event_that_made_it_so() {
    let issue = given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", assigned("-/-/mia")),
        support("09:02", accepted("mia")),
        support("09:03", acknowledged()),
    ])
    .issue();
    let since = &issue.custody.owner.since;
    assert_eq!((since.at, since.by.id.as_str()), (crate::draft::clock("09:02"), "3"));
    assert_eq!(issue.position, Position::new(4));
}

#[test]
fn the_worked_example() {
    given([
        support("09:58", reported().heard_by("mia")),
        support("10:01", assigned("-/L2/-")),
        support("10:02", noted("autoreply.sent")),
        engineering("10:05", assigned("engineering/Firmware/-")),
        support("10:00", acknowledged()),
        engineering("10:07", accepted("bo")),
        support("10:08", resolved()),
        support("10:09", reopened()),
    ])
    .then(&expect![[r#"
        09:58 support issue.reported: open, support/-/mia provisional
        10:01 support owner.assigned: open, support/L2/- provisional, changes 1
        10:02 support autoreply.sent: open, support/L2/- provisional, changes 1
        10:05 engineering owner.assigned: open, engineering/Firmware/- provisional, changes 2, hand-offs 1
        10:00 support issue.acknowledged: open, engineering/Firmware/- provisional, changes 2, hand-offs 1, acknowledged 10:00
        10:07 engineering owner.accepted: open, engineering/Firmware/bo accepted, changes 3, hand-offs 1, acknowledged 10:00
        10:08 support issue.resolved: resolved, engineering/Firmware/bo accepted, changes 3, hand-offs 1, acknowledged 10:00
        10:09 support issue.reopened: open, engineering/Firmware/bo accepted, changes 3, hand-offs 1, reopens 1, acknowledged 10:00
    "#]]);
}
