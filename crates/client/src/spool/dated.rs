//! Gives a bare message an identity and a time before it is first sent, so that it is the same event however often and
//! however late it is delivered (`contract.md` 1).

use std::time::SystemTime;

use proto::v1::EventMessage;
use serde_json::Value;
use uuid::Uuid;

use super::record::header;
use crate::event::{NAMESPACE, default_source, type_of};

/// A bare message without an id becomes a CloudEvent in binary form, of this instant. Its body stays as it is; its id
/// follows from subject, body and instant.
///
/// Any other message is left alone. One whose sender chose its id may be sent again by the sender, and must then be equal:
/// a time of ours would make the two a conflict.
pub(super) fn dated(mut event: EventMessage, now: SystemTime) -> EventMessage {
    if !is_bare(&event) {
        return event;
    }
    let time = prost_types::Timestamp::from(now).to_string();
    let content = [format!("keep\n{}\n{time}\n", event.subject).as_bytes(), &event.body].concat();
    let id = Uuid::new_v5(&NAMESPACE, &content).to_string();
    let source = default_source(&event.subject);
    let content_type = header(&event.headers, "content-type").is_none().then_some("application/json");
    let headers = [
        ("ce-specversion", "1.0".to_owned()),
        ("ce-type", percent_encoded(&type_of(&event.subject))),
        ("ce-source", percent_encoded(&source)),
        ("ce-time", time),
        ("ce-id", id),
    ];
    event.headers.extend(headers.map(|(name, value)| (name.to_owned(), value)));
    event.headers.extend(content_type.map(|value| ("Content-Type".to_owned(), value.to_owned())));
    event
}

/// Just its data, and nothing that says who it is.
fn is_bare(event: &EventMessage) -> bool {
    let placed =
        [wire::EVENTS_PREFIX, wire::DIRECTORY_PREFIX].iter().any(|start| event.subject.starts_with(start));
    let known =
        event.headers.keys().any(|name| name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("ce-")))
            || header(&event.headers, "nats-msg-id").is_some_and(|id| !id.is_empty())
            || header(&event.headers, "content-type")
                .is_some_and(|form| form.to_lowercase().contains("cloudevents"));
    let body: Option<Value> = serde_json::from_slice(&event.body).ok();
    let is_data =
        body.as_ref().and_then(Value::as_object).is_some_and(|body| !body.contains_key("specversion"));
    placed && !known && is_data
}

/// As a `ce-` header has it.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'%' | b'"' => format!("%{byte:02X}"),
        _ if byte.is_ascii_graphic() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::Event;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_772_445_600_250)
    }

    fn bare() -> EventMessage {
        Event::new("sales", "issue.reported", json!({ "text": "Pump" })).build().unwrap()
    }

    #[test]
    fn a_bare_message_gets_its_identity_and_time_and_keeps_its_body() {
        let event = dated(bare(), now());
        let header = |name: &str| header(&event.headers, name).unwrap();
        assert_eq!(event.body, bare().body);
        assert_eq!(
            (header("ce-source"), header("ce-type"), header("ce-time")),
            ("/sales", "issue.reported", "2026-03-02T10:00:00.250Z")
        );
        assert!(!event.headers.keys().any(|name| name.eq_ignore_ascii_case("nats-msg-id")));
        assert_eq!(dated(event.clone(), now() + Duration::from_secs(60)), event, "only once");
        let next = dated(bare(), now() + Duration::from_nanos(1));
        assert_ne!(next.headers["ce-id"], event.headers["ce-id"], "the same words a moment later are news");
    }

    #[test]
    fn a_document_of_the_directory_is_one_still() {
        let document =
            Event::on_subject("davy.directory.person.ana", json!({ "name": "Ana" })).build().unwrap();
        let event = dated(document, now());
        assert_eq!(
            (event.headers["ce-source"].as_str(), event.headers["ce-type"].as_str()),
            ("/directory", "person.set")
        );
    }

    #[test]
    fn what_has_an_identity_is_sent_as_it_stands() {
        let own = Event::new("sales", "issue.reported", json!({})).id("7").build().unwrap();
        let mut named = bare();
        named.headers.insert("nats-msg-id".to_owned(), "/tool/7".to_owned());
        let mut unreadable = bare();
        unreadable.body = "{".into();
        let mut elsewhere = bare();
        elsewhere.subject = "orders.new".to_owned();
        for event in [own, named, unreadable, elsewhere] {
            assert_eq!(dated(event.clone(), now()), event);
        }
    }
}
