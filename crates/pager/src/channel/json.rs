//! A message as JSON: the body of webhooks and of NATS. It is published (`deploy/README.md`), so members are only added.

use serde_json::{Value, json};

use crate::{
    Message,
    message::Item,
    ping::{Content, Recipient, Severity},
    text,
};

/// `{type, timestamp, data}` of Standard Webhooks.
///
/// `data`: `id` (of the message, the same for each attempt), `attempt`, `late`, `to {person, contact, name}` or `to {channel}`,
/// `subject` and `text` to show, and `pings`: each with `ping`, `issue`, `department`, `severity` (1 to 4, null: not
/// assessed), `title`, `customer`, `since`, `what`, `owner`, `times`, `step`, `next {who, at}`, `answer {url, command}`,
/// `restricted`. A receiver that has seen a `ping` may pass it over.
pub(super) fn body(message: &Message) -> Vec<u8> {
    let pings: Vec<_> = message.items.iter().map(ping).collect();
    let value = json!({
        "type": "davy.ping",
        "timestamp": message.at.to_string(),
        "data": {
            "id": message.id(),
            "attempt": message.attempt(),
            "late": message.late,
            "to": to(message),
            "subject": text::subject(message),
            "text": text::plain(message),
            "pings": pings,
        },
    });
    value.to_string().into_bytes()
}

fn to(message: &Message) -> Value {
    match &message.to.recipient {
        Recipient::Person { person, contact } => {
            json!({ "person": person, "contact": contact, "name": message.to.name })
        }
        Recipient::Channel(name) => json!({ "channel": name }),
    }
}

fn ping(item: &Item) -> Value {
    let content = &item.content;
    let Content { ping, issue, department, customer, what, owner, times, step, restricted, .. } = content;
    json!({
        "ping": ping.as_str(),
        "issue": issue,
        "department": department,
        "severity": number(content.severity),
        "title": text::title(content),
        "customer": customer,
        "since": content.since.map(|at| at.to_string()),
        "what": what,
        "owner": owner,
        "times": times,
        "step": step,
        "next": { "who": content.next_who, "at": content.next_at.map(|at| at.to_string()) },
        "answer": { "url": text::link(content), "command": content.answer_command },
        "restricted": restricted,
    })
}

const fn number(severity: Severity) -> Option<u8> {
    match severity {
        Severity::One => Some(1),
        Severity::Two => Some(2),
        Severity::Three => Some(3),
        Severity::Four => Some(4),
        Severity::Unassessed => None,
    }
}
