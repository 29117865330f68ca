//! What holds for any log: many departments, equal times, late events, people and departments that come and go.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Anomalies, Anomaly, Clocks, Department, Directory, Effect, Event, Holding, Issue, Ordinal, Origin,
    Payload, Position, Rank, fold, replay,
};
use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, prelude::*};

use crate::{
    draft::{self, Draft, MIDNIGHT, from},
    logs::{MINUTES, directory_first, log, read, retracting_log},
    story::sorted,
};

/// In another order, but events of equal keys in the order they had.
fn permuted(drafts: &[Draft], priorities: &[u32]) -> Vec<Draft> {
    let key = |draft: &Draft| {
        let (rank, time, ordinal, _) = draft.0.order();
        (rank, time, ordinal.clone())
    };
    let mut slots: Vec<usize> = (0..drafts.len()).collect();
    slots.sort_by_key(|index| priorities.get(*index).copied());
    let mut waiting: BTreeMap<_, Vec<Draft>> = BTreeMap::new();
    drafts.iter().rev().for_each(|draft| waiting.entry(key(draft)).or_default().push(draft.clone()));
    slots.into_iter().filter_map(|index| waiting.get_mut(&key(&drafts[index]))?.pop()).collect()
}

fn at_positions(drafts: Vec<Draft>, after: usize) -> Vec<Event> {
    let first = u64::try_from(after).unwrap() + 1;
    drafts.into_iter().zip(first..).map(|(draft, sequence)| draft.at(sequence)).collect()
}

/// Without what depends on the place in the log.
fn placeless(issue: Option<Issue>) -> Option<Issue> {
    issue.map(|mut issue| {
        issue.home = domain::Home::Issue(issue.id);
        issue.position = Position::START;
        issue.first_position = Position::START;
        issue.first_seen_at = MIDNIGHT;
        issue.last_key.position = Position::START;
        placeless_clocks(&mut issue.clocks);
        issue
    })
}

/// Which policy counts, and since when a department could know, depends on the place in the log; what the customer is owed
/// does not.
fn placeless_clocks(clocks: &mut Clocks) {
    let Clocks { own, ack, update, resolve, orphan, items, .. } = clocks;
    let known = [own, orphan].into_iter().flatten().map(|clock| &mut clock.since);
    known.chain(items.iter_mut().map(|clock| &mut clock.since)).for_each(|since| {
        (since.at, since.position) = (MIDNIGHT, Position::START);
    });
    let owed = [ack, update, resolve].into_iter().flatten();
    owed.for_each(|clock| clock.since.position = Position::START);
}

fn by(minute: i64) -> Timestamp {
    MIDNIGHT + SignedDuration::from_mins(9 * 60 + minute)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_arrival_gives_the_same_state(
        log in prop_oneof![log(), retracting_log()],
        priorities in vec(any::<u32>(), 30),
        until in 0..MINUTES,
    ) {
        let (changes, drafts) = directory_first(log);
        let documents = changes.len();
        let directory = draft::directory(changes);
        let one = at_positions(drafts.clone(), documents);
        let other = at_positions(permuted(&drafts, &priorities), documents);
        let state = |events: &[Event]| placeless(fold(&sorted(events), &directory));
        prop_assert_eq!(state(&one), state(&other));

        // What had happened by then does not depend on when it was heard of either.
        let had_happened = |events: Vec<Event>| -> Vec<Event> {
            events.into_iter().filter(|event| event.time <= by(until)).collect()
        };
        prop_assert_eq!(state(&had_happened(one)), state(&had_happened(other)));
    }

    #[test]
    fn an_event_after_the_other_gives_the_same_state_as_all_of_them(log in log()) {
        let (events, directory) = read(&log);
        let events = sorted(&events);
        let mut state: Option<Issue> = None;
        for (event, folded) in events.iter().zip(1..) {
            let issue = state.get_or_insert_with(|| Issue::named_by(draft::issue("55"), event));
            prop_assert!(!issue.is_late(event));
            issue.apply(event, &directory);
            let at_once = fold(&events[..folded], &directory);
            prop_assert_eq!(Some(&*issue), at_once.as_ref());
        }
    }

    #[test]
    fn every_issue_has_one_owner_at_every_position(log in log()) {
        for end in 1..=log.len() {
            let (events, directory) = read(&log[..end]);
            let now = Position::new(u64::try_from(end).unwrap());
            let Some(issue) = fold(&sorted(&events), &directory) else { continue };
            let owner = &issue.custody.owner;
            let gone = |slug: &Department| directory.department(slug, now).is_some_and(|known| !known.active);
            let person_left = owner.holding.person().is_some_and(|person| !directory.is_active(person, now));
            let shown = owner.shown(&directory, now);
            if gone(&owner.department) || person_left {
                prop_assert_eq!(&shown.owner.holding, &Holding::Desk);
                prop_assert_eq!(shown.was.as_ref(), Some(owner));
                prop_assert_eq!(shown.closed, gone(&shown.owner.department));
                prop_assert!(!shown.closed || shown.owner.department == owner.department);
            } else {
                prop_assert_eq!(&shown.owner, owner);
                prop_assert!(shown.was.is_none() && !shown.closed);
            }
        }
    }

    #[test]
    fn the_counts_are_those_of_the_owners_one_after_the_other(log in log()) {
        let (events, directory) = read(&log);
        let events = sorted(&events);
        let states = (1..=events.len()).filter_map(|folded| fold(&events[..folded], &directory));
        let mut owners: Vec<Triple> = states.map(|issue| Triple::of(&issue)).collect();
        // Before anybody was named: the desk of the first event.
        if let Some(event) = events.first() {
            owners.insert(0, Triple { department: event.origin.department().clone(), team: None, person: None });
        }
        let Some(issue) = fold(&events, &directory) else { return Ok(()) };
        let counted = (issue.custody.owner_changes, issue.custody.hand_offs, issue.custody.returned);
        prop_assert_eq!(counted, count(&owners));
    }

    #[test]
    fn what_was_told_the_customer_stays_told(log in log()) {
        let (events, directory) = read(&log);
        let events = sorted(&events);
        let mut before: Option<Issue> = None;
        for folded in 1..=events.len() {
            let Some(issue) = fold(&events[..folded], &directory) else { continue };
            if let Some(before) = before {
                prop_assert!(before.acknowledged.is_none() || before.acknowledged == issue.acknowledged);
                prop_assert!(issue.reopens >= before.reopens);
                prop_assert!(before.reported.is_none() || before.reported == issue.reported);
            }
            if let (Some(acknowledged), Some(reported)) = (&issue.acknowledged, &issue.reported) {
                prop_assert!(acknowledged.at >= reported.at);
            }
            before = Some(issue);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_retracted_is_as_if_it_had_never_been(log in retracting_log()) {
        let (changes, drafts) = directory_first(log);
        let documents = changes.len();
        let directory = draft::directory(changes);
        let events = sorted(&at_positions(drafts, documents));
        let mut left = Vec::new();
        let whole = replay(&events, &directory, |event, became| match (&event.payload, became.effect) {
            (Payload::Retracted(_), _) | (_, Effect::Retracted { .. }) => {}
            (_, Effect::Applied | Effect::NotApplied) => left.push(event.clone()),
        });
        let count = whole.as_ref().map_or(0, |issue| issue.event_count);
        prop_assert!(whole.is_none() || usize::try_from(count).unwrap() == events.len());
        prop_assert_eq!(unmarked(whole), unmarked(fold(&left, &directory)));
    }

    #[test]
    fn who_takes_an_event_back_may(log in retracting_log()) {
        let (_, drafts) = directory_first(log);
        let events = sorted(&at_positions(drafts, 0));
        let at = |position| events.iter().find(|event| event.position == position).unwrap();
        replay(&events, &Directory::default(), |event, became| {
            let Effect::Retracted { by } = became.effect else { return };
            let Payload::Retracted(retraction) = &at(by).payload else { panic!("{by} retracts nothing") };
            assert_eq!(retraction.identity, event.identity);
            assert!(matches!(at(by).origin, Origin::Command(_)) || at(by).origin == event.origin);
            assert!(!matches!(event.payload, Payload::Retracted(_)));
        });
    }

    #[test]
    fn an_issue_of_which_everything_is_retracted_is_none(log in log()) {
        let (_, drafts) = directory_first(log);
        let all: Vec<Draft> = drafts
            .iter()
            .flat_map(|draft| {
                let of = draft.0.origin.department().as_str();
                let retraction = draft::retracted(of, &draft.0.identity.id);
                [draft.clone(), from("sales", "09:00", retraction).commanded()]
            })
            .collect();
        prop_assert_eq!(fold(&sorted(&at_positions(all, 0)), &Directory::default()), None);
    }
}

/// Without what retractions, and messages that are retracted, leave behind all the same.
fn unmarked(issue: Option<Issue>) -> Option<Issue> {
    let marks = [Anomaly::NotOwnEvent, Anomaly::NothingToRetract];
    placeless(issue).map(|mut issue| {
        let real = issue.anomalies.iter().filter(|anomaly| !marks.contains(anomaly));
        issue.anomalies = real.collect::<Anomalies>();
        issue.event_count = 0;
        issue.last_event_at = MIDNIGHT;
        (issue.last_key.rank, issue.last_key.time) = (Rank::Other, MIDNIGHT);
        issue.last_key.ordinal = Ordinal::Absent;
        issue
    })
}

/// An owner, as far as the counts ask.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Triple {
    department: Department,
    team: Option<String>,
    person: Option<String>,
}

impl Triple {
    fn of(issue: &Issue) -> Self {
        let owner = &issue.custody.owner;
        let person = owner.holding.person().map(|person| person.account.to_string());
        Self { department: owner.department.clone(), team: owner.holding.team().map(str::to_owned), person }
    }
}

/// `contract.md` 4, last paragraph, word by word: owner changes, hand-offs, returns.
fn count(owners: &[Triple]) -> (u32, u32, bool) {
    let (mut owner_changes, mut hand_offs, mut returned) = (0, 0, false);
    let mut named = false;
    let mut last_named: BTreeMap<Department, String> = BTreeMap::new();
    let mut had: BTreeSet<(Department, Option<String>)> = BTreeSet::new();
    for pair in owners.windows(2) {
        let [was, is] = pair else { continue };
        had.insert((was.department.clone(), was.team.clone()));
        if was == is {
            continue;
        }
        let last = is.team.clone().and_then(|team| last_named.insert(is.department.clone(), team));
        if named {
            owner_changes += 1;
            if was.department != is.department || last.is_some_and(|last| Some(last) != is.team) {
                hand_offs += 1;
                returned |= had.contains(&(is.department.clone(), is.team.clone()));
            }
        }
        named |= is.team.is_some() || is.person.is_some();
    }
    (owner_changes, hand_offs, returned)
}
