//! A town of departments: events are said, folded and asked about.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use domain::{
    Acknowledgement, Actor, ActorKind, Anomalies, Arrival, Arrived, AsReported, Assignment, Department,
    Digest, Directory, DirectoryChange, Document, Event, Identity, Issue, IssueId, IssueName, Leaf, LeafId,
    Link, LinkKind, Operation, OperationKind, Ordinal, Origin, Payload, Position, Quarantined, Reason,
    Reference, Report, Retraction, Severity,
    identity::{AliasAssertion, Confidence, CustomerFact, CustomerName, LeafKind},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Codec, CodecError, Phase, Projection, RawMessage,
    pipeline::{folder::Folder, parse::Prepared},
    query::{IssueFilter, IssuesQuery, Order, ReadAt, Reader, Shown, Which},
    testing::{ManualClock, MemoryStore},
};

/// Minutes after ten o'clock.
pub(super) fn at(minutes: i64) -> Timestamp {
    "2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// The issue of this number in the tool.
pub(super) fn issue(number: u8) -> IssueId {
    IssueId::of(&reference(number))
}

fn reference(number: u8) -> Reference {
    Reference { system: "zendesk".to_owned(), id: number.to_string() }
}

fn leaf(number: u8) -> Leaf {
    Leaf::new("crm", &number.to_string()).unwrap()
}

pub(super) fn customer(number: u8) -> LeafId {
    Some(leaf(number).id())
}

/// Something that a department says.
#[derive(Clone, Debug)]
pub(super) struct Say {
    pub(super) minutes: i64,
    pub(super) department: &'static str,
    pub(super) customer: Option<u8>,
    pub(super) issue: Option<u8>,
    pub(super) payload: Payload,
}

impl Say {
    pub(super) fn about(issue: u8, minutes: i64, payload: Payload) -> Self {
        Self { minutes, department: "support", customer: Some(1), issue: Some(issue), payload }
    }

    pub(super) fn reported(issue: u8, minutes: i64, severity: Severity) -> Self {
        let report = Report {
            title: format!("Issue {issue}"),
            severity,
            severity_word: None,
            heard_by: None,
            safety: false,
            restricted: None,
            missed: None,
        };
        Self::about(issue, minutes, Payload::Reported(report))
    }

    pub(super) fn acknowledged(issue: u8, minutes: i64) -> Self {
        Self::about(issue, minutes, Payload::Acknowledged { channel: None, next: None })
    }

    pub(super) fn team(issue: u8, minutes: i64, team: &str) -> Self {
        let assignment = Assignment { team: Some(team.to_owned()), ..Assignment::default() };
        Self::about(issue, minutes, Payload::Assigned(assignment))
    }

    pub(super) fn duplicate(issue: u8, minutes: i64, other: u8) -> Self {
        let link = Link { kind: LinkKind::DuplicateOf, other: self::issue(other) };
        Self::about(issue, minutes, Payload::LinkAdded(link))
    }

    pub(super) fn known_as(issue: u8, minutes: i64, other: u8) -> Self {
        Self::about(issue, minutes, Payload::KnownAs { reference: reference(other) })
    }

    pub(super) fn corrected(issue: u8, minutes: i64, to: u8) -> Self {
        Self::about(issue, minutes, Payload::CustomerCorrected { to: as_reported(to) })
    }

    /// Strikes out what was said about the same issue, by its place among all that was said.
    pub(super) fn retracted(issue: u8, minutes: i64, sequence: u64) -> Self {
        let identity = Identity { source: "/zendesk".to_owned(), id: sequence.to_string() };
        Self::about(issue, minutes, Payload::Retracted(Retraction { identity }))
    }

    /// Says something about a customer, and no issue.
    pub(super) fn told(customer: u8, minutes: i64, fact: CustomerFact) -> Self {
        Self { issue: None, ..Self::about(0, minutes, Payload::Customer(fact)) }.of(Some(customer))
    }

    pub(super) fn merged(from: u8, into: u8, minutes: i64) -> Self {
        let [from, to] = [from, into].map(|number| CustomerName::Leaf(as_reported(number)));
        Self::told(into, minutes, CustomerFact::Merged { from, into: to })
    }

    /// Takes back what was said as the message at `sequence`, a merge into this customer.
    pub(super) fn unmerged(into: u8, sequence: u64, minutes: i64) -> Self {
        let merge = Identity { source: "/zendesk".to_owned(), id: sequence.to_string() };
        Self::told(into, minutes, CustomerFact::Unmerged { merge })
    }

    pub(super) fn alias(leaf: u8, to: u8, minutes: i64, confidence: Confidence) -> Self {
        let assertion = AliasAssertion {
            leaf: as_reported(leaf),
            kind: LeafKind::Account,
            to: CustomerName::Leaf(as_reported(to)),
            confidence,
        };
        Self::told(to, minutes, CustomerFact::AliasAsserted(assertion))
    }

    pub(super) fn by(self, department: &'static str) -> Self {
        Self { department, ..self }
    }

    pub(super) fn of(self, customer: Option<u8>) -> Self {
        Self { customer, ..self }
    }
}

fn as_reported(number: u8) -> AsReported {
    AsReported { leaf: leaf(number), raw: None }
}

/// Keeps events aside: a packed one is its position.
#[derive(Default)]
struct Aside(Mutex<BTreeMap<Position, Event>>);

impl Codec for Aside {
    fn decode(&self, _message: &RawMessage) -> Arrival {
        unreachable!("events are said, not read")
    }

    fn pack(&self, event: &Event) -> Vec<u8> {
        self.0.lock().unwrap().insert(event.position, event.clone());
        // As long as a real one, so that files spill.
        let mut bytes = event.position.sequence().to_be_bytes().to_vec();
        bytes.resize(600, 0);
        bytes
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Event, CodecError> {
        let (sequence, _) = bytes.split_first_chunk().unwrap();
        let position = Position::new(u64::from_be_bytes(*sequence));
        self.0.lock().unwrap().get(&position).cloned().ok_or_else(|| CodecError(position.to_string()))
    }
}

/// Everything that was said, folded.
pub(super) struct Town {
    folder: Folder,
    codec: Arc<Aside>,
    pub(super) projection: Arc<Projection>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) reader: Reader,
    next: u64,
    /// To check against.
    pub(super) events: Vec<Event>,
    /// Everything that was folded, with its packed form.
    heard: Vec<(Arrived, Vec<u8>)>,
}

impl Town {
    pub(super) fn new() -> Self {
        let codec = Arc::new(Aside::default());
        let (projection, folder) = empty(&codec, "v0-0");
        projection.set_phase(Phase::Live);
        let projection = Arc::new(projection);
        let clock = Arc::new(ManualClock::at(at(600)));
        let reader = Reader::new(projection.clone(), clock.clone());
        Self { folder, codec, projection, clock, reader, next: 1, events: Vec::new(), heard: Vec::new() }
    }

    pub(super) fn heard(events: impl IntoIterator<Item = Say>) -> Self {
        let mut town = Self::new();
        for say in events {
            town.say(say);
        }
        town
    }

    /// Says it; it is stored a minute after what was said before.
    pub(super) fn say(&mut self, say: Say) -> Position {
        let position = self.hear(&say);
        self.commit();
        position
    }

    /// Says all of it within one batch.
    pub(super) fn say_together(&mut self, all: impl IntoIterator<Item = Say>) {
        for say in all {
            self.hear(&say);
        }
        self.commit();
    }

    fn hear(&mut self, say: &Say) -> Position {
        let event = event(say, self.next);
        self.events.push(event.clone());
        let packed = self.codec.pack(&event);
        self.take(Arrived::Event(Box::new(event)), packed)
    }

    pub(super) fn garble(&mut self, department: &str, token: Option<&str>) -> Position {
        let message = Quarantined {
            position: Position::new(self.next),
            stored_at: stored_at(self.next),
            subject: format!("davy.events.{department}.x.issue.reported"),
            department: Some(department.to_owned()),
            customer: token.map(ToOwned::to_owned),
            reason: Reason::Unreadable,
            detail: "the body ends early".to_owned(),
            excerpt: String::new(),
            settled: None,
        };
        self.fold(Arrived::Quarantined(Box::new(message)), Vec::new())
    }

    /// Writes a document into the directory.
    pub(super) fn set(&mut self, document: Document) -> Position {
        let position = Position::new(self.next);
        let identity = Identity { source: "/directory".to_owned(), id: position.to_string() };
        let stored_at = stored_at(self.next);
        let content = Digest::default();
        let change = DirectoryChange { position, stored_at, identity, content, document };
        self.fold(Arrived::Directory(Box::new(change)), Vec::new())
    }

    /// Judges a quarantined message to be of no use.
    pub(super) fn skip(&mut self, of: Position) -> Position {
        let position = Position::new(self.next);
        let operation = Operation {
            position,
            stored_at: stored_at(self.next),
            identity: Identity { source: "/operator".to_owned(), id: position.to_string() },
            content: Digest::default(),
            department: "support".parse().unwrap(),
            person: None,
            reason: "an empty line".to_owned(),
            kind: OperationKind::Skipped { of },
        };
        self.fold(Arrived::Operation(Box::new(operation)), Vec::new())
    }

    /// Folds everything into another store, which takes the place of the first.
    pub(super) fn rebuild(&mut self, generation: &str) {
        let (projection, mut folder) = empty(&self.codec, generation);
        for (sequence, (content, packed)) in (1..).zip(&self.heard) {
            folder.fold(prepared(sequence, content.clone(), packed.clone())).unwrap();
        }
        let handover = folder.hand_over().unwrap();
        projection.commit(&handover.batch, handover.directory, handover.touched).unwrap();
        self.projection.adopt(&projection);
        self.folder = folder;
    }

    fn fold(&mut self, content: Arrived, packed: Vec<u8>) -> Position {
        let position = self.take(content, packed);
        self.commit();
        position
    }

    fn take(&mut self, content: Arrived, packed: Vec<u8>) -> Position {
        let sequence = self.next;
        self.next += 1;
        self.heard.push((content.clone(), packed.clone()));
        self.folder.fold(prepared(sequence, content, packed)).unwrap();
        Position::new(sequence)
    }

    fn commit(&mut self) {
        let handover = self.folder.hand_over().unwrap();
        self.projection.commit(&handover.batch, handover.directory, handover.touched).unwrap();
    }

    /// All pages of a list, three rows each.
    pub(super) fn list(&self, which: Which, filter: IssueFilter, order: Order, read: ReadAt) -> Vec<String> {
        let mut query = IssuesQuery { which, filter, order, read, page_size: 3, after: None };
        let mut rows = Vec::new();
        loop {
            let page = self.reader.issues(&query).unwrap().value;
            assert!(page.rows.len() <= 3);
            rows.extend(page.rows.iter().map(name));
            query.after = page.next;
            if query.after.is_none() {
                return rows;
            }
        }
    }

    pub(super) fn unacknowledged(&self) -> Vec<String> {
        self.list(Which::Unacknowledged, IssueFilter::default(), Order::OldestFirst, ReadAt::default())
    }
}

/// Nothing folded yet.
fn empty(codec: &Arc<Aside>, generation: &str) -> (Projection, Folder) {
    let store = Arc::new(MemoryStore::default());
    let projection = Projection::open(store.clone(), codec.clone(), generation).unwrap();
    let (directory, losses) = (Arc::new(Directory::default()), domain::Losses::default());
    let life = "life".to_owned();
    let folder = Folder::open(store, codec.clone(), directory, life, losses, Issue::apply).unwrap();
    (projection, folder)
}

fn prepared(sequence: u64, content: Arrived, packed: Vec<u8>) -> Prepared {
    let (position, stored_at) = (Position::new(sequence), stored_at(sequence));
    let arrival = Arrival { position, stored_at, fingerprint: Digest::default(), bare: None, content };
    let raw =
        RawMessage { position, stored_at, subject: String::new(), headers: Vec::new(), body: Vec::new() };
    Prepared { raw, arrival, packed }
}

/// An issue's number in the tool, or a message's position.
fn name(row: &Shown) -> String {
    match row {
        Shown::Issue(shown) => {
            shown.issue.references.first().map(|known| known.id.clone()).unwrap_or_default()
        }
        Shown::Quarantined(message) => message.position.to_string(),
    }
}

fn stored_at(sequence: u64) -> Timestamp {
    at(i64::try_from(sequence).unwrap() - 1)
}

fn event(say: &Say, sequence: u64) -> Event {
    let department: Department = say.department.parse().unwrap();
    let mut digest = [0; 16];
    digest[..8].copy_from_slice(&sequence.to_be_bytes());
    Event {
        position: Position::new(sequence),
        stored_at: stored_at(sequence),
        time: at(say.minutes),
        ordinal: Ordinal::Absent,
        identity: Identity { source: "/zendesk".to_owned(), id: sequence.to_string() },
        identity_digest: Digest(digest),
        content: Digest(digest),
        origin: Origin::Department(department),
        token: say.customer.map(|number| leaf(number).to_string()),
        issue: say.issue.map(|number| IssueName { id: issue(number), reference: Some(reference(number)) }),
        customer: say.customer.map(as_reported),
        actor: Actor { kind: ActorKind::Human, person: None },
        backfill: false,
        anomalies: Anomalies::default(),
        type_name: "issue.said".into(),
        payload: say.payload.clone(),
        data: Arc::from(*b"{}"),
        traceparent: None,
        tracestate: None,
    }
}

/// What an acknowledgement at this minute looks like.
pub(super) fn acknowledgement(minutes: i64) -> Acknowledgement {
    Acknowledgement { at: at(minutes), by: None, channel: None }
}
