//! Events about customers in few words, and what the edges at hand make of them.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use domain::{
    Actor, ActorKind, Anomalies, AsReported, CustomerId, Digest, EdgeId, Event, Identity, Leaf, Ordinal,
    Origin, Payload, Position,
    identity::{AliasAssertion, Confidence, Connected, CustomerFact, CustomerName, Edge, LeafKind, Then},
};
use jiff::{SignedDuration, Timestamp};

pub(crate) fn at(minutes: i64) -> Timestamp {
    Timestamp::constant(1_772_445_600, 0) + SignedDuration::from_mins(minutes)
}

pub(crate) fn named(number: u8) -> AsReported {
    AsReported { leaf: Leaf::new("crm", &number.to_string()).unwrap(), raw: None }
}

/// Minted once: each is a SHA-1.
static IDS: LazyLock<Vec<CustomerId>> =
    LazyLock::new(|| (0..=u8::MAX).map(|number| named(number).leaf.id()).collect());

pub(crate) fn id(number: u8) -> CustomerId {
    IDS[usize::from(number)]
}

fn name(number: u8) -> CustomerName {
    CustomerName::Leaf(named(number))
}

/// A saying about a customer, at a minute.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) about: u8,
    pub(crate) minutes: i64,
    pub(crate) fact: CustomerFact,
}

pub(crate) fn alias(leaf: u8, to: u8, minutes: i64, confidence: Confidence) -> Told {
    kind_of_alias(leaf, to, minutes, confidence, LeafKind::Account)
}

pub(crate) fn kind_of_alias(leaf: u8, to: u8, minutes: i64, confidence: Confidence, kind: LeafKind) -> Told {
    let assertion = AliasAssertion { leaf: named(leaf), kind, to: name(to), confidence };
    Told { about: to, minutes, fact: CustomerFact::AliasAsserted(assertion) }
}

pub(crate) fn merged(from: u8, into: u8, minutes: i64) -> Told {
    Told { about: into, minutes, fact: CustomerFact::Merged { from: name(from), into: name(into) } }
}

pub(crate) fn retracted(about: u8, said: usize, minutes: i64) -> Told {
    Told { about, minutes, fact: CustomerFact::AliasRetracted { assertion: identity(said) } }
}

pub(crate) fn unmerged(about: u8, said: usize, minutes: i64) -> Told {
    Told { about, minutes, fact: CustomerFact::Unmerged { merge: identity(said) } }
}

/// Of what was said as the n-th.
pub(crate) fn identity(number: usize) -> Identity {
    Identity { source: "/crm".to_owned(), id: number.to_string() }
}

/// The n-th saying, which came as the message at `sequence`.
pub(crate) fn event(told: &Told, number: usize, sequence: usize) -> Event {
    let position = Position::new(u64::try_from(sequence).unwrap() + 1);
    Event {
        position,
        stored_at: at(600),
        time: at(told.minutes),
        ordinal: Ordinal::Absent,
        identity: identity(number),
        identity_digest: Digest::default(),
        content: Digest::default(),
        origin: Origin::Department("sales".parse().unwrap()),
        token: None,
        issue: None,
        customer: Some(named(told.about)),
        actor: Actor { kind: ActorKind::Human, person: None },
        backfill: false,
        anomalies: Anomalies::default(),
        type_name: Arc::from("customer.told"),
        payload: Payload::Customer(told.fact.clone()),
        data: Arc::from(*b"{}"),
        traceparent: None,
        tracestate: None,
    }
}

/// The edges after events, however they came.
#[derive(Debug, Default)]
pub(crate) struct Edges(BTreeMap<EdgeId, Edge>);

impl Edges {
    pub(crate) fn hear(&mut self, event: &Event) {
        let home = event.customer.as_ref().unwrap().leaf.id();
        if let Some(id) = Edge::of(home, event) {
            self.0.entry(id).or_insert_with(|| Edge::unsaid(home, id)).hear(event);
        }
    }

    /// Each told in this order.
    pub(crate) fn after(told: &[Told]) -> Self {
        let mut edges = Self::default();
        told.iter().enumerate().for_each(|(number, told)| edges.hear(&event(told, number, number)));
        edges
    }

    pub(crate) fn connected(&self, leaf: u8, then: Then) -> Connected {
        let at_leaf = |leaf: CustomerId| {
            let edges = self.0.values().filter(|edge| edge.leaves().any(|end| end == leaf));
            Ok::<_, std::convert::Infallible>(edges.cloned().collect())
        };
        let Ok(connected) = Connected::of(id(leaf), then, at_leaf);
        connected
    }

    /// The leaves of a leaf's customer, the one by which it goes first. The lower number was seen first.
    pub(crate) fn whole(&self, leaf: u8, then: Then) -> Vec<u8> {
        let connected = self.connected(leaf, then);
        let canonical = connected.canonical(|id| IDS.iter().position(|known| *known == id).map(place));
        let mut all: Vec<_> = (0..=u8::MAX).filter(|number| connected.has(id(*number))).collect();
        all.sort_by_key(|number| (id(*number) != canonical, *number));
        all
    }

    pub(crate) fn now(&self, leaf: u8) -> Vec<u8> {
        self.whole(leaf, Then::default())
    }
}

fn place(number: usize) -> Position {
    Position::new(u64::try_from(number).unwrap())
}
