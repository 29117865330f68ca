//! The events that Davy writes, as messages: what [`crate::decode`] reads.
//!
//! Owns: their subject, their envelope, who did it, and the data of a draft, which is the reverse of what `data` reads. What
//! operators do is put together in [`crate::operator`]. Deliberately absent: ids and times, which come in.

mod customer;
mod escalation;
mod members;
mod payload;
mod said;

use domain::{AsReported, Department, Draft, Identity, IssueName, Person, Principal};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::EVENTS_PREFIX;
use members::Members;

/// What such an event says it comes from.
pub const SOURCE: &str = "/davy";

/// A message to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Under one of Davy's own origins.
    pub subject: String,
    /// A CloudEvent.
    pub body: Vec<u8>,
    /// Who the event is.
    pub identity: Identity,
}

/// What stands around a draft.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The home of the issue; for a new one, or where it is about no issue, the customer's token; `_` if there is none.
    pub home: &'a str,
    /// The id of the event.
    pub id: &'a str,
    /// When it happens.
    pub time: Timestamp,
    /// What it is about. Absent: no issue, or a new one that gets a reference of its own: that of its report.
    pub issue: Option<&'a IssueName>,
    /// Whose it is, as far as that is known. Events of Davy's own say it here, and not in their subject.
    pub customer: Option<&'a AsReported>,
    /// Who says it.
    pub voice: Voice<'a>,
}

/// Which of Davy's own origins an event is of, and in whose name it speaks.
#[derive(Clone, Copy, Debug)]
pub enum Voice<'a> {
    /// `command`: a person or a program gave it.
    Command(&'a Principal),
    /// `escalator`, on behalf of the department that owes the act.
    Escalator(&'a Department),
    /// `pager`, on behalf of the department whose ping it is.
    Pager(&'a Department),
}

impl Voice<'_> {
    const fn origin(self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Escalator(_) => "escalator",
            Self::Pager(_) => "pager",
        }
    }

    fn sign(self, data: &mut Members) {
        match self {
            Self::Command(Principal { name, department, person, roles: _ }) => {
                let kind = if person.is_some() { "human" } else { "bot" };
                data.members("actor", actor(kind, department, person.as_ref()));
                data.text("principal", name);
            }
            Self::Escalator(department) | Self::Pager(department) => {
                data.members("actor", actor("system", department, None));
                data.0.remove("principal");
            }
        }
    }
}

/// The message of a draft: reading it gives the payload of the draft again, where its texts are within their limits.
pub fn compose(draft: &Draft, about: &About<'_>) -> Composed {
    let Draft { type_name, payload, words } = draft;
    let About { home, id, time, issue, customer, voice } = *about;
    let mut data = payload::members(payload);
    said::add(&mut data, words);
    // What every event says comes last: no word takes its place.
    let mut all = Members(data);
    all.issue("issue", issue);
    all.customer("customer", customer);
    voice.sign(&mut all);
    event(voice.origin(), home, type_name, id.to_owned(), Some(time), all.0)
}

/// Who did it.
pub(crate) fn actor(kind: &str, department: &Department, person: Option<&Person>) -> Map<String, Value> {
    let mut actor = Members::default();
    actor.text("kind", kind);
    actor.text("department", department.as_str());
    actor.person("person", person);
    actor.0
}

/// The subject of an event of Davy's own.
pub(crate) fn subject(origin: &str, home: &str, type_name: &str) -> String {
    format!("{EVENTS_PREFIX}{origin}.{home}.{type_name}")
}

/// An event of Davy's own. Without a time, its time is that at which it is stored.
pub(crate) fn event(
    origin: &str,
    home: &str,
    type_name: &str,
    id: String,
    time: Option<Timestamp>,
    data: Map<String, Value>,
) -> Composed {
    let mut event =
        json!({"specversion": "1.0", "id": id, "source": SOURCE, "type": type_name, "data": data});
    if let (Some(time), Some(members)) = (time, event.as_object_mut()) {
        members.insert("time".to_owned(), time.to_string().into());
    }
    let identity = Identity { source: SOURCE.to_owned(), id };
    Composed { subject: subject(origin, home, type_name), body: event.to_string().into_bytes(), identity }
}
