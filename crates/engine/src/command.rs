//! Commands: what becomes of a request that may be refused (`design.md` 4).
//!
//! Owns the way of one: look whether it was done before, decide on what is folded, append what was decided as long as
//! nobody else appended to the home meanwhile, wait until that is folded, answer. Many run at once and no lock stands
//! between them: the log decides who is first. Deliberately absent: the rules (`domain::decide`), the form of messages
//! ([`Composer`]), and who may call at all.

mod attempt;
mod composer;
mod customer;
mod error;
mod kind;
mod order;
mod outcome;
#[cfg(test)]
pub(crate) mod tests;

use std::{sync::Arc, time::Duration};

use domain::{Event, Position, command_event_id, limits};
use tokio::sync::Semaphore;

use crate::{
    EventLog, LogError, Phase, Projection,
    query::{Question, Reader, Situation},
};
pub use composer::{Composer, Envelope, SOURCE, Speaker};
pub use customer::{CustomerOrder, CustomerOutcome, CustomerWish};
pub use error::{CommandError, Refused};
pub use order::{About, Order};
pub use outcome::Outcome;

/// Commands under way at once; more wait.
const AT_ONCE: usize = 1_024;
/// How often a command is decided before it is given up for others being faster. Whenever one loses another has won, and all
/// commands about one customer's issues race for one place: this is more than a batch and a crowd of clerks need.
const TRIES: u32 = 256;
/// How often the log is asked again while it cannot be reached.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Takes commands.
pub struct Commands {
    reader: Reader,
    log: Arc<dyn EventLog>,
    composer: Arc<dyn Composer>,
    places: Semaphore,
}

impl std::fmt::Debug for Commands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Commands").field("reader", &self.reader).finish_non_exhaustive()
    }
}

/// How far a command got, for who gives up waiting.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Nothing was sent.
    Deciding,
    /// Events were sent, and nothing was heard.
    Sent,
    /// Events are stored up to here.
    Stored(Position),
}

impl Stage {
    /// The log said no. What was sent before without an answer stays in doubt.
    const fn nothing_came(&mut self, sent_before: bool) {
        if !sent_before {
            *self = Self::Deciding;
        }
    }
}

/// After events were sent without an answer nobody may read that nothing was done. A refusal stands: it was decided on the
/// whole log, in which they are not.
fn in_doubt(error: CommandError, stage: Stage) -> CommandError {
    match stage {
        Stage::Sent if !matches!(error, CommandError::Refused(_) | CommandError::OtherCommand { .. }) => {
            CommandError::Unknown
        }
        Stage::Deciding | Stage::Sent | Stage::Stored(_) => error,
    }
}

impl Commands {
    /// Over the reads, the log that they come from, and the form of messages.
    pub fn new(reader: Reader, log: Arc<dyn EventLog>, composer: Arc<dyn Composer>) -> Self {
        Self { reader, log, composer, places: Semaphore::new(AT_ONCE) }
    }

    /// Gives a command and waits for what it led to, at most as long as `patience`.
    ///
    /// # Errors
    /// If it is refused; if the log or the store do not take part; if it takes too long. Only after
    /// [`CommandError::Unknown`] and [`CommandError::NotFolded`] it may have been done: to send it again with the same
    /// request id tells.
    pub async fn give(&self, order: &Order, patience: Duration) -> Result<Outcome, CommandError> {
        let mut stage = Stage::Deciding;
        // In a box, so that those around it do not move all of it from hand to hand.
        match tokio::time::timeout(patience, Box::pin(self.go(order, &mut stage))).await {
            Ok(outcome) => outcome.map_err(|error| in_doubt(error, stage)),
            Err(_) => Err(self.late(stage)),
        }
    }

    fn late(&self, stage: Stage) -> CommandError {
        let reached = self.projection().position();
        match stage {
            Stage::Deciding => self.check_writable().err().unwrap_or(CommandError::Late),
            Stage::Sent => CommandError::Unknown,
            Stage::Stored(position) => CommandError::NotFolded { position, reached },
        }
    }

    async fn go(&self, order: &Order, stage: &mut Stage) -> Result<Outcome, CommandError> {
        let _place = self.places.acquire().await.map_err(|_closed| CommandError::Late)?;
        let mut sent = false;
        for _ in 0..TRIES {
            self.check_writable()?;
            let situation = self.situation(order).await?;
            if !situation.made.is_empty() {
                return outcome::repeated(order, situation, !sent);
            }
            let plan = self.plan(order, &situation)?;
            if order.validate_only {
                return self.supposed(order, situation, plan);
            }
            self.check_connected()?;
            *stage = Stage::Sent;
            match self.log.append(plan.messages, vec![plan.expected]).await {
                Ok(positions) => {
                    let position = positions.last().copied().unwrap_or_default();
                    *stage = Stage::Stored(position);
                    self.projection().saw_tail(position);
                    self.projection().reach(position).await;
                    let outcome = self.done(order, plan.events).await?;
                    return Ok(Outcome { defaulted: plan.defaulted, ..outcome });
                }
                Err(LogError::Conflict) => {
                    stage.nothing_came(sent);
                    self.fold_to_the_tail().await?;
                }
                // It may be stored, or come to be: what expects the same of the log finds out.
                Err(LogError::Unreachable { .. }) => {
                    sent = true;
                    self.fold_to_the_tail_when_back().await?;
                }
                Err(error) => {
                    stage.nothing_came(sent);
                    return Err(error.into());
                }
            }
        }
        Err(LogError::Conflict.into())
    }

    /// What it is decided on. An issue that was named a moment ago may not be folded yet.
    async fn situation(&self, order: &Order) -> Result<Situation, CommandError> {
        let home = order.home();
        let question = Question {
            key: order.key(),
            made: &|number| order.made(&*self.composer, number),
            home: home.as_deref(),
            other: kind::other(&order.command),
            renewal: kind::needs_renewal(&order.command),
            customer: order.customer().map(|customer| customer.leaf.id()),
            now: self.reader.now(),
        };
        if let Some(situation) = self.reader.situation(question).await? {
            return Ok(situation);
        }
        self.check_connected()?;
        self.fold_to_the_tail().await?;
        let found = self.reader.situation(question).await?;
        found.ok_or_else(|| order.unknown())
    }

    /// What came of it, once its events are folded.
    async fn done(&self, order: &Order, events: Vec<Event>) -> Result<Outcome, CommandError> {
        match self.reader.aftermath(order.key(), &events).await? {
            Some(aftermath) => Ok(outcome::after(aftermath, events)),
            None => Ok(outcome::of(self.situation(order).await?, false)),
        }
    }

    async fn fold_to_the_tail(&self) -> Result<(), LogError> {
        let tail = self.log.state().await?.tail;
        self.projection().saw_tail(tail);
        self.projection().reach(tail).await;
        Ok(())
    }

    /// The caller's patience ends it.
    async fn fold_to_the_tail_when_back(&self) -> Result<(), LogError> {
        loop {
            match self.fold_to_the_tail().await {
                Err(LogError::Unreachable { .. }) => tokio::time::sleep(ASK_AGAIN).await,
                answered => return answered,
            }
        }
    }

    /// Nothing is appended to a log that is not folded: what is decided on would be old.
    fn check_writable(&self) -> Result<(), CommandError> {
        let phase = self.projection().phase_now().clone();
        match phase {
            Phase::Diverged { .. }
            | Phase::Replaced { .. }
            | Phase::Stalled { .. }
            | Phase::OutOfSpace { .. } => Err(CommandError::NotWritable(phase)),
            Phase::Live | Phase::CatchingUp { .. } => Ok(()),
        }
    }

    /// Whoever sends to a log that is known to be away only waits, and does not know what became of it.
    fn check_connected(&self) -> Result<(), CommandError> {
        if self.projection().sight().connected {
            return Ok(());
        }
        let detail = "the connection is down".to_owned();
        Err(LogError::Unreachable { detail }.into())
    }

    fn projection(&self) -> &Projection {
        self.reader.projection()
    }
}

/// The id of an event that a command may make, by its number from 0; `None` after the last.
fn event_id(order: &Order, number: usize) -> Option<String> {
    let Order { principal, request_id, .. } = order;
    (number < limits::COMMAND_EVENTS).then(|| command_event_id(&principal.name, request_id, number))
}
