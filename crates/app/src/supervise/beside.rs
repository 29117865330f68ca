//! Building a store beside the one that answers, and putting it in its place.

use std::{sync::Arc, time::Duration};

use api::{RebuildRefusal, RebuildWish, Rebuilding};
use domain::Position;
use engine::{Aggregator, AggregatorError, EventLog as _, LogError, Phase, Projection};
use jetstream::ProvisionError;
use store::Generation;
use tokio::{sync::watch, time::timeout};

use super::{LET_GO, State, SuperviseError, Supervisor, Wish, fold::Fold, problem};
use crate::{
    clock::SystemClock,
    stores::{Held, Stores},
};

/// How long a rebuilt store may take to reach what the other one has folded, once that one stands.
const DRAW_LEVEL: Duration = Duration::from_secs(10);

/// A store in the making.
pub(super) struct Making {
    pub(super) held: Held,
    pub(super) projection: Arc<Projection>,
    pub(super) fold: Fold,
    phase: watch::Receiver<Phase>,
    /// The one that it replaces may hold more than the log.
    keep_replaced: bool,
}

/// What became of it.
pub(super) enum Made {
    /// It has reached the end of the log.
    Reached,
    Ended(Result<(), AggregatorError>),
}

/// Waits for it; for ever if there is none.
pub(super) async fn made(making: Option<&mut Making>) -> Made {
    let Some(Making { fold, phase, .. }) = making else { return std::future::pending().await };
    tokio::select! {
        outcome = fold.ended() => Made::Ended(outcome),
        _ = phase.wait_for(|phase| *phase == Phase::Live) => Made::Reached,
    }
}

impl Supervisor {
    /// Answers an operator.
    pub(super) async fn asked(&mut self, Wish { wish, answer }: Wish) {
        if wish.accept_log
            && let Err(why) = self.make_stream_if_missing().await
        {
            // Whoever gave up waiting does not hear it.
            answer.send(Err(RebuildRefusal::Stalled(why))).ok();
            return;
        }
        let outcome = match self.told.rebuilding() {
            Some(underway) => Ok(underway),
            None => self.begin_asked(wish).await,
        };
        // Whoever gave up waiting does not hear it.
        answer.send(outcome).ok();
    }

    async fn begin_asked(&mut self, wish: RebuildWish) -> Result<Rebuilding, RebuildRefusal> {
        let RebuildWish { reason, accept_log } = wish;
        match &self.state {
            State::Folding(_) | State::Waiting => {
                self.check_room().map_err(RebuildRefusal::OutOfSpace)?;
                let reason = if reason.is_empty() { "an operator asked for it".to_owned() } else { reason };
                self.begin_making(reason, accept_log).await.map_err(RebuildRefusal::Stalled)
            }
            State::AtGap { expected, found } => Err(RebuildRefusal::Stalled(problem::gap(*expected, *found))),
            State::Diverged { found } if !accept_log => {
                Err(RebuildRefusal::Diverged(problem::holds_less(found)))
            }
            State::Diverged { found } | State::Replaced { found } => {
                let found = found.clone();
                tracing::warn!(reason, "an operator takes the log as it is");
                self.replace(found).await;
                self.told.rebuilding().ok_or_else(|| RebuildRefusal::Stalled(self.told_problem()))
            }
            State::Full => Err(RebuildRefusal::OutOfSpace(self.room.borrow().told())),
            State::Broken { problem } => Err(RebuildRefusal::Stalled(problem.clone())),
        }
    }

    fn told_problem(&self) -> String {
        match &*self.projection.phase_now() {
            Phase::Diverged { problem }
            | Phase::Replaced { problem }
            | Phase::Stalled { problem }
            | Phase::OutOfSpace { problem } => problem.clone(),
            Phase::CatchingUp { .. } | Phase::Live => "ask again".to_owned(),
        }
    }

    async fn make_stream_if_missing(&self) -> Result<(), String> {
        if let Err(LogError::Missing) = self.log.state().await {
            self.log.provision(SystemClock::now()).await.map_err(|error| crate::chain(&error))?;
        }
        Ok(())
    }

    /// Begins to fold the log into a store of its own; or why not.
    pub(super) async fn begin_making(
        &mut self,
        reason: String,
        keep_replaced: bool,
    ) -> Result<Rebuilding, String> {
        self.give_up_making("another rebuild is begun").await;
        self.check_room()?;
        match self.log.is_there().await {
            Ok(true) | Err(ProvisionError::Unreachable { .. }) => {}
            Ok(false) => return Err(problem::missing(self.projection.position())),
            Err(error) => return Err(crate::chain(&error)),
        }
        let stores = self.stores.clone();
        let fresh = tokio::task::spawn_blocking(move || stores.fresh()).await;
        let (held, projection) = match fresh {
            Ok(Ok(fresh)) => fresh,
            Ok(Err(error)) => return Err(crate::chain(&error)),
            Err(_) => return Err("making a fresh store panicked".to_owned()),
        };
        let projection = Arc::new(projection);
        let generation = &held.generation;
        tracing::warn!(reason, %generation, "rebuilding the store from the log, beside the one that answers");
        self.told.begin(reason, &projection);
        let fold = Fold::start(Aggregator::beside(Arc::clone(&self.log) as _, Arc::clone(&projection)));
        let phase = projection.phase();
        self.making = Some(Making { held, projection, fold, phase, keep_replaced });
        self.told.rebuilding().ok_or_else(|| "it has ended already".to_owned())
    }

    /// A rebuilt store takes about as much as the one that is there.
    fn check_room(&self) -> Result<(), String> {
        let needed = self.held.as_ref().map_or(0, |held| self.stores.generations.size(&held.generation));
        let room = *self.room.borrow();
        if room.holds(needed) {
            return Ok(());
        }
        let mib = |bytes: u64| bytes >> 20;
        Err(format!(
            "there is too little room for a second store: it takes about {} MB, and {} MB are to stay free of {} MB",
            mib(needed),
            mib(room.mark),
            mib(room.free.unwrap_or_default())
        ))
    }

    pub(super) async fn made(&mut self, made: Made) -> Result<(), SuperviseError> {
        match made {
            Made::Reached => self.swap().await,
            Made::Ended(outcome) => {
                let why = match &outcome {
                    Ok(()) => "it ended early".to_owned(),
                    Err(AggregatorError::Log(LogError::Gap { expected, found })) => {
                        self.attempts.making_met_gap(*expected, *found);
                        problem::gap(*expected, *found)
                    }
                    Err(error) => crate::chain(error),
                };
                if let Some(Making { held, .. }) = self.making.take() {
                    self.discard(held, &why);
                }
                Ok(())
            }
        }
    }

    /// Ends the rebuild; the store that answers goes on.
    pub(super) async fn give_up_making(&mut self, why: &str) {
        if let Some(Making { held, fold, .. }) = self.making.take() {
            // One that hangs is deleted at the next start.
            if timeout(LET_GO, fold.stop()).await.is_ok() {
                self.discard(held, why);
            } else {
                self.told.end();
            }
        }
    }

    fn discard(&mut self, held: Held, why: &str) {
        tracing::warn!(why, generation = %held.generation, "the rebuild was given up");
        self.told.end();
        self.stores.dispose(held);
        if let State::Replaced { found } = &self.state {
            let found = found.clone();
            let problem = problem::not_rebuilt(&found, why);
            self.projection.set_phase(Phase::Diverged { problem });
            let pause = self.attempts.making_failed();
            self.stand(State::Replaced { found }, pause);
        }
    }

    /// Answers from the rebuilt store. Whoever reads or watches goes on; positions do not run backwards.
    async fn swap(&mut self) -> Result<(), SuperviseError> {
        let folding = matches!(self.state, State::Folding(_));
        self.stop_folding().await?;
        let Some(Making { held, projection, fold, keep_replaced, .. }) = self.making.take() else {
            return Ok(());
        };
        if folding {
            reach(&projection, self.projection.position()).await;
        }
        let other_log = matches!(self.state, State::Diverged { .. } | State::Replaced { .. });
        let keep = (keep_replaced || other_log) && self.projection.position() > Position::START;
        let replaced = self.held.as_ref().map(|held| held.generation.clone()).filter(|_| keep);
        let kept_before = self.stores.generations.kept().filter(|_| replaced.is_some());
        // It is named only once it is known to be sound: what CURRENT names must not be given up.
        let failure = match timeout(LET_GO, fold.stop()).await {
            Ok(Ok(())) => self.name(&held, replaced.clone()).await.err(),
            Ok(Err(error)) => Some(crate::chain(&error)),
            Err(_) => Some("its store hangs".to_owned()),
        };
        if let Some(why) = failure {
            self.discard(held, &why);
        } else {
            self.put_in_place(held, &projection, replaced.is_some()).await?;
            if let Some(kept) = kept_before
                && let Err(error) = self.stores.generations.remove(&kept)
            {
                tracing::warn!(error = %crate::chain(&error), "the store kept before is deleted at the next start");
            }
            self.told.end();
            self.attempts.made();
            self.verify();
            self.fold();
        }
        Ok(())
    }

    /// Makes a store the one that the next start opens; or why not.
    async fn name(&self, held: &Held, keep: Option<Generation>) -> Result<(), String> {
        let (stores, generation) = (self.stores.clone(), held.generation.clone());
        let naming = tokio::task::spawn_blocking(move || {
            stores.generations.finish(&generation)?;
            stores.generations.make_current(&generation, keep.as_ref())
        });
        match naming.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(crate::chain(&error)),
            Err(_) => Err("naming it panicked".to_owned()),
        }
    }

    /// Answers from another store from now on.
    pub(super) async fn put_in_place(
        &mut self,
        held: Held,
        projection: &Arc<Projection>,
        keep_replaced: bool,
    ) -> Result<(), SuperviseError> {
        self.forget_verification();
        self.withheld = false;
        self.adopt(projection).await?;
        tracing::warn!(generation = %held.generation, position = %self.projection.position(), "answering from another store");
        match self.held.replace(held) {
            Some(replaced) if keep_replaced => {
                let directory = self.stores.generations.directory(&replaced.generation);
                tracing::warn!(directory = %directory.display(), "the replaced store is kept");
                Stores::close(replaced);
            }
            Some(replaced) => self.stores.dispose(replaced),
            None => {}
        }
        Ok(())
    }

    /// Waits for the queries that read the old one, which may hang in it.
    pub(super) async fn adopt(&self, other: &Arc<Projection>) -> Result<(), SuperviseError> {
        let (ours, theirs) = (Arc::clone(&self.projection), Arc::clone(other));
        match timeout(LET_GO, tokio::task::spawn_blocking(move || ours.adopt(&theirs))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(self.hung()),
        }
    }
}

async fn reach(projection: &Projection, position: Position) {
    let mut applied = projection.applied();
    if timeout(DRAW_LEVEL, applied.wait_for(|reached| *reached >= position)).await.is_err() {
        tracing::warn!(%position, "the rebuilt store has not drawn level; answers go back a little");
    }
}
