//! The form in which a message of a backup is stored anew, and back: nobody can tell the two apart from outside.
//!
//! A restored stream has new stored times, and some headers cannot be sent again: the server acts on `Nats-...`, and
//! others are no proper headers at all. So they are put aside in headers of our own, which count only up to the position that
//! the stream's metadata names (`davy.restored_through`): nobody who publishes later can forge a stored time.

use domain::Position;
use engine::{NewMessage, RawMessage};
use jiff::Timestamp;

/// When the message was stored first; RFC 3339 with nanoseconds.
const STORED_AT: &str = "Davy-Stored-At";
/// Before the name of a header that would mean something to the server, or to us.
const WAS: &str = "Davy-Was-";
/// So many bytes at the beginning of the body are the headers, a `name:value` each line: some of them cannot be sent.
const IN_BODY: &str = "Davy-Headers";
/// What names begin with that are put aside, in any case.
const RESERVED: [&str; 2] = ["nats-", "davy-"];

/// The message to store in the place of one of a backup.
pub(crate) fn packed(message: RawMessage) -> NewMessage {
    let RawMessage { position: _, stored_at, subject, headers, mut body } = message;
    let mut kept = vec![(STORED_AT.to_owned(), stored_at.to_string())];
    if headers.iter().all(can_be_sent) {
        kept.extend(headers.into_iter().map(|(name, value)| (aside(name), value)));
    } else {
        let block: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        kept.push((IN_BODY.to_owned(), block.len().to_string()));
        body.splice(..0, block.into_bytes());
    }
    NewMessage { subject, headers: kept, body }
}

/// Whether a header is read as it was sent.
fn can_be_sent((name, value): &(String, String)) -> bool {
    !name.is_empty()
        && name.chars().all(|char| char.is_ascii_graphic() && char != ':')
        && value.trim() == value
        && !value.contains(char::is_control)
}

fn aside(name: String) -> String {
    if is_reserved(&name) { format!("{WAS}{name}") } else { name }
}

fn is_reserved(name: &str) -> bool {
    RESERVED
        .iter()
        .any(|start| name.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start)))
}

/// Whether a message may be one that was restored.
pub(crate) fn is_marked(message: &RawMessage) -> bool {
    value(message, STORED_AT).is_some()
}

/// The message of the backup, if this is one restored up to `through`; else as it is.
pub(crate) fn unpacked(message: RawMessage, through: Position) -> RawMessage {
    if message.position > through {
        return message;
    }
    let Some(stored_at) = value(&message, STORED_AT).and_then(|text| text.parse::<Timestamp>().ok()) else {
        return message;
    };
    let in_body = value(&message, IN_BODY).and_then(|count| count.parse::<usize>().ok());
    let RawMessage { position, stored_at: _, subject, headers, mut body } = message;
    let headers = match in_body.filter(|&count| count <= body.len()) {
        Some(count) => of_block(&String::from_utf8_lossy(&body.drain(..count).collect::<Vec<_>>())),
        None => put_back(headers),
    };
    RawMessage { position, stored_at, subject, headers, body }
}

fn value<'a>(message: &'a RawMessage, name: &str) -> Option<&'a str> {
    message.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn of_block(block: &str) -> Vec<(String, String)> {
    let pairs = block.split_terminator('\n').filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What the server wrote while it was restored is left out.
fn put_back(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    let original = |(name, value): (String, String)| match name.strip_prefix(WAS) {
        Some(name) => Some((name.to_owned(), value)),
        None if is_reserved(&name) => None,
        None => Some((name, value)),
    };
    let mut headers: Vec<_> = headers.into_iter().filter_map(original).collect();
    // As messages come, see `message`.
    headers.sort_by(|one, other| one.0.cmp(&other.0));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(headers: &[(&str, &str)]) -> RawMessage {
        RawMessage {
            position: Position::new(3),
            stored_at: "2026-03-02T10:00:00.000000001Z".parse().unwrap(),
            subject: "davy.events.sales.crm:1.issue.reported".to_owned(),
            headers: headers.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: b"{}\xff".to_vec(),
        }
    }

    /// Stored by the server in a batch, and read.
    fn stored(packed: NewMessage) -> RawMessage {
        let NewMessage { subject, mut headers, body } = packed;
        headers.push(("Nats-Batch-Id".to_owned(), "x".to_owned()));
        headers.sort_by(|one, other| one.0.cmp(&other.0));
        RawMessage { position: Position::new(3), stored_at: Timestamp::UNIX_EPOCH, subject, headers, body }
    }

    #[test]
    fn every_message_comes_back_as_it_was() {
        for headers in [
            &[][..],
            &[("Nats-Msg-Id", "a"), ("ce-id", "1"), ("ce-id", "2"), ("nats-rollup", "all")],
            &[("Davy-Stored-At", "1970-01-01T00:00:00Z"), ("Davy-Was-x", ""), ("a", "M\u{fffd}ller")],
            &[("", "no name"), ("a", " goes on"), ("a", "1\r2"), ("x y", "")],
            &[("Davy-Headers", "1")],
        ] {
            let message = message(headers);
            let stored = stored(packed(message.clone()));
            assert!(is_marked(&stored));
            assert_eq!(unpacked(stored, Position::new(3)), message, "{headers:?}");
        }
    }

    #[test]
    fn after_what_was_restored_a_stored_time_is_a_header_like_others() {
        let forged = message(&[("Davy-Stored-At", "1970-01-01T00:00:00Z")]);
        assert_eq!(unpacked(forged.clone(), Position::new(2)), forged);
        let odd = message(&[("Davy-Stored-At", "long ago")]);
        assert_eq!(unpacked(odd.clone(), Position::new(3)), odd);
    }
}
