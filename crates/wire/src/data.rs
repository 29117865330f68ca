//! The types of events that this Davy folds: the JSON form of their `data`, a module a noun, and one row a type.
//!
//! To add an event: its payload (`domain/src/event.rs`) and what it does (`domain/src/fold.rs`, where the build stops until
//! it is decided), its data (a module here), and its row in the table below. `cargo xtask schemas` does the rest. Unknown
//! members are ignored here and kept in the log. Texts are cut at their limits while they are read.

mod acknowledgement;
mod common;
mod contact;
mod customer;
mod directory;
mod handoff;
mod lifecycle;
mod link;
mod note;
pub(crate) mod operation;
mod owner;
mod report;
#[cfg(feature = "schema")]
pub mod schema;
mod severity;

pub(crate) use common::{ActorForm, ActorKindForm, Common};

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

/// What an event of a type is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// An issue, which it must name.
    Issue,
    /// A new issue; without a reference it gets one of its own.
    Report,
    /// An issue if it names one, else a customer.
    Customer,
    /// A document of the directory.
    Directory,
    /// A matter of the log's own. Davy's API publishes it, for an operator.
    Operation,
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

    /// The subject to publish to, with `<department>` and `<customer>`, or `<id>`, to fill in.
    pub fn subject(&self) -> String {
        match self.scope {
            Scope::Issue | Scope::Report | Scope::Customer => {
                format!("{}<department>.<customer>.{}", EVENTS_PREFIX, self.name)
            }
            Scope::Directory => {
                format!("{}{}.<id>", DIRECTORY_PREFIX, self.name.trim_end_matches(".set"))
            }
            Scope::Operation => format!("{}command._.{}", EVENTS_PREFIX, self.name),
        }
    }
}

fn event<T: Data>(data: &Map<String, Value>, context: &Context<'_>) -> Result<Folded, String> {
    let mut form = T::deserialize(data).map_err(|error| error.to_string())?;
    let payload = form.payload(context)?;
    form.settle(context);
    let data = serde_json::to_value(form).map_err(|error| error.to_string())?;
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
        about,
        example,
        read: Read::Event(event::<T>),
        #[cfg(feature = "schema")]
        schema_of_data: schema::of::<T>,
    }
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
    row::<note::CustomerChased>("issue.customer_chased", Scope::Issue, "The customer asked again.",
        r#"{"issue":{"system":"zendesk","id":"55"},"channel":"phone","words":"Still waiting"}"#),
    row::<note::CustomerReplied>("issue.customer_replied", Scope::Issue, "The customer answered.",
        r#"{"issue":{"system":"zendesk","id":"55"},"channel":"mail","substantive":true}"#),
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
    row::<customer::CustomerCorrected>("issue.customer_corrected", Scope::Issue, "The issue is another customer's.",
        r#"{"issue":{"system":"zendesk","id":"55"},"to":{"system":"crm","id":"4712"}}"#),
    row::<contact::ContactMissed>("contact.missed", Scope::Report, "Nobody answered the customer's call, voicemail, mail or chat.",
        r#"{"channel":"voicemail","mailbox":"sales-north"}"#),
    row::<contact::ContactLogged>("contact.logged", Scope::Customer, "Somebody spoke or wrote with the customer.",
        r#"{"direction":"outbound","channel":"phone","two_way":true,"purpose":"service"}"#),
    row::<operation::Retracted>("event.retracted", Scope::Customer, "An event is taken back: shown struck out, and folded as if it had never been.",
        r#"{"issue":{"system":"zendesk","id":"55"},"event":{"source":"/zendesk","id":"z-1"},"reason":"Entered for the wrong customer"}"#),
    deed::<operation::Skipped>("event.skipped", "A quarantined message is of no use.",
        r#"{"of":"0-17","reason":"A test of the mail gateway","actor":{"department":"support","person":"mia"}}"#),
    deed::<operation::Redriven>("event.redriven", "A quarantined message is read again, as it stands or corrected.",
        r#"{"of":"0-17","reason":"The body was cut off","actor":{"department":"support","person":"mia"},"message":{"subject":"davy.events.support.crm:4711.issue.reported","body":"{\"text\":\"Pump resets\"}"},"stored_at":"2026-03-02T10:00:00Z"}"#),
    deed::<operation::LossAccepted>("log.loss_accepted", "Messages that are missing from the log are given up.",
        r#"{"from":"0-18","to":"0-19","reason":"Gone with the old disk","actor":{"department":"it"}}"#),
    kind::<directory::DepartmentSet>("department.set", "A department, and whether it still exists.",
        r#"{"name":"Field service","active":true}"#),
    kind::<directory::SystemSet>("system.set", "A department's system, and whose word counts about its issues.",
        r#"{"department":"support"}"#),
    kind::<directory::PersonSet>("person.set", "A person, their accounts, and whether they are still there.",
        r#"{"name":"Mia","active":true,"accounts":[{"system":"zendesk","id":"mia"}]}"#),
];
