//! What a contact is spared (`escalation.md` rule 13): what says the same twice, and many messages at once.
//!
//! For pagers, which see the pings of all issues. Deliberately absent: sending, and how often a contact may be written to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Recipient;
use crate::{CustomerId, Department, IssueId};

/// A message to a contact, sent or to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Whom.
    pub to: Recipient,
    /// About which issue.
    pub issue: IssueId,
    /// What it says.
    pub kind: QueuedKind,
    /// Since when it is to be sent.
    pub at: Timestamp,
    /// It was.
    pub sent: bool,
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueuedKind {
    /// That somebody has to act: once is enough, and the first was there first.
    Ping,
    /// How it stands, as of an event of this number: only the newest matters.
    Status(u64),
    /// Anything else.
    Other,
}

/// What several messages to a contact have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// All about one customer.
    Customer(CustomerId),
    /// All about issues that one department owes something.
    Department(Department),
}

/// Several messages as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// Whom.
    pub to: &'a Recipient,
    /// What they have in common.
    pub group: Group,
    /// Since when the oldest of them is to be sent.
    pub at: Timestamp,
    /// Which, by their places; at least two issues, unless they join a bundle that waits already.
    pub members: Vec<usize>,
}

/// Which messages are not to be sent because of others: by their places, with the one that stands for each. Of the pings to
/// one contact about one issue that wait the oldest is kept; of what tells how it stands the newest.
pub fn collapse(queue: &[Queued]) -> Vec<(usize, usize)> {
    let folded = queue.iter().enumerate().filter_map(|(index, message)| {
        let into = kept(queue, index, message)?;
        (into != index).then_some((index, into))
    });
    folded.collect()
}

/// The message that stands for this one.
fn kept(queue: &[Queued], index: usize, message: &Queued) -> Option<usize> {
    if message.sent {
        return None;
    }
    let alike = |other: &Queued| other.to == message.to && other.issue == message.issue;
    let others = queue.iter().enumerate().filter(|(_, other)| alike(other));
    match message.kind {
        QueuedKind::Ping => {
            let pings = others.filter(|(_, other)| !other.sent && other.kind == QueuedKind::Ping);
            pings.min_by_key(|(place, other)| (other.at, *place)).map(|(place, _)| place)
        }
        QueuedKind::Status(_) => {
            let told = others.filter_map(|(place, other)| match other.kind {
                QueuedKind::Status(version) => Some((version, other.sent, place)),
                QueuedKind::Ping | QueuedKind::Other => None,
            });
            told.max().map(|(_, _, place)| place)
        }
        QueuedKind::Other => Some(index),
    }
}

/// The pings that wait, as bundles: those to one contact about several issues of a customer, else about several issues that
/// a department owes. `of` tells both of an issue; `waits` tells whether a bundle to that contact waits already: then it is
/// joined, whatever comes. What is in no bundle goes out alone. Collapse first.
pub fn bundle<'a>(
    queue: &'a [Queued],
    of: impl Fn(IssueId) -> (Option<CustomerId>, Department),
    waits: impl Fn(&Recipient, &Group) -> bool,
) -> Vec<Bundle<'a>> {
    let pings = || (0..queue.len()).filter(|place| is_waiting_ping(queue, *place));
    let customer =
        |place: &usize| queue.get(*place).and_then(|message| of(message.issue).0).map(Group::Customer);
    let mut bundles = grouped(queue, pings(), customer, &waits);
    let bundled: Vec<usize> = bundles.iter().flat_map(|bundle| bundle.members.clone()).collect();
    let left = pings().filter(|place| !bundled.contains(place));
    let department = |place: &usize| queue.get(*place).map(|message| Group::Department(of(message.issue).1));
    bundles.extend(grouped(queue, left, department, &waits));
    bundles
}

fn is_waiting_ping(queue: &[Queued], place: usize) -> bool {
    queue.get(place).is_some_and(|message| !message.sent && message.kind == QueuedKind::Ping)
}

fn grouped<'a>(
    queue: &'a [Queued],
    places: impl Iterator<Item = usize>,
    group: impl Fn(&usize) -> Option<Group>,
    waits: &impl Fn(&Recipient, &Group) -> bool,
) -> Vec<Bundle<'a>> {
    let mut found: BTreeMap<(&Recipient, Group), Bundle<'a>> = BTreeMap::new();
    for place in places {
        let (Some(message), Some(group)) = (queue.get(place), group(&place)) else { continue };
        let empty = Bundle { to: &message.to, group: group.clone(), at: message.at, members: Vec::new() };
        let bundle = found.entry((&message.to, group)).or_insert(empty);
        bundle.at = bundle.at.min(message.at);
        bundle.members.push(place);
    }
    let several = |bundle: &Bundle<'_>| {
        let mut issues =
            bundle.members.iter().filter_map(|place| queue.get(*place)).map(|message| message.issue);
        let first = issues.next();
        issues.any(|issue| Some(issue) != first) || waits(bundle.to, &bundle.group)
    };
    found.into_values().filter(several).collect()
}
