//! The aggregator: compares the store with the log, then keeps folding one into the other until it is told to stop.
//!
//! Owns the threads and what is watched beside them. Deliberately absent: what they do (`pipeline`), and every judgement
//! about a log that is not the one that was folded: it stops, says which of the two was replaced, and leaves the rest
//! to an operator.

use std::{
    sync::{Arc, mpsc::sync_channel},
    thread,
    time::Duration,
};

use domain::{Applied, Arrived, Directory, Event, Issue, Loss, Losses, OperationKind, Position};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    Cursor, EventLog, LogError, LogState, Phase, Projection, RawMessage, StoreError,
    pipeline::{
        apply,
        drive::{self, Ends},
        folder::{FoldError, Folder},
        parse,
    },
};

/// Chunks that wait between two threads.
const WAITING_CHUNKS: usize = 4;
/// Where losses that were given up are noted; their token is of no matter.
const LOSSES: &str = "davy.events.command.*.log.loss_accepted";
/// Behind by more than this, or from the start, batches grow and queries wait (`design.md` 6).
const FAR_BEHIND: u64 = 100_000;
/// How often the log is asked for its end.
const LOOK_EVERY: Duration = if cfg!(test) { Duration::from_millis(5) } else { Duration::from_secs(1) };
/// How often the message at the cursor is compared: once in so many looks.
const COMPARE_EVERY: u32 = if cfg!(test) { 2 } else { 60 };

/// Folds the log into the projection.
pub struct Aggregator {
    /// Where to read.
    pub log: Arc<dyn EventLog>,
    /// Where to write.
    pub projection: Arc<Projection>,
    /// How one event is applied.
    pub apply: fn(&mut Issue, &Event, &Directory) -> Applied,
    /// How large batches may grow on the way to the end of the log.
    pub pace: Pace,
}

/// How large batches may grow on the way to the end of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As large as is fast: nothing answers before the end is reached.
    #[default]
    Alone,
    /// Small: another store of this process answers meanwhile, and sled locks all of them while it writes.
    Beside,
}

impl std::fmt::Debug for Aggregator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aggregator").field("projection", &self.projection).finish_non_exhaustive()
    }
}

/// Why folding stopped.
#[derive(Debug, thiserror::Error)]
pub enum AggregatorError {
    /// The store failed.
    #[error("fold into the store")]
    Store(#[from] StoreError),
    /// The log failed for good.
    #[error("read the log")]
    Log(#[from] LogError),
    /// The log is not the one that was folded.
    #[error("{0}")]
    Diverged(String),
    /// A thread could not be started, or panicked outside an event's fold.
    #[error("run the {0} thread")]
    Thread(&'static str),
}

impl Aggregator {
    /// Over a log and a projection, with the rules of the domain.
    pub const fn new(log: Arc<dyn EventLog>, projection: Arc<Projection>) -> Self {
        Self { log, projection, apply: Issue::apply, pace: Pace::Alone }
    }

    /// As [`Aggregator::new`], beside a store that answers.
    pub const fn beside(log: Arc<dyn EventLog>, projection: Arc<Projection>) -> Self {
        Self { log, projection, apply: Issue::apply, pace: Pace::Beside }
    }

    /// Folds until `shutdown`; the batch in the making is finished and flushed. What stops it for another reason stands
    /// in the projection's phase as well, where queries and GetStatus see it.
    ///
    /// # Errors
    /// If folding cannot go on.
    pub async fn run(&self, shutdown: CancellationToken) -> Result<(), AggregatorError> {
        let outcome = self.compare_and_fold(&shutdown).await;
        if let Err(error) = &outcome {
            self.projection.set_phase(match error {
                AggregatorError::Diverged(problem) => Phase::Diverged { problem: problem.clone() },
                AggregatorError::Store(_) | AggregatorError::Log(_) | AggregatorError::Thread(_) => {
                    Phase::Stalled { problem: chain(error) }
                }
            });
        }
        outcome
    }

    async fn compare_and_fold(&self, shutdown: &CancellationToken) -> Result<(), AggregatorError> {
        let cursor = self.projection.published().cursor;
        let begins = matches!(*self.projection.phase_now(), Phase::CatchingUp { .. });
        if begins && cursor.position > Position::START && !self.projection.is_unfinished() {
            // Until the log is heard of, answers are those of the store, with unknown lag. What stopped folding before is a
            // problem until it is known to be none.
            self.projection.set_phase(Phase::Live);
        }
        let Some(state) = shutdown.run_until_cancelled(self.reach(&cursor)).await else { return Ok(()) };
        let state = state?;
        self.projection.saw_tail(state.tail);
        let behind = state.tail.sequence().saturating_sub(cursor.position.sequence());
        let from_the_start = cursor.position == Position::START || self.projection.is_unfinished();
        self.projection.set_phase(if (from_the_start && behind > 0) || behind > FAR_BEHIND {
            tracing::info!(position = %cursor.position, tail = %state.tail, "catching up");
            Phase::CatchingUp { done: cursor.position, total: state.tail }
        } else {
            Phase::Live
        });
        let Some(losses) = shutdown.run_until_cancelled(self.losses()).await else { return Ok(()) };
        self.fold(cursor, state, losses?, shutdown).await
    }

    /// What is missing from the log and was given up. It stands behind the gaps that it allows to pass, so it is read
    /// before them.
    async fn losses(&self) -> Result<Losses, LogError> {
        let (into, mut messages) = mpsc::channel(WAITING_CHUNKS);
        let read = self.log.matching(LOSSES.to_owned(), Position::START, into);
        let gather = async {
            let mut losses = Vec::new();
            while let Some(chunk) = messages.recv().await {
                losses.extend(chunk.iter().filter_map(|message| self.loss(message)));
            }
            losses
        };
        let (read, losses) = tokio::join!(read, gather);
        read.map(|()| Losses::new(losses))
    }

    /// Whether folding can go on at a gap: its messages were given up, or are there again.
    ///
    /// # Errors
    /// If the log does not answer.
    pub async fn passes(&self, expected: Position, found: Position) -> Result<bool, LogError> {
        Ok(self.losses().await?.cover(expected, found) || self.log.message(expected).await?.is_some())
    }

    /// Waits until the log answers, and compares it with the store.
    async fn reach(&self, cursor: &Cursor) -> Result<LogState, AggregatorError> {
        let mut wait = Duration::from_millis(100);
        loop {
            match self.look(cursor).await {
                // Of an empty store's stream, somebody is about to make it.
                Err(AggregatorError::Log(LogError::Missing)) if cursor.position > Position::START => {
                    return Err(LogError::Missing.into());
                }
                Err(AggregatorError::Log(error)) => {
                    tracing::warn!(error = %chain(&error), "the log cannot be reached; trying again");
                }
                answered => return answered,
            }
            self.projection.set_connected(false);
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
    }

    async fn look(&self, cursor: &Cursor) -> Result<LogState, AggregatorError> {
        let state = self.log.state().await?;
        self.compare(cursor, &state).await?;
        Ok(state)
    }

    fn loss(&self, message: &RawMessage) -> Option<Loss> {
        match self.projection.codec().decode(message).content {
            Arrived::Operation(operation) => match operation.kind {
                OperationKind::LossAccepted(loss) => Some(loss),
                OperationKind::Skipped { .. } | OperationKind::Redriven { .. } => None,
            },
            Arrived::Event(_)
            | Arrived::Directory(_)
            | Arrived::UnknownDocument { .. }
            | Arrived::Quarantined(_) => None,
        }
    }

    /// Runs the threads until the log ends, they fail, or `shutdown`.
    async fn fold(
        &self,
        cursor: Cursor,
        state: LogState,
        losses: Losses,
        shutdown: &CancellationToken,
    ) -> Result<(), AggregatorError> {
        let (raw_in, raw_out) = mpsc::channel(WAITING_CHUNKS);
        let mut threads = self.spawn(raw_out, &state, losses.clone())?;
        let stop = shutdown.child_token();
        let reading =
            async { stop.run_until_cancelled(self.log.read(cursor.position, losses, raw_in)).await };
        let watching = async {
            let diverged = stop.run_until_cancelled(self.watch(&cursor, &state.incarnation)).await;
            stop.cancel();
            diverged
        };
        let ended = async {
            let outcome = threads.recv().await;
            stop.cancel();
            outcome
        };
        // When reading stops its channel closes, and the threads finish what they have, one after the other.
        let (read, watched, ended) = tokio::join!(reading, watching, ended);
        let mut outcome = ended.unwrap_or(Ok(()));
        while let Some(another) = threads.recv().await {
            outcome = outcome.and(another);
        }
        outcome?;
        match (read, watched) {
            (_, Some(diverged)) => Err(diverged),
            (Some(Err(error)), None) => Err(error.into()),
            (Some(Ok(())) | None, None) => Ok(()),
        }
    }

    /// Starts the parse, fold and apply threads. Their outcomes come over the channel, which closes after the last.
    fn spawn(
        &self,
        raw: mpsc::Receiver<Vec<RawMessage>>,
        state: &LogState,
        losses: Losses,
    ) -> Result<mpsc::Receiver<Result<(), AggregatorError>>, AggregatorError> {
        let (chunks_in, chunks) = sync_channel(WAITING_CHUNKS);
        let (batches, batches_out) = sync_channel(1);
        let (done_in, done) = sync_channel(1);
        let (outcomes, outcomes_out) = mpsc::channel(3);
        let codec = Arc::clone(self.projection.codec());
        start("parse", outcomes.clone(), move || {
            parse::run(&codec, raw, &chunks_in);
            Ok(())
        })?;
        let mut folder = Folder::open(
            self.projection.store(),
            Arc::clone(self.projection.codec()),
            self.projection.published().directory,
            state.incarnation.clone(),
            losses,
            self.apply,
        )?;
        let projection = Arc::clone(&self.projection);
        let ends = Ends { chunks, batches, done };
        let pace = self.pace;
        start("fold", outcomes.clone(), move || {
            drive::run(&mut folder, &projection, pace, &ends).map_err(|error| match error {
                FoldError::Store(error) => error.into(),
                FoldError::Gap { expected, found } => LogError::Gap { expected, found }.into(),
            })
        })?;
        let projection = Arc::clone(&self.projection);
        let target = state.tail;
        start("apply", outcomes, move || Ok(apply::run(&projection, &batches_out, &done_in, target)?))?;
        Ok(outcomes_out)
    }

    /// Asks the log for its end, and now and then whether it is still the one that was folded, from `start` on.
    async fn watch(&self, start: &Cursor, incarnation: &str) -> AggregatorError {
        // What was last compared: a stream that was written again past the cursor looks right there, and wrong here.
        let mut compared = Cursor { incarnation: incarnation.to_owned(), ..start.clone() };
        let mut missing = false;
        for look in 1_u32.. {
            tokio::time::sleep(LOOK_EVERY).await;
            // Before the log is asked: folding goes on meanwhile, and must not seem to be ahead of an older answer.
            let cursor = self.projection.published().cursor;
            let state = match self.log.state().await {
                Ok(state) => state,
                // A server that is starting may not know its stream yet.
                Err(LogError::Missing) if std::mem::replace(&mut missing, true) => {
                    return LogError::Missing.into();
                }
                Err(_) => {
                    self.projection.set_connected(false);
                    continue;
                }
            };
            missing = false;
            let known = Cursor { incarnation: incarnation.to_owned(), ..cursor };
            let other_life = state.incarnation != incarnation || state.tail < known.position;
            let due = other_life || look % COMPARE_EVERY == 0;
            if due {
                for cursor in [&compared, &known] {
                    if let Err(diverged @ AggregatorError::Diverged(_)) = self.compare(cursor, &state).await {
                        return diverged;
                    }
                }
                compared = known;
            }
            self.projection.saw_tail(state.tail);
        }
        AggregatorError::Thread("watch")
    }

    /// Whether the log is the one that the store has folded.
    async fn compare(&self, cursor: &Cursor, state: &LogState) -> Result<(), AggregatorError> {
        if state.incarnation != cursor.incarnation && !cursor.incarnation.is_empty() {
            return Err(AggregatorError::Diverged(format!(
                "the stream was replaced: it is `{}`, and the store has folded `{}`",
                state.incarnation, cursor.incarnation
            )));
        }
        if cursor.position == Position::START {
            return Ok(());
        }
        if state.tail < cursor.position {
            return Err(AggregatorError::Diverged(format!(
                "the stream was rolled back: it ends at {}, and the store has folded up to {}",
                state.tail, cursor.position
            )));
        }
        let Some(stored) = self.log.message(cursor.position).await? else {
            return Err(AggregatorError::Diverged(format!(
                "the stream does not hold its message at {} any more, up to which the store has folded",
                cursor.position
            )));
        };
        if self.projection.codec().decode(&stored).fingerprint == cursor.fingerprint {
            return Ok(());
        }
        Err(AggregatorError::Diverged(format!(
            "the stream was rolled back and written again: its message at {} is not the one that the store has folded",
            cursor.position
        )))
    }
}

/// Starts a thread that reports how it ended, also if it panics.
fn start(
    name: &'static str,
    outcomes: mpsc::Sender<Result<(), AggregatorError>>,
    work: impl FnOnce() -> Result<(), AggregatorError> + Send + 'static,
) -> Result<(), AggregatorError> {
    let run = move || {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        let outcome = outcome.unwrap_or(Err(AggregatorError::Thread(name)));
        // Nobody listens any more once another thread has failed.
        let _unheard = outcomes.blocking_send(outcome);
    };
    let thread = thread::Builder::new().name(format!("davy-{name}")).spawn(run);
    thread.map(|_detached| ()).map_err(|_| AggregatorError::Thread(name))
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
