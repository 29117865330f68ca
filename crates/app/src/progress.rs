//! How far a starting Davy is, in plain numbers, for programs that show it.

use std::{sync::Arc, time::Duration};

use engine::{Phase, Projection};

use crate::supervise::Told;

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Tells how a Davy is doing.
#[derive(Clone, Debug)]
pub struct Progress {
    projection: Arc<Projection>,
    told: Arc<Told>,
}

/// How a Davy is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The log was not reached yet.
    Connecting,
    /// The log is being folded.
    Folding {
        /// Messages folded.
        done: u64,
        /// Messages in the log.
        total: u64,
    },
    /// Everything is answered.
    Ready,
    /// Folding has stopped.
    Stopped {
        /// What was found, and what to do.
        problem: String,
    },
}

/// A store in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// Messages folded.
    pub done: u64,
    /// Messages to fold.
    pub total: u64,
    /// Why.
    pub reason: String,
}

impl Progress {
    pub(crate) fn of(projection: &Arc<Projection>, told: &Arc<Told>) -> Self {
        Self { projection: Arc::clone(projection), told: Arc::clone(told) }
    }

    /// The store that is being made, if one is.
    pub fn rebuild(&self) -> Option<Rebuild> {
        let api::Rebuilding { reason, done, total, started_at: _, generation: _ } = self.told.rebuilding()?;
        Some(Rebuild { done, total, reason })
    }

    /// At this moment.
    pub fn stage(&self) -> Stage {
        match self.projection.phase_now().clone() {
            Phase::Diverged { problem }
            | Phase::Replaced { problem }
            | Phase::Stalled { problem }
            | Phase::OutOfSpace { problem } => Stage::Stopped { problem },
            Phase::CatchingUp { .. } | Phase::Live if !self.projection.sight().connected => Stage::Connecting,
            Phase::CatchingUp { done, total } => {
                Stage::Folding { done: done.sequence(), total: total.sequence() }
            }
            Phase::Live => Stage::Ready,
        }
    }

    /// The sequence of the last message folded.
    pub fn position(&self) -> u64 {
        self.projection.position().sequence()
    }

    /// Waits until it is ready or has stopped; `tell` is called with each stage before.
    pub async fn settled(&self, mut tell: impl FnMut(&Stage)) -> Stage {
        loop {
            match self.stage() {
                stage @ (Stage::Connecting | Stage::Folding { .. }) => tell(&stage),
                stage @ (Stage::Ready | Stage::Stopped { .. }) => return stage,
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
