//! What was decoded lately is never older than the batch before the question.

use std::sync::Arc;

use domain::{DepartmentDocument, Document, Severity};
use proptest::prelude::*;

use super::{Say, Town, issue, town::customer, watches::said};
use crate::query::{
    Fate, IssueFilter, IssuesQuery, Order, QueryError, ReadAt, Scope, Shown, ShownIssue, TimelineItem,
    TimelineOrder, TimelineQuery, Which,
};

/// The list of the unacknowledged, decoded rows in front.
fn shown(town: &Town) -> Vec<Arc<ShownIssue>> {
    let query = IssuesQuery {
        which: Which::Unacknowledged,
        filter: IssueFilter::default(),
        order: Order::OldestFirst,
        read: ReadAt::default(),
        page_size: 50,
        after: None,
    };
    let rows = town.reader.issues(&query).unwrap().value.rows;
    rows.into_iter()
        .filter_map(|row| match row {
            Shown::Issue(shown) => Some(shown),
            Shown::Quarantined(_) => None,
        })
        .collect()
}

fn owners(town: &Town) -> Vec<String> {
    shown(town)
        .iter()
        .map(|shown| {
            let owner = &shown.owner.owner;
            format!("{}/{}", owner.department, owner.holding.team().unwrap_or_default())
        })
        .collect()
}

#[test]
fn a_changed_issue_is_seen_at_once_and_the_others_are_kept() {
    let mut town = Town::heard([Say::reported(1, 1, Severity::Two), Say::reported(2, 2, Severity::Two)]);
    let before = shown(&town);
    town.say(Say::team(2, 3, "L2"));
    let after = shown(&town);
    assert_eq!(owners(&town), ["support/", "support/L2"]);
    assert!(Arc::ptr_eq(&before[0], &after[0]), "decoded once");
    assert_eq!((after[1].issue.id, after[1].issue.position), (issue(2), town.projection.position()));
    town.say(Say::acknowledged(2, 4));
    assert_eq!(owners(&town), ["support/"]);
}

#[test]
fn a_changed_directory_is_seen_at_once() {
    let mut town = Town::heard([Say::reported(1, 1, Severity::Two), Say::team(1, 2, "L2")]);
    assert_eq!(owners(&town), ["support/L2"]);
    let closed = |active| {
        Document::Department(DepartmentDocument {
            active,
            successor: Some("service".parse().unwrap()),
            ..DepartmentDocument::new("support".parse().unwrap())
        })
    };
    town.set(closed(false));
    assert_eq!(owners(&town), ["service/"]);
    town.set(closed(true));
    assert_eq!(owners(&town), ["support/L2"]);
}

#[test]
fn more_issues_than_are_kept_are_all_shown_as_they_are() {
    let mut town = Town::heard((1..=9).map(|number| Say::reported(number, number.into(), Severity::Two)));
    for number in 1..=9 {
        town.say(Say::team(number, 10, &format!("T{number}")));
        let shown = shown(&town);
        assert_eq!(shown.len(), 9);
        for (shown, other) in shown.iter().zip(1..) {
            let team = shown.owner.owner.holding.team().map(ToOwned::to_owned);
            assert_eq!(team, (other <= number).then(|| format!("T{other}")), "{other} of {number}");
        }
    }
}

/// The present timeline, all of it.
fn timeline(town: &Town, scope: Scope) -> Vec<Arc<TimelineItem>> {
    let order = TimelineOrder::OldestFirst;
    let query = TimelineQuery { scope, order, read: ReadAt::default(), page_size: 500, after: None };
    match town.reader.timeline(&query) {
        Ok(answer) => answer.value.items,
        Err(QueryError::UnknownCustomer(_) | QueryError::UnknownIssue(_)) => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

fn fates(town: &Town) -> Vec<Fate> {
    timeline(town, Scope::Customer(customer(1))).iter().map(|item| item.fate).collect()
}

#[test]
fn what_became_of_an_event_is_seen_to_change_at_once_and_told_once_until_then() {
    let mut town = Town::heard([Say::reported(1, 1, Severity::Two), Say::reported(2, 2, Severity::Two)]);
    let before = timeline(&town, Scope::Customer(customer(1)));
    let by = town.say(Say::retracted(2, 3, 2));
    assert_eq!(fates(&town), [Fate::Applied, Fate::Retracted { by }, Fate::Applied]);
    assert!(Arc::ptr_eq(&before[0], &timeline(&town, Scope::Customer(customer(1)))[0]), "replayed once");
    // They are one from now on, and so is their report.
    town.say(Say::known_as(1, 4, 3));
    town.say(Say::reported(3, 5, Severity::Two));
    assert_eq!(fates(&town)[4], Fate::NotApplied);
    town.say(Say::retracted(1, 6, 4));
    assert_eq!(fates(&town)[4], Fate::Applied);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 64 } else { 512 }))]

    #[test]
    fn what_a_customers_timeline_tells_is_what_a_replay_of_each_issue_tells(
        all in proptest::collection::vec(said(), 1..40),
    ) {
        let mut town = Town::new();
        for say in all {
            town.say(say);
            let customers = [customer(1), customer(2), None];
            for told in customers.into_iter().flat_map(|leaf| timeline(&town, Scope::Customer(leaf))) {
                let Some(name) = &told.event.issue else { continue };
                // Of an issue alone, everything is replayed for each question.
                let replayed = timeline(&town, Scope::Issue(name.id));
                let position = told.event.position;
                prop_assert_eq!(Some(&told), replayed.iter().find(|item| item.event.position == position));
            }
        }
    }
}
