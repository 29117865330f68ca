//! Work asked of another department while the owner stays (`domain.md` 4.7).

use jiff::Timestamp;

use super::item::{Item, person_texts};
use crate::{Department, ItemId, Person, Since};

/// What `assist.requested` asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssistTerms {
    /// Whom.
    pub department: Department,
    /// One of its people.
    pub person: Option<Person>,
    /// What, cut for lists.
    pub question: String,
    /// Until when, if it was said.
    pub due: Option<Timestamp>,
    /// Whether the issue cannot be resolved before it is answered.
    pub blocking: bool,
}

/// An assist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assist {
    /// To answer it by.
    pub id: ItemId,
    /// What is asked, and of whom.
    pub terms: AssistTerms,
    /// The department that asked.
    pub from: Department,
    /// Where it stands.
    pub state: AssistState,
    /// Since when it is asked, and by which event.
    pub since: Since,
}

/// Where an assist stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssistState {
    /// Nobody took it yet.
    Requested,
    /// Somebody does it.
    Accepted {
        /// Who.
        by: Person,
    },
    /// Done.
    Answered {
        /// When.
        at: Timestamp,
        /// Nobody had asked.
        unrequested: bool,
    },
    /// The department does not do it.
    Declined {
        /// When.
        at: Timestamp,
    },
    /// It is not needed any more.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

impl Assist {
    /// Whether somebody still owes an answer.
    pub const fn is_open(&self) -> bool {
        match self.state {
            AssistState::Requested | AssistState::Accepted { .. } => true,
            AssistState::Answered { .. } | AssistState::Declined { .. } | AssistState::Cancelled { .. } => {
                false
            }
        }
    }
}

impl Item for Assist {
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
        let by = match &self.state {
            AssistState::Accepted { by } => Some(by),
            AssistState::Requested
            | AssistState::Answered { .. }
            | AssistState::Declined { .. }
            | AssistState::Cancelled { .. } => None,
        };
        self.terms.question.len() + person_texts(self.terms.person.as_ref()) + person_texts(by)
    }
}
