//! Standing still, and what is looked at until it can be gone on.

use domain::Position;
use engine::{Aggregator, EventLog as _, LogError, LogState, Phase};
use std::sync::Arc;
use tokio::time::{Duration, Instant};

use super::{LOOK_EVERY, State, SuperviseError, Supervisor, problem};

impl Supervisor {
    /// Folds again in a moment.
    pub(super) fn try_again(&mut self, why: &str) {
        let pause = self.attempts.log_failed();
        tracing::warn!(why, pause = pause.as_secs_f32(), "folding has stopped; trying again");
        self.stand(State::Waiting, pause);
    }

    pub(super) fn at_gap(&mut self, expected: Position, found: Position) {
        let problem = problem::gap(expected, found);
        tracing::error!(%problem, "folding has stopped");
        self.projection.set_phase(Phase::Stalled { problem });
        self.stand(State::AtGap { expected, found }, LOOK_EVERY);
    }

    /// The log is not the one that was folded. One that holds as much is folded anew by itself: whatever is missing from it was
    /// never folded. One that holds less is not: the store may be the only place where the rest still is.
    pub(super) async fn diverged(&mut self, found: String) {
        tracing::error!(%found, "folding has stopped; the log is not the one that was folded");
        match self.log.state().await {
            Ok(state) if self.holds_as_much(&state) => self.replace(found).await,
            Ok(_) | Err(LogError::Missing) => self.await_decision(found),
            Err(_) => {
                self.projection.set_phase(Phase::Diverged { problem: found.clone() });
                self.stand(State::Diverged { found }, LOOK_EVERY);
            }
        }
    }

    fn holds_as_much(&self, state: &LogState) -> bool {
        state.tail >= self.projection.position()
    }

    pub(super) fn await_decision(&mut self, found: String) {
        self.projection.set_phase(Phase::Diverged { problem: problem::holds_less(&found) });
        self.stand(State::Diverged { found }, LOOK_EVERY);
    }

    /// Folds the log into another store while this one answers.
    pub(super) async fn replace(&mut self, found: String) {
        let begun = self.begin_making(found.clone(), true).await;
        self.projection.set_phase(match &begun {
            Ok(_) => Phase::Replaced { problem: problem::rebuilding(&found) },
            Err(why) => Phase::Diverged { problem: problem::not_rebuilt(&found, why) },
        });
        let pause = self.attempts.making_pause();
        self.stand(State::Replaced { found }, pause);
    }

    pub(super) fn stand(&mut self, state: State, pause: Duration) {
        self.state = state;
        self.look_at = Instant::now() + pause;
    }

    /// Looks whether what stopped folding is over.
    pub(super) async fn look(&mut self) -> Result<(), SuperviseError> {
        self.look_at = Instant::now() + LOOK_EVERY;
        self.look_at_tail().await;
        let state = std::mem::replace(&mut self.state, State::Waiting);
        match state {
            State::Waiting => self.fold(),
            State::AtGap { expected, found } => {
                self.state = State::AtGap { expected, found };
                if self.is_passable(expected, found).await {
                    self.fold();
                }
            }
            State::Diverged { found } => {
                let position = self.projection.position();
                let answered = self.log.state().await;
                match answered {
                    // It may be the right one again, or another one that holds as much: the aggregator compares.
                    Ok(state) if self.holds_as_much(&state) => self.fold(),
                    Ok(_) | Err(LogError::Missing) => {
                        let found = if matches!(answered, Err(LogError::Missing)) && !self.withheld {
                            problem::missing(position)
                        } else {
                            found
                        };
                        self.await_decision(found);
                    }
                    Err(_) => self.state = State::Diverged { found },
                }
            }
            State::Replaced { found } => {
                self.state = State::Replaced { found };
                if !self.attempts.making_waits_for_loss(&self.aggregator()).await {
                    // The aggregator compares again: the log may be another one by now.
                    self.fold();
                }
            }
            State::Broken { problem } => {
                self.state = State::Broken { problem: problem.clone() };
                if !self.room.borrow().is_low {
                    self.renew(problem).await?;
                }
            }
            standing @ (State::Folding(_) | State::Full) => self.state = standing,
        }
        Ok(())
    }

    /// How far behind the answers are grows while nothing is folded.
    async fn look_at_tail(&self) {
        match self.log.state().await {
            Ok(state) => self.projection.saw_tail(state.tail),
            Err(_) => self.projection.set_connected(false),
        }
    }

    pub(super) fn aggregator(&self) -> Aggregator {
        Aggregator::new(Arc::clone(&self.log) as _, Arc::clone(&self.projection))
    }

    /// Whether the gap was accepted or filled, or the stream is another one.
    async fn is_passable(&self, expected: Position, found: Position) -> bool {
        let folded = self.projection.published().cursor.incarnation;
        match self.log.state().await {
            Ok(state) if !folded.is_empty() && state.incarnation != folded => true,
            Ok(_) => self.aggregator().passes(expected, found).await.unwrap_or(false),
            Err(LogError::Missing) => self.projection.position() > Position::START,
            Err(_) => false,
        }
    }
}
