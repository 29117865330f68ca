//! Links between issues (`domain.md` 4.10). A duplicate hangs on the root of the other's chain, so that chains stay short.
//!
//! A link is decided under the lock of its own issue's home, and the other issue as it was read. So of two that are linked to
//! each other at the same instant both may become a duplicate of the other. Readers take such a circle for no duplicates
//! (`contract.md` 5): both stay among the unacknowledged, and each says what it is linked to until either link is taken away.

use super::{
    super::{Decision, Draft, Words},
    case::Case,
};
use crate::{Issue, IssueId, Link, LinkKind, Payload, Refusal, RefusalCode, limits};

pub(super) fn add(
    case: &Case<'_>,
    kind: LinkKind,
    other: IssueId,
    note: Option<&str>,
) -> Result<Decision, Refusal> {
    let found = require_found(case, other)?;
    require_two(case, found)?;
    let other = match kind {
        LinkKind::DuplicateOf => {
            let root = require_root(case)?;
            require_mergeable(case, root)?;
            root
        }
        LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct | LinkKind::BlockedBy => {
            require_room(case, kind, found)?;
            found
        }
    };
    require_one_customer(case, kind, other)?;
    let words = Words::none().maybe("note", note);
    let link = Link { kind, other: other.id };
    Ok(Draft::new("link.added", Payload::LinkAdded(link)).saying(words).into())
}

fn require_found<'a>(case: &Case<'a>, other: IssueId) -> Result<&'a Issue, Refusal> {
    let chain = case.context.chain;
    chain.first().ok_or_else(|| unknown(format!("there is no issue {other}"), other))
}

fn unknown(why: String, other: IssueId) -> Refusal {
    Refusal::new(RefusalCode::UnknownRef, why, "look the issue up by its reference or id").about([other])
}

fn require_two(case: &Case<'_>, other: &Issue) -> Result<(), Refusal> {
    if other.id != case.issue.id {
        return Ok(());
    }
    let next = "name the other issue";
    Err(Refusal::new(RefusalCode::SelfLink, "both are the same issue", next).about([other.id]))
}

/// Where the chain of duplicates ends.
fn require_root<'a>(case: &Case<'a>) -> Result<&'a Issue, Refusal> {
    let chain = case.context.chain;
    let own = case.issue.id;
    let onward = chain.last().and_then(|last| last.duplicate_of);
    let back = onward.is_some_and(|next| next == own || chain.iter().any(|issue| issue.id == next));
    if back || chain.iter().any(|issue| issue.id == own) {
        let why = "the other issue is, directly or not, a duplicate of this one or of itself";
        let next = "link the two the other way round, or take the wrong link away first";
        return Err(Refusal::new(RefusalCode::Cycle, why, next).about(chain.iter().map(|issue| issue.id)));
    }
    match (chain.last(), onward) {
        (Some(root), None) => Ok(root),
        (_, Some(onward)) if chain.len() < limits::CHAIN => {
            Err(unknown(format!("the other is a duplicate of {onward}, which does not exist"), onward))
        }
        (_, _) => Err(Refusal::new(
            RefusalCode::Limit,
            format!("the chain of duplicates is longer than {}", limits::CHAIN),
            "link it to the issue at the end of the chain",
        )),
    }
}

/// Not yet a duplicate, not settled, and the owner's of either.
fn require_mergeable(case: &Case<'_>, root: &Issue) -> Result<(), Refusal> {
    if let Some(original) = case.issue.duplicate_of {
        let why = format!("it is a duplicate of {original} already");
        let next = "take that link away first if it is wrong";
        return Err(Refusal::new(RefusalCode::Already, why, next).about([original]));
    }
    case.require_unsettled("link it as a duplicate")?;
    if Case::new(root, case.context).is_owner() {
        return Ok(());
    }
    case.require_owner("link it as a duplicate")
}

fn require_room(case: &Case<'_>, kind: LinkKind, other: &Issue) -> Result<(), Refusal> {
    let links = &case.issue.links;
    if links.contains(&Link { kind, other: other.id }) {
        let why = format!("it is linked to {} so already", other.id);
        return Err(Refusal::new(RefusalCode::Already, why, "leave it").about([other.id]));
    }
    if links.len() < limits::ISSUE_LIST {
        return Ok(());
    }
    let why = format!("it has {} links already", links.len());
    Err(Refusal::new(RefusalCode::Limit, why, "take links away that say nothing any more"))
}

/// The same matter is the same customer's.
fn require_one_customer(case: &Case<'_>, kind: LinkKind, other: &Issue) -> Result<(), Refusal> {
    match kind {
        LinkKind::DuplicateOf | LinkKind::RecurrenceOf | LinkKind::Distinct => {}
        LinkKind::Related | LinkKind::BlockedBy => return Ok(()),
    }
    require_same_customer(case, other)
}

/// Where one is not known yet, whoever says that they belong together knows.
pub(super) fn require_same_customer(case: &Case<'_>, other: &Issue) -> Result<(), Refusal> {
    match (&case.issue.customer, &other.customer) {
        (Some(one), Some(another)) if one.leaf != another.leaf => Err(Refusal::new(
            RefusalCode::CrossCustomer,
            format!("it is {}'s, and the other is {}'s", one.leaf, another.leaf),
            "link them as related, correct the customer, or merge the two if they are one",
        )
        .about([other.id])),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

pub(super) fn remove(
    case: &Case<'_>,
    kind: LinkKind,
    other: IssueId,
    note: Option<&str>,
) -> Result<Decision, Refusal> {
    let link = require_linked(case, kind, other)?;
    match kind {
        LinkKind::DuplicateOf => case.require_owner("take the link away")?,
        LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct | LinkKind::BlockedBy => {}
    }
    let words = Words::none().maybe("note", note);
    Ok(Draft::new("link.removed", Payload::LinkRemoved(link)).saying(words).into())
}

/// The link in force. Of a duplicate, any issue of the chain that leads to the root may be named.
fn require_linked(case: &Case<'_>, kind: LinkKind, other: IssueId) -> Result<Link, Refusal> {
    let linked = match kind {
        LinkKind::DuplicateOf => {
            let named =
                |root: &IssueId| *root == other || case.context.chain.iter().any(|issue| issue.id == *root);
            case.issue.duplicate_of.filter(named).map(|other| Link { kind, other })
        }
        LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct | LinkKind::BlockedBy => {
            case.issue.links.iter().copied().find(|link| *link == Link { kind, other })
        }
    };
    linked.ok_or_else(|| unknown(format!("it is not linked to {other} so"), other))
}
