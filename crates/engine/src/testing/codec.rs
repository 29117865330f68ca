//! A codec without a wire format: a message's body is the number of what was prepared.
//!
//! Deliberately absent: subjects and envelopes, which are `wire`'s to test.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{Arrival, Arrived, Digest, Event, OperationKind, Origin, Position, Quarantined, Reason};
use jiff::Timestamp;

use crate::{Codec, CodecError, NewMessage, RawMessage};

/// What messages say, prepared by tests. The same number published again is the same message again.
///
/// Two logs may share one: a packed event says what it is, where it stands and when it was stored, and no more.
#[derive(Debug)]
pub struct SlabCodec {
    slab: Mutex<Vec<Prepared>>,
    packed_bytes: usize,
}

#[derive(Clone, Debug)]
struct Prepared {
    content: Arrived,
    bare: Option<Digest>,
}

impl SlabCodec {
    /// Packed events are `packed_bytes` long, and never shorter than 24.
    pub const fn new(packed_bytes: usize) -> Self {
        Self { slab: Mutex::new(Vec::new()), packed_bytes }
    }

    /// The message that says this. Its position and stored time are given by the log.
    pub fn message(&self, content: Arrived) -> NewMessage {
        self.prepare(Prepared { content, bare: None })
    }

    /// A bare message without an id; those with the same `bare` are equal in subject and body.
    pub fn bare_message(&self, content: Arrived, bare: Digest) -> NewMessage {
        self.prepare(Prepared { content, bare: Some(bare) })
    }

    fn prepare(&self, mut prepared: Prepared) -> NewMessage {
        let mut slab = self.lock();
        let number = u64::try_from(slab.len()).unwrap_or(u64::MAX);
        if let Some(event) = event_in(&mut prepared.content) {
            event.data = number.to_be_bytes().into();
        }
        let subject = subject(&prepared.content);
        slab.push(prepared);
        NewMessage { subject, headers: Vec::new(), body: number.to_string().into_bytes() }
    }

    fn prepared(&self, number: u64) -> Option<Prepared> {
        self.lock().get(usize::try_from(number).ok()?).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Prepared>> {
        self.slab.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Codec for SlabCodec {
    fn decode(&self, message: &RawMessage) -> Arrival {
        let RawMessage { position, stored_at, body, .. } = message;
        let number = str::from_utf8(body).ok().and_then(|text| text.parse().ok());
        let prepared = number.and_then(|number| self.prepared(number));
        let (content, bare) = prepared.map_or_else(
            || (Arrived::Quarantined(Box::new(unreadable(message))), None),
            |Prepared { content, bare }| (placed(content, *position, *stored_at), bare),
        );
        Arrival {
            position: *position,
            stored_at: *stored_at,
            fingerprint: fingerprint(message),
            bare,
            content,
        }
    }

    fn pack(&self, event: &Event) -> Vec<u8> {
        let mut bytes = event.data.to_vec();
        bytes.extend_from_slice(&event.position.sequence().to_be_bytes());
        bytes.extend_from_slice(&event.stored_at.as_microsecond().to_be_bytes());
        bytes.resize(self.packed_bytes.max(bytes.len()), 0);
        bytes
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Event, CodecError> {
        let event = || {
            let (number, rest) = bytes.split_first_chunk()?;
            let (sequence, rest) = rest.split_first_chunk()?;
            let (stored_at, _padding) = rest.split_first_chunk()?;
            let position = Position::new(u64::from_be_bytes(*sequence));
            let stored_at = Timestamp::from_microsecond(i64::from_be_bytes(*stored_at)).ok()?;
            let mut content = self.prepared(u64::from_be_bytes(*number))?.content;
            let event = event_in(&mut content)?;
            (event.position, event.stored_at) = (position, stored_at);
            Some(event.clone())
        };
        event().ok_or_else(|| CodecError("no event of this number was prepared".to_owned()))
    }
}

fn speaker(origin: &Origin) -> &str {
    match origin {
        Origin::Department(department) => department.as_str(),
        Origin::Command(_) => "command",
        Origin::Escalator(_) => "escalator",
        Origin::Pager(_) => "pager",
    }
}

fn subject(content: &Arrived) -> String {
    match content {
        Arrived::Event(event) => {
            let token = event.token.as_deref().unwrap_or("_");
            format!("davy.events.{}.{token}.{}", speaker(&event.origin), event.type_name)
        }
        Arrived::Directory(_) => "davy.directory.prepared".to_owned(),
        Arrived::UnknownDocument { type_name } => format!("davy.directory.{type_name}"),
        Arrived::Operation(operation) => format!("davy.events.command._.{}", operation.identity.id),
        Arrived::Quarantined(message) => message.subject.clone(),
    }
}

/// As it stands in the log. What a redriven message holds keeps its stored time.
fn placed(mut content: Arrived, position: Position, stored_at: Timestamp) -> Arrived {
    match &mut content {
        Arrived::Event(event) => (event.position, event.stored_at) = (position, stored_at),
        Arrived::Directory(change) => (change.position, change.stored_at) = (position, stored_at),
        Arrived::Quarantined(message) => (message.position, message.stored_at) = (position, stored_at),
        Arrived::Operation(operation) => {
            (operation.position, operation.stored_at) = (position, stored_at);
            if let OperationKind::Redriven { of: _, arrived } = &mut operation.kind {
                let first = stored_at_of(arrived).unwrap_or(stored_at);
                **arrived = placed((**arrived).clone(), position, first);
            }
        }
        Arrived::UnknownDocument { .. } => {}
    }
    content
}

fn stored_at_of(content: &Arrived) -> Option<Timestamp> {
    match content {
        Arrived::Event(event) => Some(event.stored_at),
        Arrived::Directory(change) => Some(change.stored_at),
        Arrived::Quarantined(message) => Some(message.stored_at),
        Arrived::Operation(operation) => Some(operation.stored_at),
        Arrived::UnknownDocument { .. } => None,
    }
}

/// The event that a message is or holds.
fn event_in(content: &mut Arrived) -> Option<&mut Event> {
    match content {
        Arrived::Event(event) => Some(event),
        Arrived::Operation(operation) => match &mut operation.kind {
            OperationKind::Redriven { of: _, arrived } => event_in(arrived),
            OperationKind::Skipped { .. } | OperationKind::LossAccepted(_) => None,
        },
        Arrived::Directory(_) | Arrived::UnknownDocument { .. } | Arrived::Quarantined(_) => None,
    }
}

/// Of the body and the stored time, as far as sixteen bytes hold them.
fn fingerprint(message: &RawMessage) -> Digest {
    let mut bytes = [0; 16];
    let (body, time) = bytes.split_at_mut(8);
    body.iter_mut().zip(message.body.iter().rev()).for_each(|(to, from)| *to = *from);
    time.copy_from_slice(&message.stored_at.as_microsecond().to_be_bytes());
    Digest(bytes)
}

fn unreadable(message: &RawMessage) -> Quarantined {
    Quarantined {
        position: message.position,
        stored_at: message.stored_at,
        subject: message.subject.clone(),
        department: None,
        customer: None,
        reason: Reason::Unreadable,
        detail: "the body is not the number of anything prepared".to_owned(),
        excerpt: String::from_utf8_lossy(&message.body).into_owned(),
        settled: None,
    }
}
