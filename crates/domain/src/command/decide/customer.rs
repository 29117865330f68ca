//! Whose an issue is, and what other tools call it.

use super::{
    super::{Decision, Draft, Words},
    case::Case,
    link, required,
};
use crate::{AsReported, Issue, IssueId, Payload, Reference, Refusal, RefusalCode, limits};

pub(super) fn correct(case: &Case<'_>, to: &AsReported, reason: &str) -> Result<Decision, Refusal> {
    case.require_owner("say whose it is")?;
    required::reason(reason)?;
    if case.issue.customer.as_ref().is_some_and(|known| known.leaf == to.leaf) {
        let why = format!("it is {}'s already", to.leaf);
        return Err(Refusal::new(RefusalCode::Already, why, "name another customer, or leave it"));
    }
    let words = Words::none().text("reason", reason);
    let payload = Payload::CustomerCorrected { to: to.clone() };
    Ok(Draft::new("issue.customer_corrected", payload).saying(words).into())
}

/// Anybody's, as a note is, where no issue goes by the reference yet. Where one does, the two become one, which is for the
/// owner of either.
pub(super) fn known_as(case: &Case<'_>, reference: &Reference) -> Result<Decision, Refusal> {
    let known = case.issue.references.len();
    let other = case.context.chain.first();
    if IssueId::of(reference) == case.issue.id {
        let why = format!("{reference} is the reference that gave it its id");
        return Err(Refusal::new(RefusalCode::SelfLink, why, "name another reference").about(["reference"]));
    }
    if case.issue.references.contains(reference) || other.is_some_and(|other| other.id == case.issue.id) {
        let why = format!("it is known as {reference} already");
        return Err(Refusal::new(RefusalCode::Already, why, "leave it").about(["reference"]));
    }
    if known + other.map_or(1, |other| other.references.len()) > limits::KIN {
        let why = format!("it is known by {known} references already");
        return Err(Refusal::new(RefusalCode::Limit, why, "note what else it is called"));
    }
    if let Some(other) = other {
        require_joinable(case, reference, other)?;
    }
    let payload = Payload::KnownAs { reference: reference.clone() };
    Ok(Draft::new("issue.known_as", payload).into())
}

/// Not part of a third one, the same customer's, and the owner's of either.
fn require_joinable(case: &Case<'_>, reference: &Reference, other: &Issue) -> Result<(), Refusal> {
    if other.id != IssueId::of(reference) {
        let why = format!("the issue of {reference} is part of {} already", other.id);
        let next = "name a reference of that one, or retract what made them one";
        return Err(Refusal::new(RefusalCode::Already, why, next).about([other.id]));
    }
    link::require_same_customer(case, other)?;
    // Whoever owns only the open one of the two does not open the other.
    if other.restricted.is_none() && Case::new(other, case.context).is_owner() {
        return Ok(());
    }
    if other.restricted.is_some() && !Case::new(other, case.context).is_owner() {
        return Case::new(other, case.context).require_owner("make it part of another issue");
    }
    case.require_owner("make another issue part of it")
}
