//! The engine's codec: `wire` reads messages and payloads, `store` gives events their packed form.

use domain::{Arrival, Payload};
use engine::RawMessage;
use store::EventCodec;

/// Between messages, events and the store.
pub(crate) const CODEC: EventCodec = EventCodec { decode, payload };

/// The codec that a store of this Davy is read and written with.
pub const fn codec() -> EventCodec {
    CODEC
}

fn decode(message: &RawMessage) -> Arrival {
    let RawMessage { position, stored_at, subject, headers, body } = message;
    wire::decode(&wire::Message { position: *position, stored_at: *stored_at, subject, headers, body })
}

fn payload(type_name: &str, data: &[u8], folded: bool, names_issue: bool) -> Result<Payload, String> {
    wire::payload(type_name, data, folded, names_issue).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use domain::{Arrived, Position};
    use engine::Codec as _;

    use super::*;

    /// Subjects after `davy.events.` and data of every shape that the reading of payloads tells apart.
    const MESSAGES: [(&str, &str); 16] = [
        (
            "sales.crm:4711.issue.reported",
            r#"{"text":"Wants her money back\nand more","reporter":"kim","severity":2}"#,
        ),
        (
            "sales._.issue.reported",
            r#"{"text":"Pump","customer":{"system":"crm","id":"a b"},"issue":{"system":"jira","id":7}}"#,
        ),
        ("support.crm:4711.contact.missed", r#"{"channel":"phone"}"#),
        ("support.crm:4711.contact.missed", r#"{"channel":"phone","issue":{"system":"zendesk","id":"55"}}"#),
        ("support.crm:4711.contact.logged", r#"{"summary":"talked"}"#),
        (
            "support._.owner.assigned",
            r#"{"issue":{"system":"zendesk","id":"55"},"team":"L2","person":"mia"}"#,
        ),
        (
            "support._.owner.accepted",
            r#"{"issue":{"system":"zendesk","id":"55"},"person":{"system":"jira","id":"bo"}}"#,
        ),
        (
            "support._.owner.accepted",
            r#"{"issue":{"system":"zendesk","id":"55"},"actor":{"person":"bo"},"person":"bo"}"#,
        ),
        (
            "support._.handoff.offered",
            r#"{"issue":{"system":"zendesk","id":"55"},"to_department":"engineering","to_person":"bo"}"#,
        ),
        ("engineering._.handoff.accepted", r#"{"issue":{"system":"zendesk","id":"55"},"person":"bo"}"#),
        (
            "support._.issue.acknowledged",
            r#"{"issue":{"system":"zendesk","id":"55"},"actor":{"person":"mia"},"channel":"mail"}"#,
        ),
        ("support._.issue.severity_changed", r#"{"issue":{"system":"zendesk","id":"55"},"severity":"1"}"#),
        ("support._.issue.closed", r#"{"issue":{"system":"zendesk","id":"55"},"basis":"confirmed"}"#),
        (
            "support._.issue.customer_corrected",
            r#"{"issue":{"system":"zendesk","id":"55"},"to":{"system":"crm","id":"4712"},"customer":{"system":"crm","id":"4712"}}"#,
        ),
        (
            "support._.link.added",
            r#"{"issue":{"system":"zendesk","id":"55"},"kind":"duplicate_of","other":{"system":"jira","id":"7"}}"#,
        ),
        ("billing.crm:1.invoice.sent", r#"{"text":"unknown here"}"#),
    ];

    #[test]
    fn what_was_read_from_the_log_is_read_the_same_from_the_store() {
        let mut events = 0;
        for (sequence, (subject, body)) in (1..).zip(MESSAGES) {
            let message = RawMessage {
                position: Position::new(sequence),
                stored_at: "2026-03-02T10:00:00Z".parse().unwrap(),
                subject: format!("davy.events.{subject}"),
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
            };
            let Arrived::Event(event) = CODEC.decode(&message).content else { continue };
            assert_eq!(CODEC.unpack(&CODEC.pack(&event)).unwrap(), *event, "{subject} {body}");
            events += 1;
        }
        assert!(events >= MESSAGES.len() - 2, "only {events} of them are events");
    }
}
