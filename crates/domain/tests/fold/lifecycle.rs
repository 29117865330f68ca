//! Where an issue stands, and what acknowledges it: `contract.md` 5.

use domain::{ActorKind, LinkKind};
use expect_test::expect;

use crate::{
    draft::{
        accepted, acknowledged, assigned, closed, engineering, issue, linked, noted, reinstated, reopened,
        reported, resolved, sales, support, unheard_of, unlinked, withdrawn,
    },
    story::given,
};

#[test]
fn only_a_human_acknowledges() {
    given([
        support("09:00", reported()),
        support("09:01", acknowledged()).by(ActorKind::Bot, "eve"),
        support("09:02", acknowledged()).by(ActorKind::System, "rule"),
        support("09:03", acknowledged()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.acknowledged: open, support/-/- desk !not_human (not applied)
        09:02 support issue.acknowledged: open, support/-/- desk !not_human (not applied)
        09:03 support issue.acknowledged: open, support/-/- desk, acknowledged 09:03
    "#]]);
}

#[test]
fn the_first_acknowledgement_counts_and_is_never_cleared() {
    let story = given([
        support("09:00", reported()),
        support("09:05", acknowledged()).by(ActorKind::Human, "mia"),
        support("09:06", acknowledged()).by(ActorKind::Human, "bo"),
        support("09:07", assigned("engineering/-/-")),
        engineering("09:08", resolved()),
        sales("09:09", reopened()),
        // Late, and first.
        support("09:04", acknowledged()).by(ActorKind::Human, "kim"),
    ]);
    story.then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:05 support issue.acknowledged: open, support/-/- desk, acknowledged 09:05
        09:06 support issue.acknowledged: open, support/-/- desk, acknowledged 09:05
        09:07 support owner.assigned: open, engineering/-/- desk, acknowledged 09:05
        09:08 engineering issue.resolved: resolved, engineering/-/- desk, acknowledged 09:05
        09:09 sales issue.reopened: open, engineering/-/- desk, reopens 1, acknowledged 09:05
        09:04 support issue.acknowledged: open, engineering/-/- desk, reopens 1, acknowledged 09:04
    "#]]);
    let by = story.issue().acknowledged.and_then(|acknowledged| acknowledged.by);
    assert_eq!(by.map(|person| person.account.id).as_deref(), Some("kim"));
}

#[test]
fn nothing_else_acknowledges_or_reopens() {
    let deeds = [
        "autoreply.sent",
        "contact.logged",
        "contact.missed",
        "issue.update_sent",
        "issue.customer_replied",
        "issue.customer_chased",
        "issue.progress_noted",
        "issue.detail_added",
    ];
    let notes = deeds.map(|type_name| support("09:02", noted(type_name)));
    let before =
        [support("09:00", reported()), support("09:01", accepted("mia")), support("09:02", unheard_of())];
    let issue = given(before.clone().into_iter().chain(notes.clone())).issue();
    assert!(issue.awaits_acknowledgement());

    let ended = before.into_iter().chain([support("09:01", resolved())]).chain(notes);
    let issue = given(ended).issue();
    assert_eq!((issue.lifecycle(), issue.reopens), (domain::Lifecycle::Resolved, 0));
}

#[test]
fn an_acknowledgement_before_the_report_counts_as_at_the_report() {
    given([
        support("09:00", acknowledged()),
        support("09:30", noted("issue.progress_noted")),
        support("10:00", reported()),
        support("09:10", acknowledged()),
    ])
    .then(&expect![[r#"
        09:00 support issue.acknowledged: unreported, support/-/- desk, acknowledged 09:00
        09:30 support issue.progress_noted: unreported, support/-/- desk, acknowledged 09:00
        10:00 support issue.reported: open, support/-/- desk, acknowledged 10:00
        09:10 support issue.acknowledged: open, support/-/- desk, acknowledged 10:00 !before_report
    "#]]);
}

#[test]
fn an_unreported_issue_stands_like_an_open_one() {
    let story = given([engineering("09:00", noted("issue.progress_noted"))]);
    let issue = story.issue();
    assert_eq!(issue.title(), "(not reported yet)");
    assert!(issue.reported.is_none() && issue.awaits_acknowledgement() && issue.lifecycle().is_open());
    given([
        engineering("09:00", resolved()),
        support("09:01", reopened()),
        engineering("09:02", closed()),
        engineering("09:03", withdrawn()),
        engineering("09:04", reinstated()),
        engineering("09:05", reopened()),
        support("09:06", reported()),
    ])
    .then(&expect![[r#"
        09:00 engineering issue.resolved: resolved, engineering/-/- desk
        09:01 support issue.reopened: unreported, engineering/-/- desk, reopens 1
        09:02 engineering issue.closed: closed, engineering/-/- desk, reopens 1
        09:03 engineering issue.withdrawn: withdrawn, engineering/-/- desk, reopens 1
        09:04 engineering issue.reinstated: closed, engineering/-/- desk, reopens 1
        09:05 engineering issue.reopened: unreported, engineering/-/- desk, reopens 2
        09:06 support issue.reported: open, support/-/- desk
    "#]]);
}

#[test]
fn it_is_resolved_and_closed_and_reopened() {
    given([
        support("09:00", reported()),
        support("09:01", reopened()),
        support("09:02", resolved()),
        support("09:03", resolved()),
        support("09:04", closed()),
        support("09:05", closed()),
        // A repeated resolve changes nothing, after a close too.
        support("09:06", resolved()),
        sales("09:07", reopened()),
        support("09:08", closed()),
        engineering("09:09", reopened()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.reopened: open, support/-/- desk !bad_transition (not applied)
        09:02 support issue.resolved: resolved, support/-/- desk
        09:03 support issue.resolved: resolved, support/-/- desk
        09:04 support issue.closed: closed, support/-/- desk
        09:05 support issue.closed: closed, support/-/- desk
        09:06 support issue.resolved: closed, support/-/- desk
        09:07 sales issue.reopened: open, support/-/- desk, reopens 1
        09:08 support issue.closed: closed, support/-/- desk, reopens 1
        09:09 engineering issue.reopened: open, support/-/- desk, reopens 2
    "#]]);
}

#[test]
fn a_reopening_applies_whenever_it_comes_and_is_flagged_after_thirty_days() {
    given([
        support("09:00", reported()),
        support("09:00", resolved()),
        support("30d 09:00", reopened()),
        support("31d 09:00", resolved()),
        // From the close on, not from the resolution.
        support("41d 09:00", closed()),
        support("71d 09:00", reopened()),
        support("72d 09:00", closed()),
        support("102d 09:01", reopened()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:00 support issue.resolved: resolved, support/-/- desk
        30d 09:00 support issue.reopened: open, support/-/- desk, reopens 1
        31d 09:00 support issue.resolved: resolved, support/-/- desk, reopens 1
        41d 09:00 support issue.closed: closed, support/-/- desk, reopens 1
        71d 09:00 support issue.reopened: open, support/-/- desk, reopens 2
        72d 09:00 support issue.closed: closed, support/-/- desk, reopens 2
        102d 09:01 support issue.reopened: open, support/-/- desk, reopens 3 !reopened_late
    "#]]);
}

#[test]
fn a_withdrawn_issue_is_reinstated_where_it_stood() {
    given([
        support("09:00", reported()),
        support("09:01", reinstated()),
        support("09:02", withdrawn()),
        support("09:03", withdrawn()),
        support("09:04", reopened()),
        support("09:05", reinstated()),
        support("09:06", resolved()),
        support("09:07", withdrawn()),
        support("09:08", reinstated()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.reinstated: open, support/-/- desk !bad_transition (not applied)
        09:02 support issue.withdrawn: withdrawn, support/-/- desk
        09:03 support issue.withdrawn: withdrawn, support/-/- desk
        09:04 support issue.reopened: withdrawn, support/-/- desk !bad_transition (not applied)
        09:05 support issue.reinstated: open, support/-/- desk
        09:06 support issue.resolved: resolved, support/-/- desk
        09:07 support issue.withdrawn: withdrawn, support/-/- desk
        09:08 support issue.reinstated: resolved, support/-/- desk
    "#]]);
}

#[test]
fn a_link_makes_a_duplicate_of_its_own_issue_only_and_layers_over_the_rest() {
    let story = given([
        support("09:00", reported()),
        support("09:01", linked(LinkKind::Related, "56")),
        support("09:02", linked(LinkKind::DuplicateOf, "56")),
        support("09:03", resolved()),
        support("09:04", linked(LinkKind::DuplicateOf, "57")),
        // Not the link that holds.
        support("09:05", unlinked(LinkKind::DuplicateOf, "56")),
        support("09:06", unlinked(LinkKind::Related, "57")),
        support("09:07", unlinked(LinkKind::DuplicateOf, "57")),
        support("09:08", reopened()),
    ]);
    story.then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support link.added: open, support/-/- desk
        09:02 support link.added: duplicate, support/-/- desk
        09:03 support issue.resolved: duplicate, support/-/- desk
        09:04 support link.added: duplicate, support/-/- desk
        09:05 support link.removed: duplicate, support/-/- desk !bad_transition (not applied)
        09:06 support link.removed: duplicate, support/-/- desk !already (not applied)
        09:07 support link.removed: resolved, support/-/- desk
        09:08 support issue.reopened: open, support/-/- desk, reopens 1
    "#]]);
    let issue_of =
        given([support("09:00", reported()), support("09:01", linked(LinkKind::DuplicateOf, "56"))]).issue();
    assert_eq!(issue_of.duplicate_of, Some(issue("56")));
    // Whether the chain holds is for the reader to look up; until then it may wait.
    assert!(issue_of.awaits_acknowledgement());
}
