//! The JSON form of each type's `data`, a module a noun, and how it becomes a payload of the domain.
//!
//! Unknown members are ignored here and kept in the log. Texts are cut at their limits while they are read.

mod acknowledgement;
mod common;
mod contact;
mod customer;
mod directory;
mod handoff;
mod lifecycle;
mod link;
mod note;
mod owner;
mod report;
#[cfg(feature = "schema")]
pub mod schema;
mod severity;

pub(crate) use acknowledgement::Acknowledged;
pub(crate) use common::{ActorForm, ActorKindForm, Common};
pub(crate) use contact::{AutoreplySent, ContactLogged, ContactMissed};
pub(crate) use customer::CustomerCorrected;
pub(crate) use directory::{DepartmentSet, DocumentData, PersonSet, SystemSet};
pub(crate) use handoff::{OfferAccepted, OfferDeclined, OfferWithdrawn, Offered};
pub(crate) use lifecycle::{Closed, Reinstated, Reopened, Resolved, Withdrawn};
pub(crate) use link::{LinkAdded, LinkRemoved};
pub(crate) use note::{CustomerChased, CustomerReplied, DetailAdded, ProgressNoted, UpdateSent};
pub(crate) use owner::{Accepted, Assigned, Declined};
pub(crate) use report::Reported;
pub(crate) use severity::SeverityChanged;

use domain::{AsReported, Payload, Person};
use serde::{Serialize, de::DeserializeOwned};

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
