//! The fold thread's loop: when a batch is full, or there is nothing more to fold and the store is idle, it is handed
//! over.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender},
    time::{Duration, Instant},
};

use super::{
    BESIDE_EVENTS, CATCH_UP_EVENTS, CATCH_UP_FILES, LIVE_EVENTS,
    folder::{FoldError, Folder, Handover},
    parse::Prepared,
};
use crate::{Pace, Phase, Projection, StoreError};

/// How long a batch waits for more messages, from its first one on: under a steady stream of commands, whose senders wait for
/// the batch, waiting anew with each message would wait for all of them.
const LINGER: Duration = Duration::from_millis(1);

/// The fold thread's ends of the channels.
pub(crate) struct Ends {
    /// What was read.
    pub(crate) chunks: Receiver<Vec<Prepared>>,
    /// To the store.
    pub(crate) batches: SyncSender<Handover>,
    /// The numbers of the batches that are in the store.
    pub(crate) done: Receiver<u64>,
}

/// Folds every chunk until there are no more, one of them leaves messages out, or the store's thread is gone.
pub(crate) fn run(
    folder: &mut Folder,
    projection: &Projection,
    pace: Pace,
    ends: &Ends,
) -> Result<(), FoldError> {
    let mut busy = false;
    let mut broken = Ok(());
    let mut since = Instant::now();
    loop {
        let chunk = if folder.events() == 0 {
            let first = ends.chunks.recv().map_err(|_closed| RecvTimeoutError::Disconnected);
            since = Instant::now();
            first
        } else {
            next(ends, since, busy, is_catching_up(projection))
        };
        // Asked after the wait: what comes an hour after the end was reached is watched.
        let catching_up = is_catching_up(projection);
        if chunk.is_ok() {
            folder.watch(!catching_up);
        }
        let (paused, closed) = match chunk {
            Ok(chunk) => match chunk.into_iter().try_for_each(|prepared| folder.fold(prepared)) {
                Ok(()) => (false, false),
                Err(gap @ FoldError::Gap { .. }) => {
                    // What came before the gap is folded all the same.
                    broken = Err(gap);
                    (true, true)
                }
                Err(FoldError::Store(error)) => return Err(error.into()),
            },
            Err(RecvTimeoutError::Timeout) => (true, false),
            Err(RecvTimeoutError::Disconnected) => (true, true),
        };
        busy = busy && ends.done.try_recv().is_err();
        let full = is_full(folder, catching_up, pace);
        if busy && (full || closed) {
            busy = ends.done.recv().is_err();
        }
        if folder.events() > 0 && (full || closed || (paused && !busy)) {
            if busy || !send(folder, ends)? {
                return broken;
            }
            busy = true;
        }
        if closed {
            return broken;
        }
    }
}

fn is_catching_up(projection: &Projection) -> bool {
    matches!(*projection.phase_now(), Phase::CatchingUp { .. })
}

/// The next chunk, if one is there or comes before the batch has waited long enough. On the way to the end of the log it is
/// the pause that ends a batch: large ones are faster.
fn next(
    ends: &Ends,
    since: Instant,
    busy: bool,
    catching_up: bool,
) -> Result<Vec<Prepared>, RecvTimeoutError> {
    let left = if catching_up { LINGER } else { LINGER.saturating_sub(since.elapsed()) };
    // While the store writes there is nothing to be gained by not waiting.
    let wait = if busy { left.max(LINGER / 4) } else { left };
    ends.chunks.recv_timeout(wait)
}

/// Hands the batch over; `false` if nobody is there to take it.
fn send(folder: &mut Folder, ends: &Ends) -> Result<bool, StoreError> {
    Ok(ends.batches.send(folder.hand_over()?).is_ok())
}

/// While nobody reads, batches grow: the store costs per key, and batches share keys.
const fn is_full(folder: &Folder, catching_up: bool, pace: Pace) -> bool {
    match pace {
        Pace::Alone if catching_up => folder.is_full(CATCH_UP_EVENTS, CATCH_UP_FILES),
        Pace::Beside if catching_up => folder.is_full(BESIDE_EVENTS, BESIDE_EVENTS),
        Pace::Alone | Pace::Beside => folder.is_full(LIVE_EVENTS, LIVE_EVENTS),
    }
}
