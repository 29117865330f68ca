//! How far a starting Davy is, in plain numbers, for programs that show it.

use std::{sync::Arc, time::Duration};

use engine::{Phase, Projection};

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Tells how a Davy is doing.
#[derive(Clone, Debug)]
pub struct Progress(pub(crate) Arc<Projection>);

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

impl Progress {
    /// At this moment.
    pub fn stage(&self) -> Stage {
        match self.0.phase_now().clone() {
            Phase::Diverged { problem } | Phase::Stalled { problem } => Stage::Stopped { problem },
            Phase::CatchingUp { .. } | Phase::Live if !self.0.sight().connected => Stage::Connecting,
            Phase::CatchingUp { done, total } => {
                Stage::Folding { done: done.sequence(), total: total.sequence() }
            }
            Phase::Live => Stage::Ready,
        }
    }

    /// The sequence of the last message folded.
    pub fn position(&self) -> u64 {
        self.0.position().sequence()
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
