//! Which event is the report, whose the customer is, and in which order events count (`contract.md` 2, 3, 6).

use domain::{Home, Lifecycle, Position, Severity};
use expect_test::expect;

use crate::{
    draft::{
        MIDNIGHT, acknowledged, assigned, clock, corrected, engineering, noted, reported, resolved, sales,
        severity_changed, support,
    },
    story::given,
};

#[test]
fn the_first_report_in_order_is_the_report_and_later_ones_are_details() {
    let story = given([
        support("09:05", reported().titled("Pump dead").assessed(Severity::One).heard_by("mia")),
        sales("09:06", reported().titled("Pump!").heard_by("kim")),
        sales("09:00", reported().titled("Pump resets").assessed(Severity::Three).heard_by("bo")),
    ]);
    story.then(&expect![[r#"
        09:05 support issue.reported: open, support/-/mia provisional
        09:06 sales issue.reported: open, support/-/mia provisional !reported_again (not applied)
        09:00 sales issue.reported: open, sales/-/bo provisional
    "#]]);
    let issue = story.issue();
    assert_eq!(
        (issue.title(), issue.severity(), issue.since()),
        ("Pump resets", Severity::Three, clock("09:00"))
    );
}

#[test]
fn a_report_sorts_first_of_all() {
    given([
        support("09:00", assigned("-/L2/-")),
        support("09:01", resolved()),
        engineering("10:00", reported().heard_by("ana")),
    ])
    .then(&expect![[r#"
        09:00 support owner.assigned: unreported, support/L2/- provisional
        09:01 support issue.resolved: resolved, support/L2/- provisional
        10:00 engineering issue.reported: open, engineering/L2/- provisional, changes 1
    "#]]);
}

#[test]
fn equal_times_are_ordered_by_sequence_and_then_by_the_log() {
    let teams =
        [("b", "sixth"), ("10", "fourth"), ("a1", "fifth"), ("9", "third"), ("", "first"), ("", "second")];
    let assigned =
        teams.map(|(ordinal, team)| support("09:01", assigned(&format!("-/{team}/-"))).ordinal(ordinal));
    let custody = given([support("09:00", reported())].into_iter().chain(assigned)).issue().custody;
    let earlier: Vec<_> = custody.earlier.iter().filter_map(|(_, team)| team.as_deref()).collect();
    assert_eq!(earlier, ["first", "second", "third", "fourth", "fifth"]);
    assert_eq!(custody.owner.holding.team(), Some("sixth"));
}

#[test]
fn the_customer_is_that_of_the_first_report_that_knows_one() {
    let of = |story: crate::story::Story| {
        let issue = story.issue();
        let codes = issue.anomalies.iter().map(|anomaly| anomaly.code()).collect::<Vec<_>>().join(" ");
        let customer = issue.customer.map_or_else(|| "_".to_owned(), |customer| customer.leaf.to_string());
        format!("{customer} {codes}").trim().to_owned()
    };
    let nobody = [engineering("09:00", noted("issue.progress_noted"))];
    assert_eq!(of(given(nobody.clone())), "_");

    let event = [support("09:01", noted("issue.progress_noted")).of("crm:1")];
    let first_event = nobody.into_iter().chain(event);
    assert_eq!(of(given(first_event.clone())), "crm:1");

    let other = first_event.chain([support("09:02", noted("issue.progress_noted")).of("crm:2")]);
    assert_eq!(of(given(other.clone())), "crm:1 customer_mismatch");

    // A report without one changes nothing, a later report with one does.
    let without = other.chain([support("09:03", reported())]);
    assert_eq!(of(given(without.clone())), "crm:1 customer_mismatch");
    let with = without.chain([sales("09:04", reported()).of("crm:3")]);
    assert_eq!(of(given(with.clone())), "crm:3 customer_mismatch reported_again");

    // From then on, only a correction.
    let again = with.chain([sales("09:05", reported()).of("crm:4")]);
    assert_eq!(of(given(again.clone())), "crm:3 customer_mismatch reported_again");
    let corrected_once = again.chain([support("09:06", corrected("crm:5")).of("crm:3")]);
    assert_eq!(of(given(corrected_once.clone())), "crm:5 customer_mismatch reported_again");
    let twice = corrected_once.chain([support("09:05", corrected("crm:6")).of("crm:3")]);
    assert_eq!(of(given(twice)), "crm:5 customer_mismatch reported_again");
}

#[test]
fn the_home_is_the_token_of_the_first_message_whatever_happened_first() {
    let story = given([
        engineering("09:05", noted("issue.progress_noted")),
        support("09:00", reported()).of("crm:1"),
    ]);
    let issue = story.issue();
    assert_eq!(issue.home, Home::Issue(issue.id));
    assert_eq!(issue.home.to_string(), "davy:03ef809f-94b2-5eee-9bd2-9c2a8198024c");

    let issue =
        given([support("09:05", resolved()).of("crm:1"), support("09:00", reported()).of("crm:2")]).issue();
    assert_eq!(issue.home, Home::Token("crm:1".to_owned()));
    assert_eq!(issue.customer.unwrap().leaf.to_string(), "crm:2");
}

#[test]
fn what_every_event_leaves_behind() {
    let issue = given([
        support("09:05", severity_changed(Severity::One)),
        support("09:09", acknowledged()),
        support("09:30", reported()),
    ])
    .issue();
    assert_eq!(issue.event_count, 3);
    // The report sorts first; the greatest time is its own all the same.
    assert_eq!(issue.last_event_at, clock("09:30"));
    assert_eq!(issue.first_seen_at, MIDNIGHT + jiff::SignedDuration::from_mins(1));
    assert_eq!(issue.position, Position::new(3));
    assert_eq!((issue.severity(), issue.lifecycle()), (Severity::One, Lifecycle::Open));
    assert_eq!(issue.references.len(), 1);
}
