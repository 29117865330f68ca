//! A store, held against its log: every record and row is worked out again the slow way.

mod customers;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::ControlFlow,
};

use domain::{
    Arrived, CustomerCalendar, Department, Digest, Directory, Event, EventKey, Issue, IssueId, Kinship,
    LeafId, Operation, OperationKind, Payload, Position, Reason, Recorded,
    limits::{self, BARE_WINDOW_SECONDS},
    listed_under, replay_joined, tie,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Codec, Counts, DepartmentRecord, Entry, HomeRecord, Page, RawMessage, Row, RowRange, Store, TimelineRef,
    work::owed,
};

/// What a log says, without batches, caches and stores.
#[derive(Default)]
pub(super) struct Model {
    pub(super) events: Vec<Event>,
    pub(super) duplicates: u64,
    pub(super) quarantined: BTreeMap<Position, Reason>,
    /// By the positions of those, the positions of what settled them.
    settled: BTreeMap<Position, Position>,
    complaints: BTreeMap<Position, Timestamp>,
    directory: Directory,
    /// Messages that count as events.
    counted: u64,
    /// In whose name operators acted.
    departments: BTreeSet<Department>,
    losses: Vec<Position>,
    known: HashMap<(EventKey, Digest), Digest>,
    windows: HashMap<Digest, Timestamp>,
}

impl Model {
    pub(super) fn of(messages: &[RawMessage], codec: &dyn Codec) -> Self {
        let mut model = Self::default();
        messages.iter().for_each(|message| model.read(message, codec));
        model
    }

    fn read(&mut self, message: &RawMessage, codec: &dyn Codec) {
        let arrival = codec.decode(message);
        if let Some(bare) = arrival.bare {
            let first = *self.windows.entry(bare).or_insert(arrival.stored_at);
            if arrival.stored_at > first + SignedDuration::from_secs(BARE_WINDOW_SECONDS) {
                self.windows.insert(bare, arrival.stored_at);
            } else if arrival.stored_at != first {
                self.duplicates += 1;
                return;
            }
        }
        match arrival.content {
            Arrived::Event(event) => match self.event(*event, message.position) {
                Recorded::Changed => self.counted += 1,
                Recorded::Duplicate(_) => self.duplicates += 1,
                Recorded::Conflict(_) => self.quarantine(message, Reason::ConflictingDuplicate),
            },
            Arrived::Directory(change) => match self.directory.record(&change) {
                Recorded::Changed => self.counted += 1,
                Recorded::Duplicate(_) => self.duplicates += 1,
                Recorded::Conflict(_) => self.quarantine(message, Reason::ConflictingDuplicate),
            },
            Arrived::UnknownDocument { .. } => {}
            Arrived::Operation(operation) => self.operation(*operation),
            Arrived::Quarantined(quarantined) => self.quarantine(message, quarantined.reason),
        }
    }

    /// `by` is the message with which it came, which is another one where it is read again.
    fn event(&mut self, event: Event, by: Position) -> Recorded {
        let at = event.position;
        match self.known.get(&(event.key(), event.identity_digest)) {
            Some(content) if *content == event.content => Recorded::Duplicate(at),
            Some(_) => Recorded::Conflict(at),
            None => {
                self.known.insert((event.key(), event.identity_digest), event.content);
                let key = event.key();
                self.events.push(event);
                if let EventKey::Customer(customer) = key {
                    let calendar = self.profile(customer).calendar.map(|kept| kept.value);
                    self.directory.record_calendar(&CustomerCalendar { customer, position: by, calendar });
                }
                Recorded::Changed
            }
        }
    }

    fn operation(&mut self, operation: Operation) {
        self.counted += 1;
        self.departments.insert(operation.department);
        let open = |model: &Self, of| model.quarantined.contains_key(&of) && !model.settled.contains_key(&of);
        let settles = match operation.kind {
            OperationKind::Skipped { of } => open(self, of).then_some(of),
            OperationKind::Redriven { of, .. } if !open(self, of) => None,
            OperationKind::Redriven { of, arrived } => {
                let recorded = match *arrived {
                    Arrived::Event(event) => Some(self.event(*event, operation.position)),
                    Arrived::Directory(change) => Some(self.directory.record(&change)),
                    Arrived::UnknownDocument { .. } | Arrived::Operation(_) | Arrived::Quarantined(_) => None,
                };
                recorded.filter(|recorded| !matches!(recorded, Recorded::Conflict(_))).map(|_| of)
            }
            OperationKind::LossAccepted(_) => {
                self.losses.push(operation.position);
                None
            }
        };
        if let Some(of) = settles {
            self.settled.insert(of, operation.position);
            self.complaints.remove(&of);
        }
    }

    fn quarantine(&mut self, message: &RawMessage, reason: Reason) {
        self.quarantined.insert(message.position, reason);
        if reason == Reason::Unreadable || message.subject.ends_with(".issue.reported") {
            self.complaints.insert(message.position, message.stored_at);
        }
    }

    pub(super) fn issues(&self) -> Vec<Issue> {
        let kinship = self.kinship();
        let wholes = self.wholes(&kinship).into_iter();
        wholes.filter_map(|(id, events)| self.state(id, &kinship, &events)).collect()
    }

    fn state(&self, id: IssueId, kinship: &Kinship, events: &[Event]) -> Option<Issue> {
        replay_joined(id, kinship, events, &self.directory, Issue::apply, |_, _| ())
    }

    /// Every issue that is named, by an event or as one with another.
    fn ids(&self) -> BTreeSet<IssueId> {
        let named = self.events.iter().filter_map(|event| Some(event.issue.as_ref()?.id));
        named.chain(self.events.iter().filter_map(tie).map(|(_, other)| other)).collect()
    }

    fn kinship(&self) -> Kinship {
        Kinship::among(&self.ids(), self.events.iter().filter(|event| event.issue.is_some()))
    }

    /// The events of each issue and of those that are part of it, in order.
    fn wholes(&self, kinship: &Kinship) -> BTreeMap<IssueId, Vec<Event>> {
        let mut wholes: BTreeMap<_, Vec<Event>> = BTreeMap::new();
        for event in &self.events {
            if let Some(name) = &event.issue {
                wholes.entry(kinship.root(name.id)).or_default().push(event.clone());
            }
        }
        wholes.values_mut().for_each(|events| events.sort_by(|one, other| one.order().cmp(&other.order())));
        wholes
    }

    /// Those that were ever named together with an issue.
    fn tied(&self, id: IssueId) -> BTreeSet<IssueId> {
        let mut found = BTreeSet::from([id]);
        loop {
            let before = found.len();
            for (one, other) in self.events.iter().filter_map(tie) {
                if found.contains(&one) || found.contains(&other) {
                    found.extend([one, other]);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }
}

/// Holds a store against what it should hold.
pub(super) fn audit(store: &dyn Store, messages: &[RawMessage], codec: &dyn Codec) {
    let model = Model::of(messages, codec);
    let issues = model.issues();
    for issue in &issues {
        assert_eq!(store.issue(issue.id).unwrap().as_ref(), Some(issue));
        assert!(store.file(EventKey::Issue(issue.id)).unwrap().unwrap().tail.is_whole());
    }
    let gone: BTreeSet<_> =
        model.ids().into_iter().filter(|id| issues.iter().all(|issue| issue.id != *id)).collect();
    for id in &gone {
        assert_eq!(store.issue(*id).unwrap(), None);
    }
    let kinship = model.kinship();
    for id in model.ids() {
        let (root, kin) = (kinship.root(id), store.kin(id).unwrap());
        assert_eq!(kin.into, (root != id).then_some(root));
    }
    let found = rows(store, RowRange::Gone { after: None });
    assert_eq!(found, gone.into_iter().map(|id| Row::Gone { id }).collect::<Vec<_>>());
    assert_rows(store, &model, &issues);
    assert_concerns(store, &issues);
    assert_homes(store, messages, codec);
    customers::assert_customers(store, &model, &issues);
    assert_departments(store, &model, &issues);
    assert_timelines(store, &model);
    let quarantined: BTreeMap<_, _> =
        quarantine(store).into_iter().map(|message| (message.position, message.reason)).collect();
    assert_eq!(quarantined, model.quarantined);
    let settled = quarantine(store)
        .into_iter()
        .filter_map(|message| Some((message.position, message.settled?.position)));
    assert_eq!(settled.collect::<BTreeMap<_, _>>(), model.settled);
    let losses = store.cursor().unwrap().unwrap_or_default().losses;
    let latest = model.losses.len().saturating_sub(limits::LOSSES);
    assert!(losses.iter().map(|loss| loss.position).eq(model.losses[latest..].iter().copied()));
    let counts = Counts {
        events: model.counted,
        duplicates: model.duplicates,
        quarantined: len(&model.quarantined) - len(&model.settled),
        issues: len(&issues),
        unacknowledged: len(issues.iter().filter(|issue| unacknowledged(issue))),
        customers: len(named_customers(store)),
    };
    assert_eq!(store.cursor().unwrap().unwrap_or_default().counts, counts);
}

/// The one that stands for events without a customer is none.
fn named_customers(store: &dyn Store) -> impl Iterator<Item = Row> {
    let every = rows(store, RowRange::Customers { after: None });
    every.into_iter().filter(|row| !matches!(row, Row::Customer { customer: None, .. }))
}

fn len<T>(items: impl IntoIterator<Item = T>) -> u64 {
    u64::try_from(items.into_iter().count()).unwrap()
}

fn unacknowledged(issue: &Issue) -> bool {
    issue.lifecycle().is_open() && issue.acknowledged.is_none()
}

fn assert_rows(store: &dyn Store, model: &Model, issues: &[Issue]) {
    let every = issues.iter().map(|issue| Row::Issue {
        rank: issue.severity().rank(),
        since: issue.since().as_microsecond(),
        id: issue.id,
    });
    let ranks = 0..=5;
    let found = ranks.clone().flat_map(|rank| rows(store, RowRange::Issues { rank, after: None }));
    assert_eq!(found.collect::<BTreeSet<_>>(), every.collect());

    let waiting =
        issues.iter().filter(|issue| issue.awaits_acknowledgement()).map(|issue| Row::Unacknowledged {
            rank: issue.severity().rank(),
            since: issue.since().as_microsecond(),
            entry: Entry::Issue(issue.id),
        });
    let complaints = model.complaints.iter().map(|(position, stored_at)| Row::Unacknowledged {
        rank: 3,
        since: stored_at.as_microsecond(),
        entry: Entry::Quarantined(*position),
    });
    let found = ranks.flat_map(|rank| rows(store, RowRange::Unacknowledged { rank, after: None }));
    assert_eq!(found.collect::<BTreeSet<_>>(), waiting.chain(complaints).collect());
}

fn assert_concerns(store: &dyn Store, issues: &[Issue]) {
    let mut expected = BTreeSet::new();
    for issue in issues {
        let (rank, since, id) = (issue.severity().rank(), issue.since().as_microsecond(), issue.id);
        let concerns = owed(issue).into_iter().map(|owed| owed.department.clone());
        expected.extend(concerns.map(|department| Row::Concern { department, rank, since, id }));
    }
    // Some are only asked, and published nothing.
    let seen = store.departments().unwrap().into_iter().map(|(department, _)| department);
    let asked = issues.iter().flat_map(owed).map(|owed| owed.department.clone());
    let departments: BTreeSet<_> = seen.chain(asked).collect();
    let found = departments
        .into_iter()
        .flat_map(|department| rows(store, RowRange::Concerns { department, after: None }));
    assert_eq!(found.collect::<BTreeSet<_>>(), expected);
}

fn assert_homes(store: &dyn Store, messages: &[RawMessage], codec: &dyn Codec) {
    let mut expected: BTreeMap<String, HomeRecord> = BTreeMap::new();
    for message in messages {
        let own = message.subject.strip_prefix("davy.events.").and_then(|rest| rest.split_once('.'));
        let Some((origin @ ("command" | "escalator" | "pager"), rest)) = own else { continue };
        let Some((home, _)) = rest.split_once('.') else { continue };
        let record = expected.entry(home.to_owned()).or_default();
        match origin {
            "command" => record.last_command = message.position,
            "escalator" => record.last_escalator = message.position,
            _ => {}
        }
        if let Arrived::Event(event) = codec.decode(message).content {
            record.last_own_time = record.last_own_time.max(Some(event.time));
        }
    }
    for (home, record) in expected {
        assert_eq!(store.home(&home).unwrap(), Some(record), "{home}");
    }
}

fn assert_departments(store: &dyn Store, model: &Model, issues: &[Issue]) {
    let mut expected: BTreeMap<Department, DepartmentRecord> = BTreeMap::new();
    let mut see = |department: &Department| {
        expected.entry(department.clone()).or_default();
    };
    model.departments.iter().for_each(&mut see);
    for event in &model.events {
        see(event.origin.department());
        if let Payload::Assigned(assignment) = &event.payload {
            assignment.department.iter().for_each(&mut see);
        }
        if let Payload::Accepted { department, .. } = &event.payload {
            department.iter().for_each(&mut see);
        }
    }
    for issue in issues.iter().filter(|issue| unacknowledged(issue)) {
        let record = expected.get_mut(&issue.custody.owner.department).unwrap();
        let unassessed = issue.severity() == domain::Severity::Unassessed;
        record.unacknowledged[if unassessed { 0 } else { usize::from(issue.severity().rank()) }] += 1;
    }
    assert_eq!(store.departments().unwrap().into_iter().collect::<BTreeMap<_, _>>(), expected);
}

/// Every event stands exactly once, in the timeline of its issue's customer or else its own.
fn assert_timelines(store: &dyn Store, model: &Model) {
    let kinship = model.kinship();
    let under = |id, events: Vec<Event>| {
        let state = model.state(id, &kinship, &events);
        listed_under(state.as_ref(), &events).map(|customer| customer.leaf.id())
    };
    let customer_of: BTreeMap<_, _> =
        model.wholes(&kinship).into_iter().map(|(id, events)| (id, under(id, events))).collect();
    let mut expected: BTreeMap<LeafId, BTreeSet<TimelineRef>> = BTreeMap::new();
    let mut leaves: BTreeSet<LeafId> = BTreeSet::from([None]);
    for event in &model.events {
        let issue = event.issue.as_ref().map(|name| name.id);
        let own = event.customer.as_ref().map(|customer| customer.leaf.id());
        let leaf = issue.map_or(own, |issue| customer_of[&kinship.root(issue)]);
        leaves.extend([own, leaf]);
        let reference = TimelineRef { time: event.time.as_microsecond(), position: event.position, issue };
        expected.entry(leaf).or_default().insert(reference);
    }
    for leaf in leaves {
        let pages = pages(store, leaf);
        let found: Vec<TimelineRef> = pages.iter().flat_map(|page| page.entries.clone()).collect();
        let distinct: BTreeSet<_> = found.iter().copied().collect();
        assert_eq!(found.len(), distinct.len(), "an event stands twice");
        assert_eq!(distinct, expected.remove(&leaf).unwrap_or_default());
        assert_bounds(&pages);
    }
}

fn assert_bounds(pages: &[Page]) {
    for (number, page) in pages.iter().enumerate() {
        assert!(page.entries.len() <= Page::ENTRIES);
        let earlier = pages[..number].iter().flat_map(|page| &page.entries);
        let greatest = earlier.map(|entry| (entry.time, entry.position)).max();
        assert!(page.earlier >= greatest, "an earlier page holds later entries than page {number} says");
    }
}

pub(super) fn pages(store: &dyn Store, leaf: LeafId) -> Vec<Page> {
    let last = store.last_page(leaf).unwrap();
    let numbers = last.into_iter().flat_map(|last| 0..=last);
    numbers.map(|number| store.page(leaf, number).unwrap().unwrap()).collect()
}

pub(super) fn rows(store: &dyn Store, range: RowRange) -> Vec<Row> {
    let mut rows = Vec::new();
    store
        .rows(range, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

pub(super) fn quarantine(store: &dyn Store) -> Vec<domain::Quarantined> {
    let mut messages = Vec::new();
    store
        .quarantine(None, &mut |message| {
            messages.push(message);
            ControlFlow::Continue(())
        })
        .unwrap();
    messages
}
