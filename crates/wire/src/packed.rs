//! The data of an event as the store keeps it: the members that its type knows, with texts cut, as JSON.
//!
//! The envelope around it is the store's; here is what only the wire knows: how data becomes a payload again.

use domain::{Payload, limits};
use serde_json::{Map, Value};

use crate::data::{Context, Read, event_type};

/// Stored data cannot be read again.
#[derive(Debug, thiserror::Error)]
#[error("read the stored data of a `{type_name}`: {detail}")]
pub struct PackError {
    type_name: String,
    detail: String,
}

/// Data as bytes, at most [`limits::FOLDED_EVENT_BYTES`]: longer texts give way first.
pub(crate) fn pack(mut data: Value) -> Vec<u8> {
    let mut longest = limits::TEXT_BYTES;
    loop {
        let bytes = data.to_string().into_bytes();
        if bytes.len() <= limits::FOLDED_EVENT_BYTES || longest == 0 {
            return if bytes.len() <= limits::FOLDED_EVENT_BYTES { bytes } else { b"{}".to_vec() };
        }
        longest /= 2;
        shrink(&mut data, longest);
    }
}

fn shrink(value: &mut Value, longest: usize) {
    match value {
        Value::String(text) if text.len() > longest => text.truncate(text.floor_char_boundary(longest)),
        Value::Array(items) => {
            items.truncate(longest.max(1));
            items.iter_mut().for_each(|item| shrink(item, longest));
        }
        Value::Object(members) => {
            if members.len() > longest.max(16) {
                *members = std::mem::take(members).into_iter().take(longest.max(16)).collect();
            }
            members.values_mut().for_each(|member| shrink(member, longest));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The payload of stored data.
///
/// # Errors
/// If the bytes are not what was packed under this type: the store is damaged or of another version.
pub fn payload(type_name: &str, data: &[u8], folded: bool, names_issue: bool) -> Result<Payload, PackError> {
    let failed = |detail: String| PackError { type_name: type_name.to_owned(), detail };
    let known = event_type(type_name).filter(|_| folded);
    let Some(Read::Event(read)) = known.map(|known| known.read) else { return Ok(Payload::Unknown) };
    let data: Map<String, Value> = serde_json::from_slice(data).map_err(|error| failed(error.to_string()))?;
    let context =
        Context { people_of: "", names_issue, actor: None, customer: None, source: "", principal: None };
    read(&data, &context).map(|folded| folded.payload).map_err(failed)
}
