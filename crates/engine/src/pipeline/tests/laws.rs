//! What holds for any log, any batches and any crashes.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    Clocks, Document, Event, Home, Issue, LastContact, Ordinal, Origin, Payload, Position, Severity,
    identity::Profile,
};
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};

use super::{
    audit::{Model, audit, pages, rows},
    run::{Then, fold_all, folded},
    said::{
        But as _, Retract, Said, TEN, about, accepted, acknowledged, assigned, calendar_of,
        closed_department, contact, corrected, department, duplicate_of, known_as, leaf, of_record, offered,
        one_customer, publish, reported, resolved, talk,
    },
};
use crate::{
    Codec, CustomerRecord, RawMessage, Row, RowRange, Store,
    testing::{MemoryStore, SlabCodec, exported},
};

const DEPARTMENTS: [&str; 3] = ["support", "engineering", "sales"];
/// More than a cache holds.
const ISSUES: u8 = 9;
const CUSTOMERS: std::ops::Range<u8> = 1..5;
const MINUTES: std::ops::Range<i64> = 0..10;

fn payload() -> impl Strategy<Value = Payload> {
    let slug = || option::of(select(&DEPARTMENTS));
    let deeds = [
        acknowledged(),
        Payload::Noted,
        talk(),
        Payload::Resolved,
        Payload::Reopened,
        Payload::Withdrawn,
        Payload::Reinstated,
        Payload::Declined,
        Payload::Unknown,
    ];
    let severities = [Severity::One, Severity::Two, Severity::Four, Severity::Unassessed];
    prop_oneof![
        8 => Union::new(deeds.map(Just)),
        4 => select(severities.to_vec()).prop_map(reported),
        4 => (slug(), option::of(select(vec!["L1", "L2"]))).prop_map(|(slug, team)| assigned(slug, team)),
        1 => Just(assigned(Some("legal"), None)),
        2 => slug().prop_map(accepted),
        1 => select(&DEPARTMENTS).prop_map(offered),
        2 => CUSTOMERS.prop_map(corrected),
        1 => (0..ISSUES).prop_map(duplicate_of),
        2 => (0..ISSUES).prop_map(known_as),
    ]
}

prop_compose! {
    fn event()(
        payload in payload(),
        (issue, customer) in (0..ISSUES, option::of(CUSTOMERS)),
        (slug, own) in (select(&DEPARTMENTS), prop::bool::weighted(0.1)),
        (minutes, ordinal) in (MINUTES, select(vec!["", "2", "10"])),
    ) -> Event {
        let mut event = about(issue, minutes, payload).of(customer).from(slug);
        event.ordinal = Ordinal::parse(ordinal);
        if own {
            event.origin = Origin::Command(department(slug));
        }
        event
    }
}

fn fact() -> impl Strategy<Value = Said> {
    prop_oneof![
        8 => event(),
        1 => (option::of(CUSTOMERS), MINUTES).prop_map(|(customer, minutes)| contact(customer, minutes)),
        1 => (CUSTOMERS, "late|early", MINUTES).prop_map(|(customer, calendar, minutes)| calendar_of(customer, &calendar, minutes)),
        1 => (CUSTOMERS, CUSTOMERS, option::of(any::<bool>()), MINUTES)
            .prop_map(|(from, into, strong, minutes)| one_customer(from, into, strong, minutes)),
    ]
    .prop_map(|event| Said::Event(Box::new(event)))
}

/// Of an event that may come later, or not at all.
fn retraction() -> impl Strategy<Value = Said> {
    let by = prop_oneof![
        3 => select(&DEPARTMENTS).prop_map(|slug| Origin::Department(department(slug))),
        2 => select(&DEPARTMENTS).prop_map(|slug| Origin::Command(department(slug))),
    ];
    (any::<usize>(), by, MINUTES).prop_map(|(of, by, minutes)| Said::Retract(Retract { of, by, minutes }))
}

fn fact_or_retraction() -> impl Strategy<Value = Said> {
    prop_oneof![3 => fact(), 1 => retraction()]
}

fn operation() -> impl Strategy<Value = Said> {
    let of = any::<usize>;
    prop_oneof![
        2 => of().prop_map(Said::Skip),
        3 => (of(), option::of(event())).prop_map(|(of, event)| Said::Redrive(of, event.map(Box::new))),
        1 => (of(), document()).prop_map(|(of, document)| Said::RedriveDocument(of, document)),
        1 => Just(Said::Lost),
    ]
}

fn document() -> impl Strategy<Value = Document> {
    let slug = select(&DEPARTMENTS);
    prop_oneof![slug.clone().prop_map(of_record), slug.prop_map(closed_department)]
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        16 => fact(),
        2 => (event(), 0..3_u8, 0..100_i64).prop_map(|(event, bare, seconds)| {
            Said::Bare(Box::new(event), bare, seconds)
        }),
        4 => any::<usize>().prop_map(Said::Again),
        2 => any::<usize>().prop_map(Said::Otherwise),
        1 => document().prop_map(Said::Document),
        1 => Just(Said::UnknownDocument),
        3 => Just(Said::Garbled),
        5 => retraction(),
        4 => operation(),
    ]
}

fn incident() -> impl Strategy<Value = Then> {
    prop_oneof![5 => Just(Then::More), 3 => Just(Then::EndBatch), 1 => Just(Then::Arrive), 1 => Just(Then::Crash)]
}

/// Small events, or a few of which fill a file.
const PACKED_BYTES: [usize; 2] = [24, 3_000];

/// In another order, but events of equal keys in the order they had.
fn permuted(said: &[Said], priorities: &[u32]) -> Vec<Said> {
    let key = |said: &Said| match said {
        Said::Event(event) => {
            let (rank, time, ordinal, _) = event.order();
            Some((rank, time, ordinal.clone()))
        }
        Said::Bare(..)
        | Said::Again(_)
        | Said::Otherwise(_)
        | Said::Document(_)
        | Said::UnknownDocument
        | Said::Garbled
        | Said::Retract(_)
        | Said::Skip(_)
        | Said::Redrive(..)
        | Said::RedriveDocument(..)
        | Said::Lost => None,
    };
    let mut slots: Vec<usize> = (0..said.len()).collect();
    slots.sort_by_key(|index| priorities.get(*index).copied());
    let mut waiting: BTreeMap<_, Vec<Said>> = BTreeMap::new();
    said.iter().rev().for_each(|say| waiting.entry(key(say)).or_default().push(say.clone()));
    slots.into_iter().filter_map(|index| waiting.get_mut(&key(&said[index]))?.pop()).collect()
}

/// What a store holds, but for positions and stored times.
#[derive(Debug, PartialEq)]
struct Picture {
    issues: Vec<Issue>,
    rows: Vec<Row>,
    /// By customer, the times of what stands in the timeline and what it names.
    timelines: Vec<Vec<String>>,
    rest: String,
}

/// Which policy and calendar count, and since when a department could know, depends on the place in the log.
fn placeless(clocks: &mut Clocks) {
    let Clocks { own, ack, update, resolve, orphan, items, .. } = clocks;
    for clock in [own, ack, update, resolve, orphan].into_iter().flatten() {
        (clock.since.at, clock.since.position) = (TEN, Position::START);
        clock.since.calendar = None;
    }
    items.iter_mut().for_each(|clock| (clock.since.at, clock.since.position) = (TEN, Position::START));
}

fn placeless_profile(profile: &mut Profile) {
    let Profile { calendar, contacts, .. } = profile;
    calendar.iter_mut().for_each(|kept| kept.moment.position = Position::START);
    [&mut contacts.last, &mut contacts.first].into_iter().flatten().for_each(placeless_contact);
}

const fn placeless_contact(contact: &mut LastContact) {
    (contact.moment.position, contact.known_at) = (Position::START, TEN);
}

impl Picture {
    fn of(store: &MemoryStore, messages: &[RawMessage], codec: &dyn Codec) -> Self {
        let mut issues = Model::of(messages, codec).issues();
        for issue in &mut issues {
            *issue = store.issue(issue.id).unwrap().unwrap();
            issue.home = Home::Issue(issue.id);
            issue.first_seen_at = TEN;
            issue.custody.owner.since.by.id.clear();
            issue.custody.offer.iter_mut().for_each(|offer| offer.since.by.id.clear());
            let places = [&mut issue.position, &mut issue.first_position, &mut issue.last_key.position];
            places.into_iter().for_each(|position| *position = Position::START);
            placeless(&mut issue.clocks);
            issue.contact.iter_mut().for_each(placeless_contact);
        }
        let customers = [None].into_iter().chain(CUSTOMERS.map(leaf)).collect::<Vec<_>>();
        let ranges = (0..5).flat_map(|rank| {
            [RowRange::Issues { rank, after: None }, RowRange::Unacknowledged { rank, after: None }]
        });
        let ranges = ranges
            .chain(customers.iter().map(|id| RowRange::OfCustomer { customer: *id, after: None }))
            .chain([RowRange::Customers { after: None }, RowRange::Gone { after: None }]);
        // Who was without a customer for a moment only depends on the order of arrival.
        let lasting = |row: &Row| !matches!(row, Row::Customer { customer: None, .. });
        let timelines = customers.iter().map(|id| {
            let entries = pages(store, *id).into_iter().flat_map(|page| page.entries);
            let mut lines: Vec<_> =
                entries.map(|entry| format!("{} {:?}", entry.time, entry.issue)).collect();
            lines.sort();
            lines
        });
        let records = customers.iter().map(|id| store.customer(*id).unwrap());
        let records: Vec<_> = records
            .map(|record| record.filter(|known| known.leaf.is_some() || known.issues > 0))
            .map(|record| record.map(|known| CustomerRecord { first_position: Position::START, ..known }))
            .map(|mut record| {
                record.iter_mut().for_each(|known| placeless_profile(&mut known.profile));
                record
            })
            .collect();
        let counts = store.cursor().unwrap().unwrap_or_default().counts;
        Self {
            issues,
            rows: ranges.flat_map(|range| rows(store, range)).filter(lasting).collect(),
            timelines: timelines.collect(),
            rest: format!("{records:?} {:?} {counts:?}", store.departments().unwrap()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_holds_what_the_log_says(said in vec(said(), 1..80), bytes in select(&PACKED_BYTES)) {
        let (messages, codec, store) = folded(&said, bytes);
        audit(&*store, &messages, &*codec);
    }

    #[test]
    fn wherever_batches_end_and_crashes_fall_the_store_is_the_same(
        said in vec(said(), 1..80),
        incidents in vec(incident(), 0..160),
        bytes in select(&PACKED_BYTES),
    ) {
        let (messages, codec, store) = folded(&said, bytes);
        let again = fold_all(&messages, &codec, &incidents);
        prop_assert_eq!(exported(&*again), exported(&*store));
        let rebuilt = fold_all(&messages, &codec, &[]);
        prop_assert_eq!(exported(&*rebuilt), exported(&*store));
    }

    #[test]
    fn which_message_came_again_and_how_late_makes_no_difference(
        said in vec(fact_or_retraction(), 1..40),
        again in vec(any::<usize>(), 40),
        bytes in select(&PACKED_BYTES),
    ) {
        let said = resolved(&said);
        let with = |again: &dyn Fn(usize) -> usize| -> Vec<Said> {
            let pairs = said.iter().enumerate();
            pairs.flat_map(|(number, say)| [say.clone(), Said::Again(again(number))]).collect()
        };
        let (_, _, one) = folded(&with(&|number| again[number]), bytes);
        let (_, _, other) = folded(&with(&|_| 0), bytes);
        let lines = |store: &MemoryStore| {
            let mut lines = exported(store);
            // The log counts a message that came again, and so does what is expected of it.
            lines.retain(|line| !line.starts_with("cursor") && !line.starts_with("home"));
            lines
        };
        prop_assert_eq!(lines(&one), lines(&other));
        let counts = one.cursor().unwrap().unwrap().counts;
        let distinct = u64::try_from(said.len()).unwrap();
        prop_assert_eq!((counts.events, counts.duplicates), (distinct, distinct));
    }

    #[test]
    fn late_events_give_what_the_same_events_in_order_give(
        documents in vec(document(), 0..3),
        facts in vec(fact_or_retraction(), 1..60),
        priorities in vec(any::<u32>(), 60),
        bytes in select(&PACKED_BYTES),
    ) {
        let facts = resolved(&facts);
        let documents: Vec<Said> = documents.into_iter().map(Said::Document).collect();
        let [one, other] = [facts.clone(), permuted(&facts, &priorities)].map(|facts| {
            let said: Vec<Said> = documents.iter().cloned().chain(facts).collect();
            let codec = Arc::new(SlabCodec::new(bytes));
            let messages = publish(&codec, &said).messages();
            let store = fold_all(&messages, &codec, &[Then::EndBatch, Then::More, Then::EndBatch, Then::Crash]);
            Picture::of(&store, &messages, &*codec)
        });
        prop_assert_eq!(one, other);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_timelines_stay_whole_through_moves_batches_and_crashes(
        said in vec(prop_oneof![20 => fact(), 1 => retraction()], 300..500),
        incidents in vec(incident(), 0..500),
    ) {
        let codec = Arc::new(SlabCodec::new(600));
        let messages = publish(&codec, &said).messages();
        let store = fold_all(&messages, &codec, &incidents);
        audit(&*store, &messages, &*codec);
    }
}
