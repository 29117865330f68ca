//! What a command is decided on, all of one batch: the state, how far the home's own events got, and what the same
//! request did before.
//!
//! Deliberately absent: the rules (`domain::decide`), and the way of a command (`command`).

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    CustomerId, Digest, Directory, Event, EventKey, Issue, IssueId, LeafId, Position, identity::Then, limits,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{QueryError, Reader, ShownIssue, past::Past};
use crate::{File, HomeRecord, StoreError, View};

/// What is asked of the store for a command.
#[derive(Clone, Debug)]
pub(crate) struct Question<'a> {
    /// Among whose events the command's are looked for.
    pub(crate) key: EventKey,
    /// Of the identities of the events that the command may have made, in order.
    pub(crate) made: &'a [Digest],
    /// The home, where there is no issue yet that says it.
    pub(crate) home: Option<&'a str>,
    /// The issue to link with.
    pub(crate) other: Option<IssueId>,
    /// Whether the end of a contract matters.
    pub(crate) renewal: bool,
    /// The customer, where there is no issue that says it.
    pub(crate) customer: LeafId,
    pub(crate) now: Timestamp,
}

/// What a command is decided on.
#[derive(Clone, Debug)]
pub(crate) struct Situation {
    /// The state; absent where the command makes the issue, or is about none.
    pub(crate) issue: Option<Issue>,
    /// As the directory lets its owner stand.
    pub(crate) shown: Option<ShownIssue>,
    /// The events that the same request made before, in order.
    pub(crate) made: Vec<Event>,
    /// Where events of the command go.
    pub(crate) home: String,
    pub(crate) record: HomeRecord,
    /// See [`domain::Context::chain`]; with the customers that the issues' leaves go by.
    pub(crate) chain: Vec<Issue>,
    /// See [`domain::Context::renewal`].
    pub(crate) renewal: Option<Date>,
    pub(crate) directory: Arc<Directory>,
    /// All of it is as of here.
    pub(crate) position: Position,
}

impl Reader {
    /// What a command is decided on; `None` if it is about an issue that no event names.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub(crate) fn situation(&self, question: &Question<'_>) -> Result<Option<Situation>, QueryError> {
        self.view(|view| situation(view, question))
    }

    /// An issue that is not in the store as it would be shown.
    pub(crate) fn show(&self, issue: Issue) -> Result<ShownIssue, QueryError> {
        self.view(|view| Ok(ShownIssue::new(view, issue, now(view))?))
    }
}

fn situation(view: &View<'_>, question: &Question<'_>) -> Result<Option<Situation>, QueryError> {
    let issue = match question.key {
        EventKey::Issue(id) => view.store.issue(view.standing(id)?)?,
        EventKey::Customer(_) | EventKey::Nobody => None,
    };
    let Some(home) =
        issue.as_ref().map(|issue| issue.home.to_string()).or_else(|| question.home.map(ToOwned::to_owned))
    else {
        return Ok(None);
    };
    let made = made_before(view, question)?;
    let customer = issue.as_ref().map_or(question.customer, Issue::customer_id);
    let shown = issue.clone().map(|issue| ShownIssue::new(view, issue, now(view))).transpose()?;
    Ok(Some(Situation {
        made,
        record: view.store.home(&home)?.unwrap_or_default(),
        home,
        chain: question.other.map_or(Ok(Vec::new()), |other| chain(view, other))?,
        renewal: if question.renewal { renewal(view, customer, question.now)? } else { None },
        directory: Arc::clone(&view.published.directory),
        position: view.position(),
        issue,
        shown,
    }))
}

fn now(view: &View<'_>) -> Past {
    Past { as_of: None, position: view.position() }
}

/// The command's events. The issue may have been named otherwise when they were made.
fn made_before(view: &View<'_>, question: &Question<'_>) -> Result<Vec<Event>, QueryError> {
    let keys = match question.key {
        EventKey::Issue(id) => view.members(id)?.into_iter().map(EventKey::Issue).collect(),
        EventKey::Customer(_) | EventKey::Nobody => vec![question.key],
    };
    for key in keys {
        let Some(file) = view.store.file(key)? else { continue };
        let found = made(view, key, question.made, &file)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// The command's events among those of the file. Nearly every command is new, so they are looked for by their digests.
fn made(view: &View<'_>, key: EventKey, digests: &[Digest], file: &File) -> Result<Vec<Event>, QueryError> {
    let mut made = Vec::new();
    for digest in digests {
        let position = match file.tail.find(*digest) {
            Some(entry) => Some(entry.position),
            None if file.chunks == 0 => None,
            None => view.store.spilled(key, *digest)?.map(|spilled| spilled.position),
        };
        let Some(position) = position else { break };
        made.extend(view.events_at(key, &BTreeSet::from([position]))?);
    }
    Ok(made)
}

/// An issue and those that it is a duplicate of, one after the other.
fn chain(view: &View<'_>, first: IssueId) -> Result<Vec<Issue>, StoreError> {
    let mut chain: Vec<Issue> = Vec::new();
    let mut next = Some(first);
    while let Some(id) = next.map(|id| view.standing(id)).transpose()?
        && chain.len() < limits::CHAIN
        && chain.iter().all(|known| known.id != id)
    {
        let Some(issue) = view.store.issue(id)? else { break };
        next = issue.duplicate_of;
        chain.push(placed(view, issue)?);
    }
    Ok(chain)
}

/// With the leaf by which its customer goes.
fn placed(view: &View<'_>, mut issue: Issue) -> Result<Issue, StoreError> {
    let leaf = issue.customer_id();
    let canonical = leaf.map(|leaf| view.canonical(leaf, Then::default())).transpose()?.flatten();
    if let Some(canonical) = canonical {
        issue.customer = Some(canonical.named);
    }
    Ok(issue)
}

/// The nearest end of a contract of a customer's that does not go on by itself.
fn renewal(view: &View<'_>, customer: LeafId, now: Timestamp) -> Result<Option<Date>, StoreError> {
    let Some(leaf) = customer else { return Ok(None) };
    let today = now.to_zoned(TimeZone::UTC).date();
    let connected = view.connected(leaf, Then::default())?;
    let mut nearest: Option<Date> = None;
    for leaf in connected.leaves() {
        let end = end_after(view, *leaf, today)?;
        nearest = [nearest, end].into_iter().flatten().min();
    }
    Ok(nearest)
}

fn end_after(view: &View<'_>, leaf: CustomerId, day: Date) -> Result<Option<Date>, StoreError> {
    Ok(view.store.customer(Some(leaf))?.and_then(|record| record.profile.next_end(day)))
}
