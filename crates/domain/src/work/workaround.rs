//! Quick fixes, which block closing until the department that owns the matter reviewed them (F04).

use jiff::Timestamp;

use super::item::Item;
use crate::{Department, ItemId, Since};

/// What `workaround.applied` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkaroundTerms {
    /// What was done, cut for lists.
    pub description: String,
    /// When it was done, if it was said.
    pub done_at: Option<Timestamp>,
}

/// A quick fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workaround {
    /// To review it by.
    pub id: ItemId,
    /// What was done.
    pub terms: WorkaroundTerms,
    /// The department that did it.
    pub from: Department,
    /// What the review said; absent: nobody reviewed it.
    pub verdict: Option<Verdict>,
    /// Since when it is known, and by which event.
    pub since: Since,
}

/// What a review says of a workaround.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may stay.
    Safe,
    /// A real fix is needed; the issue stays open for it.
    NeedsFix,
    /// It endangers somebody: the issue is of severity 1 from now on.
    Unsafe,
}

impl Item for Workaround {
    fn id(&self) -> ItemId {
        self.id
    }

    fn since(&self) -> &Since {
        &self.since
    }

    fn is_done(&self) -> bool {
        self.verdict.is_some()
    }

    fn texts(&self) -> usize {
        self.terms.description.len()
    }
}
