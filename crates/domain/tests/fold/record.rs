//! Whose word counts: the system of record (`design.md` 5).

use domain::LinkKind;
use expect_test::expect;

use crate::{
    draft::{
        accepted, assigned, closed, engineering, linked, noted, reinstated, reopened, reported, resolved,
        sales, set, support, system_of, unlinked, withdrawn,
    },
    story::given,
};

#[test]
fn the_lifecycle_is_told_by_who_reported_it_or_owns_it() {
    given([
        support("09:00", reported()),
        engineering("09:01", resolved()),
        engineering("09:02", closed()),
        engineering("09:03", withdrawn()),
        engineering("09:04", linked(LinkKind::DuplicateOf, "56")),
        engineering("09:05", accepted("ana")),
        // The owner's department at that point.
        engineering("09:06", linked(LinkKind::DuplicateOf, "56")),
        sales("09:07", unlinked(LinkKind::DuplicateOf, "56")),
        engineering("09:08", unlinked(LinkKind::DuplicateOf, "56")),
        engineering("09:09", withdrawn()),
        sales("09:10", reinstated()),
        engineering("09:11", reinstated()),
        engineering("09:12", resolved()),
        // The department that reported it, wherever it is now.
        support("09:13", closed()),
        // Anybody.
        sales("09:14", reopened()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 engineering issue.resolved: open, support/-/- desk !not_system_of_record (not applied)
        09:02 engineering issue.closed: open, support/-/- desk !not_system_of_record (not applied)
        09:03 engineering issue.withdrawn: open, support/-/- desk !not_system_of_record (not applied)
        09:04 engineering link.added: open, support/-/- desk !not_system_of_record (not applied)
        09:05 engineering owner.accepted: open, engineering/-/ana accepted
        09:06 engineering link.added: duplicate, engineering/-/ana accepted
        09:07 sales link.removed: duplicate, engineering/-/ana accepted !not_system_of_record (not applied)
        09:08 engineering link.removed: open, engineering/-/ana accepted
        09:09 engineering issue.withdrawn: withdrawn, engineering/-/ana accepted
        09:10 sales issue.reinstated: withdrawn, engineering/-/ana accepted !not_system_of_record (not applied)
        09:11 engineering issue.reinstated: open, engineering/-/ana accepted
        09:12 engineering issue.resolved: resolved, engineering/-/ana accepted
        09:13 support issue.closed: closed, engineering/-/ana accepted
        09:14 sales issue.reopened: open, engineering/-/ana accepted, reopens 1
    "#]]);
}

#[test]
fn while_unreported_the_first_event_in_order_tells_it() {
    given([
        engineering("09:01", noted("issue.progress_noted")),
        engineering("09:02", assigned("sales/-/-")),
        engineering("09:03", resolved()),
        // Late, and first: support is of record now, and engineering is neither that nor the owner.
        support("09:00", noted("contact.logged")),
        // Reports sort first.
        engineering("09:05", reported()),
    ])
    .then(&expect![[r#"
        09:01 engineering issue.progress_noted: unreported, engineering/-/- desk
        09:02 engineering owner.assigned: unreported, sales/-/- desk
        09:03 engineering issue.resolved: resolved, sales/-/- desk
        09:00 support contact.logged: unreported, sales/-/- desk
        09:05 engineering issue.reported: resolved, sales/-/- desk
    "#]]);
}

#[test]
fn a_system_document_counts_from_its_own_position_on() {
    given([
        support("09:00", reported()),
        engineering("09:02", resolved()),
        // 3: engineering is of record for zendesk from here on.
        support("09:03", noted("issue.progress_noted")),
        // At 0-4, though it happened before the event at 0-2.
        engineering("09:01", resolved()),
        support("09:05", reopened()),
        // The owner's department, not of record any more.
        support("09:06", assigned("sales/-/-")),
        support("09:07", resolved()),
        // 8: and sales for zendesk from here on.
        sales("09:08", closed()),
        engineering("09:09", withdrawn()),
    ])
    .under([set(3, system_of("zendesk", "engineering")), set(8, system_of("zendesk", "sales")), set(2, system_of("jira", "engineering"))])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:02 engineering issue.resolved: open, support/-/- desk !not_system_of_record (not applied)
        09:03 support issue.progress_noted: open, support/-/- desk
        09:01 engineering issue.resolved: resolved, support/-/- desk
        09:05 support issue.reopened: open, support/-/- desk, reopens 1
        09:06 support owner.assigned: open, sales/-/- desk, reopens 1
        09:07 support issue.resolved: open, sales/-/- desk, reopens 1 !not_system_of_record (not applied)
        09:08 sales issue.closed: closed, sales/-/- desk, reopens 1
        09:09 engineering issue.withdrawn: closed, sales/-/- desk, reopens 1 !not_system_of_record (not applied)
    "#]]);
}

#[test]
fn davys_own_events_apply_where_they_sort() {
    given([
        support("09:00", reported()),
        engineering("09:01", resolved()).commanded(),
        sales("09:02", reopened()).commanded(),
        sales("09:03", linked(LinkKind::DuplicateOf, "56")).commanded(),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 engineering issue.resolved: resolved, support/-/- desk
        09:02 sales issue.reopened: open, support/-/- desk, reopens 1
        09:03 sales link.added: duplicate, support/-/- desk, reopens 1
    "#]]);
}
