//! One customer out of many ids, as queries and watches answer.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Effect, Link, LinkKind, Missed, Payload, Position, Report, Severity,
    identity::{
        Confidence::{Strong, Weak},
        Contract, CustomerFact, ProfileChange,
    },
};
use proptest::prelude::*;

use super::{Say, Town, at, issue, town::customer};
use crate::query::{
    CustomersQuery, Fate, FindingsQuery, Found, Frame, IssueFilter, Next, Order, QueryError, ReadAt, Scope,
    Sought, Timeline, TimelineItem, TimelineOrder, TimelineQuery, Watch, Which,
};

fn timeline(town: &Town, number: u8, order: TimelineOrder, read: ReadAt) -> Vec<Arc<TimelineItem>> {
    let scope = Scope::Customer(customer(number));
    let mut query = TimelineQuery { scope, order, read, page_size: 3, after: None };
    let mut items = Vec::new();
    loop {
        let page = match town.reader.timeline(&query) {
            Ok(answer) => answer.value,
            Err(QueryError::UnknownCustomer(_)) => return items,
            Err(error) => panic!("{error}"),
        };
        items.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return items;
        }
    }
}

fn positions(town: &Town, number: u8, read: ReadAt) -> Vec<u64> {
    let items = timeline(town, number, TimelineOrder::OldestFirst, read);
    items.iter().map(|item| item.event.position.sequence()).collect()
}

fn list(town: &Town, number: u8, read: ReadAt) -> Vec<String> {
    let filter = IssueFilter { customer: Some(customer(number)), ..IssueFilter::default() };
    town.list(Which::Every, filter, Order::OldestFirst, read)
}

/// The tokens of the customers, each with its leaves and counts.
fn customers(town: &Town) -> Vec<(Vec<String>, [u32; 3])> {
    let mut query = CustomersQuery {
        with_open_issues: false,
        with_unacknowledged_issues: false,
        page_size: 2,
        after: None,
    };
    let mut all = Vec::new();
    loop {
        let page = town.reader.customers(&query).unwrap().value;
        all.extend(page.customers.iter().map(|customer| {
            let tokens = customer.leaves.iter().filter_map(|leaf| Some(leaf.leaf.as_ref()?.to_string()));
            (tokens.collect(), customer.counts())
        }));
        query.after = page.next;
        if query.after.is_none() {
            return all;
        }
    }
}

fn known_at(sequence: u64) -> ReadAt {
    ReadAt { as_of: None, known_at: Some(Position::new(sequence)) }
}

/// Two customers with an issue each, and a call.
fn two() -> Town {
    Town::heard([
        Say::reported(1, 1, Severity::Two),
        Say::reported(2, 3, Severity::Two).of(Some(2)),
        Say { issue: None, ..Say::about(0, 2, Payload::Noted) },
    ])
}

#[test]
fn merged_customers_have_one_timeline_one_list_and_one_row() {
    let mut town = two();
    town.say(Say::merged(2, 1, 5));
    for number in [1, 2] {
        assert_eq!(positions(&town, number, ReadAt::default()), [1, 3, 2, 4]);
        assert_eq!(list(&town, number, ReadAt::default()), ["1", "2"]);
        let found = town.reader.customer(customer(number)).unwrap().value;
        assert_eq!((found.id, found.counts()), (customer(1), [2, 2, 2]));
    }
    assert_eq!(customers(&town), [(vec!["crm:1".to_owned(), "crm:2".to_owned()], [2, 2, 2])]);
    let shown = town.reader.issue(issue(2), ReadAt::default()).unwrap().value;
    assert_eq!(shown.canonical.map(|canonical| Some(canonical.id)), Some(customer(1)));
    assert_eq!(shown.issue.customer_id(), customer(2), "events stay where they are");
    let before = town.reader.issue(issue(2), known_at(3)).unwrap().value;
    assert_eq!(before.canonical, None);
    assert_eq!(town.reader.canonical(customer(2), ReadAt::default()).unwrap().value, customer(1));
}

#[test]
fn before_it_was_known_they_were_two_and_after_the_unmerge_they_are_again() {
    let mut town = two();
    town.say(Say::merged(2, 1, 5));
    town.say(Say::unmerged(1, 4, 6));
    assert_eq!(
        (list(&town, 1, known_at(3)), list(&town, 1, known_at(4))),
        (vec!["1".to_owned()], vec!["1".to_owned(), "2".to_owned()])
    );
    assert_eq!(list(&town, 1, ReadAt::default()), ["1"]);
    assert_eq!(positions(&town, 2, known_at(4)), [1, 3, 2, 4]);
    assert_eq!(positions(&town, 2, ReadAt { as_of: Some(at(5)), known_at: None }), [1, 3, 2, 4]);
    assert_eq!(positions(&town, 2, ReadAt::default()), [2]);
    assert_eq!(customers(&town).len(), 2);
}

#[test]
fn a_merge_that_is_struck_out_never_was() {
    let mut town = two();
    town.say(Say::merged(2, 1, 5));
    town.say(Say { issue: None, ..Say::retracted(0, 6, 4) });
    assert_eq!(list(&town, 1, ReadAt::default()), ["1"]);
    assert_eq!(list(&town, 1, known_at(4)), ["1", "2"]);
    let fates: Vec<_> = timeline(&town, 1, TimelineOrder::OldestFirst, ReadAt::default());
    let struck = fates.iter().find(|item| item.event.position == Position::new(4)).unwrap();
    assert_eq!(struck.fate, Fate::Retracted { by: Position::new(5) });
    // The word that takes it back may be struck out too.
    let mut town = two();
    town.say(Say::merged(2, 1, 5));
    town.say(Say::unmerged(1, 4, 6));
    town.say(Say { issue: None, ..Say::retracted(0, 7, 5) });
    assert_eq!(list(&town, 1, ReadAt::default()), ["1", "2"]);
}

#[test]
fn what_cannot_be_is_in_the_timeline_with_its_reason() {
    let mut town = two();
    town.say(Say::merged(1, 1, 5));
    let last = timeline(&town, 1, TimelineOrder::NewestFirst, ReadAt::default()).remove(0);
    assert_eq!(last.fate, Fate::NotApplied);
    assert!(last.anomalies.contains(domain::Anomaly::SelfLink));
    let applied = domain::stands(&last.event);
    assert_eq!(applied.effect, Effect::NotApplied);
}

#[test]
fn a_profile_is_the_newest_word_on_each_member() {
    let change = |name: Option<&str>, days| {
        let name = name.map(ToOwned::to_owned);
        CustomerFact::ProfileSet(ProfileChange { name, cadence_days: days, ..ProfileChange::default() })
    };
    let contract = CustomerFact::ContractUpserted(Contract {
        number: "V-7".to_owned(),
        starts_on: jiff::civil::date(2026, 1, 1),
        ends_on: jiff::civil::date(2026, 12, 31),
        notice_days: None,
        value: None,
        auto_renew: false,
    });
    let mut town = Town::heard([
        Say::told(1, 5, change(Some("Works"), None)),
        Say::told(1, 3, change(Some("Old works"), Some(30))),
        Say::told(1, 6, change(None, Some(800))),
        Say::told(1, 6, contract),
    ]);
    let profile = |town: &Town| town.reader.leaf(customer(1)).unwrap().value.profile;
    assert_eq!(profile(&town).name.map(|kept| kept.value).as_deref(), Some("Works"));
    assert_eq!(profile(&town).cadence_days.map(|kept| kept.value), Some(30), "800 days are none");
    assert_eq!(profile(&town).contracts.len(), 1);
    town.say(Say { issue: None, ..Say::retracted(0, 7, 1) });
    assert_eq!(profile(&town).name.map(|kept| kept.value).as_deref(), Some("Old works"));
}

fn found(town: &Town, sought: Sought, of: Option<u8>) -> Vec<Found> {
    let customer = of.map(customer);
    let mut query = FindingsQuery { sought, customer, department: None, page_size: 1, after: None };
    let mut all = Vec::new();
    loop {
        let page = town.reader.findings(&query).unwrap().value;
        all.extend(page.findings.into_iter().map(|finding| finding.found));
        query.after = page.next;
        if query.after.is_none() {
            return all;
        }
    }
}

/// Nobody answered in a mailbox.
fn missed(number: u8, minutes: i64, mailbox: &str, of: u8) -> Say {
    let mut say = Say::reported(number, minutes, Severity::Unassessed).by("sales").of(Some(of));
    if let Payload::Reported(report) = &mut say.payload {
        let missed = Missed { channel: Some("voicemail".to_owned()), mailbox: Some(mailbox.to_owned()) };
        *report = Report { missed: Some(missed), ..report.clone() };
    }
    say
}

/// F08: three voicemails in three mailboxes, from two phones that turn out to be one customer's.
#[test]
fn many_doors_are_one_suggestion_once_the_ids_are_known_to_be_one_customers() {
    let mut town =
        Town::heard([missed(1, 0, "north", 1), missed(2, 60, "south", 2), missed(3, 90, "service", 2)]);
    let suggested = |town: &Town| -> Vec<Vec<domain::IssueId>> {
        let doors = found(town, Sought::Suggestions, None).into_iter().filter_map(|found| {
            if let Found::Doors(doors) = found {
                Some([vec![doors.earliest], doors.others].concat())
            } else {
                None
            }
        });
        doors.collect()
    };
    assert_eq!(suggested(&town), [vec![issue(2), issue(3)]]);
    town.say(Say::alias(2, 1, 100, Strong));
    assert_eq!(suggested(&town), [vec![issue(1), issue(2), issue(3)]]);
    town.say(Say::duplicate(2, 110, 1).by("sales"));
    town.say(Say::duplicate(3, 111, 1).by("sales"));
    assert!(suggested(&town).is_empty(), "accepted");
}

/// F10: a ticket of support and a visit of field service, and no word on whether they are one matter.
#[test]
fn issues_in_two_departments_are_told_until_somebody_compared_them() {
    let mut town = Town::heard([
        Say::reported(1, 0, Severity::Two),
        Say::reported(2, 5, Severity::Two).by("field-service"),
    ]);
    let pairs = |town: &Town, of| found(town, Sought::NotCompared, of).len();
    assert_eq!((pairs(&town, None), pairs(&town, Some(1))), (1, 1));
    let distinct = Link { kind: LinkKind::Distinct, other: issue(1) };
    town.say(Say::about(2, 10, Payload::LinkAdded(distinct)).by("field-service"));
    assert_eq!(pairs(&town, None), 0);
}

#[test]
fn weak_assertions_and_conflicts_are_listed_once() {
    let mut town = two();
    town.say(Say::alias(2, 1, 4, Weak));
    assert_eq!(found(&town, Sought::Suggestions, None).len(), 1);
    assert_eq!(found(&town, Sought::Suggestions, Some(2)).len(), 1, "about either of them");
    town.say(Say::alias(3, 1, 5, Strong));
    town.say(Say::alias(3, 2, 4, Strong));
    let conflicts = found(&town, Sought::Conflicts, None);
    assert!(matches!(conflicts.as_slice(), [Found::Conflict(..)]), "{conflicts:?}");
}

/// Steps until there is nothing more to do; the positions of what is there then.
fn watched(watch: &mut Watch<Timeline>, known: &mut BTreeSet<u64>) -> bool {
    let mut anew = false;
    loop {
        let step = watch.step().unwrap();
        for frame in step.frames {
            match frame {
                Frame::Snapshot { reset, rows } => {
                    if reset {
                        known.clear();
                    }
                    known.extend(rows.iter().map(|item| item.event.position.sequence()));
                }
                Frame::Upsert(item) => drop(known.insert(item.event.position.sequence())),
                Frame::Remove(key) => drop(known.remove(&key.position.sequence())),
                Frame::Complete(_) => {}
            }
        }
        match step.next {
            Next::Step => {}
            Next::Anew => anew = true,
            Next::Wait(_) => return anew,
        }
    }
}

#[test]
fn a_watched_timeline_begins_anew_when_its_customer_becomes_another() {
    let mut town = two();
    let mut watch = town.reader.watch_timeline(Scope::Customer(customer(1)), 9, None).unwrap();
    let mut known = BTreeSet::new();
    watched(&mut watch, &mut known);
    assert_eq!(known, BTreeSet::from([1, 3]));
    town.say(Say::merged(2, 1, 5));
    assert!(watched(&mut watch, &mut known));
    assert_eq!(known, BTreeSet::from([1, 2, 3, 4]));
    town.say(Say::acknowledged(2, 7).of(Some(2)));
    assert!(!watched(&mut watch, &mut known));
    assert_eq!(known, BTreeSet::from([1, 2, 3, 4, 5]));
    town.say(Say::unmerged(1, 4, 8));
    assert!(watched(&mut watch, &mut known));
    assert_eq!(known, BTreeSet::from([1, 3, 4, 6]));
}

fn said() -> impl Strategy<Value = Say> {
    let about = (1..5_u8, 1..4_u8, 0..20_i64);
    prop_oneof![
        4 => about.clone().prop_map(|(number, of, minutes)| Say::reported(number, minutes, Severity::Two).of(Some(of))),
        2 => about.prop_map(|(number, of, minutes)| Say::acknowledged(number, minutes).of(Some(of))),
        2 => (1..4_u8, 0..20_i64).prop_map(|(of, minutes)| {
            Say { issue: None, ..Say::about(0, minutes, Payload::Noted) }.of(Some(of))
        }),
        1 => (1..4_u8, 1..4_u8, 0..20_i64).prop_map(|(leaf, to, minutes)| Say::alias(leaf, to, minutes, Strong)),
        1 => (1..4_u8, 1..4_u8, 0..20_i64).prop_map(|(from, into, minutes)| Say::merged(from, into, minutes)),
        1 => (1..4_u8, 0..20_u64, 0..20_i64).prop_map(|(into, said, minutes)| Say::unmerged(into, said, minutes)),
    ]
}

/// Everything that is answered about customers, but for what is after `limit`.
fn answers(town: &Town, read: ReadAt, limit: u64) -> String {
    let of = |number| {
        let kept = |order| {
            let items = timeline(town, number, order, read).into_iter();
            let all = items.map(|item| (item.event.position.sequence(), item.fate));
            all.filter(|(position, _)| *position <= limit).collect::<Vec<_>>()
        };
        let both = [TimelineOrder::OldestFirst, TimelineOrder::NewestFirst].map(kept);
        format!("{both:?} {:?}", list(town, number, read))
    };
    (1..4).map(of).collect::<Vec<_>>().join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_merge_and_its_end_change_no_answer(
        said in proptest::collection::vec(said(), 1..20),
        (from, into) in (1..4_u8, 1..4_u8),
    ) {
        let never = Town::heard(said.clone());
        let last = u64::try_from(said.len()).unwrap();
        let mut town = Town::heard(said);
        town.say(Say::merged(from, into, 30));
        town.say(Say::unmerged(into, last + 1, 31));
        prop_assert_eq!(answers(&town, ReadAt::default(), last), answers(&never, ReadAt::default(), last));
        let seen = |town: &Town| {
            // Who is named by the merge alone is known from then on.
            customers(town).into_iter().filter(|(_, [issues, ..])| *issues > 0).collect::<Vec<_>>()
        };
        prop_assert_eq!(seen(&town), seen(&never));
    }

    #[test]
    fn what_was_known_is_the_log_cut_there(
        said in proptest::collection::vec(said(), 1..20),
        cut in 0..20_usize,
    ) {
        let whole = Town::heard(said.clone());
        let cut = cut.min(said.len());
        let then = Town::heard(said.into_iter().take(cut));
        let at_cut = u64::try_from(cut).unwrap();
        prop_assert_eq!(
            answers(&whole, known_at(at_cut), at_cut),
            answers(&then, ReadAt::default(), at_cut)
        );
    }
}
