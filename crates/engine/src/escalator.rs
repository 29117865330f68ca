//! The escalator: what is due becomes events of the log (`design.md` 4, `escalation.md` 2).
//!
//! Owns: reading timers, one round after the other; appending what was decided, each home under an expectation of its own,
//! so that of several escalators one appends each event; what holds it; what outsiders watch of it. Many read the same clock,
//! so it looks ten times a second at what is due instead of sleeping until then: a clock that jumps, or a machine that slept,
//! is noticed at the next look. Deliberately absent: what follows from what is due (`domain::escalate`), and sending pings.

mod append;
mod health;
mod outage;
mod patience;
mod quiet;
mod round;
mod skew;
#[cfg(test)]
mod tests;
mod walk;

use std::{sync::Arc, time::Duration};

use domain::Position;
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    EventLog, LogError, Phase, Projection,
    command::Composer,
    query::{QueryError, Reader},
};
use append::Appended;
pub use health::Health;
use outage::Outage;
use patience::Patience;
use quiet::Quiet;
use round::Round;
use skew::{Reading, Skew, Told};
use walk::Walk;

/// How often is looked at what is due.
const LOOK_EVERY: Duration = if cfg!(test) { Duration::from_millis(2) } else { Duration::from_millis(100) };
/// How long folding what was appended may take before it is looked at again anyway.
const FOLD_WITHIN: Duration = Duration::from_secs(10);
/// How long a log that cannot be reached is left alone.
const ASK_AGAIN: Duration = if cfg!(test) { Duration::from_millis(5) } else { Duration::from_secs(1) };

/// Turns what is due into events.
pub struct Escalator {
    reader: Reader,
    log: Arc<dyn EventLog>,
    composer: Arc<dyn Composer>,
    health: watch::Sender<Health>,
}

impl std::fmt::Debug for Escalator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Escalator").field("reader", &self.reader).finish_non_exhaustive()
    }
}

/// What it remembers from turn to turn. All of it may be forgotten: it is found out again.
#[derive(Debug, Default)]
struct Memory {
    skew: Skew,
    walk: Walk,
    quiet: Quiet,
    patience: Patience,
    outage: Outage,
}

/// Why a turn did nothing.
#[derive(Debug, thiserror::Error)]
enum TurnError {
    #[error("read what is due")]
    Query(#[from] QueryError),
    #[error(transparent)]
    Log(#[from] LogError),
}

impl Escalator {
    /// Over the reads, the log that they come from, and the form of messages.
    pub fn new(reader: Reader, log: Arc<dyn EventLog>, composer: Arc<dyn Composer>) -> Self {
        Self { reader, log, composer, health: watch::Sender::new(Health::default()) }
    }

    /// How it is doing, for metrics and status.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// Escalates until `shutdown`. What goes wrong is logged, shown in [`Health`], and tried again.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut memory = Memory::default();
        while !shutdown.is_cancelled() {
            let turn = shutdown.run_until_cancelled(self.turn(&mut memory)).await;
            let Some(turn) = turn else { break };
            let wait = match turn {
                Ok(0) => LOOK_EVERY,
                // There may be more.
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(error = %crate::aggregator::chain(&error), "the escalator tries again");
                    ASK_AGAIN
                }
            };
            shutdown.run_until_cancelled(tokio::time::sleep(wait)).await;
        }
    }

    /// One look; how many issues had something due.
    async fn turn(&self, memory: &mut Memory) -> Result<usize, TurnError> {
        if !self.is_up_to_date() {
            self.health
                .send_modify(|health| health.held = Some("the log is not folded to its end".to_owned()));
            return Ok(0);
        }
        let told = memory.skew.check(&*self.log, Reading::of(self.reader.clock())).await?;
        self.health.send_if_modified(|health| health.jumped(memory.skew.jumps()));
        let now = match told {
            Told::Go(now) => now,
            Told::Hold { why } => {
                self.health.send_if_modified(|health| health.hold(&why));
                return Ok(0);
            }
        };
        memory.outage.look(now);
        let mut walked = memory.walk.step(&self.reader, now)?;
        walked.silent = memory.quiet.step(&self.reader, now)?;
        let Memory { patience, outage, .. } = &*memory;
        let round = Round::read(&self.reader, &*self.composer, now, &walked, patience, outage)?;
        let (fired, came_up, told) = (round.issues(), round.tired(), round.told.clone());
        self.health.send_modify(|health| health.beat(now, &round, memory.patience.len()));
        let Appended { last, beaten } = append::append(&*self.log, round.homes).await?;
        memory.outage.note(told);
        // Whoever was beaten to it had nothing to do with it.
        let own = came_up.into_iter().filter(|(_, home, _)| !beaten.contains(home));
        memory.patience.note(own.map(|(id, _, failed)| (id, failed)), now);
        if let Some(last) = last {
            self.fold_up_to(last).await;
        } else if !beaten.is_empty() {
            // What somebody else did is about to be folded.
            let tail = self.log.state().await?.tail;
            self.fold_up_to(tail).await;
        }
        Ok(fired)
    }

    /// Whoever waited too long looks again.
    async fn fold_up_to(&self, position: Position) {
        self.projection().saw_tail(position);
        let _folded = timeout(FOLD_WITHIN, self.projection().reach(position)).await;
    }

    /// What was acknowledged while nobody escalated is folded before anything is decided (`escalation.md` rule 9a).
    fn is_up_to_date(&self) -> bool {
        let projection = self.projection();
        let live = match *projection.phase_now() {
            Phase::Live => true,
            Phase::CatchingUp { .. }
            | Phase::Diverged { .. }
            | Phase::Replaced { .. }
            | Phase::Stalled { .. }
            | Phase::OutOfSpace { .. } => false,
        };
        live && projection.sight().connected && !projection.is_unfinished()
    }

    fn projection(&self) -> &Projection {
        self.reader.projection()
    }
}
