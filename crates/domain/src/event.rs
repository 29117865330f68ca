//! An event as the fold sees it: a fact in the log, read and checked, but not yet judged.

use std::{cmp::Ordering, fmt, sync::Arc};

use jiff::Timestamp;

use crate::{Anomalies, AsReported, Digest, IssueId, Origin, Payload, Person, Position, Reference};

/// Who an event is: the pair of CloudEvents, judged within the issue or customer that the event names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The tool that published it.
    pub source: String,
    /// The id that the tool gave it.
    pub id: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.source, self.id)
    }
}

/// The `sequence` extension, which orders events of equal time (`contract.md` 3).
///
/// Absent comes first, then numbers by value, then other texts by bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ordinal {
    /// Not given.
    #[default]
    Absent,
    /// Digits only.
    Number(Digits),
    /// Anything else.
    Text(String),
}

/// A natural number of any size, without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits(String);

impl Ord for Digits {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Digits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ordinal {
    /// From the text of the extension; an empty one is absent.
    pub fn parse(text: &str) -> Self {
        if text.is_empty() {
            Self::Absent
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Number(Digits(text.trim_start_matches('0').to_owned()))
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// A text that [`Ordinal::parse`] reads back.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Absent => "",
            Self::Number(Digits(digits)) if digits.is_empty() => "0",
            Self::Number(Digits(digits)) => digits,
            Self::Text(text) => text,
        }
    }
}

/// Reports sort before everything else about their issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// `issue.reported`, or what counts as one.
    Report,
    /// Everything else.
    Other,
}

/// The total order of the events of an issue (`contract.md` 3).
pub type OrderKey<'a> = (Rank, Timestamp, &'a Ordinal, Position);

/// The issue that an event names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueName {
    /// The issue.
    pub id: IssueId,
    /// Its id in a tool; absent where the event gave the Davy id.
    pub reference: Option<Reference>,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What sort of actor.
    pub kind: ActorKind,
    /// Who, where the event says it.
    pub person: Option<Person>,
}

/// What sort of actor did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A person; the default.
    Human,
    /// A program that acts like a person.
    Bot,
    /// A rule of a tool.
    System,
}

/// A fact about an issue or a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where it stands in the log.
    pub position: Position,
    /// When the log stored it.
    pub stored_at: Timestamp,
    /// When it happened: as sent, or the stored time where that is missing, unreadable or in the future.
    pub time: Timestamp,
    /// Orders events of equal time.
    pub ordinal: Ordinal,
    /// Who it is.
    pub identity: Identity,
    /// Of the identity, to look for the same event.
    pub identity_digest: Digest,
    /// Of what the sender said: subject, type, time, sequence, backfill and data.
    pub content: Digest,
    /// Who published it.
    pub origin: Origin,
    /// The customer token of the subject; `None` for `_`.
    pub token: Option<String>,
    /// The issue it names.
    pub issue: Option<IssueName>,
    /// The customer it knows.
    pub customer: Option<AsReported>,
    /// Who did it.
    pub actor: Actor,
    /// History: never pings.
    pub backfill: bool,
    /// Doubts that arose while it was read.
    pub anomalies: Anomalies,
    /// `entity.verb`.
    pub type_name: Arc<str>,
    /// What it says, as far as the fold asks.
    pub payload: Payload,
    /// What it says, as JSON with its texts cut: for timelines, and to read the payload again.
    pub data: Arc<[u8]>,
    /// W3C trace context, carried through.
    pub traceparent: Option<String>,
    /// W3C trace context, carried through.
    pub tracestate: Option<String>,
}

/// Where to look for events that may be the same: the issue or customer that an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKey {
    /// It names an issue.
    Issue(IssueId),
    /// It names no issue, but a customer.
    Customer(crate::CustomerId),
    /// It names neither.
    Nobody,
}

impl Event {
    /// Its place among the events of its issue.
    pub fn order(&self) -> OrderKey<'_> {
        (self.payload.rank(), self.time, &self.ordinal, self.position)
    }

    /// Where events that may be the same are looked for.
    pub fn key(&self) -> EventKey {
        match (&self.issue, &self.customer) {
            (Some(issue), _) => EventKey::Issue(issue.id),
            (None, Some(customer)) => EventKey::Customer(customer.leaf.id()),
            (None, None) => EventKey::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_sort_absent_then_numbers_then_texts() {
        let mut texts = ["b", "10", "", "a1", "9", "010"].map(Ordinal::parse).to_vec();
        texts.sort();
        let sorted: Vec<_> = texts.iter().map(Ordinal::as_str).collect();
        assert_eq!(sorted, ["", "9", "10", "10", "a1", "b"]);
    }
}
