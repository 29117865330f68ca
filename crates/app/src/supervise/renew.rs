//! Replacing a store that is not to be relied on: nothing is answered from it any more, and another one is folded at once.

use std::{sync::Arc, time::Duration};

use domain::Position;
use engine::{Aggregator, LogError, Phase};
use tokio::time::{Instant, timeout};

use super::{LET_GO, LOOK_EVERY, State, SuperviseError, Supervisor, beside::Making, problem};
use crate::{
    room::Room,
    stores::{self, OpenProjectionError},
};

/// Before the second, third, ... renewal in a row, in seconds. The last holds from then on.
const PAUSES: [u64; 5] = [0, 10, 60, 300, 900];
/// A store that held so long was not damaged in a row.
const STEADY: Duration = Duration::from_secs(3_600);
/// Between tries to read the log, from the first to the last.
const LOG_PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(5)];

/// What was tried before, so that nothing is tried in a hot loop.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    renewals: u32,
    renewed_at: Option<Instant>,
    log_failures: u32,
    log_failed_at: Option<Instant>,
    making_failures: u32,
    making_gap: Option<(Position, Position)>,
    /// The last write found no room.
    full: bool,
}

impl Attempts {
    pub(super) const fn found_full(&mut self, full: bool) {
        self.full = full;
    }

    /// How long to wait before the log is read again.
    pub(super) fn log_failed(&mut self) -> Duration {
        let [first, last] = LOG_PAUSES;
        let now = Instant::now();
        if self.log_failed_at.replace(now).is_none_or(|at| now.duration_since(at) > last * 2) {
            self.log_failures = 0;
        }
        let pause = first.saturating_mul(1 << self.log_failures.min(10)).min(last);
        self.log_failures = self.log_failures.saturating_add(1);
        pause
    }

    /// How long to wait before a fresh store is folded.
    fn renewed(&mut self) -> Duration {
        let now = Instant::now();
        if self.renewed_at.replace(now).is_none_or(|at| now.duration_since(at) > STEADY) {
            self.renewals = 0;
        }
        self.renewals = self.renewals.saturating_add(1);
        pause(self.renewals - 1)
    }

    pub(super) const fn making_met_gap(&mut self, expected: Position, found: Position) {
        self.making_gap = Some((expected, found));
    }

    /// How long to wait before the log is folded beside again.
    pub(super) fn making_failed(&mut self) -> Duration {
        self.making_failures = self.making_failures.saturating_add(1);
        self.making_pause()
    }

    pub(super) fn making_pause(&self) -> Duration {
        // A gap may be accepted at any moment.
        if self.making_gap.is_some() { LOOK_EVERY } else { pause(self.making_failures).max(LOOK_EVERY) }
    }

    /// Whether the log still has the gap that the last rebuild ended at.
    pub(super) async fn making_waits_for_loss(&mut self, aggregator: &Aggregator) -> bool {
        let Some((expected, found)) = self.making_gap else { return false };
        match aggregator.passes(expected, found).await {
            Ok(false) => true,
            Ok(true)
            | Err(LogError::Missing | LogError::Gap { .. } | LogError::Conflict | LogError::Refused { .. }) =>
            {
                self.making_gap = None;
                false
            }
            Err(LogError::Unreachable { .. }) => true,
        }
    }

    pub(super) const fn made(&mut self) {
        self.making_failures = 0;
        self.making_gap = None;
    }
}

fn pause(times: u32) -> Duration {
    let nth = usize::try_from(times).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
    Duration::from_secs(PAUSES.get(nth).copied().unwrap_or_default())
}

impl Supervisor {
    /// Withdraws the answers, and folds another store.
    pub(super) async fn renew(&mut self, problem: String) -> Result<(), SuperviseError> {
        tracing::error!(%problem, "the store is not relied on any more; it is rebuilt from the log");
        self.projection.set_unfinished();
        self.stop_folding().await?;
        self.forget_verification();
        self.withdraw();
        let room = *self.room.borrow();
        if std::mem::take(&mut self.attempts.full) || room.is_low {
            return self.wait_for_room(problem, room).await;
        }
        if let Err(error) = self.put_fresh_in_place().await? {
            return self.wait_for_store(crate::chain(&error)).await;
        }
        self.told.begin(problem.clone(), &self.projection);
        let pause = self.attempts.renewed();
        if pause.is_zero() {
            self.fold();
        } else {
            let problem = problem::keeps_breaking(&problem, self.attempts.renewals, pause.as_secs());
            tracing::error!(%problem, "waiting before the store is rebuilt");
            self.projection.set_phase(Phase::Stalled { problem });
            self.stand(State::Waiting, pause);
        }
        Ok(())
    }

    /// Until the end of the log is reached, nothing is answered.
    fn withdraw(&self) {
        let total = self.projection.sight().tail.unwrap_or_default();
        self.projection.set_unfinished();
        self.projection.set_phase(Phase::CatchingUp { done: Position::START, total });
    }

    /// The store in the making if there is one, else a fresh one.
    async fn put_fresh_in_place(&mut self) -> Result<Result<(), OpenProjectionError>, SuperviseError> {
        let begun = match self.making.take() {
            Some(Making { held, projection, fold, .. }) => match timeout(LET_GO, fold.stop()).await {
                Ok(Ok(())) => Some((held, projection)),
                Ok(Err(_)) | Err(_) => None,
            },
            None => None,
        };
        let stores = self.stores.clone();
        let fresh = tokio::task::spawn_blocking(move || {
            let (held, projection) = match begun {
                Some(begun) => begun,
                None => {
                    let (held, projection) = stores.fresh()?;
                    (held, Arc::new(projection))
                }
            };
            stores.generations.make_current(&held.generation, None)?;
            Ok((held, projection))
        });
        let (held, projection) = match fresh.await {
            Ok(Ok(fresh)) => fresh,
            Ok(Err(error)) => return Ok(Err(error)),
            Err(_) => return Err(self.hung()),
        };
        // The making of it may have reached the end a moment ago.
        projection.set_unfinished();
        self.put_in_place(held, &projection, false).await.map(Ok)
    }

    /// Closes and deletes the store, which makes room, and waits for more.
    async fn wait_for_room(&mut self, problem: String, room: Room) -> Result<(), SuperviseError> {
        self.let_go().await?;
        let told = problem::no_room_to_rebuild(&room);
        tracing::error!(problem = told, "waiting for room before the store is rebuilt");
        self.projection.set_phase(Phase::OutOfSpace { problem: told });
        self.stand(State::Broken { problem }, LOOK_EVERY);
        Ok(())
    }

    /// Waits until the disk takes a store.
    async fn wait_for_store(&mut self, problem: String) -> Result<(), SuperviseError> {
        self.let_go().await?;
        let pause = self.attempts.renewed().max(LOOK_EVERY);
        tracing::error!(%problem, pause = pause.as_secs(), "no other store can be made; trying again");
        self.projection.set_phase(Phase::Stalled { problem: problem.clone() });
        self.stand(State::Broken { problem }, pause);
        Ok(())
    }

    async fn let_go(&mut self) -> Result<(), SuperviseError> {
        self.give_up_making("the store that answered is damaged").await;
        if let Some(held) = self.held.take() {
            let nothing = stores::nothing().map_err(|_| self.hung())?;
            self.adopt(&Arc::new(nothing)).await?;
            self.stores.dispose(held);
        }
        Ok(())
    }
}
