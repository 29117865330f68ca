//! The events that Davy's API writes for an operator, as messages: what [`crate::decode`] reads.
//!
//! They carry no time, so theirs is the stored time; their id follows from what they say. Saying the same again is thus
//! the same event; another principal's saying it is another event, which settles what is settled already.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{Department, Identity, IssueId, Leaf, Loss, Person, Position, operator_event_id};
use serde_json::{Map, Value, json};

use crate::{Message, compose};

pub use crate::compose::{Composed, SOURCE};

/// In whose name something is done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The department.
    pub department: Department,
    /// The person, where they are named.
    pub person: Option<Person>,
    /// The name of the principal that calls, which may speak for others.
    pub principal: String,
    /// Why.
    pub reason: String,
}

/// Among whose events one is retracted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    /// An issue's, whose home is this.
    Issue(IssueId, String),
    /// A customer's that name no issue.
    Customer(Leaf),
    /// Those that name neither.
    Nobody,
}

/// `event.skipped`: the quarantined message at a position is of no use.
pub fn skipped(by: &By, of: Position) -> Composed {
    written(by, "_", "event.skipped", members(json!({"of": of.to_string()})))
}

/// The body of a message as it should have been: a correction that is a JSON object without `specversion` is the `data` of
/// the CloudEvent that the original is; any other correction stands for itself.
pub fn corrected_body(original: &[u8], correction: Vec<u8>) -> Vec<u8> {
    let object = |body: &[u8]| serde_json::from_slice::<Map<String, Value>>(body).ok();
    let (Some(mut envelope), Some(data)) = (object(original), object(&correction)) else { return correction };
    if !envelope.contains_key("specversion") || data.contains_key("specversion") {
        return correction;
    }
    envelope.remove("data_base64");
    envelope.insert("data".to_owned(), Value::Object(data));
    Value::Object(envelope).to_string().into_bytes()
}

/// `event.redriven`: the quarantined message at a position is read again, as `message`, which has its stored time.
pub fn redriven(by: &By, of: Position, message: &Message<'_>) -> Composed {
    let mut headers = Map::new();
    for (name, value) in message.headers {
        // A header that is there twice is read once: the first.
        headers.entry(name.clone()).or_insert_with(|| value.clone().into());
    }
    let mut inner = members(json!({"subject": message.subject, "headers": headers}));
    match str::from_utf8(message.body) {
        Ok(text) => inner.insert("body".to_owned(), text.into()),
        Err(_) => inner.insert("body_base64".to_owned(), BASE64_STANDARD.encode(message.body).into()),
    };
    let data = json!({"of": of.to_string(), "message": inner, "stored_at": message.stored_at.to_string()});
    written(by, "_", "event.redriven", members(data))
}

/// `log.loss_accepted`: messages that are missing from the log are given up.
pub fn loss_accepted(by: &By, loss: Loss) -> Composed {
    let data = json!({"from": loss.from.to_string(), "to": loss.to.to_string()});
    written(by, "_", "log.loss_accepted", members(data))
}

/// `event.retracted`: an event is struck out.
pub fn retracted(by: &By, among: &Among, event: &Identity) -> Composed {
    let Identity { source, id } = event;
    let mut data = members(json!({"event": {"source": source, "id": id}}));
    let home = match among {
        Among::Issue(id, home) => {
            data.insert("issue".to_owned(), id.to_string().into());
            home.clone()
        }
        Among::Customer(leaf) => {
            data.insert("customer".to_owned(), json!({"system": leaf.system(), "id": leaf.decoded()}));
            leaf.to_string()
        }
        Among::Nobody => "_".to_owned(),
    };
    written(by, &home, "event.retracted", data)
}

fn members(object: Value) -> Map<String, Value> {
    if let Value::Object(members) = object { members } else { Map::new() }
}

fn written(by: &By, home: &str, type_name: &str, mut data: Map<String, Value>) -> Composed {
    let By { department, person, principal, reason } = by;
    data.insert("reason".to_owned(), reason.clone().into());
    data.insert("actor".to_owned(), compose::actor("human", department, person.as_ref()).into());
    data.insert("principal".to_owned(), principal.clone().into());
    let said = format!("{}\n{}", compose::subject("command", home, type_name), Value::Object(data.clone()));
    compose::event("command", home, type_name, operator_event_id(&said), None, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_without_an_envelope_is_the_data_of_the_one_there() {
        let event = br#"{"specversion":"1.0","id":"z-9","source":"/zendesk","data":{"team":"L2"}}"#;
        let corrected = |original: &[u8], correction: &str| {
            String::from_utf8(corrected_body(original, correction.into())).unwrap()
        };
        let whole = r#"{"data":{"team":"L3"},"id":"z-9","source":"/zendesk","specversion":"1.0"}"#;
        assert_eq!(corrected(event, r#"{"team":"L3"}"#), whole);
        for itself in [r#"{"specversion":"1.0"}"#, "[1]", "{"] {
            assert_eq!(corrected(event, itself), itself);
        }
        assert_eq!(corrected(br#"{"text": "#, r#"{"text":"x"}"#), r#"{"text":"x"}"#);
    }
}
