//! What departments say, and the log that it makes.

use std::sync::Arc;

use domain::{
    Actor, ActorKind, Anomalies, Arrived, AsReported, Assignment, Department, DepartmentDocument, Digest,
    DirectoryChange, Document, Event, Identity, IssueId, IssueName, Leaf, LeafId, Link, LinkKind, Loss,
    OfferTerms, Operation, OperationKind, Ordinal, Origin, Payload, Person, Position, Purpose, Quarantined,
    Reason, Reference, Report, Retraction, Severity, SystemDocument, Talk,
    identity::{AliasAssertion, Confidence, CustomerFact, CustomerName, LeafKind, ProfileChange},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    NewMessage,
    testing::{MemoryLog, SlabCodec},
};

/// 2026-03-02, 10:00 UTC.
pub(super) const TEN: Timestamp = Timestamp::constant(1_772_445_600, 0);

/// One message to publish.
#[derive(Clone, Debug)]
pub(super) enum Said {
    Event(Box<Event>),
    /// Bare and without an id; equal to every other of the same number. So many seconds after the one before.
    Bare(Box<Event>, u8, i64),
    /// The same as an earlier one.
    Again(usize),
    /// The id of an earlier event, with other content.
    Otherwise(usize),
    Document(Document),
    UnknownDocument,
    Garbled,
    /// An event is taken back.
    Retract(Retract),
    /// A message is skipped.
    Skip(usize),
    /// A message is read again, as this; still garbled without it.
    Redrive(usize, Option<Box<Event>>),
    /// A message is read again, as a document.
    RedriveDocument(usize, Document),
    Lost,
}

/// Which event is taken back, by whose word, so many minutes after ten.
#[derive(Clone, Debug)]
pub(super) struct Retract {
    pub(super) of: usize,
    pub(super) by: Origin,
    pub(super) minutes: i64,
}

/// An event about an issue, by support, of customer 1, so many minutes after ten.
pub(super) fn about(issue: u8, minutes: i64, payload: Payload) -> Event {
    let reference = reference(issue);
    Event {
        position: Position::START,
        stored_at: TEN,
        time: TEN + SignedDuration::from_mins(minutes),
        ordinal: Ordinal::Absent,
        identity: Identity { source: "/zendesk".to_owned(), id: String::new() },
        identity_digest: Digest::default(),
        content: Digest::default(),
        origin: Origin::Department(department("support")),
        token: None,
        issue: Some(IssueName { id: IssueId::of(&reference), reference: Some(reference) }),
        customer: None,
        actor: Actor { kind: ActorKind::Human, person: None },
        backfill: false,
        anomalies: Anomalies::default(),
        type_name: type_name(&payload).into(),
        payload,
        data: Arc::from([]),
        traceparent: None,
        tracestate: None,
    }
    .of(Some(1))
}

/// Of a customer, without an issue.
pub(super) fn contact(customer: Option<u8>, minutes: i64) -> Event {
    Event { issue: None, ..about(0, minutes, talk()) }.of(customer)
}

/// Both sides spoke, for the customer's sake.
pub(super) const fn talk() -> Payload {
    Payload::ContactLogged(Talk { two_way: true, auto: false, purpose: Purpose::Service })
}

/// Which calendar customers have.
pub(super) fn calendar_of(customer: u8, calendar: &str, minutes: i64) -> Event {
    let change = ProfileChange { calendar: Some(calendar.to_owned()), ..ProfileChange::default() };
    let fact = CustomerFact::ProfileSet(change);
    Event { issue: None, ..about(0, minutes, Payload::Customer(fact)) }.of(Some(customer))
}

/// Two customers are said to be one, about the second.
pub(super) fn one_customer(from: u8, into: u8, strong: Option<bool>, minutes: i64) -> Event {
    let to = CustomerName::Leaf(as_reported(into));
    let fact = match strong {
        None => CustomerFact::Merged { from: CustomerName::Leaf(as_reported(from)), into: to },
        Some(strong) => CustomerFact::AliasAsserted(AliasAssertion {
            leaf: as_reported(from),
            kind: LeafKind::Account,
            to,
            confidence: if strong { Confidence::Strong } else { Confidence::Weak },
        }),
    };
    Event { issue: None, ..about(0, minutes, Payload::Customer(fact)) }.of(Some(into))
}

/// For stories: changes of what was said.
pub(super) trait But {
    fn of(self, customer: Option<u8>) -> Self;
    fn from(self, slug: &str) -> Self;
}

impl But for Event {
    fn of(mut self, customer: Option<u8>) -> Self {
        self.customer = customer.map(as_reported);
        self.token = self.customer.as_ref().map(|customer| customer.leaf.to_string());
        self
    }

    fn from(mut self, slug: &str) -> Self {
        self.origin = Origin::Department(department(slug));
        self
    }
}

fn type_name(payload: &Payload) -> &'static str {
    match payload {
        Payload::Reported(_) => "issue.reported",
        Payload::Unknown => "invoice.sent",
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
        | Payload::Customer(_) => "issue.folded",
        Payload::Retracted(_) => "event.retracted",
    }
}

pub(super) fn reported(severity: Severity) -> Payload {
    Payload::Reported(Report {
        title: "Pump resets".to_owned(),
        severity,
        severity_word: None,
        heard_by: None,
        safety: false,
        restricted: None,
        missed: None,
    })
}

pub(super) fn acknowledged() -> Payload {
    Payload::Acknowledged { channel: None, next: None }
}

pub(super) fn assigned(slug: Option<&str>, team: Option<&str>) -> Payload {
    let (department, team) = (slug.map(department), team.map(ToOwned::to_owned));
    Payload::Assigned(Assignment { department, team, person: None })
}

pub(super) fn accepted(slug: Option<&str>) -> Payload {
    let person =
        Person { account: Reference { system: "zendesk".to_owned(), id: "mia".to_owned() }, name: None };
    Payload::Accepted { person, department: slug.map(department) }
}

pub(super) fn offered(slug: &str) -> Payload {
    Payload::Offered(OfferTerms { department: department(slug), team: None, person: None, given: Vec::new() })
}

pub(super) fn corrected(customer: u8) -> Payload {
    Payload::CustomerCorrected { to: as_reported(customer) }
}

pub(super) fn duplicate_of(issue: u8) -> Payload {
    Payload::LinkAdded(Link { kind: LinkKind::DuplicateOf, other: self::issue(issue) })
}

pub(super) fn known_as(issue: u8) -> Payload {
    Payload::KnownAs { reference: reference(issue) }
}

pub(super) fn of_record(slug: &str) -> Document {
    Document::System(SystemDocument {
        department: Some(department(slug)),
        ..SystemDocument::new("zendesk".to_owned())
    })
}

pub(super) fn closed_department(slug: &str) -> Document {
    Document::Department(DepartmentDocument { active: false, ..DepartmentDocument::new(department(slug)) })
}

pub(super) fn issue(number: u8) -> IssueId {
    IssueId::of(&reference(number))
}

pub(super) fn leaf(customer: u8) -> LeafId {
    Some(as_reported(customer).leaf.id())
}

pub(super) fn department(slug: &str) -> Department {
    slug.parse().unwrap()
}

fn reference(number: u8) -> Reference {
    Reference { system: "zendesk".to_owned(), id: number.to_string() }
}

fn as_reported(number: u8) -> AsReported {
    AsReported { leaf: Leaf::new("crm", &number.to_string()).unwrap(), raw: None }
}

/// With the ids that events have by their place, and retractions as events: in another order it says the same.
pub(super) fn resolved(said: &[Said]) -> Vec<Said> {
    let numbered = said.iter().enumerate().map(|(number, say)| match say {
        Said::Event(event) => Said::Event(Box::new(numbered(event, number))),
        Said::Bare(event, bare, seconds) => Said::Bare(Box::new(numbered(event, number)), *bare, *seconds),
        Said::Retract(retract) => Said::Event(Box::new(numbered(&retraction(said, retract), number))),
        Said::Redrive(of, Some(event)) => Said::Redrive(*of, Some(Box::new(numbered(event, number)))),
        Said::Again(_)
        | Said::Otherwise(_)
        | Said::Document(_)
        | Said::UnknownDocument
        | Said::Garbled
        | Said::Skip(_)
        | Said::Redrive(_, None)
        | Said::RedriveDocument(..)
        | Said::Lost => say.clone(),
    });
    numbered.collect()
}

fn numbered(event: &Event, number: usize) -> Event {
    let mut event = event.clone();
    if event.identity.id.is_empty() {
        event.identity.id = number.to_string();
    }
    event
}

/// It names what its event names; where there is none, it is a customer's.
fn retraction(said: &[Said], Retract { of, by, minutes }: &Retract) -> Event {
    let of = of % said.len();
    let identity = Identity { source: "/zendesk".to_owned(), id: of.to_string() };
    let payload = Payload::Retracted(Retraction { identity });
    let named = match &said[of] {
        Said::Event(event) | Said::Bare(event, ..) | Said::Redrive(_, Some(event)) => (**event).clone(),
        Said::Retract(retract) if !matches!(said[retract.of % said.len()], Said::Retract(_)) => {
            retraction(said, retract)
        }
        Said::Again(_)
        | Said::Otherwise(_)
        | Said::Document(_)
        | Said::UnknownDocument
        | Said::Garbled
        | Said::Retract(_)
        | Said::Skip(_)
        | Said::Redrive(_, None)
        | Said::RedriveDocument(..)
        | Said::Lost => contact(Some(1), 0),
    };
    let Event { issue, customer, token, .. } = named;
    let event = about(0, *minutes, payload);
    Event { issue, customer, token, origin: by.clone(), ..event }
}

/// Says one after the other: the log of it, in which every message has its own id.
pub(super) fn publish(codec: &SlabCodec, said: &[Said]) -> MemoryLog {
    let log = MemoryLog::new("life", TEN);
    let said = &resolved(said);
    let mut messages: Vec<NewMessage> = Vec::new();
    for (number, say) in said.iter().enumerate() {
        let message = match say {
            Said::Event(event) => codec.message(named(event, 0)),
            Said::Bare(event, bare, seconds) => {
                log.wait(SignedDuration::from_secs(*seconds));
                codec.bare_message(named(event, 0), Digest([*bare; 16]))
            }
            Said::Again(of) => number.checked_sub(1).map_or_else(
                || codec.message(garbled()),
                |last| messages.get(of % (last + 1)).cloned().unwrap(),
            ),
            Said::Otherwise(of) => {
                let other = number.checked_sub(1).map(|last| &said[of % (last + 1)]);
                let event = if let Some(Said::Event(event)) = other { Some(event) } else { None };
                codec.message(event.map_or_else(garbled, |event| named(event, 1)))
            }
            Said::Document(document) => codec.message(changed(document, number)),
            Said::UnknownDocument => {
                codec.message(Arrived::UnknownDocument { type_name: "calendar.set".to_owned() })
            }
            Said::Garbled => codec.message(garbled()),
            Said::Retract(_) => panic!("retractions are resolved"),
            Said::Skip(of) => codec.message(operation(number, OperationKind::Skipped { of: at(said, *of) })),
            Said::Redrive(of, event) => {
                let arrived = event.as_ref().map_or_else(garbled, |event| named(event, 0));
                codec.message(redriven(number, at(said, *of), arrived))
            }
            Said::RedriveDocument(of, document) => {
                codec.message(redriven(number, at(said, *of), changed(document, number)))
            }
            Said::Lost => {
                let loss = Loss { from: Position::new(1), to: at(said, number) };
                codec.message(operation(number, OperationKind::LossAccepted(loss)))
            }
        };
        log.publish(message.clone());
        messages.push(message);
    }
    log
}

/// Where a message stands, or will.
fn at(said: &[Said], of: usize) -> Position {
    Position::new(u64::try_from(of % said.len()).unwrap() + 1)
}

fn redriven(number: usize, of: Position, arrived: Arrived) -> Arrived {
    operation(number, OperationKind::Redriven { of, arrived: Box::new(arrived) })
}

fn operation(number: usize, kind: OperationKind) -> Arrived {
    Arrived::Operation(Box::new(Operation {
        position: Position::START,
        stored_at: TEN,
        identity: Identity { source: "/davy".to_owned(), id: number.to_string() },
        content: digest(number, 0),
        department: department(if number.is_multiple_of(2) { "it" } else { "support" }),
        person: None,
        reason: "A test".to_owned(),
        kind,
    }))
}

/// Content of an event of which there are several versions.
fn named(event: &Event, version: u8) -> Arrived {
    let mut event = event.clone();
    let number = event.identity.id.parse().unwrap();
    event.identity_digest = digest(number, 0);
    event.content = digest(number, version);
    Arrived::Event(Box::new(event))
}

fn changed(document: &Document, number: usize) -> Arrived {
    let identity = Identity { source: "/directory".to_owned(), id: number.to_string() };
    let content = digest(number, 0);
    let (position, stored_at, document) = (Position::START, TEN, document.clone());
    Arrived::Directory(Box::new(DirectoryChange { position, stored_at, identity, content, document }))
}

fn digest(number: usize, version: u8) -> Digest {
    let mut digest = [version; 16];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    Digest(digest)
}

fn garbled() -> Arrived {
    Arrived::Quarantined(Box::new(Quarantined {
        position: Position::START,
        stored_at: TEN,
        subject: "davy.events.support.crm:1.issue.reported".to_owned(),
        department: Some("support".to_owned()),
        customer: Some("crm:1".to_owned()),
        reason: Reason::Unreadable,
        detail: "the body ends early".to_owned(),
        excerpt: String::new(),
        settled: None,
    }))
}
