//! Messages in the port's form, from both forms in which the server hands them out.
//!
//! A message delivered by a consumer was parsed by async-nats, which breaks the connection over headers that are not
//! proper; one read from the leader (`STREAM.MSG.GET`) comes as JSON, and any bytes at all can be read from it. Both come
//! out the same. async-nats does not keep the order of headers, so they are sorted by name; the values of one name
//! keep their order.

use async_nats::{HeaderMap, Message};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::Position;
use engine::RawMessage;
use jiff::Timestamp;
use serde_json::Value;

/// What the server writes about a message into its reply subject.
struct Stamp {
    sequence: u64,
    nanosecond: i64,
}

/// A message out of a consumer; `None` if it is not one of a stream.
pub(crate) fn delivered(message: Message) -> Option<RawMessage> {
    let Stamp { sequence, nanosecond } = Stamp::read(message.reply.as_deref()?)?;
    Some(RawMessage {
        position: Position::new(sequence),
        stored_at: Timestamp::from_nanosecond(i128::from(nanosecond)).ok()?,
        subject: message.subject.into_string(),
        headers: message.headers.as_ref().map(listed).unwrap_or_default(),
        body: message.payload.into(),
    })
}

impl Stamp {
    /// `$JS.ACK.<stream>.<consumer>.<delivered>.<sequence>.<consumer sequence>.<ns>.<pending>`, or with domain and
    /// account before the stream (and more after it) in version 2.
    fn read(reply: &str) -> Option<Self> {
        let rest = reply.strip_prefix("$JS.ACK.")?;
        let skip = if rest.bytes().filter(|&byte| byte == b'.').count() == 6 { 3 } else { 5 };
        let mut tokens = rest.split('.').skip(skip);
        let sequence = tokens.next()?.parse().ok()?;
        let nanosecond = tokens.nth(1)?.parse().ok()?;
        Some(Self { sequence, nanosecond })
    }
}

fn listed(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut list = Vec::with_capacity(headers.len());
    for (name, values) in headers.iter() {
        let name: &str = name.as_ref();
        list.extend(values.iter().map(|value| (name.to_owned(), value.as_str().to_owned())));
    }
    sorted(list)
}

fn sorted(mut list: Vec<(String, String)>) -> Vec<(String, String)> {
    list.sort_by(|one, other| one.0.cmp(&other.0));
    list
}

/// The message in an answer to `STREAM.MSG.GET`; `None` if the answer has another form.
pub(crate) fn stored(answer: &Value) -> Option<RawMessage> {
    let message = answer.get("message")?;
    let bytes = |name: &str| {
        message.get(name).map_or_else(|| Some(Vec::new()), |text| BASE64_STANDARD.decode(text.as_str()?).ok())
    };
    Some(RawMessage {
        position: Position::new(message.get("seq")?.as_u64()?),
        stored_at: message.get("time")?.as_str()?.parse().ok()?,
        subject: message.get("subject")?.as_str()?.to_owned(),
        headers: parsed(&String::from_utf8_lossy(&bytes("hdrs")?)),
        body: bytes("data")?,
    })
}

/// The headers of a block as async-nats reads them, except that nothing is an error: lines without a colon are left
/// out.
fn parsed(block: &str) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    let mut goes_on = false;
    for line in block.lines().skip(1).filter(|line| !line.is_empty()) {
        if goes_on && line.starts_with(char::is_whitespace) {
            if let Some((_, value)) = list.last_mut() {
                value.push_str(line.trim_end());
            }
            continue;
        }
        goes_on = line.split_once(':').is_some_and(|(name, value)| {
            list.push((name.to_owned(), value.trim().to_owned()));
            true
        });
    }
    sorted(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_reply_subject_are_read() {
        for reply in [
            "$JS.ACK.DAVY.c1.1.42.40.1767225600123456789.7",
            "$JS.ACK._.hash.DAVY.c1.1.42.40.1767225600123456789.7",
            "$JS.ACK._.hash.DAVY.c1.1.42.40.1767225600123456789.7.token",
        ] {
            let stamp = Stamp::read(reply).unwrap();
            assert_eq!((stamp.sequence, stamp.nanosecond), (42, 1_767_225_600_123_456_789), "{reply}");
        }
        assert!(Stamp::read("_INBOX.x").is_none());
    }

    #[test]
    fn any_header_block_is_read() {
        let block = "NATS/1.0 503\r\nb: 2 \r\na:1\r\n goes on\r\nno colon\r\n neither\r\nb: again\r\n\r\n";
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(parsed(block), [pair("a", "1 goes on"), pair("b", "2"), pair("b", "again")]);
        assert!(parsed("").is_empty());
    }
}
