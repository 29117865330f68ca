//! An event of a request, read as the pipeline would read it from the log.

use std::collections::HashMap;

use domain::{Arrival, Arrived, Identity, Position, limits};
use engine::{Codec, NewMessage, RawMessage};
use jiff::Timestamp;
use proto::v1;

/// An event that can be appended.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// As it goes to the log.
    pub(crate) message: NewMessage,
    /// As it would be read from there. Position and stored time are a guess, and with them the id of a bare event that
    /// carries none.
    pub(crate) arrival: Arrival,
}

/// Why an event is not appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    reason: &'static str,
    detail: String,
}

/// Bytes of a message's headers as `name: value` lines. The stream takes 16 KiB; the rest is room for the identity of a
/// bare event and for what marks a batch.
const HEADER_BYTES: usize = 4 * 1024;
const MESSAGE_ID: &str = "nats-msg-id";

impl Refused {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

impl From<Refused> for v1::Rejection {
    fn from(Refused { reason, detail }: Refused) -> Self {
        Self { reason: reason.to_owned(), detail }
    }
}

impl Draft {
    pub(crate) fn read(
        event: v1::EventMessage,
        position: Position,
        now: Timestamp,
        codec: &dyn Codec,
    ) -> Result<Self, Refused> {
        let v1::EventMessage { subject, body, headers } = event;
        check_origin(&subject)?;
        check_headers(&headers)?;
        check_size(&subject, &body, &headers)?;
        let mut headers: Vec<_> = headers.into_iter().collect();
        headers.sort_unstable();
        let mut raw = RawMessage { position, stored_at: now, subject, headers, body: body.to_vec() };
        let mut arrival = codec.decode(&raw);
        if strip_message_id(&mut raw.headers) {
            arrival = keep_identity(&mut raw, arrival, codec);
        }
        if let Arrived::Quarantined(message) = arrival.content {
            return Err(Refused::new(message.reason.code(), message.detail));
        }
        let RawMessage { position: _, stored_at: _, subject, headers, body } = raw;
        Ok(Self { message: NewMessage { subject, headers, body }, arrival })
    }

    /// Whether its id will be minted from the position that it gets.
    pub(crate) const fn is_unnamed(&self) -> bool {
        self.arrival.bare.is_some()
    }
}

/// Why a message cannot be published as it is, whatever it says.
pub(crate) fn refusal(event: &v1::EventMessage) -> Option<String> {
    let v1::EventMessage { subject, body, headers } = event;
    let checked = check_origin(subject)
        .and_then(|()| check_headers(headers))
        .and_then(|()| check_size(subject, body, headers));
    checked.err().map(|Refused { reason: _, detail }| detail)
}

/// What is left where a message was taken out to be appended.
pub(super) const fn taken() -> NewMessage {
    NewMessage { subject: String::new(), headers: Vec::new(), body: Vec::new() }
}

fn check_origin(subject: &str) -> Result<(), Refused> {
    let origin = subject.strip_prefix(wire::EVENTS_PREFIX).and_then(|rest| rest.split('.').next());
    match origin {
        Some(own @ ("command" | "escalator" | "pager")) => {
            let detail = format!("`{own}` is an origin of Davy's own; publish as a department");
            Err(Refused::new("reserved_origin", detail))
        }
        Some(_) | None => Ok(()),
    }
}

/// What the log's server cannot take, or would take as an order to itself.
fn check_headers(headers: &HashMap<String, String>) -> Result<(), Refused> {
    for (name, value) in headers {
        let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        if !named || value.contains(['\r', '\n', '\0']) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(Refused::new("bad_header", format!("the header `{name}` cannot be sent over NATS")));
        }
        let reserved = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("nats-"));
        if reserved && !name.eq_ignore_ascii_case(MESSAGE_ID) {
            return Err(Refused::new(
                "bad_header",
                format!("the header `{name}` is an order to the server; leave it out"),
            ));
        }
    }
    Ok(())
}

fn check_size(subject: &str, body: &[u8], headers: &HashMap<String, String>) -> Result<(), Refused> {
    if subject.len() > limits::SUBJECT_BYTES {
        let detail = format!(
            "the subject is {} bytes long; at most {} are taken",
            subject.len(),
            limits::SUBJECT_BYTES
        );
        return Err(Refused::new("too_large", detail));
    }
    let most = limits::MESSAGE_BYTES;
    if body.len() > most {
        let detail = format!("the body is {} bytes long; at most {most} are taken", body.len());
        return Err(Refused::new("too_large", detail));
    }
    let lines: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    if lines > HEADER_BYTES {
        let detail = format!("the headers are {lines} bytes long; at most {HEADER_BYTES} are taken");
        return Err(Refused::new("too_large", detail));
    }
    Ok(())
}

fn strip_message_id(headers: &mut Vec<(String, String)>) -> bool {
    let before = headers.len();
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case(MESSAGE_ID));
    headers.len() < before
}

/// A bare event whose id was its `Nats-Msg-Id` says it in CloudEvents headers instead: the same event in another form
/// (`contract.md` 1).
fn keep_identity(raw: &mut RawMessage, named: Arrival, codec: &dyn Codec) -> Arrival {
    let unnamed = codec.decode(raw);
    if unnamed.bare.is_none() {
        return unnamed;
    }
    let (identity, type_name) = match &named.content {
        Arrived::Event(event) => (&event.identity, event.type_name.to_string()),
        Arrived::Directory(change) => (&change.identity, type_of(&raw.subject)),
        Arrived::UnknownDocument { .. } | Arrived::Operation(_) | Arrived::Quarantined(_) => return named,
    };
    raw.headers.extend(cloud_event(identity, type_name));
    codec.decode(raw)
}

/// `<kind>.set`, as the subject says it.
fn type_of(subject: &str) -> String {
    let kind = subject.strip_prefix(wire::DIRECTORY_PREFIX).and_then(|rest| rest.split('.').next());
    format!("{}.set", kind.unwrap_or_default())
}

fn cloud_event(identity: &Identity, type_name: String) -> [(String, String); 4] {
    let header = |name: &str, value: String| (name.to_owned(), value);
    [
        header("ce-specversion", "1.0".to_owned()),
        header("ce-type", type_name),
        header("ce-source", percent_encoded(&identity.source)),
        header("ce-id", percent_encoded(&identity.id)),
    ]
}

/// As the NATS binding of CloudEvents wants header values: everything but visible ASCII, and `%` and `"`, encoded.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' && byte != b'"' {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
