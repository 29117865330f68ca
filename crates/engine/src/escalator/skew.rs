//! Whether this machine's clock and the server's agree. Deadlines are read off the one and recorded by the other: where they
//! are apart, nothing is escalated, and that is said loudly.

use jiff::{SignedDuration, Timestamp};

use crate::{EventLog, LogError};

/// How far apart they may be (issue text: 60 s).
const MOST: SignedDuration = SignedDuration::from_secs(60);
/// How often they are compared while they agree.
const EVERY: SignedDuration = SignedDuration::from_secs(15);

/// The last comparison.
#[derive(Debug, Default)]
pub(super) struct Skew {
    at: Option<Timestamp>,
    held: Option<String>,
}

impl Skew {
    /// Why nothing may be escalated; `None`: they agree.
    ///
    /// # Errors
    /// If the log does not answer.
    pub(super) async fn check(
        &mut self,
        log: &dyn EventLog,
        now: Timestamp,
    ) -> Result<Option<String>, LogError> {
        let fresh = |at: Timestamp| now.duration_since(at).abs() < EVERY;
        if self.held.is_none() && self.at.is_some_and(fresh) {
            return Ok(None);
        }
        let state = log.state().await?;
        let apart = state.now.map(|theirs| now.duration_since(theirs));
        self.at = Some(now);
        self.held = apart.filter(|apart| apart.abs() > MOST).map(|apart| {
            format!(
                "this machine's clock is {} s {} the NATS server's; set it right (NTP), and escalation goes on by itself",
                apart.abs().as_secs(),
                if apart.is_negative() { "behind" } else { "ahead of" },
            )
        });
        Ok(self.held.clone())
    }
}
