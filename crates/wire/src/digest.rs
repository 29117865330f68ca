//! Digests of what a sender said, to tell the same event from another with the same id (`contract.md` 1).

use domain::Digest;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// A SHA-256 over parts that cannot run into each other.
#[derive(Default)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.bytes(text.as_bytes());
        self
    }

    pub(crate) fn optional(mut self, text: Option<&str>) -> Self {
        self.0.update([u8::from(text.is_some())]);
        self.bytes(text.unwrap_or_default().as_bytes());
        self
    }

    /// A JSON object: the order of members does not count.
    pub(crate) fn members(mut self, members: &Map<String, Value>) -> Self {
        let mut canonical = Vec::with_capacity(512);
        write_members(members, &mut canonical);
        self.bytes(&canonical);
        self
    }

    pub(crate) fn finish(self) -> Digest {
        let digest = self.0.finalize();
        let mut first = [0; 16];
        first.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Digest(first)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes.len().to_le_bytes());
        self.0.update(bytes);
    }
}

/// Of the identity of an event.
pub fn identity(source: &str, id: &str) -> Digest {
    Hasher::default().text(source).text(id).finish()
}

/// Of a whole message.
pub(crate) fn message(subject: &str, body: &[u8], extra: &str) -> Digest {
    let mut hasher = Hasher::default().text(subject).text(extra);
    hasher.bytes(body);
    hasher.finish()
}

/// Members sorted by name, whatever order the map keeps.
fn write_members(members: &Map<String, Value>, out: &mut Vec<u8>) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    out.push(b'{');
    for (name, value) in sorted {
        write_scalar(name.as_bytes(), b's', out);
        write_canonical(value, out);
    }
    out.push(b'}');
}

/// Scalars as they print.
fn write_canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(members) => write_members(members, out),
        Value::Array(items) => {
            out.push(b'[');
            items.iter().for_each(|item| write_canonical(item, out));
            out.push(b']');
        }
        Value::String(text) => write_scalar(text.as_bytes(), b's', out),
        Value::Number(number) => write_scalar(number.to_string().as_bytes(), b'n', out),
        Value::Bool(true) => out.push(b't'),
        Value::Bool(false) => out.push(b'f'),
        Value::Null => out.push(b'0'),
    }
}

fn write_scalar(bytes: &[u8], tag: u8, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&bytes.len().to_le_bytes());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Digest {
        Hasher::default().members(&serde_json::from_str(text).unwrap()).finish()
    }

    #[test]
    fn the_value_counts_and_not_its_spelling() {
        assert_eq!(of(r#"{"a": 1, "b": [true, null]}"#), of(r#"{"b":[true,null],"a":1}"#));
        assert_eq!(of(r#"{"a":"é"}"#), of(r#"{"a":"\u00e9"}"#));
        for other in [r#"{"a":1}"#, r#"{"a":"1","b":[true,null]}"#, r#"{"a":1,"b":[null,true]}"#] {
            assert_ne!(of(r#"{"a":1,"b":[true,null]}"#), of(other));
        }
    }
}
