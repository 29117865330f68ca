//! Single messages and what becomes of them.

use std::sync::Arc;

use domain::{Anomaly, Applied, Directory, Event, EventKey, Issue, Payload, Position, Reason, Severity};

use super::{
    audit::{Model, audit, pages, quarantine},
    run::{Run, Then, fold_all, folded},
    said::{
        But as _, Said, about, acknowledged, assigned, contact, corrected, issue, leaf, publish, reported,
    },
};
use crate::{
    Page, RawMessage, Store,
    pipeline::folder::FoldError,
    testing::{MemoryStore, SlabCodec, exported},
};

fn event(event: Event) -> Said {
    Said::Event(Box::new(event))
}

fn report(issue: u8, minutes: i64) -> Said {
    event(about(issue, minutes, reported(Severity::Two)))
}

fn note(issue: u8, minutes: i64) -> Said {
    event(about(issue, minutes, Payload::Noted))
}

#[test]
fn a_duplicate_is_counted_and_changes_nothing_however_late() {
    // Notes that push the report out of the file's newest events, and others that push the file out of the cache.
    let mut said = vec![report(1, 0), event(contact(Some(1), 0))];
    said.extend((1..20).map(|minutes| note(1, minutes)));
    said.extend((2..20).map(|other| report(other, 30)));
    let (_, _, before) = folded(&said, 2_000);
    said.extend([Said::Again(0), Said::Again(1)]);
    let (messages, codec, after) = folded(&said, 2_000);
    assert!(after.file(EventKey::Issue(issue(1))).unwrap().unwrap().chunks > 1);
    let rest = |store: &MemoryStore| exported(store).split_off(1);
    assert_eq!(rest(&after), rest(&before));
    assert_eq!(after.cursor().unwrap().unwrap().counts.duplicates, 2);
    audit(&*after, &messages, &*codec);
}

#[test]
fn of_two_events_with_one_id_the_first_stands_and_the_other_is_quarantined() {
    let mut said = vec![report(1, 0)];
    said.extend((1..20).map(|minutes| note(1, minutes)));
    let (_, _, before) = folded(&said, 2_000);
    said.push(Said::Otherwise(0));
    let (messages, codec, after) = folded(&said, 2_000);
    let [quarantined] = quarantine(&*after).try_into().unwrap();
    assert_eq!(quarantined.reason, Reason::ConflictingDuplicate);
    assert_eq!(quarantined.position, Position::new(21));
    assert!(quarantined.detail.contains("0-1"), "{}", quarantined.detail);
    assert_eq!(after.issue(issue(1)).unwrap(), before.issue(issue(1)).unwrap());
    audit(&*after, &messages, &*codec);
}

#[test]
fn the_same_id_about_another_issue_is_another_event() {
    let codec = Arc::new(SlabCodec::new(24));
    // The ids of the events of a log are their numbers: both are the first of theirs.
    let [one, other] = [1, 2].map(|issue| publish(&codec, &[report(issue, 0)]).messages().remove(0));
    let other = RawMessage { position: Position::new(2), ..other };
    let store = fold_all(&[one, other], &codec, &[]);
    assert_eq!(store.cursor().unwrap().unwrap().counts.issues, 2);
}

#[test]
fn a_bare_message_within_two_minutes_of_the_first_of_its_group_is_the_same_event() {
    let bare =
        |issue: u8, seconds| Said::Bare(Box::new(about(issue, 0, reported(Severity::Two))), 7, seconds);
    // A second passes with every message: at 0, 60, 120 and 121 seconds.
    let said = [bare(1, 0), bare(2, 59), bare(3, 59), bare(4, 0), bare(5, 119), bare(6, 0)];
    let (messages, codec, store) = folded(&said, 24);
    let found: Vec<u8> = (1..7).filter(|number| store.issue(issue(*number)).unwrap().is_some()).collect();
    assert_eq!(found, [1, 4, 6]);
    audit(&*store, &messages, &*codec);
}

/// Panics at what the tests call unknown, and at acknowledgements while the issue is severe.
fn panics(state: &mut Issue, event: &Event, directory: &Directory) -> Applied {
    let breaks = event.payload == Payload::Unknown
        || (state.severity() == Severity::One && matches!(event.payload, Payload::Acknowledged { .. }));
    assert!(!breaks, "told to panic");
    state.apply(event, directory)
}

#[test]
fn a_panic_quarantines_the_event_that_it_is_about_and_no_other() {
    let said = [
        // The first event of an issue.
        event(about(1, 0, Payload::Unknown)),
        report(1, 0),
        event(about(1, 1, assigned(None, Some("L2")))),
        // In order.
        event(about(1, 2, Payload::Unknown)),
        // Late.
        event(about(1, 0, Payload::Unknown)),
        event(about(1, 3, acknowledged())),
        // Late, and breaks the acknowledgement that was folded.
        event(about(1, 2, Payload::SeverityChanged { to: Severity::One, word: None })),
        note(1, 4),
        report(2, 0),
    ];
    let codec = Arc::new(SlabCodec::new(4_000));
    let messages = publish(&codec, &said).messages();
    let store = Arc::new(MemoryStore::default());
    let mut run = Run::open(&store, &codec, panics);
    for message in &messages {
        run.fold(message).unwrap();
        run.end_batch();
    }
    run.finish();

    let mut quarantined: Vec<_> =
        quarantine(&*store).iter().map(|message| (message.position.sequence(), message.reason)).collect();
    quarantined.reverse();
    assert_eq!(quarantined, [1, 4, 5, 7].map(|position| (position, Reason::FoldPanic)));
    let kept: Vec<Said> = [1, 2, 5, 7].map(|number: usize| said[number].clone()).to_vec();
    let (_, _, without) = folded(&kept, 4_000);
    let [with, without] = [&store, &without].map(|store| store.issue(issue(1)).unwrap().unwrap());
    assert_eq!((with.event_count, &with.acknowledged), (4, &without.acknowledged));
    assert_eq!(with.custody.owner.holding, without.custody.owner.holding);
    assert!(store.issue(issue(2)).unwrap().is_some());
    assert_eq!(pages(&*store, leaf(1))[0].entries.len(), 5);
}

#[test]
fn an_issue_moves_with_its_timeline_when_its_report_comes_late_and_when_it_is_corrected() {
    let mut said: Vec<Said> =
        (0..3).map(|minutes| event(about(1, minutes, Payload::Noted).of(None))).collect();
    // More than a page of others in both timelines.
    said.extend(
        (0..200).map(|minutes| event(contact([None, Some(1)][usize::from(minutes % 2 == 0)], minutes))),
    );
    said.push(event(about(1, 300, Payload::Noted).of(None)));
    said.push(report(1, 301));
    said.push(event(about(1, 302, Payload::Noted).of(None)));
    said.push(event(about(1, 303, corrected(2))));
    let (messages, codec, store) = folded(&said, 24);
    audit(&*store, &messages, &*codec);
    assert_eq!(pages(&*store, leaf(2)).iter().map(|page| page.entries.len()).sum::<usize>(), 7);

    let moved = store.issue(issue(1)).unwrap().unwrap();
    assert_eq!(moved.customer_id(), leaf(2));
    assert!(!moved.anomalies.contains(Anomaly::CustomerMismatch));
}

#[test]
fn a_full_page_is_followed_by_another_that_knows_the_latest_of_all_before() {
    let full = i64::try_from(Page::ENTRIES).unwrap();
    // The latest come first.
    let said: Vec<Said> = (0..=2 * full).rev().map(|minutes| event(contact(Some(1), minutes))).collect();
    let (_, _, store) = folded(&said[..Page::ENTRIES], 24);
    assert_eq!(store.last_page(leaf(1)).unwrap(), Some(0));
    let (messages, codec, store) = folded(&said, 24);
    assert_eq!(store.last_page(leaf(1)).unwrap(), Some(2));
    audit(&*store, &messages, &*codec);
}

#[test]
fn a_message_that_was_folded_is_passed_over_and_a_missing_one_is_a_gap() {
    let codec = Arc::new(SlabCodec::new(24));
    let messages = publish(&codec, &[report(1, 0), note(1, 1), note(1, 2)]).messages();
    let store = Arc::new(MemoryStore::default());
    let mut run = Run::open(&store, &codec, Issue::apply);
    run.fold(&messages[0]).unwrap();
    run.fold(&messages[0]).unwrap();
    let gap = run.fold(&messages[2]).unwrap_err();
    let FoldError::Gap { expected, found } = gap else { panic!("{gap}") };
    assert_eq!((expected, found), (Position::new(2), Position::new(3)));
    run.fold(&messages[1]).unwrap();
    run.finish();
    assert_eq!(store.issue(issue(1)).unwrap().unwrap().event_count, 2);
    assert_eq!(store.cursor().unwrap().unwrap().counts.duplicates, 0);
}

#[test]
fn a_file_that_was_folded_anew_is_read_back_from_its_chunks() {
    // Every event arrives before those that happened earlier, so that every one folds the file again.
    let said: Vec<Said> =
        (0..40).rev().map(|minutes| note(1, minutes)).chain([Said::Again(0), Said::Again(39)]).collect();
    for incidents in [vec![], vec![Then::EndBatch; 42], [Then::EndBatch, Then::Crash, Then::More].repeat(20)]
    {
        let codec = Arc::new(SlabCodec::new(1_700));
        let messages = publish(&codec, &said).messages();
        let store = fold_all(&messages, &codec, &incidents);
        audit(&*store, &messages, &*codec);
        assert_eq!(Model::of(&messages, &*codec).duplicates, 2);
    }
}
