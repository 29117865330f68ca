//! A watch tells the same as the query of the same rows, whatever happens between its frames.

use std::{collections::BTreeMap, sync::Arc};

use domain::{DepartmentDocument, Document, Payload, Severity};
use proptest::prelude::*;

use super::{Say, Town, issue, town::customer};
use crate::query::{
    Frame, IssueDetail, IssueFilter, IssuesQuery, Next, Order, QueryError, ReadAt, ResumePoint, Scope, Shown,
    Step, TimelineItem, TimelineOrder, TimelineQuery, Watch, Watched, Which,
};

/// Whoever watches: the rows they hold, and where they stand.
struct Watcher<W: Watched> {
    watch: Watch<W>,
    rows: BTreeMap<W::Key, W::Row>,
    token: Option<ResumePoint>,
    resets: usize,
}

type Begin<W> = dyn Fn(&Town, Option<ResumePoint>) -> Result<Watch<W>, QueryError>;

impl<W: Watched> Watcher<W> {
    fn new(town: &Town, begin: &Begin<W>) -> Self {
        Self { watch: begin(town, None).unwrap(), rows: BTreeMap::new(), token: None, resets: 0 }
    }

    /// One step, of which only the first `frames` frames arrive.
    fn step(&mut self, frames: usize) -> Next {
        let step = self.watch.step().unwrap();
        let whole = step.frames.len() <= frames;
        let next = step.next;
        self.receive(step, frames);
        if whole {
            self.token = Some(self.watch.resume_point());
        }
        next
    }

    fn receive(&mut self, step: Step<W>, frames: usize) {
        for frame in step.frames.into_iter().take(frames) {
            match frame {
                Frame::Snapshot { reset, rows } => {
                    if reset {
                        self.rows.clear();
                        self.token = None;
                        self.resets += 1;
                    }
                    self.rows.extend(rows.into_iter().map(|row| (W::key(&row), row)));
                }
                Frame::Complete(point) => self.token = Some(point),
                Frame::Upsert(row) => drop(self.rows.insert(W::key(&row), row)),
                Frame::Remove(key) => drop(self.rows.remove(&key)),
            }
        }
    }

    /// Up to now.
    fn follow(&mut self) -> ResumePoint {
        loop {
            if let Next::Wait(point) = self.step(usize::MAX) {
                return point;
            }
        }
    }

    /// The stream breaks, and is opened again where it ended. Without a token the rows are forgotten.
    fn reconnect(&mut self, town: &Town, begin: &Begin<W>) {
        if self.token.is_none() {
            self.rows.clear();
        }
        let token = self.token.map(|token| token.to_string().parse().unwrap());
        if let Ok(watch) = begin(town, token) {
            self.watch = watch;
        }
    }
}

/// Everything that may happen.
#[derive(Clone, Debug)]
enum Happens {
    Said(Vec<Say>),
    Garbled,
    Skipped(u64),
    Closed(bool),
    Rebuilt,
    /// Steps of the watcher, and the frames of the last one that arrive.
    Steps(usize, usize),
    Reconnected,
    Followed,
}

pub(super) fn said() -> impl Strategy<Value = Say> {
    let what = prop_oneof![
        4 => (1..=4_u8).prop_map(|rank| Say::reported(0, 0, severity(rank)).payload),
        2 => (1..=4_u8).prop_map(|rank| Payload::SeverityChanged { to: severity(rank), word: None }),
        2 => Just(Payload::Acknowledged { channel: None, next: None }),
        1 => Just(Payload::Resolved),
        1 => Just(Payload::Reopened),
        2 => (1..3_u8).prop_map(|to| Say::corrected(0, 0, to).payload),
        2 => (1..6_u8).prop_map(|other| Say::duplicate(0, 0, other).payload),
        1 => Just(Say::team(0, 0, "L2").payload),
        1 => (1..6_u8).prop_map(|other| Say::known_as(0, 0, other).payload),
        2 => (1..20_u64).prop_map(|sequence| Say::retracted(0, 0, sequence).payload),
        1 => Just(Payload::Unknown),
    ];
    let about = proptest::option::weighted(0.9, 1..6_u8);
    (about, 0..30_i64, proptest::option::of(1..3_u8), what).prop_map(|(issue, minutes, customer, payload)| {
        Say {
            issue,
            payload: if issue.is_none() { Payload::Noted } else { payload },
            ..Say::about(0, minutes, Payload::Noted).of(customer)
        }
    })
}

fn severity(rank: u8) -> Severity {
    match rank {
        1 => Severity::One,
        2 => Severity::Two,
        3 => Severity::Three,
        _ => Severity::Four,
    }
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        8 => proptest::collection::vec(said(), 1..6).prop_map(Happens::Said),
        2 => Just(Happens::Garbled),
        1 => (1..30_u64).prop_map(Happens::Skipped),
        1 => any::<bool>().prop_map(Happens::Closed),
        1 => Just(Happens::Rebuilt),
        6 => (1..4_usize, prop_oneof![Just(usize::MAX), 0..3_usize]).prop_map(|(steps, frames)| Happens::Steps(steps, frames)),
        3 => Just(Happens::Reconnected),
        3 => Just(Happens::Followed),
    ]
}

fn close(town: &mut Town, closed: bool) {
    town.set(Document::Department(DepartmentDocument {
        active: !closed,
        successor: Some("service".parse().unwrap()),
        ..DepartmentDocument::new("support".parse().unwrap())
    }));
}

/// A town with two customers, an issue, and a watcher who lives through what happens.
fn live<W: Watched>(all: Vec<Happens>, begin: &Begin<W>, check: impl Fn(&Town, &BTreeMap<W::Key, W::Row>)) {
    let mut town =
        Town::heard([Say::reported(1, 0, Severity::Two), Say::reported(2, 1, Severity::Two).of(Some(2))]);
    let mut watcher = Watcher::new(&town, begin);
    for (number, happens) in all.into_iter().chain([Happens::Followed]).enumerate() {
        match happens {
            Happens::Said(all) => town.say_together(all),
            Happens::Garbled => drop(town.garble("sales", Some("crm:1"))),
            Happens::Skipped(sequence) => drop(town.skip(domain::Position::new(sequence))),
            Happens::Closed(closed) => close(&mut town, closed),
            Happens::Rebuilt => town.rebuild(&format!("v0-{}", number + 1)),
            Happens::Steps(steps, frames) => {
                for _ in 1..steps {
                    watcher.step(usize::MAX);
                }
                watcher.step(frames);
                if frames < usize::MAX {
                    watcher.reconnect(&town, begin);
                }
            }
            Happens::Reconnected => watcher.reconnect(&town, begin),
            Happens::Followed => {
                let point = watcher.follow();
                assert_eq!(point.position, town.projection.position());
                assert_eq!(watcher.token, Some(point));
                check(&town, &watcher.rows);
            }
        }
    }
}

fn listed(town: &Town, filter: IssueFilter) -> Vec<Shown> {
    let query = IssuesQuery {
        which: Which::Unacknowledged,
        filter,
        order: Order::OldestFirst,
        read: ReadAt::default(),
        page_size: 500,
        after: None,
    };
    town.reader.issues(&query).unwrap().value.rows
}

fn timeline(town: &Town, scope: Scope) -> Vec<Arc<TimelineItem>> {
    let order = TimelineOrder::OldestFirst;
    let query = TimelineQuery { scope, order, read: ReadAt::default(), page_size: 500, after: None };
    match town.reader.timeline(&query) {
        Ok(answer) => answer.value.items,
        Err(QueryError::UnknownIssue(_)) => Vec::new(),
        Err(error) => panic!("{error}"),
    }
}

fn by_position<'a>(items: impl IntoIterator<Item = &'a Arc<TimelineItem>>) -> Vec<&'a Arc<TimelineItem>> {
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_by_key(|item| item.event.position);
    items
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 128 } else { 1_024 }))]

    #[test]
    fn a_watch_of_the_list_is_the_list(all in proptest::collection::vec(happens(), 1..30), filtered in 0..4_u8) {
        let filter = match filtered {
            0 => IssueFilter { department: Some("support".parse().unwrap()), ..IssueFilter::default() },
            1 => IssueFilter { worst_of: Some(2), ..IssueFilter::default() },
            2 => IssueFilter { customer: Some(customer(1)), ..IssueFilter::default() },
            _ => IssueFilter::default(),
        };
        let watched = filter.clone();
        let begin = move |town: &Town, resume| town.reader.watch_unacknowledged(watched.clone(), resume);
        live(all, &begin, |town, rows| {
            let mut expected = listed(town, filter.clone());
            expected.sort_by_key(crate::query::Unacknowledged::key);
            assert_eq!(rows.values().cloned().collect::<Vec<_>>(), expected);
        });
    }

    #[test]
    fn a_watch_of_an_issue_is_the_issue(all in proptest::collection::vec(happens(), 1..30)) {
        let begin = |town: &Town, resume| town.reader.watch_issue(issue(1), resume);
        live(all, &begin, |town, rows| {
            let expected = match town.reader.issue_detail(issue(1), ReadAt::default()) {
                Ok(answer) => Some(answer.value),
                Err(QueryError::UnknownIssue(_)) => None,
                Err(error) => panic!("{error}"),
            };
            let rows: Vec<&IssueDetail> = rows.values().collect();
            assert_eq!(rows, expected.iter().collect::<Vec<_>>());
        });
    }

    #[test]
    fn a_watch_of_a_timeline_is_the_timeline(
        all in proptest::collection::vec(happens(), 1..30),
        scope in prop_oneof![
            Just(Scope::Customer(customer(1))),
            Just(Scope::Customer(None)),
            Just(Scope::Issue(issue(1))),
            Just(Scope::IssueOf(customer(1), issue(1))),
        ],
    ) {
        let begin = move |town: &Town, resume| town.reader.watch_timeline(scope, 500, resume);
        live(all, &begin, |town, rows| {
            let expected = timeline(town, scope);
            assert_eq!(by_position(rows.values()), by_position(&expected));
        });
    }
}

fn watch_all(
    town: &Town,
    resume: Option<ResumePoint>,
) -> Result<Watch<crate::query::Unacknowledged>, QueryError> {
    town.reader.watch_unacknowledged(IssueFilter::default(), resume)
}

fn reports(numbers: std::ops::RangeInclusive<u8>) -> impl Iterator<Item = Say> {
    numbers.map(|number| Say::reported(number, number.into(), Severity::Two))
}

/// What a step says, in short.
fn told<W: Watched>(watch: &mut Watch<W>) -> (Vec<String>, Next) {
    let Step { frames, next } = watch.step().unwrap();
    let said = frames.into_iter().map(|frame| match frame {
        Frame::Snapshot { reset, rows } => {
            format!("{}{} rows", if reset { "reset, " } else { "" }, rows.len())
        }
        Frame::Complete(point) => format!("complete at {}", point.position),
        Frame::Upsert(_) => "upsert".to_owned(),
        Frame::Remove(_) => "remove".to_owned(),
    });
    (said.collect(), next)
}

#[test]
fn a_snapshot_comes_in_pages_and_ends_where_it_holds_everything() {
    let mut town = Town::heard(reports(1..=4));
    let mut watch = watch_all(&town, None).unwrap();
    assert_eq!(told(&mut watch), (vec!["3 rows".to_owned()], Next::Step));
    town.say(Say::acknowledged(1, 9));
    assert_eq!(told(&mut watch), (vec!["1 rows".to_owned()], Next::Step));
    let (said, next) = told(&mut watch);
    assert_eq!(said, ["remove", "complete at 0-5"]);
    assert!(matches!(next, Next::Wait(point) if point == watch.resume_point()));
    town.say(Say::acknowledged(9, 9));
    assert_eq!(told(&mut watch).0, [""; 0], "it was never listed");
}

#[test]
fn whoever_resumes_is_told_what_changed_while_that_is_known() {
    let mut town = Town::heard(reports(1..=3));
    let mut watcher = Watcher::new(&town, &watch_all);
    watcher.follow();
    let resume = watcher.token;
    town.say(Say::acknowledged(1, 9));
    let mut resumed = watch_all(&town, resume).unwrap();
    assert_eq!(told(&mut resumed).0, ["remove"]);
    town.say_together(reports(4..=20));
    let mut late = watch_all(&town, resume).unwrap();
    assert_eq!(told(&mut late), (vec![], Next::Anew), "more changed than is held");
    assert_eq!(told(&mut late).0, ["reset, 3 rows"]);
}

#[test]
fn an_empty_list_begins_anew_too() {
    let mut town = Town::heard(reports(1..=1));
    let mut watcher = Watcher::new(&town, &watch_all);
    watcher.follow();
    town.say(Say::acknowledged(1, 9));
    town.rebuild("v0-1");
    watcher.follow();
    assert_eq!((watcher.rows.len(), watcher.resets), (0, 1));
}

#[test]
fn a_position_that_this_store_has_not_begins_anew() {
    let town = Town::heard(reports(1..=1));
    let mut watcher = Watcher::new(&town, &watch_all);
    let point = watcher.follow();
    let beyond = ResumePoint { position: point.position.next(), ..point };
    watcher.token = Some(beyond);
    watcher.reconnect(&town, &watch_all);
    assert_eq!((watcher.follow(), watcher.resets), (point, 1));
}

#[test]
fn a_duplicate_is_told_of_when_its_chain_changes_elsewhere() {
    let mut town = Town::heard(reports(1..=3).chain([Say::duplicate(1, 4, 2)]));
    let mut watcher = Watcher::new(&town, &watch_all);
    watcher.follow();
    assert_eq!(watcher.rows.len(), 2);
    town.say(Say::duplicate(2, 5, 9));
    watcher.follow();
    assert_eq!(watcher.rows.len(), 3, "the chain leads nowhere now");
    assert_eq!(watcher.resets, 0);
}

#[test]
fn a_few_recent_entries_and_whatever_changes() {
    let mut town = Town::heard((0..9).map(|minutes| Say::about(1, minutes, Payload::Noted)));
    let scope = Scope::Customer(customer(1));
    let mut watcher =
        Watcher::new(&town, &move |town: &Town, resume| town.reader.watch_timeline(scope, 2, resume));
    watcher.follow();
    let positions = |watcher: &Watcher<_>| {
        watcher.rows.keys().map(|key: &crate::query::TimelineKey| key.position.sequence()).collect::<Vec<_>>()
    };
    assert_eq!(positions(&watcher), [8, 9]);
    town.say(Say::about(1, 3, Payload::Noted));
    watcher.follow();
    assert_eq!(positions(&watcher), [8, 9, 10]);
    town.say(Say::corrected(1, 20, 2));
    watcher.follow();
    assert_eq!(positions(&watcher), [0; 0], "all of it is another customer's");
}

#[test]
fn what_nobody_named_cannot_be_watched() {
    let town = Town::heard(reports(1..=1));
    assert!(matches!(town.reader.watch_issue(issue(7), None), Err(QueryError::UnknownIssue(_))));
    let scope = Scope::Customer(customer(7));
    assert!(matches!(town.reader.watch_timeline(scope, 5, None), Err(QueryError::UnknownCustomer(_))));
    let (done, total) = (town.projection.position(), domain::Position::new(9));
    town.projection.set_phase(crate::Phase::CatchingUp { done, total });
    assert!(matches!(watch_all(&town, None), Err(QueryError::CatchingUp { .. })));
}
