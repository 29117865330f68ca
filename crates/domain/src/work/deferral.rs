//! Postponement as a loan with a due date (`domain.md` 4.4 T6 and T7, F01).

use jiff::{SignedDuration, Timestamp};

use super::item::{Item, person_texts};
use crate::{Department, ItemId, Person, Severity, Since, limits::DEFERRAL_DAYS};

/// What `deferral.requested` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferralTerms {
    /// Until when.
    pub until: Timestamp,
    /// Why, cut for lists.
    pub reason: String,
    /// When the customer was told; absent: not yet.
    pub told_at: Option<Timestamp>,
}

/// A deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deferral {
    /// To decide it by.
    pub id: ItemId,
    /// What is asked for.
    pub terms: DeferralTerms,
    /// The department that asked.
    pub from: Department,
    /// Who asked, where the event says it.
    pub by: Option<Person>,
    /// Where it stands.
    pub state: DeferralState,
    /// Since when it is asked for, and by which event.
    pub since: Since,
}

/// Where a deferral stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeferralState {
    /// Nobody decided yet.
    Requested,
    /// In force.
    Approved {
        /// Who allowed it, where the event says it.
        by: Option<Person>,
        /// When.
        at: Timestamp,
    },
    /// Not allowed.
    Denied {
        /// When.
        at: Timestamp,
    },
    /// Over.
    Ended {
        /// Why.
        cause: EndCause,
        /// When.
        at: Timestamp,
    },
}

/// Why a deferral is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndCause {
    /// Its day came.
    Expired,
    /// The customer asked again, the severity rose, an invoice was withheld, or the contract is to be renewed soon.
    Broken,
    /// Somebody took it back.
    Cancelled,
    /// The issue was resolved, closed or withdrawn meanwhile.
    Settled,
}

impl DeferralTerms {
    /// For how long an issue of this severity may be deferred at once (`domain.md` 4.8); `None`: not at all.
    pub const fn longest(severity: Severity) -> Option<SignedDuration> {
        let [two, three, four] = DEFERRAL_DAYS;
        let days = match severity {
            Severity::One => return None,
            Severity::Two => two,
            Severity::Three | Severity::Unassessed => three,
            Severity::Four => four,
        };
        Some(SignedDuration::from_hours(days * 24))
    }
}

impl Deferral {
    /// Whether it holds the issue up.
    pub const fn is_in_force(&self) -> bool {
        match self.state {
            DeferralState::Approved { .. } => true,
            DeferralState::Requested | DeferralState::Denied { .. } | DeferralState::Ended { .. } => false,
        }
    }

    /// Whether somebody has to decide it.
    pub const fn is_pending(&self) -> bool {
        match self.state {
            DeferralState::Requested => true,
            DeferralState::Approved { .. } | DeferralState::Denied { .. } | DeferralState::Ended { .. } => {
                false
            }
        }
    }
}

impl Item for Deferral {
    fn id(&self) -> ItemId {
        self.id
    }

    fn since(&self) -> &Since {
        &self.since
    }

    fn is_done(&self) -> bool {
        !self.is_pending() && !self.is_in_force()
    }

    fn texts(&self) -> usize {
        let approver = match &self.state {
            DeferralState::Approved { by, at: _ } => by.as_ref(),
            DeferralState::Requested | DeferralState::Denied { .. } | DeferralState::Ended { .. } => None,
        };
        self.terms.reason.len() + person_texts(self.by.as_ref()) + person_texts(approver)
    }
}
