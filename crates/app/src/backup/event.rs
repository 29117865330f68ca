//! A message as a line: a CloudEvent that the message can be made of again, byte for byte.
//!
//! Compact where the message allows it. Whether it does is not argued but tried: a line is taken if it reads back as the
//! message.

use engine::RawMessage;
use serde_json::{Map, Value};

use super::{
    attributes::{self, is_cloud_event},
    line::{self, Extensions, Form},
};

/// The line of a message, without its end.
pub(super) fn line(message: &RawMessage) -> String {
    let text = std::str::from_utf8(&message.body).ok();
    let value: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
    if let (Some(text), Some(value)) = (text, value) {
        let one_line = !text.contains(['\n', '\r']);
        let forms: [&dyn Fn() -> Option<String>; 3] = [
            &|| one_line.then(|| as_event(message, text, &value)).flatten(),
            &|| one_line.then(|| as_data(message, text, &value)).flatten(),
            &|| as_bytes(message, &value),
        ];
        for form in forms {
            let exact = |line: &String| line::message(line).is_ok_and(|read| read == *message);
            if let Some(line) = form().filter(exact) {
                return line;
            }
        }
    }
    opaque(message)
}

/// The body itself, if it is a CloudEvent.
fn as_event(message: &RawMessage, text: &str, value: &Value) -> Option<String> {
    let rest = text.strip_prefix('{')?;
    if !is_cloud_event(value.as_object()?) {
        return None;
    }
    Some(format!("{},{rest}", opened(&extensions(message, Form::Event))))
}

/// The body as the data of an event.
fn as_data(message: &RawMessage, text: &str, value: &Value) -> Option<String> {
    if attributes::is_structured(message, value) {
        return None;
    }
    let mut members = attributes::of(message)?;
    members.append(&mut extensions(message, Form::Data));
    Some(format!("{},\"data\":{text}}}", opened(&members)))
}

/// An event for its readers, with the body beside it.
fn as_bytes(message: &RawMessage, value: &Value) -> Option<String> {
    let mut members = attributes::of(message)?;
    members.append(&mut extensions(message, Form::Bytes));
    let data = if attributes::is_structured(message, value) { value.get("data") } else { Some(value) };
    if let Some(data) = data {
        members.insert("data".to_owned(), data.clone());
    }
    Some(Value::Object(members).to_string())
}

/// The body as it is, of which nothing is known.
fn opaque(message: &RawMessage) -> String {
    let mut members = attributes::unreadable(message);
    members.append(&mut extensions(message, Form::Opaque));
    Value::Object(members).to_string()
}

fn extensions(message: &RawMessage, form: Form) -> Map<String, Value> {
    match serde_json::to_value(Extensions::of(message, form)) {
        Ok(Value::Object(members)) => members,
        // Strings and numbers: they can always be written, and are members of an object.
        Ok(_) | Err(_) => Map::new(),
    }
}

/// The members without the closing brace.
fn opened(members: &Map<String, Value>) -> String {
    let mut text = serde_json::json!(members).to_string();
    text.pop();
    text
}
