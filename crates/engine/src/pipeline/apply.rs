//! The apply thread: one batch after the other into the store, published as soon as it is there.

use std::sync::{
    Arc,
    mpsc::{Receiver, SyncSender},
};

use domain::Position;

use super::folder::Handover;
use crate::{Phase, Projection, StoreError};

/// Commits every batch until the sender is gone, and says so after each. Live once `target` is reached.
pub(crate) fn run(
    projection: &Arc<Projection>,
    batches: &Receiver<Handover>,
    done: &SyncSender<u64>,
    target: Position,
) -> Result<(), StoreError> {
    while let Ok(Handover { number, batch, directory, touched }) = batches.recv() {
        projection.commit(&batch, directory, touched)?;
        note_progress(projection, batch.cursor.position, target);
        if done.send(number).is_err() {
            break;
        }
    }
    projection.store().flush()
}

fn note_progress(projection: &Projection, position: Position, target: Position) {
    projection.saw_tail(position);
    let catching_up = matches!(*projection.phase_now(), Phase::CatchingUp { .. });
    if catching_up && position >= target {
        tracing::info!(%position, "caught up");
        projection.set_phase(Phase::Live);
    } else if catching_up {
        projection.set_phase(Phase::CatchingUp { done: position, total: target });
    }
}
