//! The state of an issue: what the fold of its events says. How events change it is in `fold`.

use std::fmt;

use jiff::Timestamp;

use crate::{
    Anomalies, AsReported, Clocks, Custody, CustomerId, Department, Escalation, Floors, IssueId, LastContact,
    Link, OrderKey, Ordinal, Person, Position, Rank, Reference, Restriction, Severity, Waiting, Work,
};

/// One customer's one matter that displeases or endangers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The same wherever the same log is folded.
    pub id: IssueId,
    /// Its ids in the tools that know it, in the order of the events.
    pub references: Vec<Reference>,
    /// Where Davy's own events about it go.
    pub home: Home,
    /// Whose it is, and whether that was said by a report or a correction.
    pub customer: Option<AsReported>,
    /// After a report or a correction named the customer, only a correction moves the issue.
    pub customer_settled: bool,
    /// The report; absent while the issue is known by other events alone.
    pub reported: Option<Reported>,
    /// The origin of the first event in order: the system of record where the directory names none.
    pub heard_in: Department,
    /// Where it stands, duplicates apart.
    pub standing: Standing,
    /// The issue that this one is a duplicate of.
    pub duplicate_of: Option<IssueId>,
    /// Assessed harm; what is shown is [`Issue::severity`].
    pub assessed: Severity,
    /// The tool's own word for it.
    pub severity_word: Option<String>,
    /// The first acknowledgement by a human; never cleared.
    pub acknowledged: Option<Acknowledgement>,
    /// What keeps the severity from being lower.
    pub floors: Floors,
    /// Who answers for it.
    pub custody: Custody,
    /// What holds the work up while it is open.
    pub waiting: Waiting,
    /// The last time that somebody spoke with the customer about it, and not to sell.
    pub contact: Option<LastContact>,
    /// What was asked, postponed, promised and patched.
    pub work: Work,
    /// Its clocks.
    pub clocks: Clocks,
    /// Who was pinged for it.
    pub escalation: Escalation,
    /// The links in force from this issue, duplicates apart.
    pub links: Vec<Link>,
    /// Who may read its body; absent: everybody.
    pub restricted: Option<Restriction>,
    /// How often it came back.
    pub reopens: u32,
    /// When the first message that named it was stored.
    pub first_seen_at: Timestamp,
    /// The position of that message.
    pub first_position: Position,
    /// The time of its first event in order; its age counts from here while it is unreported.
    pub first_event_at: Timestamp,
    /// The greatest time among its events.
    pub last_event_at: Timestamp,
    /// Of the last message that changed it.
    pub position: Position,
    /// Distinct events folded.
    pub event_count: u32,
    /// Every doubt about any of its events.
    pub anomalies: Anomalies,
    /// The greatest order key folded; an event that sorts before it is late.
    pub last_key: LastKey,
}

/// The customer token of the first message that named an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// That token.
    Token(String),
    /// The message named no customer: `davy:<issue id>`, which is never shown as a customer.
    Issue(IssueId),
}

impl fmt::Display for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(token) => f.write_str(token),
            Self::Issue(id) => write!(f, "davy:{id}"),
        }
    }
}

/// What the report said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// When the complaint was made.
    pub at: Timestamp,
    /// One line.
    pub title: String,
    /// Who heard it.
    pub heard_by: Option<Person>,
}

/// A human told the customer who owns the issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// When; not before the report.
    pub at: Timestamp,
    /// Who, where the event says it.
    pub by: Option<Person>,
    /// Such as `mail`.
    pub channel: Option<String>,
}

/// Where an issue stands by its own events. A link may make it a duplicate on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Somebody owes the customer something.
    Open,
    /// An answer was given.
    Resolved {
        /// When.
        at: Timestamp,
    },
    /// Done.
    Closed {
        /// When.
        at: Timestamp,
    },
    /// Taken back, by the customer's word or as an error.
    Withdrawn {
        /// Where it stood, and stands again once reinstated.
        from: Settled,
    },
}

/// Where an issue stood before it was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settled {
    /// Open.
    Open,
    /// Resolved at.
    Resolved(Timestamp),
    /// Closed at.
    Closed(Timestamp),
}

impl From<Settled> for Standing {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Open => Self::Open,
            Settled::Resolved(at) => Self::Resolved { at },
            Settled::Closed(at) => Self::Closed { at },
        }
    }
}

/// Where an issue stands, as readers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// Named by events, never reported; otherwise like open.
    Unreported,
    /// Somebody owes the customer something.
    Open,
    /// The customer was asked something, and has not answered yet.
    WaitingCustomer,
    /// Somebody outside is to deliver something.
    WaitingExternal,
    /// Postponed until a day that was approved.
    Deferred,
    /// An answer was given.
    Resolved,
    /// Done.
    Closed,
    /// Taken back.
    Withdrawn,
    /// The same matter as another issue.
    Duplicate,
}

impl Lifecycle {
    /// Whether somebody still owes the customer something.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Unreported
            | Self::Open
            | Self::WaitingCustomer
            | Self::WaitingExternal
            | Self::Deferred => true,
            Self::Resolved | Self::Closed | Self::Withdrawn | Self::Duplicate => false,
        }
    }
}

/// An owned [`OrderKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastKey {
    /// Reports first.
    pub rank: Rank,
    /// Then by time.
    pub time: Timestamp,
    /// Then by the sequence extension.
    pub ordinal: Ordinal,
    /// Then by place in the log.
    pub position: Position,
}

impl LastKey {
    /// To compare with an event's.
    pub const fn as_key(&self) -> OrderKey<'_> {
        (self.rank, self.time, &self.ordinal, self.position)
    }
}

impl From<OrderKey<'_>> for LastKey {
    fn from((rank, time, ordinal, position): OrderKey<'_>) -> Self {
        Self { rank, time, ordinal: ordinal.clone(), position }
    }
}

impl Issue {
    /// Where it stands, as readers see it.
    pub fn lifecycle(&self) -> Lifecycle {
        if self.duplicate_of.is_some() { Lifecycle::Duplicate } else { self.own_lifecycle() }
    }

    /// Where it would stand if it were no duplicate.
    pub fn own_lifecycle(&self) -> Lifecycle {
        match self.standing {
            Standing::Open if self.reported.is_none() => Lifecycle::Unreported,
            Standing::Open if self.work.is_deferred() => Lifecycle::Deferred,
            Standing::Open if self.waiting.customer.is_some() => Lifecycle::WaitingCustomer,
            Standing::Open if self.waiting.external.is_some() => Lifecycle::WaitingExternal,
            Standing::Open => Lifecycle::Open,
            Standing::Resolved { .. } => Lifecycle::Resolved,
            Standing::Closed { .. } => Lifecycle::Closed,
            Standing::Withdrawn { .. } => Lifecycle::Withdrawn,
        }
    }

    /// Whether no human acknowledged it and somebody should. For a duplicate it also takes that its chain of links ends
    /// in no other issue, which is for the reader to look up.
    pub fn awaits_acknowledgement(&self) -> bool {
        self.acknowledged.is_none() && self.own_lifecycle().is_open()
    }

    /// Harm: what was assessed, or what its floors make of it (`domain.md` 4.9).
    pub fn severity(&self) -> Severity {
        self.floors.raise(self.assessed)
    }

    /// One line, also while unreported.
    pub fn title(&self) -> &str {
        self.reported.as_ref().map_or("(not reported yet)", |reported| reported.title.as_str())
    }

    /// Since when the customer waits: the report, or the first event while unreported.
    pub fn since(&self) -> Timestamp {
        self.reported.as_ref().map_or(self.first_event_at, |reported| reported.at)
    }

    /// The customer whose timeline it stands in.
    pub fn customer_id(&self) -> Option<CustomerId> {
        self.customer.as_ref().map(|customer| customer.leaf.id())
    }
}
