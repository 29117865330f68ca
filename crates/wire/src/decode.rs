//! A message of the log to an arrival. Total: whatever cannot be read or placed comes back quarantined, with its reason.

mod operation;

use std::sync::Arc;

use domain::{
    Actor, ActorKind, Anomalies, Anomaly, Arrival, Arrived, AsReported, Digest, DirectoryChange, Event,
    Identity, IssueName, Ordinal, Origin, Payload, Person, Position, Quarantined, Reason, Reference,
    bare_event_id, cut, limits,
};
use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::{
    data::{ActorForm, ActorKindForm, Common, Context, EventType, Folded, Own, Read, Scope, event_type},
    digest::{self, Hasher},
    envelope::{self, Envelope, Unfit, header, wrong},
    packed,
    subject::{self, CustomerToken, DocumentSubject, EventSubject, Speaker, Subject},
    time, token,
};

/// A message as the log stores it.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Where it stands.
    pub position: Position,
    /// When the log stored it.
    pub stored_at: Timestamp,
    /// As published.
    pub subject: &'a str,
    /// Names in any case.
    pub headers: &'a [(String, String)],
    /// As published.
    pub body: &'a [u8],
}

/// Reads a message.
pub fn decode(message: &Message<'_>) -> Arrival {
    let mut bare = None;
    let content =
        read(message, &mut bare).unwrap_or_else(|(reason, detail)| quarantined(message, reason, detail));
    Arrival {
        position: message.position,
        stored_at: message.stored_at,
        fingerprint: digest::message(message.subject, message.body, &message.stored_at.to_string()),
        bare,
        content,
    }
}

fn read(message: &Message<'_>, bare: &mut Option<Digest>) -> Result<Arrived, Unfit> {
    read_placed(message, message.position, bare)
}

/// Reads a message that gets what is minted from its place as if it stood at `place`.
fn read_placed(message: &Message<'_>, place: Position, bare: &mut Option<Digest>) -> Result<Arrived, Unfit> {
    let subject = subject::read(message.subject).map_err(|detail| (Reason::WrongSubject, detail))?;
    let mut envelope = envelope::read(message.headers, message.body)?;
    if envelope.is_bare {
        envelope.id =
            header(message.headers, "nats-msg-id").filter(|id| !id.is_empty()).map(ToOwned::to_owned);
        if envelope.id.is_none() {
            *bare = Some(digest::message(message.subject, message.body, ""));
        }
    }
    match subject {
        Subject::Event(subject) => event(message, place, &subject, &envelope),
        Subject::Document(subject) => document(message, place, &subject, &envelope),
    }
}

fn quarantined(message: &Message<'_>, reason: Reason, detail: String) -> Arrived {
    let (department, customer) = subject::salvage(message.subject);
    let body = message.body.get(..limits::EXCERPT_CHARS * 4).unwrap_or(message.body);
    Arrived::Quarantined(Box::new(Quarantined {
        position: message.position,
        stored_at: message.stored_at,
        subject: cut(message.subject, limits::WORD_BYTES).into_owned(),
        department,
        customer,
        reason,
        detail: cut(&detail, limits::WORD_BYTES).into_owned(),
        excerpt: String::from_utf8_lossy(body).chars().take(limits::EXCERPT_CHARS).collect(),
        settled: None,
    }))
}

fn document(
    message: &Message<'_>,
    place: Position,
    subject: &DocumentSubject<'_>,
    envelope: &Envelope,
) -> Result<Arrived, Unfit> {
    let type_name = format!("{}.set", subject.kind);
    check_type(envelope, &type_name)?;
    let Some(key) = subject.key() else { return Ok(Arrived::UnknownDocument { type_name }) };
    let key = key.map_err(|detail| (Reason::WrongSubject, detail))?;
    let known = event_type(&type_name).filter(|known| version(envelope) <= known.version);
    let Some(Read::Document(read)) = known.map(|known| known.read) else {
        return Ok(Arrived::UnknownDocument { type_name });
    };
    let document = read(&envelope.data, whole_id(key, subject, &envelope.data)).map_err(wrong)?;
    let identity = identity(message, place, envelope, "/directory")?;
    let content = content(message, envelope, &type_name);
    Ok(Arrived::Directory(Box::new(DirectoryChange {
        position: message.position,
        stored_at: message.stored_at,
        identity,
        content,
        document,
    })))
}

/// The id of the payload where the subject holds its hash.
fn whole_id(
    key: domain::DocumentKey,
    subject: &DocumentSubject<'_>,
    data: &Map<String, Value>,
) -> domain::DocumentKey {
    match (key, data.get("id")) {
        (domain::DocumentKey::Person(_), Some(Value::String(id))) if token::stands_for(subject.token, id) => {
            domain::DocumentKey::Person(id.clone())
        }
        (key, _) => key,
    }
}

/// Who an event is, where it comes from and who did it.
struct Header {
    identity: Identity,
    origin: Origin,
    actor: Actor,
}

fn event(
    message: &Message<'_>,
    place: Position,
    subject: &EventSubject<'_>,
    envelope: &Envelope,
) -> Result<Arrived, Unfit> {
    check_type(envelope, subject.type_name)?;
    let common = Common::deserialize(&envelope.data).map_err(|error| wrong(error.to_string()))?;
    let mut doubts = Anomalies::default();
    let origin = origin(subject, common.actor.as_ref(), &envelope.data, &mut doubts)?;
    let identity = identity(message, place, envelope, &format!("/{}", subject.speaker.as_str()))?;
    let people_of = people_of(&common, &origin);
    let actor = actor(common.actor.as_ref(), &people_of);
    let known = known(subject);
    if let Some(EventType { read: Read::Operation(read), version: newest, .. }) = known
        && version(envelope) <= *newest
    {
        let done = read(&envelope.data).map_err(wrong)?;
        let content = content(message, envelope, subject.type_name);
        return Ok(operation::operation(message, Header { identity, origin, actor }, content, done));
    }
    let customer = customer(subject, &common, &mut doubts)?;
    let issue = issue(&common, known, &identity)?;
    let context = Context {
        people_of: &people_of,
        names_issue: common.issue.is_some(),
        actor: actor.person.as_ref(),
        customer: customer.as_ref(),
        source: &identity.source,
        principal: principal(&subject.speaker, &envelope.data),
    };
    let folded = payload(known, envelope, &context, &mut doubts)?;
    let (issue, customer) = concerned(&folded.payload, issue, customer)?;
    let (at, skewed) = if envelope.is_bare {
        (message.stored_at, false)
    } else {
        time::effective(envelope.time.as_deref(), message.stored_at)
    };
    if skewed {
        doubts.insert(Anomaly::ClockSkew);
    }
    let trace =
        |value: &Option<String>| value.as_deref().map(|text| cut(text, limits::WORD_BYTES).into_owned());
    Ok(Arrived::Event(Box::new(Event {
        position: message.position,
        stored_at: message.stored_at,
        time: at,
        ordinal: Ordinal::parse(
            cut(envelope.sequence.as_deref().unwrap_or_default(), limits::WORD_BYTES).as_ref(),
        ),
        identity_digest: digest::identity(&identity.source, &identity.id),
        identity,
        content: content(message, envelope, subject.type_name),
        origin,
        token: home_token(subject),
        issue,
        customer,
        actor,
        backfill: envelope.backfill.unwrap_or_default(),
        anomalies: doubts,
        type_name: Arc::from(subject.type_name),
        payload: folded.payload,
        data: packed::pack(folded.data).into(),
        traceparent: trace(&envelope.traceparent),
        tracestate: trace(&envelope.tracestate),
    })))
}

/// The type in the catalogue. What is Davy's own is of no known type where anybody else publishes it.
fn known(subject: &EventSubject<'_>) -> Option<&'static EventType> {
    event_type(subject.type_name).filter(|known| match (known.own, &subject.speaker) {
        (None, _)
        | (Some(Own::Command), Speaker::Command)
        | (Some(Own::Escalator), Speaker::Escalator)
        | (Some(Own::Pager), Speaker::Pager) => true,
        (
            Some(Own::Command | Own::Escalator | Own::Pager),
            Speaker::Department(_) | Speaker::Command | Speaker::Escalator | Speaker::Pager,
        ) => false,
    })
}

fn check_type(envelope: &Envelope, from_subject: &str) -> Result<(), Unfit> {
    match &envelope.type_name {
        Some(sent) if sent != from_subject => {
            let sent: String = sent.chars().take(80).collect();
            Err((Reason::TypeMismatch, format!("`type` is `{sent}`, the subject says `{from_subject}`")))
        }
        Some(_) | None => Ok(()),
    }
}

/// The version that `dataschema` ends in; 1 if it ends in none.
fn version(envelope: &Envelope) -> u32 {
    let ending = envelope.dataschema.as_deref().and_then(|schema| schema.rsplit_once("/v"));
    match ending {
        Some((_, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().unwrap_or(u32::MAX)
        }
        Some(_) | None => 1,
    }
}

fn payload(
    known: Option<&EventType>,
    envelope: &Envelope,
    context: &Context<'_>,
    doubts: &mut Anomalies,
) -> Result<Folded, Unfit> {
    let unfolded = || Folded { payload: Payload::Unknown, data: Value::Object(envelope.data.clone()) };
    let Some(EventType { read, version: newest, .. }) = known else {
        doubts.insert(Anomaly::UnknownType);
        return Ok(unfolded());
    };
    if version(envelope) > *newest {
        doubts.insert(Anomaly::UnknownVersion);
        return Ok(unfolded());
    }
    match read {
        Read::Event(read) => read(&envelope.data, context).map_err(wrong),
        Read::Document(_) | Read::Operation(_) => {
            doubts.insert(Anomaly::UnknownType);
            Ok(unfolded())
        }
    }
}

/// What is said about a customer names one, and no issue; what is said of an issue's clock names that.
fn concerned(
    payload: &Payload,
    issue: Option<IssueName>,
    customer: Option<AsReported>,
) -> Result<(Option<IssueName>, Option<AsReported>), Unfit> {
    let fact = if let Payload::Customer(fact) = payload { Some(fact) } else { None };
    if fact.is_none() && !matches!(payload, Payload::SilenceMarked { .. }) {
        let lacks_issue = matches!(payload, Payload::ClockMarked { .. }) && issue.is_none();
        return if lacks_issue { Err(no_issue()) } else { Ok((issue, customer)) };
    }
    let about = customer.or_else(|| fact?.about().cloned());
    let about =
        about.ok_or_else(|| wrong("name the customer, in the subject or as `customer`".to_owned()))?;
    Ok((None, Some(about)))
}

/// Only Davy's own events say by which credential a command came; what a tool claims stays in the log alone.
fn principal<'a>(speaker: &Speaker, data: &'a Map<String, Value>) -> Option<&'a str> {
    match speaker {
        Speaker::Command => data.get("principal")?.as_str(),
        Speaker::Department(_) | Speaker::Escalator | Speaker::Pager => None,
    }
}

/// The department that speaks: the subject's, or for Davy's own origins the actor's, which their events carry.
fn origin(
    subject: &EventSubject<'_>,
    actor: Option<&ActorForm>,
    data: &Map<String, Value>,
    doubts: &mut Anomalies,
) -> Result<Origin, Unfit> {
    let claimed = actor.and_then(|actor| actor.department.as_ref()).map(|word| word.0.as_str());
    let acting = || {
        claimed.and_then(|slug| slug.parse().ok()).ok_or_else(|| {
            wrong(format!("`actor.department` is missing; events of `{}` carry it", subject.speaker.as_str()))
        })
    };
    match &subject.speaker {
        Speaker::Department(department) => {
            let named =
                data.get("department").and_then(Value::as_str).filter(|_| !is_target(subject.type_name));
            if [claimed, named].into_iter().flatten().any(|other| other != department.as_str()) {
                doubts.insert(Anomaly::DepartmentMismatch);
            }
            Ok(Origin::Department(department.clone()))
        }
        Speaker::Command => acting().map(Origin::Command),
        Speaker::Escalator => acting().map(Origin::Escalator),
        Speaker::Pager => acting().map(Origin::Pager),
    }
}

/// Whether `data.department` of this type says where the issue goes, not where the event comes from.
fn is_target(type_name: &str) -> bool {
    type_name.starts_with("owner.")
}

fn identity(
    message: &Message<'_>,
    place: Position,
    envelope: &Envelope,
    own_source: &str,
) -> Result<Identity, Unfit> {
    let source = envelope.source.clone().unwrap_or_else(|| own_source.to_owned());
    let id = envelope.id.clone().unwrap_or_else(|| bare_event_id(message.subject, message.body, place));
    if source.len() > limits::ID_BYTES || id.len() > limits::ID_BYTES {
        return Err(wrong(format!("`source` or `id` is longer than {} bytes", limits::ID_BYTES)));
    }
    Ok(Identity { source, id })
}

/// What the sender said: subject, type, time, sequence and backfill as sent, and data. Form, headers and trace members
/// do not count.
fn content(message: &Message<'_>, envelope: &Envelope, type_name: &str) -> Digest {
    Hasher::default()
        .text(message.subject)
        .text(type_name)
        .optional(envelope.time.as_deref())
        .optional(envelope.sequence.as_deref())
        .optional(envelope.backfill.map(|backfill| if backfill { "true" } else { "false" }))
        .members(&envelope.data)
        .finish()
}

fn people_of(common: &Common, origin: &Origin) -> String {
    let system = common.issue.as_ref().and_then(|issue| issue.system());
    system.unwrap_or_else(|| origin.department().as_str()).to_owned()
}

fn actor(form: Option<&ActorForm>, people_of: &str) -> Actor {
    let Some(form) = form else { return Actor { kind: ActorKind::Human, person: None } };
    let kind = match form.kind {
        ActorKindForm::Human => ActorKind::Human,
        ActorKindForm::Bot => ActorKind::Bot,
        ActorKindForm::System => ActorKind::System,
    };
    let person: Option<Person> = form.person.as_ref().map(|person| person.person(people_of));
    Actor { kind, person }
}

/// The subject's customer; the payload's where the subject has `_` or a home, or where it adds the whole id.
fn customer(
    subject: &EventSubject<'_>,
    common: &Common,
    doubts: &mut Anomalies,
) -> Result<Option<AsReported>, Unfit> {
    let named = common.customer.as_ref().map(|form| form.as_reported("customer")).transpose();
    match &subject.customer {
        CustomerToken::Home | CustomerToken::Unknown => named.map_err(wrong),
        CustomerToken::Known { leaf, sent_raw } => {
            if *sent_raw {
                doubts.insert(Anomaly::PersonalId);
            }
            match named {
                Ok(Some(named)) if named.leaf == *leaf => return Ok(Some(named)),
                Ok(Some(_)) | Err(_) => doubts.insert(Anomaly::CustomerMismatch),
                Ok(None) => {}
            }
            Ok(Some(AsReported { leaf: leaf.clone(), raw: None }))
        }
    }
}

fn issue(
    common: &Common,
    known: Option<&EventType>,
    identity: &Identity,
) -> Result<Option<IssueName>, Unfit> {
    if let Some(form) = &common.issue {
        return form.name().map(Some).map_err(wrong);
    }
    match known.map(|known| known.scope) {
        Some(Scope::Report) => {
            let reference = Reference { system: identity.source.clone(), id: identity.id.clone() };
            Ok(Some(IssueName { id: domain::IssueId::of(&reference), reference: Some(reference) }))
        }
        Some(Scope::Issue) => Err(no_issue()),
        Some(Scope::Customer | Scope::Directory | Scope::Operation) | None => Ok(None),
    }
}

fn no_issue() -> Unfit {
    (Reason::NoIssue, "`data.issue` is missing: {system, id}".to_owned())
}

/// The customer token as it stands in the home of an issue; `None` for `_`.
fn home_token(subject: &EventSubject<'_>) -> Option<String> {
    match &subject.customer {
        CustomerToken::Unknown => None,
        CustomerToken::Home => Some(subject.token.to_owned()),
        CustomerToken::Known { leaf, .. } => Some(leaf.to_string()),
    }
}
