//! Rebuilding the projection as an operator asks for it. Whoever holds the stores does it (`Options::rebuild`).

use engine::Async;
use proto::v1;
use tonic::Status;

use crate::{
    check::Check,
    shared::{Rebuilding, Shared},
    status,
};

/// Characters of a reason at most.
const REASON_CHARS: usize = 500;

/// What an operator asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebuildWish {
    /// Why. May be empty.
    pub reason: String,
    /// Take the log as it is, although the store has folded more, or something else.
    pub accept_log: bool,
}

/// Why no rebuild was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RebuildRefusal {
    /// The log holds less than the store, which would be lost. What was found, and what to do.
    Diverged(String),
    /// Folding has stopped for a reason that would stop the rebuild too. What was found, and what to do.
    Stalled(String),
    /// There is too little room on the disk. How much there is, and how much is needed.
    OutOfSpace(String),
    /// Davy is about to stop.
    Stopping,
}

/// Begins a rebuild, or joins the one that is under way.
pub type Rebuild =
    Box<dyn Fn(RebuildWish) -> Async<'static, Result<Rebuilding, RebuildRefusal>> + Send + Sync>;

impl Shared {
    pub(crate) async fn begin_rebuild(
        &self,
        request: v1::RebuildRequest,
    ) -> Result<v1::RebuildResponse, Status> {
        let v1::RebuildRequest { reason, accept_log } = request;
        let mut check = Check::default();
        if reason.chars().count() > REASON_CHARS {
            check.refuse("reason", format!("it is longer than {REASON_CHARS} characters"));
        }
        check.done(Some(()))?;
        match (self.rebuild)(RebuildWish { reason, accept_log }).await {
            Ok(state) => Ok(v1::RebuildResponse { rebuild: Some(shown(state)) }),
            Err(RebuildRefusal::Diverged(problem)) => Err(status::diverged(&problem)),
            Err(RebuildRefusal::Stalled(problem)) => Err(status::stalled(&problem)),
            Err(RebuildRefusal::OutOfSpace(problem)) => Err(status::out_of_space(&problem)),
            Err(RebuildRefusal::Stopping) => Err(status::stalled("Davy is about to stop")),
        }
    }
}

/// How far a rebuild is.
pub(crate) fn shown(state: Rebuilding) -> v1::RebuildState {
    let Rebuilding { reason, done, total, started_at, generation } = state;
    let count = |counted: u64| i64::try_from(counted).unwrap_or(i64::MAX);
    v1::RebuildState {
        reason,
        done: count(done),
        total: count(total),
        started_at: Some(wire::proto::timestamp(started_at)),
        generation,
    }
}
