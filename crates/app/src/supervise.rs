//! The supervisor: keeps one store folded and answering, whatever happens to the log, the store or the disk.
//!
//! ```text
//!              gap, log error           passed, or time                 log right again
//!   Folding ------------------> Waiting ---------------> Folding <------------------------+
//!      |  \                                                                               |
//!      |   \ another log that holds as much   +-> Rebuilding (the old answers stay) --swap-+
//!      |    +--------------------------------+                                            |
//!      |                                      +-> Diverged (holds less) --accept_log------+
//!      |  low on room -> Full -> enough again -> Folding
//!      |
//!      +- damaged -> answers withdrawn, a fresh store -> Folding (or Full first, or Waiting)
//! ```
//!
//! Beside any state in which the store is sound, a rebuild may be under way that an operator asked for. Deliberately absent: what
//! is folded and how (`engine`), which files there are (`stores`).

mod beside;
mod fold;
mod problem;
mod renew;
#[cfg(test)]
mod tests;
mod told;
mod verify;
mod wait;

use std::{sync::Arc, time::Duration};

use api::{RebuildRefusal, RebuildWish, Rebuilding};
use domain::Position;
use engine::{Aggregator, AggregatorError, LogError, Phase, Projection};
use jetstream::JetStreamLog;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    room::Room,
    stores::{Held, OpenProjectionError, Opened, Stores},
};
use beside::{Made, Making};
use fold::Fold;
use renew::Attempts;
pub(crate) use told::{Stated, Told};

/// How often is looked whether what stopped folding is over.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long the store may take to let go before it counts as hung.
const LET_GO: Duration = Duration::from_secs(30);
/// Operators' wishes that wait.
pub(crate) const WISHES: usize = 16;

/// Why supervision ended without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum SuperviseError {
    /// sled does not return from a write or a read.
    #[error("let go of the store: it hangs; start Davy again, and the store is rebuilt from the log")]
    Hung,
    /// Not even a fresh store can be made or named.
    #[error(transparent)]
    Store(#[from] OpenProjectionError),
}

/// A rebuild that somebody asks for, and where to answer.
pub(crate) struct Wish {
    pub(crate) wish: RebuildWish,
    pub(crate) answer: oneshot::Sender<Result<Rebuilding, RebuildRefusal>>,
}

/// Keeps the projection folded.
pub(crate) struct Supervisor {
    log: Arc<JetStreamLog>,
    projection: Arc<Projection>,
    stores: Stores,
    /// The store that answers; `None` while there is no room for one.
    held: Option<Held>,
    state: State,
    making: Option<Making>,
    attempts: Attempts,
    look_at: Instant,
    wishes: mpsc::Receiver<Wish>,
    room: watch::Receiver<Room>,
    suspected: watch::Receiver<Option<String>>,
    phase: watch::Receiver<Phase>,
    told: Arc<Told>,
    verifying: Option<JoinHandle<()>>,
    /// The store is damaged, but may hold what the log has lost: it is neither answered from nor deleted.
    withheld: bool,
}

/// What the store that answers is doing.
enum State {
    /// Its aggregator runs.
    Folding(Fold),
    /// It stands until the time has come to try again.
    Waiting,
    /// It stands at a gap of the log.
    AtGap { expected: Position, found: Position },
    /// It stands, as the log is another one, and is replaced as soon as that one is folded.
    Replaced { found: String },
    /// It stands, as the log holds less than it, until somebody decides or the log comes back.
    Diverged { found: String },
    /// It stands for want of room.
    Full,
    /// It is not to be relied on, and there was no room or no way yet to make another.
    Broken { problem: String },
}

/// What can happen.
enum Wake {
    Shutdown,
    Suspected(String),
    Ended(Result<(), AggregatorError>),
    Made(Made),
    ReachedEnd,
    Asked(Wish),
    Room,
    Look,
}

impl Supervisor {
    pub(crate) fn new(
        log: Arc<JetStreamLog>,
        opened: Opened,
        wishes: mpsc::Receiver<Wish>,
        room: watch::Receiver<Room>,
        told: Arc<Told>,
    ) -> Self {
        let Opened { stores, projection, held } = opened;
        let state = match held {
            Some(_) => State::Waiting,
            None => State::Broken { problem: "there was no room to open the store".to_owned() },
        };
        Self {
            log,
            stores,
            held,
            state,
            making: None,
            attempts: Attempts::default(),
            look_at: Instant::now(),
            wishes,
            room,
            suspected: projection.suspected(),
            phase: projection.phase(),
            projection,
            told,
            verifying: None,
            withheld: false,
        }
    }

    /// Supervises until `stop`; the batch in the making is finished and flushed.
    ///
    /// # Errors
    /// If the process has to be started again.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> Result<(), SuperviseError> {
        self.begin();
        loop {
            match self.wake(&stop).await {
                Wake::Shutdown => break,
                Wake::Suspected(problem) => self.suspect(problem).await?,
                Wake::Ended(outcome) => self.folding_ended(outcome).await?,
                Wake::Made(made) => self.made(made).await?,
                Wake::ReachedEnd => self.reached_end(),
                Wake::Asked(wish) => self.asked(wish).await,
                Wake::Room => self.room_changed().await?,
                Wake::Look => self.look().await?,
            }
        }
        self.stop().await
    }

    fn begin(&mut self) {
        if self.projection.is_unfinished() {
            self.told.begin("the store is folded for the first time".to_owned(), &self.projection);
        } else {
            self.verify();
        }
        if self.room.borrow().is_low {
            self.full();
        }
    }

    async fn wake(&mut self, stop: &CancellationToken) -> Wake {
        let unfinished =
            self.held.as_ref().is_some_and(|held| self.stores.generations.is_building(&held.generation));
        let looking = self.looks_again();
        tokio::select! {
            biased;
            () = stop.cancelled() => Wake::Shutdown,
            problem = suspected(&mut self.suspected), if self.held.is_some() && !self.withheld => Wake::Suspected(problem),
            outcome = self.state.ended() => Wake::Ended(outcome),
            made = beside::made(self.making.as_mut()) => Wake::Made(made),
            _ = self.phase.wait_for(|phase| *phase == Phase::Live), if unfinished => Wake::ReachedEnd,
            Some(wish) = self.wishes.recv() => Wake::Asked(wish),
            Ok(()) = self.room.changed() => Wake::Room,
            () = tokio::time::sleep_until(self.look_at), if looking => Wake::Look,
        }
    }

    /// Whether something but a wake of another kind has to be looked at.
    const fn looks_again(&self) -> bool {
        match self.state {
            State::Folding(_) => false,
            State::Replaced { .. } => self.making.is_none(),
            State::Waiting
            | State::AtGap { .. }
            | State::Diverged { .. }
            | State::Full
            | State::Broken { .. } => true,
        }
    }

    /// Folds on from where the store stands.
    fn fold(&mut self) {
        self.withheld = false;
        let aggregator = Aggregator::new(Arc::clone(&self.log) as _, Arc::clone(&self.projection));
        self.state = State::Folding(Fold::start(aggregator));
    }

    /// A store that cannot be relied on is replaced, unless the log holds less than it.
    async fn suspect(&mut self, problem: String) -> Result<(), SuperviseError> {
        match &self.state {
            State::Diverged { found } => {
                let found = format!(
                    "{found}; and the store is damaged, so that nothing is answered from it: {problem}"
                );
                self.withheld = true;
                self.projection.set_unfinished();
                self.await_decision(found);
                Ok(())
            }
            State::Folding(_)
            | State::Waiting
            | State::AtGap { .. }
            | State::Replaced { .. }
            | State::Full
            | State::Broken { .. } => self.renew(problem).await,
        }
    }

    /// The aggregator has noted why it ended in the phase; what to do about it is added here.
    async fn folding_ended(&mut self, outcome: Result<(), AggregatorError>) -> Result<(), SuperviseError> {
        self.state = State::Waiting;
        match outcome {
            Ok(()) => self.try_again("the aggregator ended"),
            Err(AggregatorError::Diverged(found)) => self.diverged(found).await,
            Err(AggregatorError::Log(LogError::Missing)) => {
                self.diverged(problem::missing(self.projection.position())).await;
            }
            Err(AggregatorError::Log(LogError::Gap { expected, found })) => self.at_gap(expected, found),
            Err(
                error @ AggregatorError::Log(
                    LogError::Unreachable { .. } | LogError::Conflict | LogError::Refused { .. },
                ),
            ) => {
                self.try_again(&crate::chain(&error));
            }
            Err(error @ (AggregatorError::Store(_) | AggregatorError::Thread(_))) => {
                self.attempts.found_full(problem::is_out_of_space(&error));
                self.renew(crate::chain(&error)).await?;
            }
        }
        Ok(())
    }

    /// The store that answers has reached the end of the log for the first time.
    fn reached_end(&mut self) {
        let Some(held) = &self.held else { return };
        let generation = &held.generation;
        if let Err(error) = self.stores.generations.finish(generation) {
            tracing::warn!(error = %crate::chain(&error), "the next start does not know that the store is whole");
        }
        if self.told.end() {
            tracing::info!(%generation, position = %self.projection.position(), "the store is whole");
        }
        self.verify();
    }

    async fn room_changed(&mut self) -> Result<(), SuperviseError> {
        let room = *self.room.borrow_and_update();
        match (&self.state, room.is_low) {
            (_, true) if self.making.is_some() => {
                self.give_up_making("there is too little room on the disk").await
            }
            (State::Folding(_), true) => {
                self.stop_folding().await?;
                self.full();
            }
            (State::Full, true) => self.projection.set_phase(Phase::OutOfSpace { problem: room.told() }),
            (State::Full, false) => {
                tracing::info!("there is room again; folding goes on");
                self.fold();
            }
            (_, true | false) => {}
        }
        Ok(())
    }

    /// Stands for want of room.
    fn full(&mut self) {
        let problem = self.room.borrow().told();
        tracing::warn!(%problem, "folding has stopped for want of room");
        self.projection.set_phase(Phase::OutOfSpace { problem });
        if self.held.is_some() {
            self.state = State::Full;
        }
    }

    /// Lets the aggregator finish its batch.
    async fn stop_folding(&mut self) -> Result<(), SuperviseError> {
        match std::mem::replace(&mut self.state, State::Waiting) {
            State::Folding(fold) => match timeout(LET_GO, fold.stop()).await {
                Ok(_) => Ok(()),
                Err(_) => Err(self.hung()),
            },
            standing @ (State::Waiting
            | State::AtGap { .. }
            | State::Replaced { .. }
            | State::Diverged { .. }
            | State::Full
            | State::Broken { .. }) => {
                self.state = standing;
                Ok(())
            }
        }
    }

    /// The next start finds it suspect.
    fn hung(&self) -> SuperviseError {
        if let Some(held) = &self.held
            && let Err(error) = self.stores.generations.suspect(&held.generation)
        {
            tracing::error!(error = %crate::chain(&error), "the hanging store could not be marked");
        }
        SuperviseError::Hung
    }

    async fn stop(mut self) -> Result<(), SuperviseError> {
        if let Some(verifying) = self.verifying.take() {
            verifying.abort();
        }
        // What is half made is deleted at the next start.
        let making = async {
            if let Some(making) = self.making {
                making.fold.stop().await.ok();
            }
        };
        let folding = async {
            match self.state {
                State::Folding(fold) => fold.stop().await,
                State::Waiting
                | State::AtGap { .. }
                | State::Replaced { .. }
                | State::Diverged { .. }
                | State::Full
                | State::Broken { .. } => Ok(()),
            }
        };
        let ((), folded) = tokio::join!(making, folding);
        if let Err(error) = folded {
            tracing::warn!(error = %crate::chain(&error), "folding ended badly");
        }
        Ok(())
    }
}

impl State {
    /// How the aggregator ended; never while there is none.
    async fn ended(&mut self) -> Result<(), AggregatorError> {
        match self {
            Self::Folding(fold) => fold.ended().await,
            Self::Waiting
            | Self::AtGap { .. }
            | Self::Replaced { .. }
            | Self::Diverged { .. }
            | Self::Full
            | Self::Broken { .. } => std::future::pending().await,
        }
    }
}

async fn suspected(suspected: &mut watch::Receiver<Option<String>>) -> String {
    loop {
        if let Some(problem) = suspected.borrow_and_update().clone() {
            return problem;
        }
        if suspected.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
