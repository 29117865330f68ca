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
use crate::{File, HomeRecord, Spilled, StoreError, View};

/// What is asked of the store for a command.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    /// Among whose events the command's are looked for.
    pub(crate) key: EventKey,
    /// Of the identity of an event that the command may have made, by its number from 0; `None` after the last. Nearly every
    /// command is new, so that the first is all that is looked for: the others are not worked out.
    pub(crate) made: Digests<'a>,
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
    pub(crate) shown: Option<Box<ShownIssue>>,
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

impl Situation {
    /// The state, whoever is shown as its owner.
    pub(crate) fn issue(&self) -> Option<&Issue> {
        self.shown.as_ref().map(|shown| &shown.issue)
    }
}

/// What came of events that a command appended.
#[derive(Clone, Debug)]
pub(crate) struct Aftermath {
    /// As [`Situation::shown`].
    pub(crate) shown: Option<Box<ShownIssue>>,
    /// Where each of the events stands.
    pub(crate) positions: Vec<Position>,
    /// All of it is as of here.
    pub(crate) position: Position,
}

impl Reader {
    /// What a command is decided on; `None` if it is about an issue that no event names.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub(crate) async fn situation(&self, question: Question<'_>) -> Result<Option<Situation>, QueryError> {
        self.view_between(move |view| situation(view, question)).await
    }

    /// What came of events that were appended about `key` and are folded. `None` where it takes more than the one file: that
    /// is what [`Reader::situation`] is for.
    ///
    /// # Errors
    /// As [`Reader::situation`].
    pub(crate) async fn aftermath(
        &self,
        key: EventKey,
        events: &[Event],
    ) -> Result<Option<Aftermath>, QueryError> {
        self.view_between(move |view| aftermath(view, key, events)).await
    }

    /// An issue that is not in the store as it would be shown.
    pub(crate) fn show(&self, issue: Issue) -> Result<Box<ShownIssue>, QueryError> {
        self.view(|view| Ok(shown(view, issue)?))
    }
}

fn situation(view: &View<'_>, question: Question<'_>) -> Result<Option<Situation>, QueryError> {
    let Own { issue, made } = Own::find(view, question)?;
    let Some(home) =
        issue.as_ref().map(|issue| issue.home.to_string()).or_else(|| question.home.map(ToOwned::to_owned))
    else {
        return Ok(None);
    };
    let customer = issue.as_ref().map_or(question.customer, Issue::customer_id);
    Ok(Some(Situation {
        made,
        record: view.store.home(&home)?.unwrap_or_default(),
        home,
        chain: question.other.map_or(Ok(Vec::new()), |other| chain(view, other))?,
        renewal: if question.renewal { renewal(view, customer, question.now)? } else { None },
        directory: Arc::clone(&view.published.directory),
        position: view.position(),
        shown: issue.map(|issue| shown(view, issue)).transpose()?,
    }))
}

fn aftermath(view: &View<'_>, key: EventKey, events: &[Event]) -> Result<Option<Aftermath>, QueryError> {
    let Some(file) = view.store.file(key)?.filter(|file| file.kin.is_empty()) else { return Ok(None) };
    let positions =
        events.iter().map(|event| Some(file.tail.find(event.identity_digest)?.position)).collect();
    let Some(positions) = positions else { return Ok(None) };
    let shown = file.issue.map(|issue| shown(view, issue)).transpose()?;
    Ok(Some(Aftermath { shown, positions, position: view.position() }))
}

/// In a box: it is large, and on its way through many hands.
fn shown(view: &View<'_>, issue: Issue) -> Result<Box<ShownIssue>, StoreError> {
    let now = Past { as_of: None, position: view.position() };
    ShownIssue::new(view, issue, now).map(Box::new)
}

/// What the files say of a command.
#[derive(Default)]
struct Own {
    /// The state.
    issue: Option<Issue>,
    /// The command's events, in order.
    made: Vec<Event>,
}

impl Own {
    /// Nearly every issue is one with no other, so that all of it stands in one file.
    fn find(view: &View<'_>, question: Question<'_>) -> Result<Self, QueryError> {
        let key = question.key;
        match (key, view.store.file(key)?) {
            (EventKey::Issue(id), Some(file)) if !file.kin.is_empty() => {
                Self::of_kin(view, id, question.made)
            }
            (_, Some(file)) => Ok(Self { made: made(view, key, question.made, &file)?, issue: file.issue }),
            (_, None) => Ok(Self::default()),
        }
    }

    /// The issue may have been named otherwise when its events were made.
    fn of_kin(view: &View<'_>, id: IssueId, digests: Digests<'_>) -> Result<Self, QueryError> {
        let issue = view.store.issue(view.standing(id)?)?;
        for key in view.members(id)?.into_iter().map(EventKey::Issue) {
            let Some(file) = view.store.file(key)? else { continue };
            let made = made(view, key, digests, &file)?;
            if !made.is_empty() {
                return Ok(Self { issue, made });
            }
        }
        Ok(Self { issue, made: Vec::new() })
    }
}

/// See [`Question::made`].
type Digests<'a> = &'a (dyn Fn(usize) -> Option<Digest> + Sync);

/// The command's events among those of the file, looked for by their digests.
fn made(view: &View<'_>, key: EventKey, digests: Digests<'_>, file: &File) -> Result<Vec<Event>, QueryError> {
    let mut made = Vec::new();
    for digest in (0..).map_while(digests) {
        if let Some(entry) = file.tail.find(digest) {
            made.push(view.codec.unpack(entry.bytes)?);
            continue;
        }
        let spilled = if file.chunks == 0 { None } else { view.store.spilled(key, digest)? };
        let Some(Spilled { position, content: _ }) = spilled else { break };
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
