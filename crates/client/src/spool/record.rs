//! The file of one kept event: a line with the checksum of the rest, a line of JSON about the message, and its body as it is.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use proto::v1::EventMessage;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// What the first line begins with; the number is that of this form.
const MAGIC: &str = "davy-spool 1 ";
/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;

/// An event that was not confirmed, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptEvent {
    /// As it is sent.
    pub message: EventMessage,
    /// When it was kept.
    pub kept_at: SystemTime,
    /// Why it was not confirmed.
    pub reason: String,
}

impl KeptEvent {
    /// `<source>/<id>`, or the id alone, as far as the message has one.
    pub fn id(&self) -> Option<String> {
        let header = |name: &str| header(&self.message.headers, name).map(ToOwned::to_owned);
        let in_headers = || Some(format!("{}/{}", header("ce-source")?, header("ce-id")?));
        header("nats-msg-id").or_else(in_headers).or_else(|| header("ce-id")).or_else(|| {
            let body: Value = serde_json::from_slice(&self.message.body).ok()?;
            body.get("specversion")?;
            let text = |name: &str| Some(body.get(name)?.as_str()?.to_owned());
            Some(format!("{}/{}", text("source")?, text("id")?))
        })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let EventMessage { subject, body, headers } = &self.message;
        let head = json!({
            "subject": subject,
            "headers": headers,
            "kept_at": nanos(self.kept_at),
            "reason": self.reason,
        });
        let rest = [head.to_string().as_bytes(), b"\n", body].concat();
        [format!("{MAGIC}{}\n", checksum(&rest)).as_bytes(), &rest].concat()
    }

    /// What is wrong with the bytes, if they are not what was written.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let (first, rest) = line(bytes).ok_or("it has no first line")?;
        let sum =
            first.strip_prefix(MAGIC.as_bytes()).ok_or("it is not of a form that this version reads")?;
        if sum != checksum(rest).as_bytes() {
            return Err("its checksum is wrong".to_owned());
        }
        let (head, body) = line(rest).ok_or("it has no second line")?;
        let head: Map<String, Value> = serde_json::from_slice(head).map_err(|error| error.to_string())?;
        let text = |name: &str| {
            head.get(name)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
                .ok_or_else(|| format!("`{name}` is missing"))
        };
        let kept_at = head.get("kept_at").and_then(Value::as_u64).ok_or("`kept_at` is missing")?;
        let message = EventMessage {
            subject: text("subject")?,
            body: Bytes::copy_from_slice(body),
            headers: headers(&head),
        };
        Ok(Self {
            message,
            kept_at: SystemTime::UNIX_EPOCH + Duration::from_nanos(kept_at),
            reason: text("reason")?,
        })
    }
}

/// Since 1970; what lies outside of the years 1970 to 2554 is put to their ends.
pub(super) fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_secs().saturating_mul(SECOND).saturating_add(u64::from(since.subsec_nanos()))
}

/// A header's value, by its name in any case.
pub(super) fn header<'a>(headers: &'a HashMap<String, String>, name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn headers(head: &Map<String, Value>) -> HashMap<String, String> {
    let headers = head.get("headers").and_then(Value::as_object).into_iter().flatten();
    headers.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

/// 128 bits of SHA-256: a torn or altered file is found, whoever altered it by accident.
pub(super) fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> KeptEvent {
        let headers = [("Nats-Msg-Id", "/zendesk/z-1"), ("X-Tool", "grün\u{1}")];
        let message = EventMessage {
            subject: "davy.events.sales._.issue.reported".to_owned(),
            body: Bytes::from_static(b"{\"text\":\n\"\xff\x00\"}"),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        };
        let kept_at = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_772_500_000_123_456_789);
        KeptEvent { message, kept_at, reason: "no ack within 5 s".to_owned() }
    }

    #[test]
    fn what_is_written_is_read_byte_for_byte() {
        assert_eq!(KeptEvent::decode(&kept().encode()), Ok(kept()));
        assert_eq!(kept().id().as_deref(), Some("/zendesk/z-1"));
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_noticed() {
        let whole = kept().encode();
        for place in 0..whole.len() {
            assert!(KeptEvent::decode(&whole[..place]).is_err(), "cut at {place}");
            let mut changed = whole.clone();
            changed[place] ^= 1;
            assert!(KeptEvent::decode(&changed).is_err(), "changed at {place}");
        }
    }
}
