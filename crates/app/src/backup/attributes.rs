//! The CloudEvents attributes of a message: those it has, or those it is given (`contract.md` 1).
//!
//! They are for other programs. A restore does not look at them.

use domain::{Arrived, Reason};
use engine::RawMessage;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Of events about messages that are none.
const SOURCE: &str = "/davy/log";
const UNREADABLE: &str = "davy.message.unreadable";
const QUARANTINED: &str = "davy.message.quarantined";
/// What CloudEvents itself gives a meaning.
const CORE: [&str; 8] =
    ["specversion", "id", "source", "type", "time", "data", "datacontenttype", "data_base64"];

/// The attributes of a message that was read; `None` if it cannot be.
pub(super) fn of(message: &RawMessage) -> Option<Map<String, Value>> {
    let RawMessage { position, stored_at, subject, headers, body } = message;
    let (position, stored_at) = (*position, *stored_at);
    let arrival = wire::decode(&wire::Message { position, stored_at, subject, headers, body });
    let named = |type_name: &str| event(&position.to_string(), SOURCE, type_name, stored_at);
    let mut members = match arrival.content {
        Arrived::Event(read) => event(&read.identity.id, &read.identity.source, &read.type_name, read.time),
        Arrived::Directory(read) => {
            event(&read.identity.id, &read.identity.source, &of_subject(subject), stored_at)
        }
        Arrived::UnknownDocument { type_name } => named(&type_name),
        Arrived::Operation(_) => named(&of_subject(subject)),
        Arrived::Quarantined(quarantined) if quarantined.reason == Reason::Unreadable => return None,
        Arrived::Quarantined(_) => named(QUARANTINED),
    };
    add_headers(&mut members, headers);
    Some(members)
}

/// The attributes of a message that cannot be read.
pub(super) fn unreadable(message: &RawMessage) -> Map<String, Value> {
    event(&message.position.to_string(), SOURCE, UNREADABLE, message.stored_at)
}

fn event(id: &str, source: &str, type_name: &str, time: Timestamp) -> Map<String, Value> {
    let source: String = source.chars().flat_map(in_uri).collect();
    let mut members = Map::new();
    for (name, value) in [("specversion", "1.0"), ("id", id), ("source", &source), ("type", type_name)] {
        members.insert(name.to_owned(), value.into());
    }
    members.insert("time".to_owned(), time.to_string().into());
    members
}

/// `<kind>.set` of a document, `<entity>.<verb>` of an event.
fn of_subject(subject: &str) -> String {
    let tokens: Vec<_> = subject.split('.').collect();
    match *tokens {
        ["davy", "directory", kind, ..] => format!("{kind}.set"),
        ["davy", "events", _, _, entity, verb] => format!("{entity}.{verb}"),
        _ => QUARANTINED.to_owned(),
    }
}

/// The attributes of the binary form that are not there yet.
fn add_headers(members: &mut Map<String, Value>, headers: &[(String, String)]) {
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        let Some(name) = name.strip_prefix("ce-").filter(|name| is_extension(name)) else { continue };
        members.entry(name).or_insert_with(|| percent_decoded(value).into());
    }
}

fn is_extension(name: &str) -> bool {
    is_name(name) && !CORE.contains(&name) && !name.starts_with("davy")
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Whether a message says of itself that it is a CloudEvent in the structured form.
pub(super) fn is_structured(message: &RawMessage, body: &Value) -> bool {
    let declared = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("content-type")
            && value.trim_start().to_ascii_lowercase().starts_with("application/cloudevents+json")
    };
    body.get("specversion").is_some() || message.headers.iter().any(declared)
}

/// Whether an object is a valid CloudEvent, with room for the extensions of a backup.
pub(super) fn is_cloud_event(members: &Map<String, Value>) -> bool {
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
    let times = members.get("time").is_none_or(|time| time.as_str().is_some_and(is_rfc3339));
    let data = members.contains_key("data") && members.contains_key("data_base64");
    text("specversion") == "1.0"
        && !text("id").is_empty()
        && !text("type").is_empty()
        && !text("source").is_empty()
        && text("source").chars().all(|char| in_uri(char).eq([char]))
        && times
        && !data
        && members.iter().all(|(name, value)| is_attribute(name, value))
}

fn is_attribute(name: &str, value: &Value) -> bool {
    match name {
        "data" => true,
        "data_base64" => value.is_string(),
        _ if !is_name(name) || name.starts_with("davy") => false,
        _ => match value {
            Value::String(_) | Value::Bool(_) => true,
            Value::Number(number) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        },
    }
}

fn is_rfc3339(text: &str) -> bool {
    text.as_bytes().get(10).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'T'))
        && text.parse::<Timestamp>().is_ok()
}

/// A character as it may stand in a URI.
fn in_uri(char: char) -> impl Iterator<Item = char> {
    let stands = char.is_ascii_graphic() && !"\"<>\\^`{|}".contains(char);
    let mut bytes = [0; 4];
    let encoded = if stands {
        char.to_string()
    } else {
        char.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
    };
    encoded.chars().collect::<Vec<_>>().into_iter()
}

/// What the header of the binary form means; as it stands if it is not percent-encoded UTF-8.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
