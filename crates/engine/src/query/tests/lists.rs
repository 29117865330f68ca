//! Stories of the lists: order, filters, duplicates, quarantined entries.

use domain::{Lifecycle, Severity};
use jiff::SignedDuration;

use super::{Say, Town, issue, town::customer};
use crate::{
    Phase,
    query::{IssueFilter, Order, QueryError, ReadAt, Which},
};

fn two_by_age_and_harm() -> Town {
    Town::heard([
        Say::reported(1, 5, Severity::Four),
        Say::reported(2, 3, Severity::One),
        Say::reported(3, 1, Severity::Three),
        Say::reported(4, 2, Severity::Unassessed),
        Say::reported(5, 4, Severity::One).of(Some(2)),
    ])
}

fn filtered(town: &Town, filter: IssueFilter, order: Order) -> Vec<String> {
    town.list(Which::Every, filter, order, ReadAt::default())
}

#[test]
fn the_oldest_come_first_or_the_worst_and_then_the_oldest() {
    let town = two_by_age_and_harm();
    assert_eq!(filtered(&town, IssueFilter::default(), Order::OldestFirst), ["3", "4", "2", "5", "1"]);
    assert_eq!(filtered(&town, IssueFilter::default(), Order::WorstFirst), ["2", "5", "3", "4", "1"]);
}

#[test]
fn unassessed_issues_count_as_the_third_severity() {
    let town = two_by_age_and_harm();
    let at_least = |worst_of| {
        filtered(
            &town,
            IssueFilter { worst_of: Some(worst_of), ..IssueFilter::default() },
            Order::OldestFirst,
        )
    };
    assert_eq!(at_least(2), ["2", "5"]);
    assert_eq!(at_least(3), ["3", "4", "2", "5"]);
    assert_eq!(at_least(4).len(), 5);
}

#[test]
fn everything_that_is_set_must_hold() {
    let mut town = two_by_age_and_harm();
    town.say(Say::team(2, 6, "L2"));
    let both = IssueFilter {
        team: Some(Some("L2".to_owned())),
        customer: Some(customer(1)),
        ..IssueFilter::default()
    };
    assert_eq!(filtered(&town, both.clone(), Order::OldestFirst), ["2"]);
    let other = IssueFilter { customer: Some(customer(2)), ..both };
    assert_eq!(filtered(&town, other, Order::OldestFirst), [""; 0]);
    let no_team = IssueFilter { team: Some(None), ..IssueFilter::default() };
    assert_eq!(filtered(&town, no_team, Order::OldestFirst), ["3", "4", "5", "1"]);
}

#[test]
fn older_than_is_strict() {
    let town = Town::heard([Say::reported(1, 0, Severity::Two)]);
    let older = |minutes| IssueFilter {
        older_than: Some(SignedDuration::from_mins(minutes)),
        ..IssueFilter::default()
    };
    assert_eq!(filtered(&town, older(599), Order::OldestFirst), ["1"]);
    assert_eq!(filtered(&town, older(600), Order::OldestFirst), [""; 0]);
}

#[test]
fn an_issue_that_moved_is_found_with_its_new_customer_alone() {
    let mut town = Town::heard([Say::reported(1, 0, Severity::Two)]);
    town.say(Say::corrected(1, 1, 2));
    let of = |number| {
        filtered(
            &town,
            IssueFilter { customer: Some(customer(number)), ..IssueFilter::default() },
            Order::OldestFirst,
        )
    };
    assert_eq!((of(1), of(2)), (vec![], vec!["1".to_owned()]));
}

#[test]
fn duplicates_are_left_out_while_their_chain_ends() {
    let mut town = Town::heard([
        Say::reported(1, 1, Severity::Two),
        Say::reported(2, 2, Severity::Two),
        Say::reported(3, 3, Severity::Two),
        Say::duplicate(1, 4, 2),
    ]);
    assert_eq!(town.unacknowledged(), ["2", "3"]);
    town.say(Say::duplicate(2, 5, 3));
    assert_eq!(town.unacknowledged(), ["3"]);
    town.say(Say::duplicate(3, 6, 1));
    assert_eq!(town.unacknowledged(), ["1", "2", "3"], "a circle hides nobody");
    town.say(Say::duplicate(3, 7, 9));
    assert_eq!(town.unacknowledged(), ["1", "2", "3"], "an issue that nobody named hides nobody");
    town.say(Say::reported(9, 8, Severity::Two));
    assert_eq!(town.unacknowledged(), ["9"]);
}

#[test]
fn garbled_complaints_stand_among_the_unacknowledged() {
    let mut town = Town::heard([Say::reported(1, 0, Severity::One)]);
    let garbled = town.garble("sales", Some("crm:1")).to_string();
    town.garble("support", None);
    let list = |filter| town.list(Which::Unacknowledged, filter, Order::WorstFirst, ReadAt::default());
    assert_eq!(list(IssueFilter::default()), ["1", "0-2", "0-3"]);
    let sales = IssueFilter { department: Some("sales".parse().unwrap()), ..IssueFilter::default() };
    assert_eq!(list(sales), std::slice::from_ref(&garbled));
    assert_eq!(list(IssueFilter { customer: Some(customer(1)), ..IssueFilter::default() }), ["1", &garbled]);
    assert_eq!(list(IssueFilter { customer: Some(None), ..IssueFilter::default() }), ["0-3"]);
    assert_eq!(list(IssueFilter { worst_of: Some(2), ..IssueFilter::default() }), ["1"]);
    let open = IssueFilter { lifecycles: Some(vec![Lifecycle::Open]), ..IssueFilter::default() };
    assert_eq!(list(open), ["1"]);
    assert_eq!(town.list(Which::Every, IssueFilter::default(), Order::WorstFirst, ReadAt::default()), ["1"]);
}

#[test]
fn nothing_is_answered_while_the_log_is_folded() {
    let town = Town::heard([Say::reported(1, 0, Severity::One)]);
    let (done, total) = (town.projection.position(), domain::Position::new(9));
    town.projection.set_phase(Phase::CatchingUp { done, total });
    let refused = town.reader.issue(issue(1), ReadAt::default()).unwrap_err();
    assert!(matches!(refused, QueryError::CatchingUp { .. }), "{refused}");
    town.projection.set_phase(Phase::Stalled { problem: "disk full".to_owned() });
    assert!(town.reader.issue(issue(1), ReadAt::default()).is_ok(), "what is known can be read");
}
