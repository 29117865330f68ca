//! Reopening, withdrawing, reinstating (`domain.md` 4.4 T10 and T11, as `contract.md` 5 changes them).

use jiff::SignedDuration;

use super::{
    super::{Decision, Draft, Words},
    case::Case,
    required::{self, no_proof},
};
use crate::{
    Payload, Refusal, RefusalCode, Standing,
    limits::{MISENTRY_SECONDS, REOPEN_DAYS},
};

/// By anybody, as long as it is the same matter; after that a new issue says what it comes back from.
pub(super) fn reopen(case: &Case<'_>, reason: &str, by_customer: bool) -> Result<Decision, Refusal> {
    case.require_original("reopen it")?;
    let at = match case.issue.standing {
        Standing::Resolved { at } | Standing::Closed { at } => at,
        Standing::Open => return Err(case.stands_already()),
        Standing::Withdrawn { .. } => return Err(case.wrong_standing("reopen it")),
    };
    required::reason(reason)?;
    if case.context.now.duration_since(at) > SignedDuration::from_hours(REOPEN_DAYS * 24) {
        return Err(Refusal::new(
            RefusalCode::Window,
            format!("it is {}, and that is more than {REOPEN_DAYS} days ago", case.standing()),
            format!("report a new issue and link it to {} as a recurrence", case.issue.id),
        )
        .about([case.issue.id]));
    }
    let by = if by_customer { "customer" } else { "employee" };
    let words = Words::none().text("reason", reason).text("by", by);
    Ok(Draft::new("issue.reopened", Payload::Reopened).saying(words).into())
}

/// On the customer's word by the owner, or at once by who entered it by mistake.
pub(super) fn withdraw(
    case: &Case<'_>,
    reason: &str,
    contact_ref: Option<&str>,
) -> Result<Decision, Refusal> {
    case.require_original("withdraw it")?;
    match case.issue.standing {
        Standing::Open | Standing::Resolved { .. } => {}
        Standing::Withdrawn { .. } => return Err(case.stands_already()),
        Standing::Closed { .. } => return Err(case.wrong_standing("withdraw it")),
    }
    if !is_misentry(case) {
        case.require_owner("withdraw it")?;
        require_word(contact_ref)?;
    }
    required::reason(reason)?;
    let words = Words::none().text("reason", reason).maybe("contact_ref", contact_ref);
    Ok(Draft::new("issue.withdrawn", Payload::Withdrawn).saying(words).into())
}

fn is_misentry(case: &Case<'_>) -> bool {
    let heard_by = case.issue.reported.as_ref().and_then(|reported| reported.heard_by.as_ref());
    let age = case.context.now.duration_since(case.issue.first_seen_at);
    heard_by.is_some_and(|heard_by| case.context.is_caller(heard_by))
        && age <= SignedDuration::from_secs(MISENTRY_SECONDS)
}

fn require_word(contact_ref: Option<&str>) -> Result<(), Refusal> {
    if contact_ref.is_some_and(|contact| !contact.trim().is_empty()) {
        return Ok(());
    }
    Err(no_proof(
        "it does not say when the customer took the complaint back",
        "name the contact in which the customer said so",
    )
    .about(["contact_ref"]))
}

pub(super) fn reinstate(case: &Case<'_>, reason: &str) -> Result<Decision, Refusal> {
    match case.issue.standing {
        Standing::Withdrawn { .. } => {}
        Standing::Open | Standing::Resolved { .. } | Standing::Closed { .. } => {
            return Err(case.wrong_standing("reinstate it"));
        }
    }
    case.require_owner("reinstate it")?;
    required::reason(reason)?;
    let words = Words::none().text("reason", reason);
    Ok(Draft::new("issue.reinstated", Payload::Reinstated).saying(words).into())
}
