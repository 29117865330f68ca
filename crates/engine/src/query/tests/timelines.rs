//! Stories of timelines.

use std::sync::Arc;

use domain::{Payload, Position, Severity};

use super::{Say, Town, at, issue, town::customer};
use crate::query::{Fate, ReadAt, Scope, TimelineItem, TimelineOrder, TimelineQuery};

/// All pages, three entries each.
fn pages(town: &Town, scope: Scope, order: TimelineOrder, read: ReadAt) -> Vec<Arc<TimelineItem>> {
    let mut query = TimelineQuery { scope, order, read, page_size: 3, after: None };
    let mut items = Vec::new();
    loop {
        let page = town.reader.timeline(&query).unwrap().value;
        items.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return items;
        }
    }
}

fn positions(town: &Town, scope: Scope, order: TimelineOrder, read: ReadAt) -> Vec<u64> {
    pages(town, scope, order, read).iter().map(|item| item.event.position.sequence()).collect()
}

fn newest(town: &Town, scope: Scope) -> Vec<u64> {
    positions(town, scope, TimelineOrder::NewestFirst, ReadAt::default())
}

fn called(minutes: i64) -> Say {
    Say { issue: None, ..Say::about(0, minutes, Payload::Noted) }
}

#[test]
fn a_timeline_is_in_the_order_of_time_however_late_its_events_come() {
    // More than one page of references, with late ones on the last.
    let mut town = Town::new();
    for minutes in 0..300 {
        town.say(if minutes % 3 == 0 { called(minutes) } else { Say::about(1, minutes, Payload::Noted) });
    }
    town.say(called(-5));
    town.say(Say::about(1, 150, Payload::Noted));
    let mut expected: Vec<_> =
        town.events.iter().map(|event| (event.time, event.position.sequence())).collect();
    expected.sort();
    let oldest: Vec<_> = expected.into_iter().map(|(_, sequence)| sequence).collect();
    let whole = Scope::Customer(customer(1));
    for read in [ReadAt::default(), ReadAt { as_of: Some(at(999)), known_at: None }] {
        assert_eq!(positions(&town, whole, TimelineOrder::OldestFirst, read), oldest);
        let mut newest = positions(&town, whole, TimelineOrder::NewestFirst, read);
        newest.reverse();
        assert_eq!(newest, oldest);
    }
}

#[test]
fn an_issues_events_move_with_it_whatever_their_subject() {
    let mut town = Town::heard([
        Say::reported(1, 0, Severity::Two),
        called(1),
        Say::team(1, 2, "L2").of(None),
        Say::corrected(1, 3, 2),
    ]);
    assert_eq!(newest(&town, Scope::Customer(customer(2))), [4, 3, 1]);
    assert_eq!(newest(&town, Scope::Customer(customer(1))), [2]);
    assert_eq!(newest(&town, Scope::Customer(None)), [0; 0]);
    let before = ReadAt { as_of: Some(at(2)), known_at: None };
    let then =
        |number| positions(&town, Scope::Customer(customer(number)), TimelineOrder::OldestFirst, before);
    assert_eq!(then(1), [1, 2, 3]);
    assert_eq!(newest(&town, Scope::Issue(issue(1))), [4, 3, 1]);
    assert_eq!(newest(&town, Scope::IssueOf(customer(1), issue(1))), [0; 0]);
    town.say(Say::corrected(1, 4, 1));
    assert_eq!(newest(&town, Scope::Customer(customer(1))), [5, 4, 3, 2, 1]);
}

#[test]
fn every_entry_says_what_became_of_it() {
    let town = Town::heard([
        Say::reported(1, 0, Severity::Two),
        Say::reported(1, 1, Severity::One),
        Say::about(1, 2, Payload::Unknown),
        called(3),
    ]);
    let oldest = pages(&town, Scope::Customer(customer(1)), TimelineOrder::OldestFirst, ReadAt::default());
    let fates: Vec<_> = oldest.iter().map(|item| item.fate).collect();
    assert_eq!(fates, [Fate::Applied, Fate::NotApplied, Fate::Unfolded, Fate::Applied]);
    assert!(oldest[1].anomalies.contains(domain::Anomaly::ReportedAgain));
}

#[test]
fn events_can_be_traced_by_their_identity() {
    let town = Town::heard((0..60).map(|minutes| Say::about(1, minutes, Payload::Noted)));
    let key = domain::EventKey::Issue(issue(1));
    for known in &town.events {
        let traced = town.reader.trace_identity(key, &known.identity).unwrap().value;
        let crate::query::Traced::Event(item) = traced else { panic!("{traced:?}") };
        assert_eq!(item.event, *known);
    }
    let other = domain::Identity { source: "/zendesk".to_owned(), id: "61".to_owned() };
    assert!(town.reader.trace_identity(key, &other).is_err());
    assert_eq!(town.projection.position(), Position::new(60));
}
