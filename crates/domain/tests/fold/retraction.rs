//! Events that are struck out (`design.md` 5).

use domain::{Directory, Effect, Event, listed_under, replay_own};
use expect_test::expect;

use crate::{
    draft::{
        accepted, corrected, engineering, noted, reported, resolved, retracted, sales, support, unheard_of,
    },
    story::{given, sorted},
};

#[test]
fn a_department_takes_back_its_own_events_and_an_operator_anybodys() {
    given([
        support("09:00", reported()),
        engineering("09:01", accepted("ana")),
        support("09:02", resolved()),
        // Of another department's event.
        sales("09:03", retracted("support", "3")),
        support("09:04", retracted("support", "3")),
        // Again, and later in order: it is retracted already.
        support("09:05", retracted("support", "3")),
        sales("09:06", retracted("engineering", "2")).commanded(),
    ])
    .then_all(&expect![[r#"
        0-1 issue.reported:
        0-2 owner.accepted: (retracted by 0-7)
        0-3 issue.resolved: (retracted by 0-5)
        0-4 event.retracted: !not_own_event (not applied)
        0-5 event.retracted:
        0-6 event.retracted:
        0-7 event.retracted:
        open, support/-/- desk
    "#]]);
}

#[test]
fn a_retraction_takes_no_retraction_back_and_nothing_that_is_not_there() {
    given([
        support("09:00", reported()),
        support("09:01", unheard_of()),
        support("09:02", retracted("support", "2")),
        support("09:03", retracted("support", "3")),
        support("09:04", retracted("support", "77")),
    ])
    .then_all(&expect![[r#"
        0-1 issue.reported:
        0-2 drone.landed: (retracted by 0-3)
        0-3 event.retracted:
        0-4 event.retracted: !nothing_to_retract (not applied)
        0-5 event.retracted: !nothing_to_retract (not applied)
        open, support/-/- desk
    "#]]);
}

#[test]
fn a_retraction_may_come_before_the_event_and_happen_before_it() {
    given([
        support("09:30", retracted("support", "2")),
        support("09:40", reported()),
        engineering("09:50", noted("issue.progress_noted")),
    ])
    .then_all(&expect![[r#"
        0-2 issue.reported: (retracted by 0-1)
        0-1 event.retracted:
        0-3 issue.progress_noted:
        unreported, engineering/-/- desk
    "#]]);
}

#[test]
fn the_home_stays_that_of_the_first_message_although_it_is_retracted() {
    let issue = given([
        support("08:00", retracted("support", "2")).of("erp:9"),
        support("09:00", reported()).of("crm:1"),
        support("09:01", reported()).of("crm:2"),
    ])
    .issue();
    assert_eq!(issue.home.to_string(), "crm:1");
    assert_eq!((issue.first_position.sequence(), issue.event_count), (2, 3));
    assert_eq!(issue.customer_id(), issue.customer.map(|customer| customer.leaf.id()));
}

#[test]
fn events_of_an_issue_that_is_gone_stand_where_they_would_without_the_retractions() {
    let events: Vec<Event> = [
        support("09:00", reported()).of("crm:1"),
        support("09:01", corrected("crm:2")),
        sales("09:02", retracted("support", "1")).commanded(),
        sales("09:03", retracted("support", "2")).commanded(),
    ]
    .into_iter()
    .zip(1..)
    .map(|(draft, sequence)| draft.at(sequence))
    .collect();
    let events = sorted(&events);
    let state = domain::fold(&events, &Directory::default());
    assert_eq!(state, None);
    assert_eq!(listed_under(None, &events).unwrap().leaf.to_string(), "crm:2");
}

#[test]
fn a_customers_own_events_are_struck_out_by_the_same_rule() {
    let own = |draft: crate::draft::Draft, sequence| Event { issue: None, ..draft.of("crm:1").at(sequence) };
    let events = [
        own(support("09:00", noted("contact.logged")), 1),
        own(sales("09:01", noted("contact.logged")), 2),
        own(support("09:02", retracted("support", "1")), 3),
        own(support("09:03", retracted("sales", "2")), 4),
    ];
    let mut effects = Vec::new();
    replay_own(&events, |event, became| effects.push((event.position.sequence(), became.effect)));
    let by = events[2].position;
    let expected = [Effect::Retracted { by }, Effect::Applied, Effect::Applied, Effect::NotApplied];
    assert_eq!(effects, (1..).zip(expected).collect::<Vec<_>>());
}
