//! What is sent: one or more pings to one destination.

use jiff::Timestamp;
use ring::digest;

use crate::{
    Secret,
    ping::{Content, PingId, Recipient, Severity},
};

/// A message: one ping, or several that go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where to.
    pub to: Destination,
    /// What it tells, at least one, the worst first.
    pub items: Vec<Item>,
    /// Pings that were overdue when they were first heard of: a digest.
    pub late: bool,
    /// When it is sent.
    pub at: Timestamp,
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The person and contact, or the channel.
    pub recipient: Recipient,
    /// The kind of the contact; empty for a channel.
    pub kind: String,
    /// The address of the contact; empty for a channel.
    pub address: Secret,
    /// The person's name, or empty.
    pub name: String,
}

impl Content {
    /// Where it goes.
    pub(crate) fn destination(&self) -> Destination {
        let Self { recipient, kind, address, recipient_name, .. } = self;
        Destination {
            recipient: recipient.clone(),
            kind: kind.clone(),
            address: address.clone(),
            name: recipient_name.clone(),
        }
    }
}

/// A ping in a message, with the attempt that is made at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// From 1.
    pub attempt: u32,
    /// What it tells.
    pub content: Content,
}

impl Message {
    /// Of these, which are all for one destination. `None`: there are none.
    pub(crate) fn new(mut items: Vec<Item>, late: bool, at: Timestamp) -> Option<Self> {
        items.sort_by(|a, b| rank(a).cmp(&rank(b)));
        let to = items.first()?.content.destination();
        Some(Self { to, items, late, at })
    }

    /// The same for every attempt at the same pings: the ping's id, or one made of those of a bundle.
    pub fn id(&self) -> String {
        let mut pings: Vec<_> = self.items.iter().map(|item| item.content.ping.as_str()).collect();
        if let [only] = pings.as_slice() {
            return (*only).to_owned();
        }
        pings.sort_unstable();
        let hash = digest::digest(&digest::SHA256, pings.join("\n").as_bytes());
        let hex: String = hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("bundle-{hex}")
    }

    /// How often this was tried.
    pub fn attempt(&self) -> u32 {
        self.items.iter().map(|item| item.attempt).max().unwrap_or(1)
    }

    /// The worst.
    pub fn severity(&self) -> Severity {
        self.items.iter().map(|item| item.content.severity).min().unwrap_or(Severity::Unassessed)
    }

    /// What it tells of, one entry for each issue: a second ping about the same issue says nothing new.
    pub fn issues(&self) -> Vec<&Content> {
        let mut told: Vec<&Content> = Vec::new();
        for Item { content, attempt: _ } in &self.items {
            if !told.iter().any(|other| other.issue == content.issue && other.what == content.what) {
                told.push(content);
            }
        }
        told
    }
}

fn rank(item: &Item) -> (Severity, Option<Timestamp>, &PingId) {
    let Content { severity, since, ping, .. } = &item.content;
    (*severity, *since, ping)
}
