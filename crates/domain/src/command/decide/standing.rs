//! Where an issue has to stand for a command (`domain.md` 4.4, "Illegal").

use crate::{Refusal, RefusalCode, Standing};

use super::{case::Case, who};

impl Case<'_> {
    /// Somebody still owes the customer something: open, and no duplicate.
    pub(super) fn require_open(&self, deed: &str) -> Result<(), Refusal> {
        self.require_original(deed)?;
        match self.issue.standing {
            Standing::Open => Ok(()),
            Standing::Resolved { .. } | Standing::Closed { .. } | Standing::Withdrawn { .. } => {
                Err(self.wrong_standing(deed))
            }
        }
    }

    /// Open or resolved, and no duplicate.
    pub(super) fn require_alive(&self, deed: &str) -> Result<(), Refusal> {
        self.require_original(deed)?;
        self.require_unsettled(deed)
    }

    /// Neither closed nor withdrawn.
    pub(super) fn require_unsettled(&self, deed: &str) -> Result<(), Refusal> {
        match self.issue.standing {
            Standing::Open | Standing::Resolved { .. } => Ok(()),
            Standing::Closed { .. } | Standing::Withdrawn { .. } => Err(self.wrong_standing(deed)),
        }
    }

    /// No duplicate: what is done about it is done at the other issue.
    pub(super) fn require_original(&self, deed: &str) -> Result<(), Refusal> {
        let Some(original) = self.issue.duplicate_of else { return Ok(()) };
        Err(Refusal::new(
            RefusalCode::BadTransition,
            format!("it is a duplicate of {original}, and nobody can {deed} then"),
            format!("go on with {original}, or take the link away first"),
        )
        .about([original]))
    }

    /// It has no such step from where it stands.
    pub(super) fn wrong_standing(&self, deed: &str) -> Refusal {
        Refusal::new(
            RefusalCode::BadTransition,
            format!("it is {}, and nobody can {deed} then", self.standing()),
            self.way_back(),
        )
    }

    /// It stands there already.
    pub(super) fn stands_already(&self) -> Refusal {
        let why = format!("it is {} already", self.standing());
        Refusal::new(RefusalCode::Already, why, format!("leave it, or {}", self.way_back()))
    }

    /// Such as `resolved since 2026-03-02 10:08 UTC`.
    pub(super) fn standing(&self) -> String {
        match self.issue.standing {
            Standing::Open => "open".to_owned(),
            Standing::Resolved { at } => format!("resolved since {}", who::at(at)),
            Standing::Closed { at } => format!("closed since {}", who::at(at)),
            Standing::Withdrawn { .. } => "withdrawn".to_owned(),
        }
    }

    fn way_back(&self) -> &'static str {
        match self.issue.standing {
            Standing::Open => "go on with it",
            Standing::Resolved { .. } => "reopen it if it is not done",
            Standing::Closed { .. } => "reopen it if it came back",
            Standing::Withdrawn { .. } => "reinstate it first",
        }
    }
}
