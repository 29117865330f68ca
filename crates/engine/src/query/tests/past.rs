//! Stories of queries about the past.

use domain::{Lifecycle, Position, Quarantined, Severity};

use super::{
    Say, Town, at, issue,
    town::{acknowledgement, customer},
};
use crate::query::{
    Fate, IssueFilter, IssuesQuery, Order, QuarantineQuery, QueryError, ReadAt, Scope, TimelineOrder,
    TimelineQuery, Which,
};

fn as_of(minutes: i64) -> ReadAt {
    ReadAt { as_of: Some(at(minutes)), known_at: None }
}

fn known_at(sequence: u64) -> ReadAt {
    ReadAt { as_of: None, known_at: Some(Position::new(sequence)) }
}

fn late_acknowledgement() -> Town {
    Town::heard([
        Say::reported(1, -2, Severity::Two),
        Say::team(1, 1, "L2"),
        Say::team(1, 5, "Firmware"),
        Say::acknowledged(1, 0),
    ])
}

#[test]
fn what_had_happened_is_not_what_was_known() {
    let town = late_acknowledgement();
    let then = |read| town.reader.issue(issue(1), read).unwrap().value.issue;
    let four = then(as_of(4));
    assert_eq!(four.custody.owner.holding.team(), Some("L2"));
    assert_eq!(four.acknowledged, Some(acknowledgement(0)));
    let unknown_yet = then(ReadAt { as_of: Some(at(4)), known_at: Some(Position::new(3)) });
    assert_eq!(unknown_yet.custody.owner.holding.team(), Some("L2"));
    assert_eq!(unknown_yet.acknowledged, None);
    assert_eq!(then(known_at(3)).custody.owner.holding.team(), Some("Firmware"));
    assert_eq!(then(as_of(600)), then(ReadAt::default()));
    assert!(matches!(town.reader.issue(issue(1), as_of(-3)), Err(QueryError::UnknownIssue(_))));
}

#[test]
fn an_issue_is_unreported_until_its_report() {
    let town = Town::heard([Say::team(1, 0, "L2"), Say::reported(1, 5, Severity::Two)]);
    let then = |minutes| town.reader.issue_detail(issue(1), as_of(minutes)).unwrap().value;
    assert_eq!(then(4).shown.issue.lifecycle(), Lifecycle::Unreported);
    assert_eq!(then(4).report, None);
    assert_eq!(then(5).report.map(|report| report.position), Some(Position::new(2)));
}

#[test]
fn lists_show_what_stood_in_them_then() {
    let mut town = late_acknowledgement();
    town.say(Say::reported(2, 2, Severity::Two));
    let list = |read| town.list(Which::Unacknowledged, IssueFilter::default(), Order::OldestFirst, read);
    assert_eq!(list(ReadAt::default()), ["2"]);
    assert_eq!(list(as_of(-1)), ["1"]);
    assert_eq!(list(as_of(1)), [""; 0]);
    assert_eq!(list(known_at(3)), ["1"]);
    assert_eq!(list(known_at(5)), ["2"]);
}

#[test]
fn filters_look_at_the_state_of_then() {
    let mut town = late_acknowledgement();
    town.say(Say::corrected(1, 6, 2));
    let list = |filter, read| town.list(Which::Every, filter, Order::OldestFirst, read);
    let firmware = IssueFilter { team: Some(Some("Firmware".to_owned())), ..IssueFilter::default() };
    assert_eq!(list(firmware.clone(), as_of(4)), [""; 0]);
    assert_eq!(list(firmware, as_of(5)), ["1"]);
    let of = |number| IssueFilter { customer: Some(customer(number)), ..IssueFilter::default() };
    assert_eq!((list(of(1), as_of(5)), list(of(2), as_of(5))), (vec!["1".to_owned()], vec![]));
    assert_eq!((list(of(1), as_of(6)), list(of(2), as_of(6))), (vec![], vec!["1".to_owned()]));
}

#[test]
fn a_duplicate_of_then_is_left_out_then() {
    let town = Town::heard([
        Say::reported(1, 1, Severity::Two),
        Say::reported(2, 2, Severity::Two),
        Say::duplicate(1, 4, 2),
        Say::duplicate(2, 8, 1),
    ]);
    let list = |read| town.list(Which::Unacknowledged, IssueFilter::default(), Order::OldestFirst, read);
    assert_eq!(list(as_of(3)), ["1", "2"]);
    assert_eq!(list(as_of(4)), ["2"]);
    assert_eq!(list(as_of(8)), ["1", "2"]);
}

#[test]
fn garbled_messages_are_known_from_their_position_and_had_happened_when_stored() {
    let mut town = Town::new();
    town.garble("sales", None);
    town.garble("sales", None);
    let list = |read| town.list(Which::Unacknowledged, IssueFilter::default(), Order::OldestFirst, read);
    assert_eq!(list(known_at(1)), ["0-1"]);
    assert_eq!(list(as_of(0)), ["0-1"]);
    assert_eq!(list(as_of(1)), ["0-1", "0-2"]);
}

#[test]
fn later_pages_are_of_the_list_that_the_first_was_of_even_when_it_is_forgotten() {
    let mut town = Town::heard((1..=5).map(|number| Say::reported(number, number.into(), Severity::Two)));
    let mut query = IssuesQuery {
        which: Which::Unacknowledged,
        filter: IssueFilter::default(),
        order: Order::OldestFirst,
        read: as_of(100),
        page_size: 3,
        after: None,
    };
    let first = town.reader.issues(&query).unwrap();
    town.say(Say::acknowledged(4, 50));
    town.clock.set(at(900));
    query.after = first.value.next;
    let second = town.reader.issues(&query).unwrap();
    assert_eq!((first.value.rows.len(), second.value.rows.len()), (3, 2));
    assert_eq!(first.position, second.position);
    query.after = None;
    assert_eq!(town.list(query.which, query.filter, query.order, query.read), ["1", "2", "3", "5"]);
}

/// Struck out by the department's own word.
fn gone() -> Town {
    Town::heard([
        Say::reported(1, 0, Severity::Two),
        Say::reported(2, 1, Severity::Two),
        Say::retracted(1, 5, 1),
        Say::retracted(2, 6, 77),
    ])
}

#[test]
fn an_issue_of_which_everything_is_retracted_stands_in_earlier_lists_alone() {
    let town = gone();
    for which in [Which::Unacknowledged, Which::Every] {
        let list = |read| town.list(which, IssueFilter::default(), Order::OldestFirst, read);
        assert_eq!(list(ReadAt::default()), ["2"]);
        assert_eq!(list(known_at(2)), ["1", "2"]);
        assert_eq!(list(as_of(4)), ["1", "2"]);
        assert_eq!(list(as_of(5)), ["2"]);
    }
    assert!(matches!(town.reader.issue(issue(1), ReadAt::default()), Err(QueryError::UnknownIssue(_))));
    let then = town.reader.issue_detail(issue(1), known_at(2)).unwrap().value;
    assert_eq!(then.report.map(|report| report.position), Some(Position::new(1)));
}

#[test]
fn a_retracted_event_stands_struck_out_in_the_timeline_and_as_it_was_before() {
    let town = gone();
    let fates = |scope, read| {
        let order = TimelineOrder::OldestFirst;
        let query = TimelineQuery { scope, order, read, page_size: 9, after: None };
        let page = town.reader.timeline(&query).unwrap().value;
        page.items.into_iter().map(|item| (item.event.position.sequence(), item.fate)).collect::<Vec<_>>()
    };
    let by = Position::new(3);
    let struck = [(1, Fate::Retracted { by }), (3, Fate::Applied)];
    assert_eq!(fates(Scope::Issue(issue(1)), ReadAt::default()), struck);
    assert_eq!(fates(Scope::IssueOf(customer(1), issue(1)), ReadAt::default()), struck);
    assert_eq!(fates(Scope::Issue(issue(1)), known_at(2)), [(1, Fate::Applied)]);
    let whole = [struck[0], (2, Fate::Applied), struck[1], (4, Fate::NotApplied)];
    assert_eq!(fates(Scope::Customer(customer(1)), ReadAt::default()), whole);
    assert_eq!(fates(Scope::Customer(customer(1)), known_at(4)), whole);
}

#[test]
fn a_customers_own_event_is_struck_out_too() {
    let contact = |minutes| Say { issue: None, ..Say::about(0, minutes, domain::Payload::Noted) };
    let retraction = Say { issue: None, ..Say::retracted(0, 3, 1) };
    let town = Town::heard([contact(0), contact(1), retraction]);
    let query = TimelineQuery {
        scope: Scope::Customer(customer(1)),
        order: TimelineOrder::NewestFirst,
        read: ReadAt::default(),
        page_size: 9,
        after: None,
    };
    let items = town.reader.timeline(&query).unwrap().value.items;
    let by = Position::new(3);
    let fates: Vec<_> = items.into_iter().map(|item| item.fate).collect();
    assert_eq!(fates, [Fate::Applied, Fate::Applied, Fate::Retracted { by }]);
}

#[test]
fn a_settled_message_is_listed_until_it_was_settled_and_no_longer() {
    let mut town = Town::new();
    let garbled = town.garble("support", Some("crm:1"));
    town.say(Say::reported(1, 2, Severity::Two));
    let skipped = town.skip(garbled);
    assert_eq!(town.skip(garbled).sequence(), 4);
    assert_eq!(town.unacknowledged(), ["1"]);
    let list = |read| town.list(Which::Unacknowledged, IssueFilter::default(), Order::OldestFirst, read);
    assert_eq!(list(known_at(2)), ["0-1", "1"]);
    assert_eq!(list(known_at(3)), ["1"]);
    assert_eq!(list(as_of(1)), ["0-1"]);

    let quarantine = |include_settled, read| {
        let query = QuarantineQuery { reason: None, include_settled, read, page_size: 9, after: None };
        let page = town.reader.quarantine(&query).unwrap().value;
        let by = |message: Quarantined| message.settled.map(|settled| settled.position);
        (page.messages.into_iter().map(by).collect::<Vec<_>>(), page.quarantined)
    };
    assert_eq!(quarantine(false, ReadAt::default()), (vec![], 0));
    assert_eq!(quarantine(true, ReadAt::default()), (vec![Some(skipped)], 0));
    assert_eq!(quarantine(false, known_at(2)), (vec![None], 1));
    assert_eq!(quarantine(true, known_at(3)), (vec![Some(skipped)], 0));
}
