//! Dated undertakings to the customer (F14, F20).

use jiff::Timestamp;

use super::item::{Item, person_texts};
use crate::{ItemId, Person, Since};

/// What is promised where the customer is told when they hear more.
pub(crate) const TELL: &str = "Tell the customer how it stands";

/// What `promise.made` undertakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseTerms {
    /// What, cut for lists.
    pub what: String,
    /// To whom at the customer's.
    pub to: Option<String>,
    /// Who undertakes it; by default the actor.
    pub by: Option<Person>,
    /// By when.
    pub due: Timestamp,
    /// Out of what it came.
    pub origin: PromiseOrigin,
}

/// Out of what a promise came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PromiseOrigin {
    /// Work on an issue.
    #[default]
    Issue,
    /// The sale.
    Sale,
    /// The care after a sale.
    AfterSale,
    /// A call to be returned.
    Callback,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// To keep it by.
    pub id: ItemId,
    /// What is promised; `due` is the latest one agreed.
    pub terms: PromiseTerms,
    /// How often another day was agreed.
    pub renegotiated: u32,
    /// Where it stands.
    pub state: PromiseState,
    /// Since when, and by which event.
    pub since: Since,
}

/// Where a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PromiseState {
    /// Owed.
    Open,
    /// Kept, in time or late: whether it was late follows from `due`.
    Kept {
        /// When.
        at: Timestamp,
    },
    /// Its day passed. It may still be kept, and stays broken in measures.
    Broken {
        /// When that was noted.
        at: Timestamp,
    },
    /// Kept after its day had passed.
    KeptLate {
        /// When.
        at: Timestamp,
    },
}

impl Promise {
    pub(crate) fn keep(&mut self, at: Timestamp) {
        let late = at > self.terms.due;
        self.state = if late { PromiseState::KeptLate { at } } else { PromiseState::Kept { at } };
    }

    /// Whether it is still owed.
    pub const fn is_open(&self) -> bool {
        match self.state {
            PromiseState::Open | PromiseState::Broken { .. } => true,
            PromiseState::Kept { .. } | PromiseState::KeptLate { .. } => false,
        }
    }
}

impl Item for Promise {
    fn id(&self) -> ItemId {
        self.id
    }

    fn since(&self) -> &Since {
        &self.since
    }

    fn is_done(&self) -> bool {
        !self.is_open()
    }

    fn texts(&self) -> usize {
        let PromiseTerms { what, to, by, due: _, origin: _ } = &self.terms;
        what.len() + to.as_deref().map_or(0, str::len) + person_texts(by.as_ref())
    }
}
