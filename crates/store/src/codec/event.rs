//! An event as the store keeps it, inline in the record of its issue: a version byte, fields by `postcard`, then its data.
//!
//! Deliberately absent: the payload. It is read again from the data by whoever knows the catalogue, so that the store
//! holds no second form of it.

use std::fmt;

use domain::{
    Actor, ActorKind, Anomalies, Arrival, Digest, Event, Identity, IssueId, IssueName, Ordinal, Origin,
    Payload, Position,
};
use engine::{Codec, CodecError, RawMessage, StoreError};
use serde::{Deserialize, Serialize};

use super::{
    FORMAT, Malformed, body,
    parts::{AsReportedParts, IdentityParts, PersonParts, ReferenceParts, Time, department, text},
    take,
};

const EVENT: &str = "event";

/// Between messages, events and their packed form.
#[derive(Clone, Copy)]
pub struct EventCodec {
    /// Reads a message of the log; total.
    pub decode: fn(&RawMessage) -> Arrival,
    /// Reads the payload again: from the type, the data, whether it was folded at all, and whether it names an issue.
    pub payload: fn(&str, &[u8], bool, bool) -> Result<Payload, String>,
}

impl fmt::Debug for EventCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventCodec")
    }
}

impl Codec for EventCodec {
    fn decode(&self, message: &RawMessage) -> Arrival {
        (self.decode)(message)
    }

    #[expect(
        clippy::expect_used,
        reason = "the lengths of all fields are known, and a vector takes every byte"
    )]
    fn pack(&self, event: &Event) -> Vec<u8> {
        let out = Vec::with_capacity(256 + event.data.len());
        pack(event, out).expect("a vector takes every byte")
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Event, CodecError> {
        self.read(bytes).map_err(|error| CodecError(error.to_string()))
    }
}

impl EventCodec {
    fn read(&self, bytes: &[u8]) -> Result<Event, StoreError> {
        let (parts, data) = take::<EventParts<'_>>(EVENT, body(EVENT, bytes)?)?;
        let (folded, names_issue) = parts.said.arguments();
        let payload = (self.payload)(parts.type_name, data, folded, names_issue)
            .map_err(|detail| crate::error::damaged(EVENT, detail))?;
        parts
            .with(payload, data)
            .map_err(|Malformed(field)| crate::error::damaged(EVENT, format!("malformed {field}")))
    }
}

fn pack(event: &Event, mut out: Vec<u8>) -> postcard::Result<Vec<u8>> {
    out.push(FORMAT);
    let mut out = postcard::to_extend(&EventParts::from(event), out)?;
    out.extend_from_slice(&event.data);
    Ok(out)
}

#[derive(Serialize, Deserialize)]
struct EventParts<'a> {
    position: u64,
    stored_at: Time,
    /// Absent where it is the stored time.
    time: Option<Time>,
    ordinal: &'a str,
    #[serde(borrow)]
    identity: IdentityParts<'a>,
    identity_digest: [u8; 16],
    content: [u8; 16],
    origin: OriginParts<'a>,
    token: TokenParts<'a>,
    issue: Option<IssueParts<'a>>,
    customer: Option<AsReportedParts<'a>>,
    actor: ActorParts<'a>,
    backfill: bool,
    anomalies: u64,
    type_name: &'a str,
    said: Said,
    traceparent: Option<&'a str>,
    tracestate: Option<&'a str>,
}

impl<'a> From<&'a Event> for EventParts<'a> {
    fn from(event: &'a Event) -> Self {
        let Event {
            position,
            stored_at,
            time,
            ordinal,
            identity,
            identity_digest,
            content,
            origin,
            token,
            issue,
            customer,
            actor,
            backfill,
            anomalies,
            type_name,
            payload,
            data: _,
            traceparent,
            tracestate,
        } = event;
        Self {
            position: position.sequence(),
            stored_at: (*stored_at).into(),
            time: (time != stored_at).then(|| (*time).into()),
            ordinal: ordinal.as_str(),
            identity: identity.into(),
            identity_digest: identity_digest.0,
            content: content.0,
            origin: origin.into(),
            token: TokenParts::of(token.as_deref(), customer.as_ref()),
            issue: issue.as_ref().map(Into::into),
            customer: customer.as_ref().map(Into::into),
            actor: actor.into(),
            backfill: *backfill,
            anomalies: anomalies.bits(),
            type_name,
            said: payload.into(),
            traceparent: traceparent.as_deref(),
            tracestate: tracestate.as_deref(),
        }
    }
}

impl EventParts<'_> {
    fn with(self, payload: Payload, data: &[u8]) -> Result<Event, Malformed> {
        let Self {
            position,
            stored_at,
            time,
            ordinal,
            identity,
            identity_digest,
            content,
            origin,
            token,
            issue,
            customer,
            actor,
            backfill,
            anomalies,
            type_name,
            said: _,
            traceparent,
            tracestate,
        } = self;
        let customer = customer.map(TryInto::try_into).transpose()?;
        Ok(Event {
            position: Position::new(position),
            stored_at: stored_at.try_into()?,
            time: time.unwrap_or(stored_at).try_into()?,
            ordinal: Ordinal::parse(ordinal),
            identity: Identity::from(identity),
            identity_digest: Digest(identity_digest),
            content: Digest(content),
            origin: origin.try_into()?,
            token: token.text(customer.as_ref()),
            issue: issue.map(Into::into),
            customer,
            actor: actor.into(),
            backfill,
            anomalies: Anomalies::from_bits(anomalies),
            type_name: type_name.into(),
            payload,
            data: data.into(),
            traceparent: text(traceparent),
            tracestate: text(tracestate),
        })
    }
}

/// What reading the payload again has to be told.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Said {
    /// A report, also where the type is one only for want of an issue.
    Report,
    /// Anything else that was understood.
    Other,
    /// Of a type or version unknown when it was folded.
    Unknown,
}

impl Said {
    /// `folded` and `names_issue`.
    const fn arguments(self) -> (bool, bool) {
        match self {
            Self::Report => (true, false),
            Self::Other => (true, true),
            Self::Unknown => (false, true),
        }
    }
}

impl From<&Payload> for Said {
    fn from(payload: &Payload) -> Self {
        match payload {
            Payload::Reported(_) => Self::Report,
            Payload::Unknown => Self::Unknown,
            Payload::Noted
            | Payload::ContactLogged(_)
            | Payload::SilenceMarked { .. }
            | Payload::SeverityChanged { .. }
            | Payload::Acknowledged { .. }
            | Payload::Assigned(_)
            | Payload::Accepted { .. }
            | Payload::Declined
            | Payload::Offered(_)
            | Payload::OfferAccepted { .. }
            | Payload::OfferDeclined { .. }
            | Payload::OfferWithdrawn
            | Payload::Resolved
            | Payload::Closed(_)
            | Payload::Reopened
            | Payload::Withdrawn
            | Payload::Reinstated
            | Payload::LinkAdded(_)
            | Payload::LinkRemoved(_)
            | Payload::CustomerCorrected { .. }
            | Payload::KnownAs { .. }
            | Payload::AssistRequested(_)
            | Payload::AssistAccepted { .. }
            | Payload::AssistAnswered { .. }
            | Payload::AssistDeclined { .. }
            | Payload::AssistCancelled { .. }
            | Payload::DeferralRequested(_)
            | Payload::DeferralApproved { .. }
            | Payload::DeferralDenied { .. }
            | Payload::DeferralCancelled { .. }
            | Payload::DeferralEnded { .. }
            | Payload::PromiseMade(_)
            | Payload::PromiseKept { .. }
            | Payload::PromiseRenegotiated { .. }
            | Payload::PromiseBroken { .. }
            | Payload::WorkaroundApplied(_)
            | Payload::WorkaroundReviewed { .. }
            | Payload::CustomerAsked { .. }
            | Payload::CustomerReplied { .. }
            | Payload::CustomerWaitLapsed { .. }
            | Payload::CustomerChased
            | Payload::ExternalWaitStarted { .. }
            | Payload::ExternalWaitEnded
            | Payload::InvoiceWithheld { .. }
            | Payload::InvoiceReleased { .. }
            | Payload::UpdateSent { .. }
            | Payload::ClockMarked { .. }
            | Payload::RunStepped(_)
            | Payload::RunEscalated { .. }
            | Payload::RunSnoozed { .. }
            | Payload::RunMigrated { .. }
            | Payload::PingRequested(_)
            | Payload::PingAttempted { .. }
            | Payload::PingDelivered { .. }
            | Payload::PingFailed { .. }
            | Payload::PingThrottled { .. }
            | Payload::PingAnswered { .. }
            | Payload::OfferTimedOut { .. }
            | Payload::HandOverDue { .. }
            | Payload::AssistTimedOut { .. }
            | Payload::Orphaned
            | Payload::Customer(_)
            | Payload::Retracted(_) => Self::Other,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum OriginParts<'a> {
    Department(&'a str),
    Command(&'a str),
    Escalator(&'a str),
    Pager(&'a str),
}

impl<'a> From<&'a Origin> for OriginParts<'a> {
    fn from(origin: &'a Origin) -> Self {
        match origin {
            Origin::Department(department) => Self::Department(department.as_str()),
            Origin::Command(department) => Self::Command(department.as_str()),
            Origin::Escalator(department) => Self::Escalator(department.as_str()),
            Origin::Pager(department) => Self::Pager(department.as_str()),
        }
    }
}

impl TryFrom<OriginParts<'_>> for Origin {
    type Error = Malformed;

    fn try_from(parts: OriginParts<'_>) -> Result<Self, Malformed> {
        Ok(match parts {
            OriginParts::Department(slug) => Self::Department(department(slug)?),
            OriginParts::Command(slug) => Self::Command(department(slug)?),
            OriginParts::Escalator(slug) => Self::Escalator(department(slug)?),
            OriginParts::Pager(slug) => Self::Pager(department(slug)?),
        })
    }
}

/// The customer token of the subject, which most often is the customer's own.
#[derive(Serialize, Deserialize)]
enum TokenParts<'a> {
    Unknown,
    OfCustomer,
    Other(&'a str),
}

impl<'a> TokenParts<'a> {
    fn of(token: Option<&'a str>, customer: Option<&domain::AsReported>) -> Self {
        let is_customers = |token: &str| {
            let leaf = customer.map(|customer| &customer.leaf);
            leaf.is_some_and(|leaf| token.split_once(':') == Some((leaf.system(), leaf.encoded())))
        };
        match token {
            None => Self::Unknown,
            Some(token) if is_customers(token) => Self::OfCustomer,
            Some(token) => Self::Other(token),
        }
    }

    fn text(&self, customer: Option<&domain::AsReported>) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::OfCustomer => customer.map(|customer| customer.leaf.to_string()),
            Self::Other(token) => Some((*token).to_owned()),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct IssueParts<'a> {
    id: [u8; 16],
    #[serde(borrow)]
    reference: Option<ReferenceParts<'a>>,
}

impl<'a> From<&'a IssueName> for IssueParts<'a> {
    fn from(IssueName { id, reference }: &'a IssueName) -> Self {
        Self { id: id.to_bytes(), reference: reference.as_ref().map(Into::into) }
    }
}

impl From<IssueParts<'_>> for IssueName {
    fn from(IssueParts { id, reference }: IssueParts<'_>) -> Self {
        Self { id: IssueId::from_bytes(id), reference: reference.map(Into::into) }
    }
}

#[derive(Serialize, Deserialize)]
struct ActorParts<'a> {
    kind: ActorKindParts,
    #[serde(borrow)]
    person: Option<PersonParts<'a>>,
}

#[derive(Serialize, Deserialize)]
enum ActorKindParts {
    Human,
    Bot,
    System,
}

impl<'a> From<&'a Actor> for ActorParts<'a> {
    fn from(Actor { kind, person }: &'a Actor) -> Self {
        let kind = match kind {
            ActorKind::Human => ActorKindParts::Human,
            ActorKind::Bot => ActorKindParts::Bot,
            ActorKind::System => ActorKindParts::System,
        };
        Self { kind, person: person.as_ref().map(Into::into) }
    }
}

impl From<ActorParts<'_>> for Actor {
    fn from(ActorParts { kind, person }: ActorParts<'_>) -> Self {
        let kind = match kind {
            ActorKindParts::Human => ActorKind::Human,
            ActorKindParts::Bot => ActorKind::Bot,
            ActorKindParts::System => ActorKind::System,
        };
        Self { kind, person: person.map(Into::into) }
    }
}

#[cfg(test)]
mod tests;
