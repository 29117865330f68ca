//! What goes on within an issue beside its owner: what was asked of others, postponed, promised and patched. How events
//! change it is in `fold`.

mod assist;
mod deferral;
mod floor;
mod item;
mod promise;
mod waiting;
mod workaround;

pub use assist::{Assist, AssistState, AssistTerms};
pub use deferral::{Deferral, DeferralState, DeferralTerms, EndCause};
pub use floor::Floors;
pub(crate) use item::{Item, brief, person_texts, weight};
pub(crate) use promise::TELL;
pub use promise::{Promise, PromiseOrigin, PromiseState, PromiseTerms};
pub use waiting::Waiting;
pub use workaround::{Verdict, Workaround, WorkaroundTerms};

use crate::Department;

/// Which assist, deferral, promise or workaround an event answers: its id, the id of the event that made it, or the only
/// one that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemRef {
    /// By an [`crate::ItemId`], or by the `id` of the event that made it.
    Named(String),
    /// The oldest that the answer fits.
    Open,
}

/// All of it, each in the order of the events. At most [`crate::limits::WORK_ITEMS`] together: the oldest that is done is
/// forgotten for a new one, and stands in the timeline alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Work asked of other departments.
    pub assists: Vec<Assist>,
    /// Postponements, asked for and granted.
    pub deferrals: Vec<Deferral>,
    /// Undertakings to the customer.
    pub promises: Vec<Promise>,
    /// Quick fixes.
    pub workarounds: Vec<Workaround>,
}

impl Work {
    /// Whether an approved deferral is in force.
    pub fn is_deferred(&self) -> bool {
        self.deferrals.iter().any(Deferral::is_in_force)
    }

    /// The number of items.
    pub const fn len(&self) -> usize {
        self.assists.len() + self.deferrals.len() + self.promises.len() + self.workarounds.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Who may read the body of an issue (`domain.md` 4.12). Its existence, age, severity and owner are open to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Such as `legal`, `HR`, `security` or `health`.
    pub reason: String,
    /// The departments that may, each once: first the one that restricted it. Those that were given the issue by one of them
    /// are among them; an owner who is not may not.
    pub departments: Vec<Department>,
}

/// Where a customer was not answered (F07).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Such as `voicemail`.
    pub channel: Option<String>,
    /// Whose.
    pub mailbox: Option<String>,
}
