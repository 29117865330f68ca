//! Laws of the lists over random histories.

use std::collections::BTreeMap;

use domain::{Directory, Event, Issue, Kinship, Payload, Severity, replay_joined};
use proptest::prelude::*;

use super::{Say, Town, at, issue, town::customer};
use crate::query::{IssueFilter, Order, ReadAt, Which};

fn said() -> impl Strategy<Value = Say> {
    let severity = prop_oneof![
        Just(Severity::One),
        Just(Severity::Two),
        Just(Severity::Three),
        Just(Severity::Four),
        Just(Severity::Unassessed)
    ];
    let what = prop_oneof![
        3 => severity.clone().prop_map(|severity| Say::reported(0, 0, severity).payload),
        2 => severity.prop_map(|to| Payload::SeverityChanged { to, word: None }),
        1 => Just(Payload::Acknowledged { channel: None, next: None }),
        1 => Just(Payload::Resolved),
        1 => Just(Payload::Reopened),
        1 => (1..3_u8).prop_map(|to| Say::corrected(0, 0, to).payload),
        1 => Just(Say::team(0, 0, "L2").payload),
        2 => (0..6_u8).prop_map(|other| Say::known_as(0, 0, other).payload),
        1 => (1..20_u64).prop_map(|sequence| Say::retracted(0, 0, sequence).payload),
    ];
    (0..6_u8, 0..30_i64, proptest::option::of(1..3_u8), what)
        .prop_map(|(issue, minutes, customer, payload)| Say::about(issue, minutes, payload).of(customer))
}

fn filter() -> impl Strategy<Value = IssueFilter> {
    let customers = proptest::option::of(prop_oneof![Just(None), Just(customer(1)), Just(customer(2))]);
    (proptest::option::of(1..=4_u8), customers, any::<bool>()).prop_map(|(worst_of, customer, l2)| {
        IssueFilter { worst_of, customer, team: l2.then(|| Some("L2".to_owned())), ..IssueFilter::default() }
    })
}

/// The list as anybody would make it: fold everything that counts, sort, leave out what is not wanted.
fn expected(events: &[Event], which: Which, filter: &IssueFilter, order: Order) -> Vec<String> {
    let mut by_issue: BTreeMap<_, Vec<Event>> = BTreeMap::new();
    let kinship = Kinship::among(&(0..6).map(issue).collect(), events);
    for event in events {
        let id = kinship.root(event.issue.as_ref().unwrap().id);
        by_issue.entry(id).or_default().push(event.clone());
    }
    let mut issues: Vec<Issue> = by_issue
        .into_iter()
        .filter_map(|(id, mut events)| {
            events.sort_by(|one, other| one.order().cmp(&other.order()));
            replay_joined(id, &kinship, &events, &Directory::default(), Issue::apply, |_, _| ())
        })
        .collect();
    issues.retain(|issue| which == Which::Every || issue.awaits_acknowledgement());
    issues.retain(|issue| filter.worst_of.is_none_or(|rank| issue.severity().rank() <= rank));
    issues.retain(|issue| filter.customer.is_none_or(|wanted| issue.customer_id() == wanted));
    issues.retain(|issue| {
        filter.team.as_ref().is_none_or(|team| issue.custody.owner.holding.team() == team.as_deref())
    });
    issues.sort_by_key(|issue| match order {
        Order::OldestFirst => (0, issue.since(), issue.severity().rank(), issue.id),
        Order::WorstFirst => (issue.severity().rank(), issue.since(), 0, issue.id),
    });
    issues.iter().map(|issue| issue.references[0].id.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // Paging to the end gives each row once, in order, whichever way it is found; and a list of an earlier state is the
    // list of the events that had happened and were known.
    #[test]
    fn a_list_is_its_events_folded_sorted_and_filtered(
        events in proptest::collection::vec(said(), 1..40),
        filter in filter(),
        every in any::<bool>(),
        worst in any::<bool>(),
        minutes in 0..30_i64,
        sequence in 0..40_u64,
    ) {
        let town = Town::heard(events);
        let which = if every { Which::Every } else { Which::Unacknowledged };
        let order = if worst { Order::WorstFirst } else { Order::OldestFirst };
        let list = |read| town.list(which, filter.clone(), order, read);
        prop_assert_eq!(list(ReadAt::default()), expected(&town.events, which, &filter, order));

        let known_at = Some(domain::Position::new(sequence));
        for read in [ReadAt { as_of: Some(at(minutes)), known_at: None }, ReadAt { as_of: None, known_at }, ReadAt { as_of: Some(at(minutes)), known_at }] {
            let mut then = town.events.clone();
            then.retain(|event| read.as_of.is_none_or(|instant| event.time <= instant));
            then.retain(|event| read.known_at.is_none_or(|position| event.position <= position));
            prop_assert_eq!(list(read), expected(&then, which, &filter, order));
        }
    }
}
