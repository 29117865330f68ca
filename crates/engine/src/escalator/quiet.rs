//! A walk over the customers whose clock runs, some at each look: finds those of whom something is to be announced. Their
//! clocks are days long and hang on all leaves of a customer, whichever are theirs at the time, so no timer tells.

use domain::CustomerId;
use jiff::{SignedDuration, Timestamp};

use crate::query::{QueryError, Reader};

/// Leaves looked at in one step.
const STEP: usize = 50;
/// A whole walk begins no sooner after the one before. In tests at once.
const EVERY: SignedDuration = if cfg!(test) { SignedDuration::ZERO } else { SignedDuration::from_secs(30) };

/// How far it got.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    after: Option<CustomerId>,
    begun: Option<Timestamp>,
}

impl Quiet {
    /// Looks at the next customers; those of whom something is due, by the leaf by which they go.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub(super) fn step(&mut self, reader: &Reader, now: Timestamp) -> Result<Vec<CustomerId>, QueryError> {
        if self.after.is_none() {
            // A clock that was set back holds nobody up.
            let rests = |begun: Timestamp| now >= begun && now.duration_since(begun) < EVERY;
            if self.begun.is_some_and(rests) {
                return Ok(Vec::new());
            }
            self.begun = Some(now);
        }
        let looked_at = reader.view(|view| view.clocks(self.after, STEP))?;
        self.after = looked_at.last().map(|(leaf, _)| *leaf).filter(|_| looked_at.len() == STEP);
        let silent = looked_at.into_iter().filter_map(|(_, silent)| silent);
        let due = silent.filter(|silent| silent.silence.due(now).is_some());
        Ok(due.filter_map(|silent| silent.customer.id).collect())
    }
}
