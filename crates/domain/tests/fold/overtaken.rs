//! Commands that a late fact overtook (`design.md` 5): they stand where they sort, and are marked.

use expect_test::expect;

use crate::{
    deeds::{assist_answered, assist_requested, deferral_approved, deferral_requested, withheld},
    draft::{
        acknowledged, engineering, noted, offer_accepted, offered, reopened, reported, resolved, support,
    },
    story::given,
};

#[test]
fn a_command_that_a_late_fact_overtook_is_marked() {
    given([
        support("09:00", reported()),
        support("09:10", offered("engineering/-/-")),
        engineering("09:11", offer_accepted("ana")).commanded(),
        engineering("09:12", resolved()).commanded(),
        // Late: it was resolved before all of that, and is open again by nobody's word.
        support("09:09", resolved()),
        support("09:13", reopened()).commanded(),
        engineering("09:08", offer_accepted("bo")),
    ])
    .then_all(&expect![[r#"
        0-1 issue.reported:
        0-7 handoff.accepted: !no_open_offer
        0-5 issue.resolved:
        0-2 handoff.offered:
        0-3 handoff.accepted:
        0-4 issue.resolved: !overtaken
        0-6 issue.reopened:
        open, engineering/-/ana accepted, changes 1, reopens 1
    "#]]);
}

#[test]
fn an_offer_that_is_gone_by_then_is_accepted_all_the_same() {
    given([
        support("09:00", reported()),
        support("09:01", offered("engineering/-/-")),
        engineering("09:10", offer_accepted("ana")).commanded(),
        support("09:05", offered("sales/-/-")),
        support("09:11", assist_requested("sales")),
        engineering("09:12", assist_answered("nothing")).commanded(),
    ])
    .then_all(&expect![[r#"
        0-1 issue.reported:
        0-2 handoff.offered:
        0-4 handoff.offered:
        0-3 handoff.accepted: !no_open_offer !overtaken
        0-5 assist.requested:
        0-6 assist.answered: !overtaken !unknown_ref (not applied)
        open, engineering/-/ana accepted; sales requested
    "#]]);
}

#[test]
fn the_rules_for_facts_are_not_asked_of_commands_again() {
    given([
        support("09:00", reported()),
        support("09:02", acknowledged()),
        engineering("09:03", deferral_requested("40d 00:00")).commanded(),
        engineering("09:04", deferral_approved("-")).commanded(),
        engineering("09:05", noted("issue.progress_noted")).commanded(),
        support("09:01", withheld("R-1")),
    ])
    .then_all(&expect![[r#"
        0-1 issue.reported:
        0-6 invoice.withheld:
        0-2 issue.acknowledged:
        0-3 deferral.requested:
        0-4 deferral.approved:
        0-5 issue.progress_noted:
        deferred, support/-/- desk, acknowledged 09:02, severity 2; until 40d 00:00 approved
    "#]]);
}
