//! What holds an issue up, what raises its severity, and how else it is known (`domain.md` 4.4, 4.9, 4.10).

use domain::{LinkKind, Restriction, Severity};
use expect_test::expect;

use crate::{
    deeds::{
        asked_customer, asked_customer_somehow, chased, known_as, missed, released, replied,
        replied_by_machine, wait_ended, wait_started, withheld,
    },
    draft::{
        Draft, accepted, assigned, department, engineering, linked, offer_accepted, offered, reopened,
        reported, resolved, retracted, sales, severity_changed, support, unlinked,
    },
    story::given,
};

#[test]
fn the_customer_is_waited_for_until_a_human_replies() {
    given([
        support("09:00", reported()),
        support("09:01", asked_customer_somehow()),
        support("09:02", asked_customer()),
        support("09:03", replied_by_machine()),
        support("09:04", replied()),
        support("09:05", asked_customer()),
        support("09:06", chased()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.customer_input_requested: open, support/-/- desk !pause_unproven (not applied)
        09:02 support issue.customer_input_requested: waitingcustomer, support/-/- desk
        09:03 support issue.customer_replied: waitingcustomer, support/-/- desk
        09:04 support issue.customer_replied: open, support/-/- desk
        09:05 support issue.customer_input_requested: waitingcustomer, support/-/- desk
        09:06 support issue.customer_chased: open, support/-/- desk
    "#]]);
}

#[test]
fn others_are_waited_for_until_they_deliver_or_an_answer_is_given() {
    given([
        support("09:00", reported()),
        support("09:01", wait_ended()),
        support("09:02", wait_started()),
        support("09:03", asked_customer()),
        support("09:04", replied()),
        support("09:05", wait_ended()),
        support("09:06", wait_started()),
        support("09:07", resolved()),
        support("09:08", wait_started()),
        support("09:09", reopened()),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 support issue.external_wait_ended: open, support/-/- desk !unknown_ref (not applied)
        09:02 support issue.external_wait_started: waitingexternal, support/-/- desk
        09:03 support issue.customer_input_requested: waitingcustomer, support/-/- desk
        09:04 support issue.customer_replied: waitingexternal, support/-/- desk
        09:05 support issue.external_wait_ended: open, support/-/- desk
        09:06 support issue.external_wait_started: waitingexternal, support/-/- desk
        09:07 support issue.resolved: resolved, support/-/- desk
        09:08 support issue.external_wait_started: resolved, support/-/- desk !bad_transition (not applied)
        09:09 support issue.reopened: open, support/-/- desk, reopens 1
    "#]]);
}

// F39, and the floors of severity.
#[test]
fn harm_raises_the_severity_whatever_was_assessed() {
    given([
        support("09:00", reported().assessed(Severity::Four)),
        sales("09:01", withheld("R-1")),
        sales("09:02", withheld("R-1")),
        sales("09:03", withheld("R-2")),
        sales("09:04", released("R-1")),
        sales("09:05", released("R-1")),
        sales("09:06", released("R-2")),
        support("09:07", chased()),
        support("09:08", chased()),
        support("09:09", chased()),
        support("09:10", chased()),
        support("09:11", severity_changed(Severity::Two)),
    ])
    .then(&expect![[r#"
        09:00 support issue.reported: open, support/-/- desk
        09:01 sales invoice.withheld: open, support/-/- desk, severity 2
        09:02 sales invoice.withheld: open, support/-/- desk, severity 2 !already (not applied)
        09:03 sales invoice.withheld: open, support/-/- desk, severity 2
        09:04 sales invoice.released: open, support/-/- desk, severity 2
        09:05 sales invoice.released: open, support/-/- desk, severity 2 !unknown_ref (not applied)
        09:06 sales invoice.released: open, support/-/- desk
        09:07 support issue.customer_chased: open, support/-/- desk
        09:08 support issue.customer_chased: open, support/-/- desk
        09:09 support issue.customer_chased: open, support/-/- desk, severity 3
        09:10 support issue.customer_chased: open, support/-/- desk, severity 3
        09:11 support issue.severity_changed: open, support/-/- desk, severity 1
    "#]]);

    let endangered = given([
        support("09:00", reported().unsafe_for_people()),
        support("09:01", severity_changed(Severity::Four)),
    ]);
    assert_eq!(endangered.issue().severity(), Severity::One);
}

// F08.
#[test]
fn a_contact_that_was_missed_later_chases() {
    let reported_twice = given([sales("09:00", missed()), support("09:01", reported())]);
    assert_eq!(reported_twice.issue().floors.chasers, 0, "whoever reports again was heard");
    let story = given([
        sales("09:00", missed()),
        support("09:05", missed()),
        sales("09:03", missed()),
        support("08:00", reported().assessed(Severity::Four)),
    ]);
    story.then(&expect![[r#"
        09:00 sales contact.missed: open, sales/-/- desk
        09:05 support contact.missed: open, sales/-/- desk !reported_again
        09:03 sales contact.missed: open, sales/-/- desk !reported_again
        08:00 support issue.reported: open, support/-/- desk, severity 3
    "#]]);
    assert_eq!(story.issue().floors.chasers, 3);
}

#[test]
fn links_stand_until_they_are_removed() {
    let story = given([
        support("09:00", reported()),
        engineering("09:01", linked(LinkKind::Related, "56")),
        engineering("09:02", linked(LinkKind::Related, "56")),
        engineering("09:03", linked(LinkKind::BlockedBy, "56")),
        engineering("09:04", linked(LinkKind::Related, "55")),
        support("09:05", linked(LinkKind::DuplicateOf, "55")),
        engineering("09:06", unlinked(LinkKind::Related, "56")),
        engineering("09:07", unlinked(LinkKind::Related, "56")),
    ]);
    story.then_all(&expect![[r#"
        0-1 issue.reported:
        0-2 link.added:
        0-3 link.added: !already (not applied)
        0-4 link.added:
        0-5 link.added: !self_link (not applied)
        0-6 link.added: !self_link (not applied)
        0-7 link.removed:
        0-8 link.removed: !already (not applied)
        open, support/-/- desk
    "#]]);
    let kinds: Vec<_> = story.issue().links.into_iter().map(|link| link.kind).collect();
    assert_eq!(kinds, [LinkKind::BlockedBy]);
}

#[test]
fn an_issue_is_known_by_other_references_too() {
    let story = given([
        support("09:00", reported()),
        engineering("09:01", known_as("jira", "7")),
        engineering("09:02", known_as("jira", "7")),
        engineering("09:03", known_as("zendesk", "55")),
    ]);
    story.then_all(&expect![[r#"
        0-1 issue.reported:
        0-2 issue.known_as:
        0-3 issue.known_as: !already (not applied)
        0-4 issue.known_as: !self_link (not applied)
        open, support/-/- desk
    "#]]);
    let references: Vec<_> = story.issue().references.iter().map(ToString::to_string).collect();
    assert_eq!(references, ["zendesk:55", "jira:7"]);
}

#[test]
fn the_first_report_says_who_may_read_it() {
    let restricted = |mut draft: Draft, reason: &str| {
        if let domain::Payload::Reported(report) = &mut draft.0.payload {
            let departments = vec![department("legal")];
            report.restricted = Some(Restriction { reason: reason.to_owned(), departments });
        }
        draft
    };
    let first = restricted(support("09:00", reported()), "legal");
    let later = restricted(engineering("09:01", reported()), "health");
    assert_eq!(given([first, later]).issue().restricted.unwrap().reason, "legal");
    // Another department's earlier report does not open what was restricted.
    let open = engineering("08:00", reported());
    let still = given([restricted(support("09:00", reported()), "legal"), open]).issue().restricted.unwrap();
    assert_eq!(still.departments, [department("support"), department("legal")]);
    // Nor can a later one hide it from those who heard it.
    let seized = restricted(engineering("09:01", reported()), "none of theirs");
    let heard = given([support("09:00", reported()), seized]).issue().restricted.unwrap();
    assert_eq!(heard.departments, ["engineering", "legal", "support"].map(department));
}

#[test]
fn a_restricted_report_is_read_by_whom_its_readers_give_it_to() {
    let mut report = support("09:00", reported());
    if let domain::Payload::Reported(report) = &mut report.0.payload {
        report.restricted = Some(Restriction { reason: "legal".to_owned(), departments: Vec::new() });
    }
    let readers = |events: Vec<Draft>| {
        let issue = given([report.clone()].into_iter().chain(events)).issue();
        let readers = issue.restricted.unwrap().departments;
        (issue.custody.owner.department, readers)
    };
    let taken = vec![
        sales("09:01", assigned("sales/-/-")),
        sales("09:02", offered("sales/-/-")),
        sales("09:03", offer_accepted("kim")),
        sales("09:04", accepted("kim")),
        sales("09:05", assigned("engineering/-/-")),
    ];
    assert_eq!(readers(taken[..4].to_vec()), (department("sales"), vec![department("support")]));
    assert_eq!(readers(taken), (department("engineering"), vec![department("support")]));
    let given = vec![
        support("09:01", offered("sales/-/-")),
        sales("09:02", offer_accepted("kim")),
        sales("09:03", assigned("engineering/-/-")).commanded(),
    ];
    let all = ["support", "sales", "engineering"].map(department).to_vec();
    assert_eq!(readers(given.clone()), (department("engineering"), all.clone()));
    // It stays so when the report is taken back: its text still stands in the timeline.
    let retracted = given.into_iter().chain([support("09:04", retracted("support", "1"))]).collect();
    assert_eq!(readers(retracted), (department("engineering"), all));
}
