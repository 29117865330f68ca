//! What pagers do: claim a ping, and say what came of it. Both are events; the first claim of an attempt in the log has it
//! (`design.md` 3, invariant 6).
//!
//! Deliberately absent: which pings are owed (`domain`), sending, and who may call.

use std::{sync::Arc, time::Duration};

use domain::{Draft, IssueName, Payload, Ping, PingId, PingOutcome, Position, cut, limits, pager_event_id};
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use crate::{
    EventLog, LogError,
    command::{Composer, Envelope, Speaker},
    query::{PingAt, QueryError, Reader, ShownIssue},
};

/// For how long a claim holds others off.
pub const CLAIM: SignedDuration = SignedDuration::from_secs(60);

/// Takes claims and outcomes.
pub struct Pings {
    reader: Reader,
    log: Arc<dyn EventLog>,
    composer: Arc<dyn Composer>,
}

impl std::fmt::Debug for Pings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pings").field("reader", &self.reader).finish_non_exhaustive()
    }
}

/// Which attempt of which ping, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The ping.
    pub ping: PingId,
    /// From 1.
    pub number: u32,
    /// The name of the pager.
    pub by: String,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The caller may send it.
    Yes {
        /// The ping as it stands.
        ping: Box<Ping>,
        /// What it is about.
        issue: Box<ShownIssue>,
        /// Others may try it after that.
        until: Timestamp,
    },
    /// It is not to be sent, or not by the caller, or not now.
    No {
        /// Why.
        why: String,
    },
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// The receiver took it.
    Delivered,
    /// It did not.
    Failed {
        /// When it may be tried again; absent: never.
        retry_at: Option<Timestamp>,
    },
    /// Nobody tried it: its contact has got enough until then.
    Throttled {
        /// As far as the pager knows.
        until: Timestamp,
    },
}

/// Why a claim or an outcome was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PingError {
    /// No such ping is kept: it was settled long ago, or never was.
    #[error("no ping {0} is kept")]
    Unknown(PingId),
    /// The store cannot be asked.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The log did not take it, or nobody knows whether it did. To send it again does nothing twice.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It is in the log, and is not folded yet.
    #[error("the log has it at {0}, and it is not folded yet; ask again")]
    NotFolded(Position),
}

impl Pings {
    /// Over the reads, the log that they come from, and the form of messages.
    pub fn new(reader: Reader, log: Arc<dyn EventLog>, composer: Arc<dyn Composer>) -> Self {
        Self { reader, log, composer }
    }

    /// Claims an attempt. What is owed is looked at again, just before it is sent.
    ///
    /// # Errors
    /// If there is no such ping, or the log or the store do not take part.
    pub async fn claim(&self, attempt: &Attempt, patience: Duration) -> Result<Claim, PingError> {
        let Attempt { ping, number, by } = attempt;
        let found = self.find(*ping, patience).await?;
        if let Some(why) = why_not(&found.ping, attempt, self.reader.now()) {
            return Ok(Claim::No { why });
        }
        if !is_held(&found.ping, attempt) {
            let payload = Payload::PingAttempted { ping: *ping, attempt: *number, by: by.clone() };
            self.say(&found, attempt, Draft::new("ping.attempted", payload), patience).await?;
        }
        let PingAt { issue, ping } = self.find(*ping, patience).await?;
        Ok(match &ping.outcome {
            PingOutcome::Attempted { attempt, by: holder, at, position: _ }
                if attempt == number && holder == by =>
            {
                let until = at.checked_add(CLAIM).unwrap_or(*at);
                Claim::Yes { ping: Box::new(ping), issue: Box::new(issue), until }
            }
            PingOutcome::Attempted { by: holder, .. } => {
                Claim::No { why: format!("the pager `{holder}` was faster") }
            }
            PingOutcome::Pending
            | PingOutcome::Throttled { .. }
            | PingOutcome::Retrying { .. }
            | PingOutcome::Delivered { .. }
            | PingOutcome::Failed { .. }
            | PingOutcome::Withdrawn { .. } => Claim::No { why: "it is owed no more".to_owned() },
        })
    }

    /// Notes what came of an attempt. To say it again does nothing twice.
    ///
    /// # Errors
    /// As [`Pings::claim`].
    pub async fn record(
        &self,
        attempt: &Attempt,
        came: &Came,
        detail: &str,
        patience: Duration,
    ) -> Result<Position, PingError> {
        let found = self.find(attempt.ping, patience).await?;
        if is_said(&found.ping, attempt, came) {
            return Ok(self.reader.projection().position());
        }
        let (ping, number) = (attempt.ping, attempt.number);
        let draft = match came {
            Came::Delivered => Draft::new("ping.delivered", Payload::PingDelivered { ping, attempt: number }),
            Came::Failed { retry_at } => {
                let payload = Payload::PingFailed { ping, attempt: number, retry_at: *retry_at };
                Draft::new("ping.failed", payload)
            }
            Came::Throttled { until } => {
                Draft::new("ping.throttled", Payload::PingThrottled { ping, until: *until })
            }
        };
        let detail = cut(detail, limits::PING_DETAIL_BYTES);
        let draft = draft.saying(domain::Words::default().text("detail", &detail));
        self.say(&found, attempt, draft, patience).await
    }

    /// A ping that another node told of, or this one before it was started again, may not be folded here yet.
    async fn find(&self, ping: PingId, patience: Duration) -> Result<PingAt, PingError> {
        if let Some(found) = self.reader.ping(ping)? {
            return Ok(found);
        }
        let tail = self.log.state().await?.tail;
        self.fold_to(tail, patience).await?;
        self.reader.ping(ping)?.ok_or(PingError::Unknown(ping))
    }

    async fn fold_to(&self, position: Position, patience: Duration) -> Result<(), PingError> {
        let projection = self.reader.projection();
        projection.saw_tail(position);
        let folded = timeout(patience, projection.reach(position)).await;
        folded.map_err(|_late| PingError::NotFolded(position))
    }

    /// Appends an event and waits until it is folded.
    async fn say(
        &self,
        found: &PingAt,
        attempt: &Attempt,
        draft: Draft,
        patience: Duration,
    ) -> Result<Position, PingError> {
        let issue = &found.issue.issue;
        let id =
            pager_event_id(attempt.ping, found.ping.position, draft.type_name, attempt.number, &attempt.by);
        let home = issue.home.to_string();
        let about = IssueName { id: issue.id, reference: None };
        let envelope = Envelope {
            home: &home,
            id: &id,
            time: self.reader.now().max(after(&found.ping)),
            issue: Some(&about),
            customer: issue.customer.as_ref(),
            speaker: Speaker::Pager(&found.ping.terms.department),
        };
        let message = self.composer.compose(&draft, &envelope);
        let positions = self.log.append(vec![message], Vec::new()).await?;
        let position = positions.last().copied().unwrap_or_default();
        self.fold_to(position, patience).await?;
        Ok(position)
    }
}

/// Whether the attempt is the caller's already: the answer to its claim was lost.
fn is_held(ping: &Ping, claim: &Attempt) -> bool {
    matches!(&ping.outcome, PingOutcome::Attempted { attempt, by, .. } if *attempt == claim.number && *by == claim.by)
}

/// Whether that outcome stands there already: the answer to it was lost.
fn is_said(ping: &Ping, said: &Attempt, came: &Came) -> bool {
    match (&ping.outcome, came) {
        (PingOutcome::Delivered { .. }, Came::Delivered)
        | (PingOutcome::Failed { .. }, Came::Failed { retry_at: None }) => true,
        (PingOutcome::Retrying { attempt, .. }, Came::Failed { retry_at: Some(_) }) => {
            *attempt == said.number
        }
        // Once is enough, and of what somebody tried it is true no more.
        (outcome, Came::Throttled { .. }) => !matches!(outcome, PingOutcome::Pending),
        (
            PingOutcome::Pending
            | PingOutcome::Throttled { .. }
            | PingOutcome::Attempted { .. }
            | PingOutcome::Retrying { .. }
            | PingOutcome::Delivered { .. }
            | PingOutcome::Failed { .. }
            | PingOutcome::Withdrawn { .. },
            Came::Delivered | Came::Failed { .. },
        ) => false,
    }
}

/// What is said of a ping comes after what it follows on, whatever the clocks of two nodes show.
fn after(ping: &Ping) -> Timestamp {
    let last = match &ping.outcome {
        PingOutcome::Attempted { at, .. } => *at,
        PingOutcome::Pending
        | PingOutcome::Throttled { .. }
        | PingOutcome::Retrying { .. }
        | PingOutcome::Delivered { .. }
        | PingOutcome::Failed { .. }
        | PingOutcome::Withdrawn { .. } => ping.requested_at,
    };
    last.checked_add(SignedDuration::from_micros(1)).unwrap_or(last)
}

/// Why an attempt may not be made now.
fn why_not(ping: &Ping, attempt: &Attempt, now: Timestamp) -> Option<String> {
    let held = ping.terms.not_before.filter(|held| now < *held);
    let (next, from) = match &ping.outcome {
        PingOutcome::Pending | PingOutcome::Throttled { .. } => (1, held),
        // The same claim again: its answer was lost.
        PingOutcome::Attempted { attempt: number, by, .. }
            if *number == attempt.number && *by == attempt.by =>
        {
            (*number, None)
        }
        PingOutcome::Attempted { attempt, at, .. } => {
            (attempt.saturating_add(1), at.checked_add(CLAIM).ok().filter(|until| now < *until))
        }
        PingOutcome::Retrying { attempt, not_before } => {
            (attempt.saturating_add(1), Some(*not_before).filter(|until| now < *until))
        }
        PingOutcome::Delivered { .. } | PingOutcome::Failed { .. } | PingOutcome::Withdrawn { .. } => {
            return Some("it is owed no more".to_owned());
        }
    };
    if let Some(from) = from {
        return Some(format!("not before {from}"));
    }
    (next != attempt.number).then(|| format!("the next attempt is {next}, not {}", attempt.number))
}
