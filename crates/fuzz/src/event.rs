//! Messages of the log: a line for the subject, a line for each header, an empty line, and the body.

use domain::{Arrived, Position, Quarantined, limits};
use engine::{Codec as _, RawMessage};
use jiff::Timestamp;

use crate::split;

/// Any message: it is read the same each time; what cannot be read is quarantined with a reason, and small; what can be is read the
/// same from the store.
pub fn event(data: &[u8]) {
    read(&message(data));
}

/// What a codec makes of a message, once its promises are checked.
pub(crate) fn read(message: &RawMessage) -> Arrived {
    let codec = app::codec();
    let arrival = codec.decode(message);
    assert_eq!(arrival, codec.decode(message), "the same message is read in two ways");
    assert_eq!((arrival.position, arrival.stored_at), (message.position, message.stored_at));
    match &arrival.content {
        Arrived::Quarantined(found) => is_told(found),
        Arrived::Event(event) => {
            let stored = codec.pack(event);
            match codec.unpack(&stored) {
                Ok(unpacked) => assert_eq!(unpacked, **event, "the store holds another event"),
                Err(error) => panic!("what was stored is not read: {error}"),
            }
            assert!(event.data.len() <= message.body.len() + 2, "data grew to {}", event.data.len());
        }
        Arrived::Directory(_) | Arrived::Operation(_) | Arrived::UnknownDocument { .. } => {}
    }
    arrival.content
}

fn is_told(found: &Quarantined) {
    let Quarantined { subject, detail, excerpt, .. } = found;
    assert!(!detail.is_empty(), "quarantined as {:?} without a word", found.reason);
    assert!(subject.len() <= limits::WORD_BYTES && detail.len() <= limits::WORD_BYTES);
    assert!(excerpt.chars().count() <= limits::EXCERPT_CHARS);
}

fn message(data: &[u8]) -> RawMessage {
    let (head, body) = split(data, b"\n\n");
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let subject = lines.next().unwrap_or_default().to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    RawMessage { headers: lines.filter_map(header).collect(), ..at(7, subject, body.to_vec()) }
}

/// A message without headers.
pub(crate) fn at(sequence: u64, subject: String, body: Vec<u8>) -> RawMessage {
    // A Monday morning: nothing here depends on which.
    let stored_at = Timestamp::from_second(1_772_445_600).unwrap_or_default();
    RawMessage { position: Position::new(sequence), stored_at, subject, headers: Vec::new(), body }
}
