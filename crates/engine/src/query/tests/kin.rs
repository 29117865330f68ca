//! Stories of two tickets that are one matter.

use std::sync::Arc;

use domain::{Anomaly, Lifecycle, Position, Severity};

use super::{
    Say, Town, issue,
    town::{acknowledgement, customer},
};
use crate::query::{
    Fate, IssueFilter, Order, QueryError, ReadAt, Scope, ShownIssue, TimelineItem, TimelineOrder,
    TimelineQuery, Which,
};

/// Two tickets of which the first is said to be the second too, as the third message.
fn one_matter() -> Town {
    Town::heard([
        Say::reported(1, 0, Severity::Three),
        Say::reported(2, 1, Severity::One).by("engineering"),
        Say::known_as(1, 5, 2),
    ])
}

fn shown(town: &Town, number: u8, read: ReadAt) -> ShownIssue {
    town.reader.issue(issue(number), read).unwrap().value
}

fn state(town: &Town, number: u8) -> domain::Issue {
    shown(town, number, ReadAt::default()).issue
}

fn known_at(sequence: u64) -> ReadAt {
    ReadAt { as_of: None, known_at: Some(Position::new(sequence)) }
}

fn every(town: &Town, read: ReadAt) -> Vec<String> {
    town.list(Which::Every, IssueFilter::default(), Order::OldestFirst, read)
}

fn timeline(town: &Town, scope: Scope) -> Vec<Arc<TimelineItem>> {
    let order = TimelineOrder::OldestFirst;
    let query = TimelineQuery { scope, order, read: ReadAt::default(), page_size: 500, after: None };
    town.reader.timeline(&query).unwrap().value.items
}

/// What was doubtful about the message at a position.
fn doubt(town: &Town, number: u8, sequence: u64) -> Option<Anomaly> {
    let items = timeline(town, Scope::Issue(issue(number)));
    let item = items.into_iter().find(|item| item.event.position == Position::new(sequence)).unwrap();
    assert_eq!(item.fate == Fate::NotApplied, !item.anomalies.is_empty());
    item.anomalies.iter().next()
}

#[test]
fn whoever_acknowledges_the_one_acknowledges_the_other() {
    let mut town = one_matter();
    assert_eq!(town.unacknowledged(), ["1"]);
    town.say(Say::acknowledged(2, 6));
    assert_eq!(town.unacknowledged(), [""; 0]);
    for number in [1, 2] {
        let issue = state(&town, number);
        assert_eq!(issue.id, super::issue(1));
        assert_eq!(issue.acknowledged, Some(acknowledgement(6)));
        assert_eq!((issue.severity(), issue.event_count), (Severity::Three, 4));
        assert_eq!(issue.references.iter().map(|known| known.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    }
    let detail = town.reader.issue_detail(issue(2), ReadAt::default()).unwrap().value;
    assert_eq!((detail.asked, detail.report.unwrap().position), (issue(2), Position::new(1)));
}

#[test]
fn lists_counts_and_timelines_hold_it_once() {
    let town = one_matter();
    assert_eq!(every(&town, ReadAt::default()), ["1"]);
    assert_eq!(town.projection.published().cursor.counts.issues, 1);
    let of = IssueFilter { customer: Some(customer(1)), ..IssueFilter::default() };
    assert_eq!(town.list(Which::Every, of, Order::OldestFirst, ReadAt::default()), ["1"]);
    let positions = |scope| -> Vec<u64> {
        timeline(&town, scope).iter().map(|item| item.event.position.sequence()).collect()
    };
    assert_eq!(positions(Scope::Customer(customer(1))), [1, 2, 3]);
    assert_eq!(positions(Scope::Issue(issue(1))), [1, 2, 3]);
    assert_eq!(positions(Scope::Issue(issue(2))), [1, 2, 3]);
}

#[test]
fn before_it_was_known_there_were_two() {
    let town = one_matter();
    assert_eq!(every(&town, known_at(2)), ["1", "2"]);
    assert_eq!(every(&town, ReadAt { as_of: Some(super::at(4)), known_at: None }), ["1", "2"]);
    let then = shown(&town, 2, known_at(2)).issue;
    assert_eq!((then.id, then.severity()), (issue(2), Severity::One));
    assert_eq!(shown(&town, 2, known_at(3)).issue.id, issue(1));
    let detail = town.reader.issue_detail(issue(2), known_at(2)).unwrap().value;
    assert_eq!(detail.report.unwrap().position, Position::new(2));
}

#[test]
fn taken_back_it_was_never_so() {
    let mut town = one_matter();
    town.say(Say::acknowledged(2, 6));
    town.say(Say::retracted(1, 7, 3));
    let mut apart = Town::heard([
        Say::reported(1, 0, Severity::Three),
        Say::reported(2, 1, Severity::One).by("engineering"),
        Say::about(3, 5, domain::Payload::Noted),
    ]);
    apart.say(Say::acknowledged(2, 6));
    assert_eq!(state(&town, 2), state(&apart, 2));
    let (one, other) = (state(&town, 1), state(&apart, 1));
    assert_eq!((&one.custody, &one.acknowledged, one.lifecycle()), (&other.custody, &None, Lifecycle::Open));
    assert_eq!(one.references, other.references);
    assert_eq!(every(&town, ReadAt::default()), ["1", "2"]);
    assert_eq!(every(&town, known_at(4)), ["1"], "then it was so");
    assert_eq!(town.unacknowledged(), ["1"]);
}

#[test]
fn of_a_chain_the_first_is_the_issue() {
    let mut town = Town::heard([
        Say::reported(3, 0, Severity::Two).of(Some(2)),
        Say::known_as(2, 1, 3).of(None),
        Say::known_as(1, 2, 2).of(None),
    ]);
    for number in 1..=3 {
        let issue = state(&town, number);
        assert_eq!((issue.id, issue.event_count, issue.customer_id()), (super::issue(1), 3, customer(2)));
    }
    assert_eq!(timeline(&town, Scope::Customer(customer(2))).len(), 3);
    town.say(Say::retracted(2, 3, 2));
    assert_eq!((state(&town, 2).id, state(&town, 3).id), (issue(1), issue(3)));
    assert_eq!(state(&town, 1).customer_id(), None);
}

#[test]
fn a_saying_that_says_nothing_new_joins_nothing() {
    let mut town = one_matter();
    town.say(Say::known_as(1, 6, 1));
    assert_eq!(doubt(&town, 1, 4), Some(Anomaly::SelfLink), "itself");
    town.say(Say::known_as(2, 7, 1));
    assert_eq!(doubt(&town, 1, 5), Some(Anomaly::SelfLink), "a cycle");
    town.say(Say::known_as(1, 8, 2));
    assert_eq!(doubt(&town, 1, 6), Some(Anomaly::Already), "again");
    town.say(Say::known_as(3, 9, 2));
    assert_eq!(doubt(&town, 3, 7), Some(Anomaly::Already), "of another");
    assert_eq!(doubt(&town, 1, 3), None);
    assert_eq!((state(&town, 2).id, state(&town, 3).id), (issue(1), issue(3)));
    // Once the first is taken back, the next ones in order count: the one that closed the cycle, and that of another.
    town.say(Say::retracted(1, 10, 3));
    assert_eq!((state(&town, 1).id, state(&town, 2).id), (issue(3), issue(3)));
    assert_eq!((doubt(&town, 1, 5), doubt(&town, 3, 7)), (None, None));
    assert_eq!(doubt(&town, 3, 6), Some(Anomaly::SelfLink), "now this one closes it");
}

#[test]
fn a_reference_that_nobody_used_yet_leads_to_the_issue() {
    let mut town = Town::heard([Say::reported(1, 0, Severity::Two), Say::known_as(1, 1, 2)]);
    assert_eq!(state(&town, 2).id, issue(1));
    town.say(Say::reported(2, 2, Severity::One).of(Some(2)));
    let issue = state(&town, 1);
    assert!(issue.anomalies.contains(Anomaly::ReportedAgain));
    assert!(issue.anomalies.contains(Anomaly::CustomerMismatch));
    assert_eq!(timeline(&town, Scope::Customer(customer(2))).len(), 0);
    town.say(Say::retracted(1, 3, 2));
    assert_eq!(state(&town, 2).customer_id(), customer(2));
    assert_eq!(timeline(&town, Scope::Customer(customer(2))).len(), 1);
}

#[test]
fn a_duplicate_of_a_part_is_a_duplicate_of_the_whole() {
    let mut town = one_matter();
    town.say(Say::reported(3, 2, Severity::Two));
    town.say(Say::duplicate(3, 6, 2));
    assert_eq!(town.unacknowledged(), ["1"]);
    town.say(Say::duplicate(2, 7, 1));
    assert_eq!(doubt(&town, 1, 6), Some(Anomaly::SelfLink));
    assert_eq!(town.unacknowledged(), ["1"]);
}

#[test]
fn more_than_a_few_are_not_made_one() {
    let most = u8::try_from(domain::limits::KIN).unwrap();
    let mut town = Town::heard((2..=most + 1).map(|other| Say::known_as(1, other.into(), other)));
    assert_eq!(state(&town, most).id, issue(1));
    assert!(matches!(
        town.reader.issue(issue(most + 1), ReadAt::default()),
        Err(QueryError::UnknownIssue(_))
    ));
    assert_eq!(doubt(&town, 1, most.into()), Some(Anomaly::TooMany));
    town.say(Say::reported(most + 1, 0, Severity::Two));
    assert_eq!(state(&town, most + 1).id, issue(most + 1));
}
