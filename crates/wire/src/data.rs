//! The types of events that this Davy folds: the JSON form of their `data`, a module a noun, and one row a type.
//!
//! To add an event: its payload (`domain/src/payload.rs`) and what it does (`domain/src/fold.rs`, where the build stops until
//! it is decided), its data (a module here), and its row in the table below. `cargo xtask schemas` does the rest. Unknown
//! members are ignored here and kept in the log. Texts are cut at their limits while they are read.

mod acknowledgement;
mod assist;
mod clock;
pub(crate) mod common;
mod contact;
mod customer;
mod deferral;
pub(crate) mod directory;
pub(crate) mod duty;
mod handoff;
mod invoice;
mod lifecycle;
mod link;
mod note;
pub(crate) mod operation;
mod owner;
mod ping;
mod promise;
mod reference;
mod report;
mod run;
#[cfg(feature = "schema")]
pub mod schema;
mod scope;
mod severity;
mod signal;
mod waiting;
mod workaround;

pub use self::scope::{Own, Scope};
pub(crate) use common::{ActorForm, ActorKindForm, Common, IssueForm, says};

use domain::{AsReported, Document, DocumentKey, Payload, Person};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{DIRECTORY_PREFIX, EVENTS_PREFIX};

/// What a payload needs to know of the event around its data.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// The system of people given as a plain text: that of the issue, else the department.
    pub(crate) people_of: &'a str,
    /// Whether the event names an issue.
    pub(crate) names_issue: bool,
    /// The person of `data.actor`.
    pub(crate) actor: Option<&'a Person>,
    /// The customer that the event knows.
    pub(crate) customer: Option<&'a AsReported>,
    /// Who published the event.
    pub(crate) source: &'a str,
    /// `data.principal` of Davy's own events: which credential the command came by.
    pub(crate) principal: Option<&'a str>,
}

/// Has a JSON Schema where those are generated; says nothing otherwise.
#[cfg(feature = "schema")]
pub(crate) trait Described: schemars::JsonSchema {}
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> Described for T {}
/// Has a JSON Schema where those are generated; says nothing otherwise.
#[cfg(not(feature = "schema"))]
pub(crate) trait Described {}
#[cfg(not(feature = "schema"))]
impl<T> Described for T {}

/// The `data` of one type.
pub(crate) trait Data: DeserializeOwned + Serialize + Described {
    /// What the fold asks of it.
    ///
    /// # Errors
    /// Which member is missing or has another type.
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String>;

    /// Writes people out in full, so that the data can be read again without their context.
    fn settle(&mut self, _context: &Context<'_>) {}
}

/// A type of event.
#[derive(Debug)]
pub struct EventType {
    /// `entity.verb`, or `kind.set`.
    pub name: &'static str,
    /// The newest version that is folded.
    pub version: u32,
    /// What it is about.
    pub scope: Scope,
    /// Which of Davy's own origins alone says it; absent: anybody may.
    pub own: Option<Own>,
    /// What it says, in one sentence.
    pub about: &'static str,
    /// A small `data` that says it, as JSON.
    pub example: &'static str,
    pub(crate) read: Read,
    #[cfg(feature = "schema")]
    pub(crate) schema_of_data: fn() -> schemars::Schema,
}

/// How `data` is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Read {
    Event(fn(&Map<String, Value>, &Context<'_>) -> Result<Folded, String>),
    Document(fn(&Map<String, Value>, DocumentKey) -> Result<Document, String>),
    Operation(fn(&Map<String, Value>) -> Result<operation::Done, String>),
}

/// A payload, and the data that it is read from again.
#[derive(Debug)]
pub(crate) struct Folded {
    pub(crate) payload: Payload,
    pub(crate) data: Value,
}

/// Every type.
pub fn catalogue() -> impl Iterator<Item = &'static EventType> {
    TYPES.iter()
}

/// The type of this name.
pub fn event_type(name: &str) -> Option<&'static EventType> {
    TYPES.iter().find(|known| known.name == name)
}

impl EventType {
    /// The JSON Schema of `data`, as `cargo xtask schemas` wrote it.
    pub fn schema(&self) -> Option<&'static str> {
        proto::SCHEMAS.iter().find(|(name, _)| *name == self.name).map(|(_, schema)| *schema)
    }

    /// The subject to publish to, with `<department>` and `<customer>`, or `<id>`, to fill in. Of Davy's own events, with
    /// `<home>`: nobody else publishes those.
    pub fn subject(&self) -> String {
        match (self.scope, self.own) {
            (Scope::Issue | Scope::Report | Scope::Customer, None) => {
                format!("{}<department>.<customer>.{}", EVENTS_PREFIX, self.name)
            }
            (Scope::Issue | Scope::Report | Scope::Customer, Some(own)) => {
                format!("{}{}.<home>.{}", EVENTS_PREFIX, own.as_str(), self.name)
            }
            (Scope::Directory, _) => {
                format!("{}{}.<id>", DIRECTORY_PREFIX, self.name.trim_end_matches(".set"))
            }
            (Scope::Operation, _) => format!("{}command._.{}", EVENTS_PREFIX, self.name),
        }
    }
}

fn event<T: Data>(data: &Map<String, Value>, context: &Context<'_>) -> Result<Folded, String> {
    let mut form = T::deserialize(data).map_err(|error| error.to_string())?;
    let payload = form.payload(context)?;
    form.settle(context);
    let mut data = serde_json::to_value(form).map_err(|error| error.to_string())?;
    if let (Some(principal), Some(members)) = (context.principal, data.as_object_mut()) {
        members.insert("principal".to_owned(), principal.into());
    }
    Ok(Folded { payload, data })
}

fn document<T: directory::DocumentData>(
    data: &Map<String, Value>,
    key: DocumentKey,
) -> Result<Document, String> {
    T::deserialize(data).map_err(|error| error.to_string())?.document(key)
}

fn done<T: operation::OperationData>(data: &Map<String, Value>) -> Result<operation::Done, String> {
    T::deserialize(data).map_err(|error| error.to_string())?.done()
}

const fn row<T: Data>(
    name: &'static str,
    scope: Scope,
    about: &'static str,
    example: &'static str,
) -> EventType {
    EventType {
        name,
        version: 1,
        scope,
        own: None,
        about,
        example,
        read: Read::Event(event::<T>),
        #[cfg(feature = "schema")]
        schema_of_data: schema::of::<T>,
    }
}

/// About an issue, and said by one of Davy's own origins alone.
const fn own<T: Data>(name: &'static str, own: Own, about: &'static str, example: &'static str) -> EventType {
    EventType { own: Some(own), ..row::<T>(name, Scope::Issue, about, example) }
}

/// As [`own`], or about a customer.
const fn of_any<T: Data>(
    name: &'static str,
    own: Own,
    about: &'static str,
    example: &'static str,
) -> EventType {
    EventType { own: Some(own), ..row::<T>(name, Scope::Customer, about, example) }
}

const fn kind<T: directory::DocumentData>(
    name: &'static str,
    about: &'static str,
    example: &'static str,
) -> EventType {
    EventType {
        name,
        version: 1,
        scope: Scope::Directory,
        own: None,
        about,
        example,
        read: Read::Document(document::<T>),
        #[cfg(feature = "schema")]
        schema_of_data: schema::of::<T>,
    }
}

const fn deed<T: operation::OperationData>(
    name: &'static str,
    about: &'static str,
    example: &'static str,
) -> EventType {
    EventType {
        name,
        version: 1,
        scope: Scope::Operation,
        own: Some(Own::Command),
        about,
        example,
        read: Read::Operation(done::<T>),
        #[cfg(feature = "schema")]
        schema_of_data: schema::of::<T>,
    }
}

#[rustfmt::skip]
static TYPES: &[EventType] = &[
    row::<report::Reported>("issue.reported", Scope::Report, "A customer complains.",
        r#"{"text":"Pump resets every two hours since Friday","reporter":"ana"}"#),
    row::<note::DetailAdded>("issue.detail_added", Scope::Issue, "More is known about an issue.",
        r#"{"issue":{"system":"zendesk","id":"55"},"note":"Only with firmware 4.2"}"#),
    row::<severity::SeverityChanged>("issue.severity_changed", Scope::Issue, "The harm was assessed anew.",
        r#"{"issue":{"system":"zendesk","id":"55"},"to":"1","reason":"Line stopped"}"#),
    row::<acknowledgement::Acknowledged>("issue.acknowledged", Scope::Issue, "A human told the customer who owns the issue.",
        r#"{"issue":{"system":"zendesk","id":"55"},"channel":"mail","actor":{"kind":"human","person":"mia"}}"#),
    row::<waiting::CustomerChased>("issue.customer_chased", Scope::Issue, "The customer asked again.",
        r#"{"issue":{"system":"zendesk","id":"55"},"channel":"phone","words":"Still waiting"}"#),
    row::<waiting::CustomerReplied>("issue.customer_replied", Scope::Issue, "The customer answered.",
        r#"{"issue":{"system":"zendesk","id":"55"},"channel":"mail","substantive":true}"#),
    row::<waiting::CustomerAsked>("issue.customer_input_requested", Scope::Issue, "The customer was asked something; until they answer, the issue waits.",
        r#"{"issue":{"system":"zendesk","id":"55"},"question":"Which revision?","channel":"mail","sent_at":"2026-03-02T10:00:00Z"}"#),
    row::<waiting::ExternalWaitStarted>("issue.external_wait_started", Scope::Issue, "Somebody outside is to deliver something.",
        r#"{"issue":{"system":"zendesk","id":"55"},"vendor":"Seals Ltd","due_at":"2026-03-09T17:00:00Z"}"#),
    row::<waiting::ExternalWaitEnded>("issue.external_wait_ended", Scope::Issue, "They delivered, or nobody waits for them any more.",
        r#"{"issue":{"system":"zendesk","id":"55"},"outcome":"Delivered"}"#),
    row::<note::UpdateSent>("issue.update_sent", Scope::Issue, "The customer was told how it stands.",
        r#"{"issue":{"system":"zendesk","id":"55"},"channel":"mail","summary":"A technician comes on Tuesday"}"#),
    row::<note::ProgressNoted>("issue.progress_noted", Scope::Issue, "Work went on.",
        r#"{"issue":{"system":"zendesk","id":"55"},"summary":"Reproduced on the bench"}"#),
    row::<contact::AutoreplySent>("autoreply.sent", Scope::Customer, "An automatic reply went out; it acknowledges nothing.",
        r#"{"issue":{"system":"zendesk","id":"55"},"channel":"mail","template":"we-got-it"}"#),
    row::<owner::Assigned>("owner.assigned", Scope::Issue, "Somebody else is to own the issue, at once.",
        r#"{"issue":{"system":"zendesk","id":"55"},"team":"L2"}"#),
    row::<owner::Accepted>("owner.accepted", Scope::Issue, "A person took the issue.",
        r#"{"issue":{"system":"zendesk","id":"55"},"person":{"system":"jira","id":"bo"}}"#),
    row::<owner::Declined>("owner.declined", Scope::Issue, "The one named gives it back to the desk.",
        r#"{"issue":{"system":"zendesk","id":"55"},"reason":"On leave"}"#),
    row::<handoff::Offered>("handoff.offered", Scope::Issue, "The issue is offered to another department or team.",
        r#"{"issue":{"system":"zendesk","id":"55"},"to_department":"engineering","summary":"Firmware fault"}"#),
    row::<handoff::OfferAccepted>("handoff.accepted", Scope::Issue, "A person of the department that was asked takes the issue.",
        r#"{"issue":{"system":"zendesk","id":"55"},"person":{"system":"jira","id":"bo"}}"#),
    row::<handoff::OfferDeclined>("handoff.declined", Scope::Issue, "The department that was asked does not take it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"reason_code":"missing_info","missing":["revision"]}"#),
    row::<handoff::OfferWithdrawn>("handoff.withdrawn", Scope::Issue, "The offer is taken back.",
        r#"{"issue":{"system":"zendesk","id":"55"}}"#),
    row::<assist::AssistRequested>("assist.requested", Scope::Issue, "Work is asked of another department; the owner stays.",
        r#"{"issue":{"system":"zendesk","id":"55"},"to_department":"engineering","question":"Is 4.3 safe for revision B?","due_at":"2026-03-04T17:00:00Z","blocking":true}"#),
    row::<assist::AssistAccepted>("assist.accepted", Scope::Issue, "Somebody of the department that was asked does it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"assist":"j-20","person":{"system":"jira","id":"bo"}}"#),
    row::<assist::AssistAnswered>("assist.answered", Scope::Issue, "The work that was asked for is done, or help was given unasked.",
        r#"{"issue":{"system":"zendesk","id":"55"},"assist":"j-20","answer":"Safe from serial number 400 on"}"#),
    row::<assist::AssistDeclined>("assist.declined", Scope::Issue, "The department that was asked does not do it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"assist":"j-20","reason":"Not our pump"}"#),
    row::<assist::AssistCancelled>("assist.cancelled", Scope::Issue, "The work that was asked for is not needed any more.",
        r#"{"issue":{"system":"zendesk","id":"55"},"assist":"j-20"}"#),
    row::<deferral::DeferralRequested>("deferral.requested", Scope::Issue, "The issue may wait until a day, if somebody else allows it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"until":"2026-03-20T17:00:00Z","reason":"Fixed with 4.3","interim_measure":"Reset at shift change","customer_told":{"contact":"Ana","at":"2026-03-02T09:00:00Z"}}"#),
    row::<deferral::DeferralApproved>("deferral.approved", Scope::Issue, "Somebody else than who asked allows it to wait.",
        r#"{"issue":{"system":"zendesk","id":"55"},"deferral":"j-30"}"#),
    row::<deferral::DeferralDenied>("deferral.denied", Scope::Issue, "It may not wait.",
        r#"{"issue":{"system":"zendesk","id":"55"},"deferral":"j-30","reason":"Renewal in June"}"#),
    row::<deferral::DeferralCancelled>("deferral.cancelled", Scope::Issue, "The wish to wait is taken back, or the issue taken up again.",
        r#"{"issue":{"system":"zendesk","id":"55"},"deferral":"j-30"}"#),
    row::<deferral::DeferralEnded>("deferral.ended", Scope::Issue, "The issue does not wait any longer.",
        r#"{"issue":{"system":"zendesk","id":"55"},"deferral":"j-30","cause":"expired"}"#),
    row::<promise::PromiseMade>("promise.made", Scope::Issue, "The customer was told that something will be done by a day.",
        r#"{"issue":{"system":"zendesk","id":"55"},"what":"A technician comes","to_contact":"Ana","due_at":"2026-03-10T17:00:00Z"}"#),
    row::<promise::PromiseKept>("promise.kept", Scope::Issue, "What was promised is done.",
        r#"{"issue":{"system":"zendesk","id":"55"},"promise":"z-40","evidence":"Visit report 7"}"#),
    row::<promise::PromiseRenegotiated>("promise.renegotiated", Scope::Issue, "Another day was agreed with the customer.",
        r#"{"issue":{"system":"zendesk","id":"55"},"promise":"z-40","new_due":"2026-03-12T17:00:00Z","customer_agreed":true}"#),
    row::<promise::PromiseBroken>("promise.broken", Scope::Issue, "The day of a promise passed.",
        r#"{"issue":{"system":"zendesk","id":"55"},"promise":"z-40"}"#),
    row::<workaround::WorkaroundApplied>("workaround.applied", Scope::Issue, "Somebody helped with a quick fix, which is to be reviewed.",
        r#"{"issue":{"system":"zendesk","id":"55"},"description":"Bridged the pressure switch","done_at":"2026-03-02T09:00:00Z","temporary":true,"customer_aware":true}"#),
    row::<workaround::WorkaroundReviewed>("workaround.reviewed", Scope::Issue, "The department that owns the matter says what it thinks of a quick fix.",
        r#"{"issue":{"system":"zendesk","id":"55"},"workaround":"f-50","verdict":"needs_fix","note":"Only until the switch is replaced"}"#),
    row::<lifecycle::Resolved>("issue.resolved", Scope::Issue, "An answer was given to the customer.",
        r#"{"issue":{"system":"zendesk","id":"55"},"res_kind":"fixed","summary":"Firmware 4.3 installed"}"#),
    row::<lifecycle::Closed>("issue.closed", Scope::Issue, "The issue is done.",
        r#"{"issue":{"system":"zendesk","id":"55"},"basis":"confirmed"}"#),
    row::<lifecycle::Reopened>("issue.reopened", Scope::Issue, "It came back.",
        r#"{"issue":{"system":"zendesk","id":"55"},"reason":"Resets again","by":"customer"}"#),
    row::<lifecycle::Withdrawn>("issue.withdrawn", Scope::Issue, "It is taken back.",
        r#"{"issue":{"system":"zendesk","id":"55"},"reason":"Entered twice"}"#),
    row::<lifecycle::Reinstated>("issue.reinstated", Scope::Issue, "It stands again where it stood before it was withdrawn.",
        r#"{"issue":{"system":"zendesk","id":"55"}}"#),
    row::<link::LinkAdded>("link.added", Scope::Issue, "The issue belongs with another.",
        r#"{"issue":{"system":"zendesk","id":"56"},"duplicate_of":{"system":"zendesk","id":"55"}}"#),
    row::<link::LinkRemoved>("link.removed", Scope::Issue, "The issue does not belong with the other after all.",
        r#"{"issue":{"system":"zendesk","id":"56"},"duplicate_of":{"system":"zendesk","id":"55"}}"#),
    row::<reference::KnownAs>("issue.known_as", Scope::Issue, "Another tool knows the issue too.",
        r#"{"issue":{"system":"zendesk","id":"55"},"reference":{"system":"jira","id":"10234"}}"#),
    row::<customer::CustomerCorrected>("issue.customer_corrected", Scope::Issue, "The issue is another customer's.",
        r#"{"issue":{"system":"zendesk","id":"55"},"to":{"system":"crm","id":"4712"}}"#),
    row::<customer::AliasAsserted>("customer.alias_asserted", Scope::Customer, "An id in a system is said to be a customer's.",
        r#"{"customer":{"system":"crm","id":"4711"},"leaf":{"system":"sap","id":"99","kind":"account"},"confidence":"strong","evidence":"Contract V-7"}"#),
    row::<customer::AliasRetracted>("customer.alias_retracted", Scope::Customer, "It is not said any more.",
        r#"{"customer":{"system":"crm","id":"4711"},"assertion":{"source":"/crm","id":"a-1"},"reason":"Another company of the same name"}"#),
    row::<customer::Merged>("customers.merged", Scope::Customer, "Two customers are one.",
        r#"{"from":{"system":"sap","id":"99"},"into":{"system":"crm","id":"4711"},"reason":"One company, entered twice"}"#),
    row::<customer::Unmerged>("customers.unmerged", Scope::Customer, "They are two after all.",
        r#"{"customer":{"system":"crm","id":"4711"},"merge":{"source":"/crm","id":"m-1"},"reason":"A subsidiary"}"#),
    row::<customer::ProfileSet>("customer.profile_set", Scope::Customer, "What is known of a customer.",
        r#"{"customer":{"system":"crm","id":"4711"},"name":"Pumpwerk Sued","tier":"gold","cadence_days":30,"tz":"Europe/Berlin"}"#),
    row::<customer::ContractUpserted>("contract.upserted", Scope::Customer, "A contract of a customer as it stands.",
        r#"{"customer":{"system":"crm","id":"4711"},"contract_no":"V-7","starts_on":"2026-01-01","ends_on":"2026-12-31","notice_days":90,"value":{"amount_minor":1200000,"currency":"EUR"},"auto_renew":true}"#),
    row::<contact::ContactMissed>("contact.missed", Scope::Report, "Nobody answered the customer's call, voicemail, mail or chat.",
        r#"{"channel":"voicemail","mailbox":"sales-north"}"#),
    row::<contact::ContactLogged>("contact.logged", Scope::Customer, "Somebody spoke or wrote with the customer.",
        r#"{"direction":"outbound","channel":"phone","two_way":true,"purpose":"service"}"#),
    row::<signal::SignalObserved>("signal.observed", Scope::Customer, "Somebody noticed something that may matter.",
        r#"{"polarity":-1,"theme":"spare parts","summary":"They order seals elsewhere","urgency":"high"}"#),
    row::<signal::SignalDispositioned>("signal.dispositioned", Scope::Customer, "Somebody decided what becomes of a signal.",
        r#"{"signal":"f-60","action":"planned","reason":"Offer a maintenance contract","told_observer_at":"2026-03-03T09:00:00Z"}"#),
    row::<invoice::InvoiceWithheld>("invoice.withheld", Scope::Customer, "The customer does not pay an invoice; with an issue, because of it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"invoice_no":"2026-118","amount":{"amount_minor":1250000,"currency":"EUR"},"reason":"Pump still resets"}"#),
    row::<invoice::InvoiceReleased>("invoice.released", Scope::Customer, "The customer pays a withheld invoice, or owes it no more.",
        r#"{"issue":{"system":"zendesk","id":"55"},"invoice_no":"2026-118"}"#),
    row::<operation::Retracted>("event.retracted", Scope::Customer, "An event is taken back: shown struck out, and folded as if it had never been.",
        r#"{"issue":{"system":"zendesk","id":"55"},"event":{"source":"/zendesk","id":"z-1"},"reason":"Entered for the wrong customer"}"#),
    of_any::<clock::ClockWarned>("clock.warned", Own::Escalator, "Three quarters of a clock's time are over.",
        r#"{"customer":{"system":"crm","id":"4711"},"clock":"silence","since":"2026-03-02T11:00:00Z","deadline":"2026-05-31T11:00:00Z","actor":{"kind":"system","department":"sales"}}"#),
    of_any::<clock::ClockBreached>("clock.breached", Own::Escalator, "A clock ran out.",
        r#"{"issue":{"system":"zendesk","id":"55"},"clock":"handoff_accept","item":"3b241101-e2bb-4255-8caf-4136c566a962","cycle":1,"deadline":"2026-03-02T11:00:00Z","actor":{"kind":"system","department":"support"}}"#),
    own::<run::RunStepped>("run.stepped", Own::Escalator, "A step of a policy fired for an issue and the department that owes the act.",
        r#"{"issue":{"system":"zendesk","id":"55"},"department":"support","cycle":1,"policy":{"id":"default","position":"0-7"},"severity":"1","fired":{"kind":"step","step":0,"pass":0},"next_at":"2026-03-02T11:05:00Z","late_by":2,"people":[{"person":"mia","cycle":1,"step":0,"pass":0,"started_at":"2026-03-02T11:00:00Z","left":[{"rule":1,"contact":"phone","after_seconds":120}]}],"actor":{"kind":"system","department":"support"}}"#),
    own::<run::RunEscalated>("run.escalated", Own::Command, "Somebody does not want to wait for the next step.",
        r#"{"issue":{"system":"zendesk","id":"55"},"department":"support","reason":"The line stands still","actor":{"kind":"human","department":"support","person":"mia"}}"#),
    own::<run::RunSnoozed>("run.snoozed", Own::Command, "Somebody asks for silence until a time.",
        r#"{"issue":{"system":"zendesk","id":"55"},"department":"support","until":"2026-03-02T13:00:00Z","reason":"Parts come at noon","actor":{"kind":"human","department":"support","person":"mia"}}"#),
    own::<run::RunMigrated>("run.migrated", Own::Command, "A run goes by a newer version of its policy, from the same step on.",
        r#"{"issue":{"system":"zendesk","id":"55"},"department":"support","policy":{"id":"default","position":"0-21"},"reason":"The night shift has a step of its own now","actor":{"kind":"human","department":"support","person":"mia"}}"#),
    own::<ping::PingRequested>("ping.requested", Own::Escalator, "Somebody is to be pinged.",
        r#"{"issue":{"system":"zendesk","id":"55"},"ping":"7d444840-9dc0-11d1-b245-5ffdce74fad2","department":"support","cycle":1,"to":{"person":"mia","contact":"phone"},"reason":{"kind":"step","step":0,"pass":0,"rule":0},"actor":{"kind":"system","department":"support"}}"#),
    own::<ping::PingAttempted>("ping.attempted", Own::Pager, "A pager claims a ping; the first in the log has it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"ping":"7d444840-9dc0-11d1-b245-5ffdce74fad2","attempt":1,"by":"pager-1","actor":{"kind":"system","department":"support"}}"#),
    own::<ping::PingDelivered>("ping.delivered", Own::Pager, "The receiver of a ping took it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"ping":"7d444840-9dc0-11d1-b245-5ffdce74fad2","attempt":1,"receipt":"C0FFEE","actor":{"kind":"system","department":"support"}}"#),
    own::<ping::PingFailed>("ping.failed", Own::Pager, "A ping could not be delivered.",
        r#"{"issue":{"system":"zendesk","id":"55"},"ping":"7d444840-9dc0-11d1-b245-5ffdce74fad2","attempt":1,"retry_at":"2026-03-02T11:01:00Z","detail":"503 Service Unavailable","actor":{"kind":"system","department":"support"}}"#),
    own::<ping::PingThrottled>("ping.throttled", Own::Pager, "A ping waits, since its contact has got enough for now: its step is late.",
        r#"{"issue":{"system":"zendesk","id":"55"},"ping":"7d444840-9dc0-11d1-b245-5ffdce74fad2","until":"2026-03-02T11:01:00Z","actor":{"kind":"system","department":"support"}}"#),
    own::<ping::PingAnswered>("ping.acknowledged", Own::Command, "Somebody answers a ping: they look after it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"ping":"7d444840-9dc0-11d1-b245-5ffdce74fad2","channel":"link","actor":{"kind":"human","department":"support","person":"mia"}}"#),
    own::<handoff::OfferTimedOut>("handoff.timed_out", Own::Escalator, "Nobody answered an offered hand-off in time: the issue stays where it is.",
        r#"{"issue":{"system":"zendesk","id":"55"},"offer":"3b241101-e2bb-4255-8caf-4136c566a962","actor":{"kind":"system","department":"support"}}"#),
    own::<handoff::HandOverDue>("handoff.due", Own::Escalator, "The owner of an issue went off shift: whoever is on call is to accept it.",
        r#"{"issue":{"system":"zendesk","id":"55"},"ended":"2026-03-02T17:00:00Z","actor":{"kind":"system","department":"support"}}"#),
    own::<assist::AssistTimedOut>("assist.timed_out", Own::Escalator, "Nobody answered in time what was asked of them; it stays asked for.",
        r#"{"issue":{"system":"zendesk","id":"55"},"assist":"3b241101-e2bb-4255-8caf-4136c566a962","actor":{"kind":"system","department":"engineering"}}"#),
    own::<waiting::CustomerWaitLapsed>("issue.customer_wait_lapsed", Own::Escalator, "The customer did not answer what they were asked: nobody waits for them any more.",
        r#"{"issue":{"system":"zendesk","id":"55"},"asked_at":"2026-03-02T10:00:00Z","deadline":"2026-03-09T10:00:00Z","actor":{"kind":"system","department":"support"}}"#),
    own::<owner::Orphaned>("owner.orphaned", Own::Escalator, "The owner is gone, or their department is closed.",
        r#"{"issue":{"system":"zendesk","id":"55"},"was":{"department":"support","person":{"system":"zendesk","id":"mia"}},"cause":"left","actor":{"kind":"system","department":"support"}}"#),
    deed::<operation::Skipped>("event.skipped", "A quarantined message is of no use.",
        r#"{"of":"0-17","reason":"A test of the mail gateway","actor":{"department":"support","person":"mia"}}"#),
    deed::<operation::Redriven>("event.redriven", "A quarantined message is read again, as it stands or corrected.",
        r#"{"of":"0-17","reason":"The body was cut off","actor":{"department":"support","person":"mia"},"message":{"subject":"davy.events.support.crm:4711.issue.reported","body":"{\"text\":\"Pump resets\"}"},"stored_at":"2026-03-02T10:00:00Z"}"#),
    deed::<operation::LossAccepted>("log.loss_accepted", "Messages that are missing from the log are given up.",
        r#"{"from":"0-18","to":"0-19","reason":"Gone with the old disk","actor":{"department":"it"}}"#),
    kind::<directory::DepartmentSet>("department.set", "A department, and whether it still exists.",
        r#"{"name":"Field service","active":true,"head":"lena","calendar":"berlin","policy":"field","schedule":"field","hand_off_template":["site","access"]}"#),
    kind::<directory::SystemSet>("system.set", "A department's system, and whose word counts about its issues.",
        r#"{"department":"support"}"#),
    kind::<directory::PersonSet>("person.set", "A person: where they belong, whether they are there, and which accounts are theirs.",
        r#"{"name":"Mia","status":"active","departments":["support"],"manager":"tom","accounts":[{"system":"zendesk","id":"mia"}],"contacts":[{"name":"app","kind":"ntfy","address":"https://ntfy.example/mia"},{"name":"phone","kind":"phone","address":"+49 30 5550100"}],"rules":[{"contact":"app"},{"contact":"phone","after":"2m","severities":"1-2"}],"quiet":{"zone":"Europe/Berlin","hours":["daily 22:00-07:00"]}}"#),
    kind::<duty::CalendarSet>("calendar.set", "A calendar: when somebody works.",
        r#"{"zone":"Europe/Berlin","open":["mon-thu 09:00-17:00","fri 09:00-15:00"],"holidays":["2026-12-25"]}"#),
    kind::<duty::RotationSet>("rotation.set", "People who take turns.",
        r#"{"zone":"Europe/Berlin","members":["mia","bo"],"every":"1 week","from":"2026-01-05T09:00"}"#),
    kind::<duty::ScheduleSet>("schedule.set", "Who is on call when.",
        r#"{"zone":"Europe/Berlin","layers":[{"rotation":"support-weekly"},{"name":"nights","people":["tom"],"windows":["daily 22:00-06:00"]}]}"#),
    kind::<duty::OverrideSet>("override.set", "An exception to a schedule: somebody comes, goes, or stands in for somebody.",
        r#"{"schedule":"support","from":"2026-03-02T17:00:00Z","until":"2026-03-03T17:00:00Z","removes":"mia","adds":"bo","reason":"Concert"}"#),
    kind::<duty::PolicySet>("policy.set", "How long a department may take, and whom it has pinged when it takes longer.",
        r#"{"clocks":["ack 15m 1h 4bh 8bh"],"plans":[{"severities":"1-2","steps":[{"ping":["on-call"],"wait":"5m"},{"ping":["head"],"wait":"10m"}],"repeat":"forever"},{"steps":[{"ping":["on-call"],"wait":"1h"}]}],"fallback":"channel:alarm"}"#),
];
