//! What is wrong, and what to do about it, in a line each.

use std::{error::Error, io};

use domain::Position;
use engine::AggregatorError;

use crate::room::Room;

/// The stream is gone.
pub(super) fn missing(folded: Position) -> String {
    format!("stream DAVY is missing, and the store has folded up to {folded}")
}

/// The log holds less than the store.
pub(super) fn holds_less(found: &str) -> String {
    format!(
        "{found}. What the log lacks is in the store alone, so somebody has to decide: `davy log restore FILE` brings it back, \
         `davy rebuild --accept-log` takes the log as it is"
    )
}

/// The log holds as much, and is being folded.
pub(super) fn rebuilding(found: &str) -> String {
    format!(
        "{found}. It holds as much as was folded: the store is rebuilding from it, and answers as of before until then"
    )
}

/// The log holds as much, but the store cannot be rebuilt from it now.
pub(super) fn not_rebuilt(found: &str, why: &str) -> String {
    format!("{found}. The store is to be rebuilt from it, which does not work yet: {why}")
}

/// Messages are missing in the middle of the log, or before its beginning.
pub(super) fn gap(expected: Position, found: Position) -> String {
    let last = Position::new(found.sequence().saturating_sub(1));
    format!(
        "messages {expected} to {last} are missing from the log, and nothing is folded behind them: restore a backup that holds \
         them, or give them up with `davy log accept-loss {expected} {last} --reason TEXT`"
    )
}

/// The store is gone, and there is too little room for another.
pub(super) fn no_room_to_rebuild(room: &Room) -> String {
    let mib = |bytes: u64| bytes >> 20;
    let free = room.free.map_or_else(|| "too little".to_owned(), |free| format!("{} MB", mib(free)));
    format!(
        "the disk of the store was full, and what is in the store cannot be relied on: it is rebuilt from the log when there is \
         room; {free} is free, {} MB is needed (store.min_free_mb)",
        mib(room.mark)
    )
}

/// The store was renewed too often.
pub(super) fn keeps_breaking(problem: &str, times: u32, pause: u64) -> String {
    format!(
        "the store was damaged {times} times in a row, the last time: {problem}. The disk or the memory of this machine may be \
         failing; it is rebuilt again in {pause} s"
    )
}

/// Whether the disk had no room for a write.
pub(super) fn is_out_of_space(error: &AggregatorError) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        let told = error.downcast_ref::<io::Error>().map(io::Error::kind);
        // sled passes an error on as a copy of its text, too.
        if told == Some(io::ErrorKind::StorageFull) || error.to_string().contains("No space left on device") {
            return true;
        }
        next = error.source();
    }
    false
}
