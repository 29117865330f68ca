//! A ping: one notification to one contact of a person, or to a channel, and what came of it.

use jiff::Timestamp;

use crate::{
    ClockName, Department, IssueId, ItemId, Position,
    id::{PingId, ping_id_of},
};

/// Whom a ping goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// A person, at one of their contacts.
    Person {
        /// Their id in the directory.
        person: String,
        /// The name of the contact.
        contact: String,
    },
    /// A channel of the pager's own, by its name.
    Channel(String),
}

/// What `ping.requested` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingTerms {
    /// Derived from the rest ([`PingId::of`]).
    pub id: PingId,
    /// Whose run.
    pub department: Department,
    /// Of which cycle of it; 0: of no run, as warnings are.
    pub cycle: u32,
    /// Whom.
    pub to: Recipient,
    /// Why.
    pub reason: PingReason,
    /// Not to be sent before: it is held for the end of somebody's quiet hours. If that is not after the request, nothing holds
    /// it: see [`Ping::goes_with_others`].
    pub not_before: Option<Timestamp>,
}

/// Why somebody is pinged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingReason {
    /// A step fired.
    Step {
        /// Which, from 0.
        step: u32,
        /// How often the steps had begun again.
        pass: u32,
        /// The person's own rule, from 0.
        rule: u32,
    },
    /// All steps fired, or nobody could be reached.
    Fallback {
        /// How often it was asked with this.
        times: u32,
    },
    /// A clock runs out soon.
    Warning(ClockName),
    /// Something ended or passed that concerns this one: an expired deferral, a broken promise, an offer that timed out, an
    /// issue left behind.
    Notice(ClockName),
    /// An earlier ping failed for good, and this is the person's next contact.
    Instead(PingId),
    /// The lease of an answer, named by [`crate::Lease::by`], ends soon: for who answered.
    Reminder(ItemId),
    /// The issue was given or offered to this one, by the event named so.
    Given(ItemId),
    /// The owner went off shift then: this one is on call now, and is to accept the issue.
    HandOver(Timestamp),
    /// Nobody escalated anything since then, until this was requested (`escalation.md` rule 9d): for who stands behind the policy.
    Outage(Timestamp),
    /// What somebody answered long ago, or what was paged for long enough, is told by day.
    Digest,
    /// The customer was asked something then and did not answer: for who goes on (`domain.md` 4.4 T4).
    Lapsed(Timestamp),
    /// This ping was sent for what was none, as was heard later: for whoever got it (`domain.md` 4.11, "retract").
    Retracted(PingId),
}

/// A ping, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// What was requested.
    pub terms: PingTerms,
    /// When.
    pub requested_at: Timestamp,
    /// By which message.
    pub position: Position,
    /// What came of it so far.
    pub outcome: Outcome,
}

/// What came of a ping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody took it up yet.
    Pending,
    /// Nobody took it up yet, as its contact has got enough for now (`escalation.md` rule 13): the step that asked for it is
    /// late.
    Throttled {
        /// Until when, as far as the pager knows.
        until: Timestamp,
    },
    /// A pager claimed it.
    Attempted {
        /// How often it was tried with this, from 1.
        attempt: u32,
        /// Which pager.
        by: String,
        /// When.
        at: Timestamp,
        /// By which message: of two claims of one attempt the first in the log has it.
        position: Position,
    },
    /// It failed, and is tried again.
    Retrying {
        /// How often it was tried.
        attempt: u32,
        /// Not before.
        not_before: Timestamp,
    },
    /// The receiver took it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It failed for good.
    Failed {
        /// When.
        at: Timestamp,
        /// Another one was requested in its place, or there is none.
        handled: bool,
    },
    /// Its reason was gone before it was sent.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

impl PingId {
    /// UUIDv5 of the issue, the run's department and cycle, whom it goes to and why (`escalation.md` rule 10).
    pub fn of(
        issue: IssueId,
        department: &Department,
        cycle: u32,
        to: &Recipient,
        reason: &PingReason,
    ) -> Self {
        ping_id_of(&format!("ping/{issue}/{department}/{cycle}/{to}/{reason}"))
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // The length keeps two pairs of names apart that read alike together.
            Self::Person { person, contact } => write!(f, "person:{}:{person}/{contact}", person.len()),
            Self::Channel(name) => write!(f, "channel:{name}"),
        }
    }
}

impl std::fmt::Display for PingReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = |f: &mut std::fmt::Formatter<'_>, word: &str, clock: &ClockName| {
            let item = clock.item.map(|item| item.to_string()).unwrap_or_default();
            write!(f, "{word}:{}:{item}:{}", clock.kind.as_str(), clock.cycle)
        };
        match self {
            Self::Step { step, pass, rule } => write!(f, "step:{pass}:{step}:{rule}"),
            Self::Fallback { times } => write!(f, "fallback:{times}"),
            Self::Warning(name) => clock(f, "warning", name),
            Self::Notice(name) => clock(f, "notice", name),
            Self::Instead(ping) => write!(f, "instead:{ping}"),
            Self::Reminder(lease) => write!(f, "reminder:{lease}"),
            Self::Given(by) => write!(f, "given:{by}"),
            Self::HandOver(ended) => write!(f, "hand-over:{ended}"),
            Self::Outage(since) => write!(f, "outage:{since}"),
            Self::Digest => f.write_str("digest"),
            Self::Lapsed(asked) => write!(f, "lapsed:{asked}"),
            Self::Retracted(ping) => write!(f, "retracted:{ping}"),
        }
    }
}

impl PingReason {
    /// Whether it comes of clocks and steps, and not of what somebody did that concerns one person.
    pub(crate) const fn is_of_steps(&self) -> bool {
        match self {
            Self::Step { .. } | Self::Fallback { .. } | Self::Warning(_) | Self::Instead(_) => true,
            Self::Notice(_)
            | Self::Reminder(_)
            | Self::Given(_)
            | Self::HandOver(_)
            | Self::Outage(_)
            | Self::Digest
            | Self::Lapsed(_)
            | Self::Retracted(_) => false,
        }
    }
}

impl Ping {
    /// Not to be sent before: for the end of somebody's quiet hours, or after a failure that may pass.
    pub fn not_before(&self) -> Option<Timestamp> {
        let retry = match self.outcome {
            Outcome::Retrying { not_before, attempt: _ } => Some(not_before),
            Outcome::Pending
            | Outcome::Throttled { .. }
            | Outcome::Attempted { .. }
            | Outcome::Delivered { .. }
            | Outcome::Failed { .. }
            | Outcome::Withdrawn { .. } => None,
        };
        self.terms.not_before.max(retry)
    }

    /// Whether it goes to its contact with others, in one message: it was late when it was asked for, or is one of what somebody
    /// left behind (`escalation.md` rule 9c).
    pub fn goes_with_others(&self) -> bool {
        self.terms.not_before.is_some_and(|at| at <= self.requested_at)
    }

    /// Whether something is still to be done for it.
    pub const fn is_unsettled(&self) -> bool {
        match self.outcome {
            Outcome::Pending
            | Outcome::Throttled { .. }
            | Outcome::Attempted { .. }
            | Outcome::Retrying { .. } => true,
            Outcome::Delivered { .. } | Outcome::Failed { .. } | Outcome::Withdrawn { .. } => false,
        }
    }
}
