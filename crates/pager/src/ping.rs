//! What is owed, and what it tells, as the pager needs it.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

use crate::Secret;

/// The id of a ping: the same for every attempt at it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PingId(Arc<str>);

impl PingId {
    /// As the API gave it.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whom a ping goes to. What it is delivered by is known once it is claimed.
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

/// How bad it is, the worst first. Nobody assessed it: sorts as 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Stopped, unsafe, or a legal matter.
    One,
    /// Badly hampered.
    Two,
    /// Annoyed.
    Three,
    /// Not assessed.
    Unassessed,
    /// Small.
    Four,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One => "severity 1",
            Self::Two => "severity 2",
            Self::Three => "severity 3",
            Self::Unassessed => "severity not assessed",
            Self::Four => "severity 4",
        })
    }
}

/// A ping that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedPing {
    /// Its id.
    pub id: PingId,
    /// The issue's id.
    pub issue: String,
    /// The department that owes the act.
    pub department: String,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// The customer's id, where it is known.
    pub customer: Option<String>,
    /// Of the issue.
    pub severity: Severity,
    /// The attempt to claim, from 1.
    pub attempt: u32,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Held until then: for quiet hours, or for a retry.
    pub not_before: Option<Timestamp>,
    /// A pager holds a claim until then.
    pub claimed_until: Option<Timestamp>,
    /// It was late when it was asked for, or when it was first heard of: it goes with others.
    pub late: bool,
}

/// What a claimed ping tells, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The ping.
    pub ping: PingId,
    /// The issue's id.
    pub issue: String,
    /// The department that owes the act.
    pub department: String,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// The kind of the contact; empty for a channel.
    pub kind: String,
    /// The address of the contact; empty for a channel.
    pub address: Secret,
    /// The person's name, or empty.
    pub recipient_name: String,
    /// Of the issue.
    pub title: String,
    /// A name to show; empty: not known.
    pub customer: String,
    /// Of the issue.
    pub severity: Severity,
    /// Since when the customer waits.
    pub since: Option<Timestamp>,
    /// What is overdue, in words.
    pub what: String,
    /// Who owns the issue, in words.
    pub owner: String,
    /// From 1: how often this recipient was pinged with this.
    pub times: u32,
    /// Such as `step 2 of 4`; may be empty.
    pub step: String,
    /// Who is pinged next, in words; may be empty.
    pub next_who: String,
    /// When.
    pub next_at: Option<Timestamp>,
    /// Answers with one press; empty: there is no such page.
    pub answer_url: String,
    /// Answers from a shell.
    pub answer_command: String,
    /// Whether the issue's words are not told.
    pub restricted: bool,
}
