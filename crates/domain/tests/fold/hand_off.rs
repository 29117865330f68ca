//! Offers that lack something, bounce, or go to people and departments that are gone (`domain.md` 4.7, F09, F37).

use domain::{PersonStatus, Severity};
use expect_test::expect;

use crate::{
    draft::{
        accepted, asking_department, assigned, closed_department, engineering, offer_accepted,
        offer_declined, offered, person_document, reported, sales, set, severity_changed, support,
    },
    story::given,
};

// F37.
#[test]
fn an_offer_that_lacks_what_the_department_asks_for_is_recorded_as_incomplete() {
    given([
        support("09:00", reported()),
        support("09:01", offered("engineering/-/-").giving(["summary", "asset"])),
        // 0-3: from here on engineering asks for the revision too.
        support("09:04", offered("engineering/-/-")),
        support("09:05", offered("sales/-/-")),
    ])
    .under([
        set(1, asking_department("engineering", ["asset"])),
        set(3, asking_department("engineering", ["asset", "revision"])),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support handoff.offered: open, support/-/- desk, offered engineering/- without done_so_far next_actions !incomplete
        09:04 support handoff.offered: open, support/-/- desk, offered engineering/- without asset revision !incomplete
        09:05 support handoff.offered: open, support/-/- desk, offered sales/-
    "#]]);
}

#[test]
fn who_takes_a_grave_or_incomplete_issue_says_it_back() {
    given([
        support("09:00", reported()),
        support("09:01", offered("engineering/-/-")),
        engineering("09:02", offer_accepted("ana").without_read_back()),
        engineering("09:03", offered("sales/-/-").giving(["summary"])),
        sales("09:04", offer_accepted("kim").without_read_back()),
        sales("09:05", severity_changed(Severity::Two)),
        sales("09:06", offered("support/-/-")),
        support("09:07", offer_accepted("mia").without_read_back()),
        support("09:08", offered("engineering/-/-")),
        engineering("09:09", offer_accepted("ana")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support handoff.offered: open, support/-/- desk, offered engineering/-
        09:02 engineering handoff.accepted: open, engineering/-/ana accepted
        09:03 engineering handoff.offered: open, engineering/-/ana accepted, offered sales/- without done_so_far next_actions !incomplete
        09:04 sales handoff.accepted: open, sales/-/kim accepted, changes 1, hand-offs 1 !no_read_back
        09:05 sales issue.severity_changed: open, sales/-/kim accepted, changes 1, hand-offs 1
        09:06 sales handoff.offered: open, sales/-/kim accepted, offered support/-, changes 1, hand-offs 1
        09:07 support handoff.accepted: open, support/-/mia accepted, changes 2, hand-offs 2, returns 1 !no_read_back
        09:08 support handoff.offered: open, support/-/mia accepted, offered engineering/-, changes 2, hand-offs 2, returns 1
        09:09 engineering handoff.accepted: open, engineering/-/ana accepted, changes 3, hand-offs 3, returns 1
    "#]]);
}

// F09: nobody is anybody else's excuse.
#[test]
fn an_issue_that_bounces_stays_with_who_offered_it() {
    given([
        support("09:00", reported().heard_by("mia")),
        support("09:01", offered("engineering/-/-")),
        engineering("09:02", offer_declined()),
        engineering("09:03", offer_declined()),
        support("09:04", offered("sales/-/-")),
        sales("09:05", offer_declined()),
        support("09:06", assigned("-/L2/-")),
        // An arbiter's word.
        sales("09:07", assigned("engineering/-/-")),
        engineering("09:08", offered("sales/-/-")),
        sales("09:09", offer_declined()),
        engineering("09:10", offered("support/-/-")),
        support("09:11", offer_accepted("mia")),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/mia provisional
        09:01 support handoff.offered: open, support/-/mia provisional, offered engineering/-
        09:02 engineering handoff.declined: open, support/-/mia provisional, bounces 1
        09:03 engineering handoff.declined: open, support/-/mia provisional, bounces 1 !no_open_offer (not applied)
        09:04 support handoff.offered: open, support/-/mia provisional, offered sales/-, bounces 1
        09:05 sales handoff.declined: open, support/-/mia provisional, bounces 2
        09:06 support owner.assigned: open, support/L2/- provisional, changes 1, bounces 2
        09:07 sales owner.assigned: open, engineering/-/- desk, changes 2, hand-offs 1
        09:08 engineering handoff.offered: open, engineering/-/- desk, offered sales/-, changes 2, hand-offs 1
        09:09 sales handoff.declined: open, engineering/-/- desk, changes 2, hand-offs 1, bounces 1
        09:10 engineering handoff.offered: open, engineering/-/- desk, offered support/-, changes 2, hand-offs 1, bounces 1
        09:11 support handoff.accepted: open, support/-/mia accepted, changes 3, hand-offs 2, returns 1
    "#]]);
}

#[test]
fn to_name_who_is_gone_counts_and_is_told() {
    given([
        support("09:00", reported()),
        support("09:01", accepted("mia")),
        // 0-3 and 0-4: mia left, engineering closed.
        support("09:05", accepted("mia")),
        support("09:06", assigned("engineering/-/-")),
        // Late, and of the time before; at its own position mia is gone.
        support("09:02", assigned("-/-/mia")),
        support("09:08", offered("engineering/-/-")),
    ])
    .under([
        set(3, person_document("mia", PersonStatus::Left)),
        set(3, closed_department("engineering", None)),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support owner.accepted: open, support/-/mia accepted
        09:05 support owner.accepted: open, support/-/mia accepted !inactive
        09:06 support owner.assigned: open, engineering/-/- desk, changes 1, hand-offs 1 !inactive
        09:02 support owner.assigned: open, engineering/-/- desk, changes 1, hand-offs 1 !inactive
        09:08 support handoff.offered: open, engineering/-/- desk, offered engineering/-, changes 1, hand-offs 1 !inactive
    "#]]);
}
