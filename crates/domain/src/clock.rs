//! The clocks of an issue: what of it is kept, and how a running one is named (`domain.md` 4.8).
//!
//! Kept is only where each began and what was announced of it. Limits and calendars are looked up where they are asked for,
//! as of the event that began the clock, so that a newer policy moves no deadline. Deliberately absent: how events begin and
//! end a clock (`fold`), and what follows from a breach (`escalate`).

mod history;
mod reckon;
mod tick;
mod view;

use jiff::Timestamp;

use crate::{Department, ItemId, Pause, Position, limits};

pub use history::{
    ClockEnd, ClockHistory, ClockOutcome, Deadline, DeadlineCause, DocumentVersion, Ending, Moment,
    explain_clocks,
};
pub(crate) use tick::Ticking;
pub use view::{Clock, ClockState};

/// A sort of clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockKind {
    /// Somebody takes the issue.
    Own,
    /// The customer is told who owns it.
    Ack,
    /// The customer hears how it stands.
    Update,
    /// It is resolved.
    Resolve,
    /// An offered hand-off is answered.
    HandOffAccept,
    /// An assist is answered.
    AssistAnswer,
    /// A promise is kept.
    Promise,
    /// A deferral ends.
    Deferral,
    /// Somebody takes what its owner left behind.
    Orphan,
}

impl ClockKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Own,
        Self::Ack,
        Self::Update,
        Self::Resolve,
        Self::HandOffAccept,
        Self::AssistAnswer,
        Self::Promise,
        Self::Deferral,
        Self::Orphan,
    ];

    /// As it stands in messages and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Ack => "ack",
            Self::Update => "update",
            Self::Resolve => "resolve",
            Self::HandOffAccept => "handoff_accept",
            Self::AssistAnswer => "assist_answer",
            Self::Promise => "promise",
            Self::Deferral => "deferral",
            Self::Orphan => "orphan",
        }
    }

    /// Reads [`ClockKind::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is owed to the customer: such a clock starts when something happened. The others start when the
    /// department could know.
    pub const fn is_owed_to_customer(self) -> bool {
        match self {
            Self::Ack | Self::Update | Self::Resolve => true,
            Self::Own
            | Self::HandOffAccept
            | Self::AssistAnswer
            | Self::Promise
            | Self::Deferral
            | Self::Orphan => false,
        }
    }

    /// Whether it rests while the customer is asked something (`domain.md` 4.8, column "pauses"). So does, beside these, the
    /// clock of an assist that blocks the issue.
    pub const fn pauses(self) -> bool {
        match self {
            Self::Update | Self::Resolve => true,
            Self::Own
            | Self::Ack
            | Self::HandOffAccept
            | Self::AssistAnswer
            | Self::Promise
            | Self::Deferral
            | Self::Orphan => false,
        }
    }
}

/// Which clock of an issue, and which run of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockName {
    /// What sort.
    pub kind: ClockKind,
    /// The offer, assist, promise or deferral; absent for the clocks of the issue as a whole.
    pub item: Option<ItemId>,
    /// From 1; one more whenever it starts again.
    pub cycle: u32,
}

/// Where a clock began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// When it began to run.
    pub at: Timestamp,
    /// Policy and calendar are those in force here: the event that started it.
    pub position: Position,
    /// Whose policy and calendar: the department that owed the act then.
    pub department: Department,
    /// The customer's own calendar then, by its id, where the act is owed to one who has one; the department's, if there is
    /// no such calendar.
    pub calendar: Option<String>,
    /// History: it never warns, and no breach of it is announced.
    pub silent: bool,
}

/// A clock of the issue as a whole that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// See [`ClockName::cycle`].
    pub cycle: u32,
    /// Where it began.
    pub since: Started,
    /// It runs again after a reopening: half the time (`domain.md` 4.8).
    pub halved: bool,
}

/// A clock of something within the issue that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemClock {
    /// What sort.
    pub kind: ClockKind,
    /// Of what.
    pub item: ItemId,
    /// See [`ClockName::cycle`]: one more for every day that is agreed anew for a promise, and for an assist that is still
    /// open when the issue is reopened.
    pub cycle: u32,
    /// Where it began.
    pub since: Started,
    /// Until when, where that was said or agreed; absent: the policy's limit.
    pub due: Option<Timestamp>,
    /// Of an offer or an assist: `timed_out` was said of it.
    pub timed_out: bool,
}

/// What was announced of a clock that still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Of which.
    pub clock: ClockName,
    /// What.
    pub mark: Mark,
    /// The deadline that was announced.
    pub deadline: Timestamp,
    /// When.
    pub at: Timestamp,
}

/// What can be announced of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Three quarters of its time are over.
    Warned,
    /// Its time is over.
    Breached,
}

impl Mark {
    /// The type of the event that says it.
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Warned => "clock.warned",
            Self::Breached => "clock.breached",
        }
    }
}

/// What is kept of an issue's clocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// [`ClockKind::Own`], while nobody took the issue.
    pub own: Option<Running>,
    /// [`ClockKind::Ack`], while the customer waits for an answer.
    pub ack: Option<Running>,
    /// [`ClockKind::Update`], from the first answer on.
    pub update: Option<Running>,
    /// [`ClockKind::Resolve`], while the issue is open.
    pub resolve: Option<Running>,
    /// [`ClockKind::Orphan`], while nobody took what was left behind.
    pub orphan: Option<Running>,
    /// Of offers, assists, promises and deferrals.
    pub items: Vec<ItemClock>,
    /// When the customer was to answer, in order; the last may have no end. At most [`limits::PAUSES`].
    pub pauses: Vec<Pause>,
    /// What was announced of those that run.
    pub announced: Vec<Announced>,
    /// How often each of `own`, `ack`, `update`, `resolve` and `orphan` began.
    pub began: [u32; 5],
    /// The customer wrote, and nobody told them anything since.
    pub unanswered: bool,
}

impl Clocks {
    /// Whether this was announced of that clock.
    pub fn announced(&self, clock: ClockName, mark: Mark) -> Option<&Announced> {
        self.announced.iter().find(|announced| announced.clock == clock && announced.mark == mark)
    }

    /// Whether there is room for another pause.
    pub const fn can_pause(&self) -> bool {
        self.pauses.len() < limits::PAUSES
    }

    /// Those of the issue as a whole, in the order of [`ClockKind::ALL`].
    pub(crate) const fn whole(&self) -> [(ClockKind, Option<&Running>); 5] {
        [
            (ClockKind::Own, self.own.as_ref()),
            (ClockKind::Ack, self.ack.as_ref()),
            (ClockKind::Update, self.update.as_ref()),
            (ClockKind::Resolve, self.resolve.as_ref()),
            (ClockKind::Orphan, self.orphan.as_ref()),
        ]
    }

    /// The names of all that are kept.
    pub(crate) fn names(&self) -> impl Iterator<Item = ClockName> {
        let whole = self.whole().into_iter().filter_map(|(kind, running)| {
            running.map(|running| ClockName { kind, item: None, cycle: running.cycle })
        });
        whole.chain(self.items.iter().map(ItemClock::name))
    }
}

impl ItemClock {
    /// Which clock this is.
    pub const fn name(&self) -> ClockName {
        ClockName { kind: self.kind, item: Some(self.item), cycle: self.cycle }
    }
}
