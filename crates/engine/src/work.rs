//! What of an issue is somebody's to do next, and which department's. The index of work and the answers about it both
//! come from here.
//!
//! Deliberately absent: who is shown in the place of somebody who is gone, which depends on the reader.

use domain::{
    Assist, AssistState, Deferral, Department, Issue, ItemId, Lifecycle, Offer, Person, Promise, Since,
    Workaround,
};
use jiff::Timestamp;

/// What sort of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkKind {
    /// An open issue, for its owner.
    Owned,
    /// An offer to answer.
    Offered,
    /// An assist to give.
    Assist,
    /// A deferral to decide, for the department that heard the customer.
    Deferral,
    /// A promise to keep.
    Promise,
    /// A workaround to review, for the department that owns the matter.
    Workaround,
}

/// Something that a department owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owed<'a> {
    pub(crate) kind: WorkKind,
    pub(crate) department: &'a Department,
    /// Whose it is within the department; absent: anybody's.
    pub(crate) person: Option<&'a Person>,
    /// To answer it by; absent for the issue itself.
    pub(crate) item: Option<ItemId>,
    /// One line.
    pub(crate) text: &'a str,
    pub(crate) due: Option<Timestamp>,
    pub(crate) since: &'a Since,
}

/// All that is owed. Of an issue that is answered it is what was promised and what nobody reviewed; of one that is taken
/// back or told elsewhere, nothing.
pub(crate) fn owed(issue: &Issue) -> Vec<Owed<'_>> {
    let mut all = Vec::new();
    match issue.lifecycle() {
        Lifecycle::Unreported
        | Lifecycle::Open
        | Lifecycle::WaitingCustomer
        | Lifecycle::WaitingExternal
        | Lifecycle::Deferred => {
            all.push(owned(issue));
            all.extend(issue.custody.offer.as_ref().map(offered));
            all.extend(issue.work.assists.iter().filter(|assist| assist.is_open()).map(assist));
            let pending = issue.work.deferrals.iter().filter(|deferral| deferral.is_pending());
            all.extend(pending.map(|pending| deferral(issue, pending)));
        }
        Lifecycle::Resolved | Lifecycle::Closed => {}
        Lifecycle::Withdrawn | Lifecycle::Duplicate => return all,
    }
    all.extend(
        issue.work.promises.iter().filter(|promise| promise.is_open()).map(|open| promise(issue, open)),
    );
    let unreviewed = issue.work.workarounds.iter().filter(|workaround| workaround.verdict.is_none());
    all.extend(unreviewed.map(|unreviewed| workaround(issue, unreviewed)));
    all
}

fn owned(issue: &Issue) -> Owed<'_> {
    let owner = &issue.custody.owner;
    Owed {
        kind: WorkKind::Owned,
        department: &owner.department,
        person: owner.holding.person(),
        item: None,
        text: issue.title(),
        due: None,
        since: &owner.since,
    }
}

fn offered(offer: &Offer) -> Owed<'_> {
    Owed {
        kind: WorkKind::Offered,
        department: &offer.department,
        person: offer.person.as_ref(),
        item: Some(offer.id),
        text: "",
        due: None,
        since: &offer.since,
    }
}

fn assist(assist: &Assist) -> Owed<'_> {
    let person = match &assist.state {
        AssistState::Accepted { by } => Some(by),
        AssistState::Requested
        | AssistState::Answered { .. }
        | AssistState::Declined { .. }
        | AssistState::Cancelled { .. } => assist.terms.person.as_ref(),
    };
    Owed {
        kind: WorkKind::Assist,
        department: &assist.terms.department,
        person,
        item: Some(assist.id),
        text: &assist.terms.question,
        due: assist.terms.due,
        since: &assist.since,
    }
}

fn deferral<'a>(issue: &'a Issue, deferral: &'a Deferral) -> Owed<'a> {
    Owed {
        kind: WorkKind::Deferral,
        department: &issue.heard_in,
        person: None,
        item: Some(deferral.id),
        text: &deferral.terms.reason,
        due: Some(deferral.terms.until),
        since: &deferral.since,
    }
}

fn promise<'a>(issue: &'a Issue, promise: &'a Promise) -> Owed<'a> {
    Owed {
        kind: WorkKind::Promise,
        department: &issue.custody.owner.department,
        person: promise.terms.by.as_ref().or_else(|| issue.custody.owner.holding.person()),
        item: Some(promise.id),
        text: &promise.terms.what,
        due: Some(promise.terms.due),
        since: &promise.since,
    }
}

fn workaround<'a>(issue: &'a Issue, workaround: &'a Workaround) -> Owed<'a> {
    Owed {
        kind: WorkKind::Workaround,
        department: &issue.custody.owner.department,
        person: None,
        item: Some(workaround.id),
        text: &workaround.terms.description,
        due: None,
        since: &workaround.since,
    }
}
