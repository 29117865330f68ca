//! What GetStatus tells of the stores.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use api::Rebuilding;
use engine::Projection;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::{clock::SystemClock, room::Room};

/// What is found out beside the engine, and told by GetStatus.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    pub(crate) durability: watch::Sender<api::Durability>,
    pub(crate) told: Arc<Told>,
    pub(crate) room: watch::Receiver<Room>,
}

/// What is told of the stores.
#[derive(Debug, Default)]
pub(crate) struct Told {
    verified: AtomicBool,
    underway: Mutex<Option<Underway>>,
}

#[derive(Debug)]
struct Underway {
    reason: String,
    started_at: Timestamp,
    projection: Arc<Projection>,
}

impl Told {
    pub(crate) fn is_verified(&self) -> bool {
        self.verified.load(Ordering::Relaxed)
    }

    pub(super) fn set_verified(&self, verified: bool) {
        self.verified.store(verified, Ordering::Relaxed);
    }

    /// A projection is being made.
    pub(super) fn begin(&self, reason: String, projection: &Arc<Projection>) {
        let underway =
            Underway { reason, started_at: SystemClock::now(), projection: Arc::clone(projection) };
        *self.lock() = Some(underway);
    }

    /// It is done, or given up; whether there was one.
    pub(super) fn end(&self) -> bool {
        self.lock().take().is_some()
    }

    /// How far the one that is being made is.
    pub(crate) fn rebuilding(&self) -> Option<Rebuilding> {
        let underway = self.lock();
        let Underway { reason, started_at, projection } = underway.as_ref()?;
        let done = projection.position().sequence();
        let total = projection.sight().tail.unwrap_or_default().sequence().max(done);
        Some(Rebuilding {
            reason: reason.clone(),
            done,
            total,
            started_at: *started_at,
            generation: projection.generation().to_string(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Underway>> {
        self.underway.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
