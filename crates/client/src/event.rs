//! Building messages: the subject and the body of an event (`contract.md` 1).
//!
//! Deliberately absent: the schemas of `data`; `DescribeCatalogue` tells them and `ValidateEvent` applies them.

use std::collections::HashMap;

use bytes::Bytes;
use proto::v1::EventMessage;
use serde_json::{Map, Value};
use uuid::{Uuid, uuid};
use wire::{TokenError, customer_token};

mod line;

pub use line::parse_event;

/// What derived ids of events are derived under (`contract.md` 2).
pub(crate) const NAMESPACE: Uuid = uuid!("83dd1905-2798-53e5-9e2b-dffb7bd32a69");

/// An event cannot be published as it is.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The customer's id cannot stand in a subject.
    #[error("name the customer")]
    Customer(#[from] TokenError),
    /// Something between dots of the subject is empty or has a character that NATS does not take there.
    #[error("`{0}` cannot stand in a subject; tokens are not empty and have no spaces, dots, * or >")]
    Token(String),
    /// The type has not two parts.
    #[error("`{0}` is no type; give <entity>.<verb>, such as issue.reported")]
    Type(String),
    /// The data is not a JSON object.
    #[error("the data of an event is a JSON object")]
    Data,
    /// A text that is not JSON.
    #[error("read the event: it is not JSON")]
    Json(#[source] serde_json::Error),
    /// A member of a line that is not known, or has a value that it cannot have.
    #[error(
        "read the member `{0}`: a line has subject, data, id, source, time, sequence and backfill, or is a CloudEvent with `specversion`"
    )]
    Member(String),
    /// A line without a subject.
    #[error("give the event a `subject`, such as davy.events.sales.crm:4711.issue.reported")]
    NoSubject,
}

/// An event to be published.
///
/// Without an id, source, time, sequence or backfill it becomes a bare message: just its data, which Davy gives an id of
/// its own. Otherwise it becomes a CloudEvent. One that is told no id gets one that follows from its content, so publishing
/// it again counts once.
///
/// No `Nats-Msg-Id` is sent. The server forgets what comes under one that it had two minutes before, from whomever: whoever
/// guesses it could make an event of others vanish. What identifies an event is in it, and Davy judges that for each issue.
///
/// ```
/// use davy_client::Event;
///
/// let event = Event::new("support", "issue.acknowledged", serde_json::json!({ "issue": { "system": "zendesk", "id": "55" } }))
///     .customer("servicenow", "Caller 2403")?
///     .id("z-4")
///     .source("/zendesk")
///     .time("2026-03-02T10:00:00Z")
///     .build()?;
/// assert_eq!(event.subject, "davy.events.support.servicenow:Caller%202403.issue.acknowledged");
/// assert_eq!(event.headers["Content-Type"], "application/cloudevents+json");
/// # Ok::<(), davy_client::EventError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    subject: Subject,
    data: Value,
    id: Option<String>,
    source: Option<String>,
    time: Option<String>,
    sequence: Option<String>,
    backfill: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Subject {
    Whole(String),
    Parts { department: String, customer: String, type_name: String },
}

impl Event {
    /// An event of a department, about a customer that it does not know unless one is named.
    pub fn new(department: impl Into<String>, type_name: impl Into<String>, data: Value) -> Self {
        let (department, type_name) = (department.into(), type_name.into());
        Self::with(Subject::Parts { department, customer: "_".to_owned(), type_name }, data)
    }

    /// An event on a subject that is known already, such as one of the directory.
    pub fn on_subject(subject: impl Into<String>, data: Value) -> Self {
        Self::with(Subject::Whole(subject.into()), data)
    }

    fn with(subject: Subject, data: Value) -> Self {
        Self { subject, data, id: None, source: None, time: None, sequence: None, backfill: false }
    }

    /// The customer by their id in a system, as that system writes it. An event on a whole subject keeps the customer of
    /// its subject.
    ///
    /// # Errors
    /// If the system is no slug or the id is empty.
    pub fn customer(self, system: &str, id: &str) -> Result<Self, TokenError> {
        Ok(self.customer_token(customer_token(system, id)?))
    }

    /// The customer by their token, such as `crm:4711`, or `_` for unknown.
    #[must_use]
    pub fn customer_token(mut self, token: impl Into<String>) -> Self {
        if let Subject::Parts { customer, .. } = &mut self.subject {
            *customer = token.into();
        }
        self
    }

    /// Unique within the source; the same event sent again has the same id.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// The tool that tells of the event, such as `/zendesk`; `/<department>` unless given.
    #[must_use]
    pub fn source(self, source: impl Into<String>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// When it happened, in RFC 3339 with an offset; when it is stored unless given.
    #[must_use]
    pub fn time(self, time: impl Into<String>) -> Self {
        Self { time: Some(time.into()), ..self }
    }

    /// Orders events of equal time.
    #[must_use]
    pub fn sequence(self, sequence: impl Into<String>) -> Self {
        Self { sequence: Some(sequence.into()), ..self }
    }

    /// History: folded, never pinged.
    #[must_use]
    pub fn backfill(self, backfill: bool) -> Self {
        Self { backfill, ..self }
    }

    /// The message.
    ///
    /// # Errors
    /// If the subject cannot be one, or the data is not an object.
    pub fn build(self) -> Result<EventMessage, EventError> {
        let subject = self.subject.text()?;
        if !self.data.is_object() {
            return Err(EventError::Data);
        }
        let is_bare = self.id.is_none()
            && self.source.is_none()
            && self.time.is_none()
            && self.sequence.is_none()
            && !self.backfill;
        if is_bare {
            return Ok(message(subject, &self.data, HashMap::new()));
        }
        let cloud_event = self.cloud_event(&subject);
        Ok(message(subject, &cloud_event, cloud_event_headers()))
    }

    fn cloud_event(self, subject: &str) -> Value {
        let source = self.source.unwrap_or_else(|| default_source(subject));
        let mut members = Map::new();
        members.insert("specversion".to_owned(), "1.0".into());
        members.insert("source".to_owned(), source.into());
        members.insert("type".to_owned(), type_of(subject).into());
        for (name, value) in [("time", self.time), ("sequence", self.sequence)] {
            members.extend(value.map(|value| (name.to_owned(), Value::from(value))));
        }
        if self.backfill {
            members.insert("backfill".to_owned(), true.into());
        }
        members.insert("data".to_owned(), self.data);
        let id = self.id.unwrap_or_else(|| derived_id(subject, &members));
        members.insert("id".to_owned(), id.into());
        Value::Object(members)
    }
}

impl Subject {
    fn text(&self) -> Result<String, EventError> {
        match self {
            Self::Whole(subject) => {
                subject.split('.').try_for_each(check_token)?;
                Ok(subject.clone())
            }
            Self::Parts { department, customer, type_name } => {
                check_token(department)?;
                check_token(customer)?;
                let two = type_name.split('.').count() == 2
                    && type_name.split('.').all(|part| check_token(part).is_ok());
                if !two {
                    return Err(EventError::Type(type_name.clone()));
                }
                Ok(format!("{}{department}.{customer}.{type_name}", wire::EVENTS_PREFIX))
            }
        }
    }
}

fn check_token(token: &str) -> Result<(), EventError> {
    let fits = !token.is_empty()
        && token.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '.' | '*' | '>'));
    if fits { Ok(()) } else { Err(EventError::Token(token.to_owned())) }
}

fn message(subject: String, body: &Value, headers: HashMap<String, String>) -> EventMessage {
    EventMessage { subject, body: Bytes::from(body.to_string()), headers }
}

/// Of a CloudEvent that is the body.
fn cloud_event_headers() -> HashMap<String, String> {
    [("Content-Type".to_owned(), "application/cloudevents+json".to_owned())].into()
}

/// `/<department>`, or `/directory`.
pub(crate) fn default_source(subject: &str) -> String {
    match subject.strip_prefix(wire::EVENTS_PREFIX).and_then(|rest| rest.split('.').next()) {
        Some(department) => format!("/{department}"),
        None => "/directory".to_owned(),
    }
}

/// `<entity>.<verb>`, or `<kind>.set`.
pub(crate) fn type_of(subject: &str) -> String {
    if let Some(rest) = subject.strip_prefix(wire::DIRECTORY_PREFIX) {
        return format!("{}.set", rest.split('.').next().unwrap_or_default());
    }
    let rest = subject.strip_prefix(wire::EVENTS_PREFIX).unwrap_or(subject);
    rest.splitn(3, '.').nth(2).unwrap_or_default().to_owned()
}

fn derived_id(subject: &str, members: &Map<String, Value>) -> String {
    let content = Value::Object(members.clone());
    Uuid::new_v5(&NAMESPACE, format!("publish\n{subject}\n{content}").as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(message: &EventMessage) -> Value {
        serde_json::from_slice(&message.body).unwrap()
    }

    #[test]
    fn data_alone_stays_bare() {
        let message =
            Event::new("sales", "issue.reported", json!({ "text": "Pump" })).customer("crm", "4711").unwrap();
        let message = message.build().unwrap();
        assert_eq!(message.subject, "davy.events.sales.crm:4711.issue.reported");
        assert_eq!(message.body, r#"{"text":"Pump"}"#);
        assert!(message.headers.is_empty());
    }

    #[test]
    fn a_time_alone_makes_a_cloud_event_whose_id_follows_from_its_content() {
        let at = |time: &str| {
            Event::new("sales", "issue.reported", json!({ "text": "Pump" })).time(time).build().unwrap()
        };
        let (first, again, other) =
            (at("2026-03-02T10:00:00Z"), at("2026-03-02T10:00:00Z"), at("2026-03-02T11:00:00Z"));
        assert_eq!(first, again);
        assert_ne!(body(&first)["id"], body(&other)["id"]);
        assert_eq!(body(&first)["source"], "/sales");
        assert_eq!(body(&first)["type"], "issue.reported");
    }

    #[test]
    fn directory_documents_are_set_by_the_directory() {
        let subject = "davy.directory.department.sales";
        let message = Event::on_subject(subject, json!({ "active": true })).backfill(true).build().unwrap();
        assert_eq!(body(&message)["type"], "department.set");
        assert_eq!(body(&message)["source"], "/directory");
    }

    #[test]
    fn who_it_is_stands_in_the_event_alone() {
        let message =
            Event::new("sales", "issue.reported", json!({})).id("ü\n").source("/tool").build().unwrap();
        assert_eq!((&body(&message)["source"], &body(&message)["id"]), (&json!("/tool"), &json!("ü\n")));
        assert_eq!(message.headers, cloud_event_headers());
    }

    #[test]
    fn what_no_subject_can_hold_is_refused() {
        for (department, type_name) in [
            ("a b", "issue.reported"),
            ("", "issue.reported"),
            ("sales", "reported"),
            ("sales", "a.b.c"),
            ("*", "a.b"),
        ] {
            assert!(
                Event::new(department, type_name, json!({})).build().is_err(),
                "{department} {type_name}"
            );
        }
        assert!(matches!(Event::new("sales", "issue.reported", json!([])).build(), Err(EventError::Data)));
        assert!(Event::on_subject("davy.events.>", json!({})).build().is_err());
    }
}
