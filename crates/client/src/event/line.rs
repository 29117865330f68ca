//! One event as a line of JSON: `{"subject": ..., "data": {...}}`, or a CloudEvent with the NATS subject in `subject`.

use bytes::Bytes;
use proto::v1::EventMessage;
use serde_json::{Map, Value};

use super::{Event, EventError, check_token, cloud_event_headers};

/// Reads a message from a line of JSON.
///
/// A line with `specversion` is a CloudEvent and is sent as it stands, without `subject` where that is the subject of the
/// message. Any other is a subject with its data, and `id`, `source`, `time`, `sequence` and `backfill` where given.
///
/// # Errors
/// If the line is not a JSON object, names no subject, or its data is not an object.
///
/// ```
/// let line = r#"{"subject": "davy.events.sales.crm:4711.issue.reported", "data": {"text": "Pump"}}"#;
/// assert_eq!(davy_client::parse_event(line).unwrap().body, r#"{"text":"Pump"}"#);
/// ```
pub fn parse_event(line: &str) -> Result<EventMessage, EventError> {
    let Value::Object(mut members) = serde_json::from_str(line).map_err(EventError::Json)? else {
        return Err(EventError::Data);
    };
    let Some(Value::String(subject)) = members.remove("subject") else { return Err(EventError::NoSubject) };
    if members.contains_key("specversion") {
        return cloud_event(subject, members);
    }
    let data = members.remove("data").unwrap_or_else(|| Value::Object(Map::new()));
    let mut event = Event::on_subject(subject, data);
    for (name, value) in members {
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("id", value) => event.id = Some(text(name, value)?),
            ("source", value) => event.source = Some(text(name, value)?),
            ("time", value) => event.time = Some(text(name, value)?),
            ("sequence", value) => event.sequence = Some(text(name, value)?),
            ("backfill", Value::Bool(backfill)) => event.backfill = backfill,
            _ => return Err(EventError::Member(name)),
        }
    }
    event.build()
}

/// A text; an integer counts as its decimal text.
fn text(name: String, value: Value) -> Result<String, EventError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(EventError::Member(name))
        }
    }
}

fn cloud_event(subject: String, members: Map<String, Value>) -> Result<EventMessage, EventError> {
    subject.split('.').try_for_each(check_token)?;
    let body = Bytes::from(Value::Object(members).to_string());
    Ok(EventMessage { subject, body, headers: cloud_event_headers() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cloud_events_are_sent_as_they_stand() {
        let message = parse_event(
            r#"{"subject":"davy.events.sales._.issue.reported","specversion":"1.0","id":"z-1","source":"/zendesk","type":"issue.reported","data":{"text":"x"}}"#,
        )
        .unwrap();
        assert_eq!(message.headers, cloud_event_headers());
        assert_eq!(message.subject, "davy.events.sales._.issue.reported");
        assert!(!String::from_utf8_lossy(&message.body).contains("subject"));
    }

    #[test]
    fn a_line_without_a_subject_or_an_object_is_refused() {
        assert!(matches!(parse_event("{\"data\":{}}"), Err(EventError::NoSubject)));
        assert!(matches!(parse_event("[]"), Err(EventError::Data)));
        assert!(matches!(parse_event("{"), Err(EventError::Json(_))));
        assert!(matches!(parse_event(r#"{"subject":"a.b","data":1}"#), Err(EventError::Data)));
        for line in [
            r#"{"subject":"a.b","data":{},"id":1.5}"#,
            r#"{"subject":"a.b","dat":{}}"#,
            r#"{"subject":"a.b","backfill":"no"}"#,
        ] {
            assert!(matches!(parse_event(line), Err(EventError::Member(_))), "{line}");
        }
    }
}
