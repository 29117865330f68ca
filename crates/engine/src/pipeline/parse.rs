//! The parse thread: bytes to arrivals, and events to the form in which the store keeps them.

use std::sync::{Arc, mpsc::SyncSender};

use domain::{Arrival, Arrived, Event, Operation, OperationKind};
use tokio::sync::mpsc::Receiver;

use crate::{Codec, RawMessage};

/// A message that was read.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// As published; a conflict that the fold finds is quarantined with it.
    pub(crate) raw: RawMessage,
    pub(crate) arrival: Arrival,
    /// The event, or the one inside `event.redriven`, as the store keeps it; empty for everything else.
    pub(crate) packed: Vec<u8>,
}

/// Reads every chunk, until either end is closed.
pub(crate) fn run(
    codec: &Arc<dyn Codec>,
    mut chunks: Receiver<Vec<RawMessage>>,
    into: &SyncSender<Vec<Prepared>>,
) {
    while let Some(chunk) = chunks.blocking_recv() {
        let prepared = chunk.into_iter().map(|raw| prepare(&**codec, raw)).collect();
        if into.send(prepared).is_err() {
            return;
        }
    }
}

/// Reads one message.
pub(crate) fn prepare(codec: &dyn Codec, raw: RawMessage) -> Prepared {
    let arrival = codec.decode(&raw);
    let packed = match &arrival.content {
        Arrived::Event(event) => codec.pack(event),
        Arrived::Operation(operation) => {
            read_again(operation).map_or_else(Vec::new, |event| codec.pack(event))
        }
        Arrived::Directory(_) | Arrived::UnknownDocument { .. } | Arrived::Quarantined(_) => Vec::new(),
    };
    Prepared { raw, arrival, packed }
}

/// The event that a redriven message holds.
fn read_again(operation: &Operation) -> Option<&Event> {
    match &operation.kind {
        OperationKind::Redriven { of: _, arrived } => match &**arrived {
            Arrived::Event(event) => Some(event),
            Arrived::Directory(_)
            | Arrived::UnknownDocument { .. }
            | Arrived::Operation(_)
            | Arrived::Quarantined(_) => None,
        },
        OperationKind::Skipped { .. } | OperationKind::LossAccepted(_) => None,
    }
}
