//! Postponing: a loan with a due date, another's approval and the customer's knowledge (`domain.md` 4.4 T6, F01).

mod bounds;

use jiff::{SignedDuration, Timestamp};

use self::bounds::{require_day, require_deferrable, require_seldom};
use super::{
    super::{Decision, Draft, Item, Said, Told, Words},
    case::Case,
    item::{Answered as _, pick},
    promise, required, who,
};
use crate::{
    Deferral, DeferralState, DeferralTerms, Department, Payload, PromiseOrigin, Refusal, RefusalCode,
};

/// Within this the customer hears of a deferral that nobody told them of. The rule says one business day: without a calendar
/// it is a day.
const TELL_WITHIN: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn request(
    case: &Case<'_>,
    until: Timestamp,
    reason: &str,
    interim_measure: Option<&str>,
    told: Option<&Told>,
) -> Result<Decision, Refusal> {
    case.require_open("defer it")?;
    required::reason(reason)?;
    require_none(case)?;
    require_deferrable(case)?;
    require_day(case, until)?;
    require_seldom(case, until)?;
    let told_at = told.map(|told| told.at.unwrap_or(case.context.now));
    required::past("told_at", told_at, case.context.now)?;
    let words = Words::none().maybe("interim_measure", interim_measure);
    let words = match told {
        Some(Told { contact, at: _ }) => {
            let contact = ("contact".to_owned(), Said::Text(contact.clone()));
            words.with("customer_told", Said::Members(vec![contact]))
        }
        None => words,
    };
    let terms = DeferralTerms { until, reason: reason.to_owned(), told_at };
    let draft = Draft::new("deferral.requested", Payload::DeferralRequested(terms)).saying(words);
    let decision = Decision::from(draft);
    Ok(match told {
        Some(Told { at: None, .. }) => decision.filled("told_at", "now"),
        Some(Told { at: Some(_), .. }) | None => decision,
    })
}

fn require_none(case: &Case<'_>) -> Result<(), Refusal> {
    let mut deferrals = case.issue.work.deferrals.iter();
    let Some(deferral) = deferrals.find(|deferral| deferral.is_pending() || deferral.is_in_force()) else {
        return Ok(());
    };
    let until = who::at(deferral.terms.until);
    let (why, next) = if deferral.is_in_force() {
        (
            format!("it is deferred until {until}"),
            "cancel that deferral before you ask for another".to_owned(),
        )
    } else {
        let asked =
            format!("{} asked on {} to defer it until {until}", deferral.from, who::at(deferral.since.at));
        (asked, format!("wait for {} to decide, or cancel that request", named(&approvers(case))))
    };
    Err(Refusal::new(RefusalCode::Already, why, next).could(approvers(case)).about([deferral.id]))
}

/// Approving asks all over again, since the issue may have got worse. A customer who was not told is promised to be.
pub(super) fn approve(case: &Case<'_>, item: &Item, reason: &str) -> Result<Decision, Refusal> {
    case.require_open("defer it")?;
    let deferral = require_pending(case, item)?;
    require_other_approver(case, deferral)?;
    require_approver(case)?;
    require_deferrable(case)?;
    require_day(case, deferral.terms.until)?;
    let words = Words::none().text("reason", reason);
    let approved = Draft::new("deferral.approved", Payload::DeferralApproved { item: deferral.named() });
    let decision = Decision::from(approved.saying(words));
    if deferral.terms.told_at.is_some() {
        return Ok(decision);
    }
    let due = case.context.now.saturating_add(TELL_WITHIN).unwrap_or(Timestamp::MAX);
    let what = format!("Tell the customer that it waits until {}", who::at(deferral.terms.until));
    let by = case.shown.owner.holding.person().or(case.context.principal.person.as_ref());
    let promise = promise::made(&what, None, by, due, PromiseOrigin::Issue);
    Ok(decision.and(promise).filled("promise", format!("to tell the customer by {}", who::at(due))))
}

pub(super) fn deny(case: &Case<'_>, item: &Item, reason: &str) -> Result<Decision, Refusal> {
    let deferral = require_pending(case, item)?;
    require_approver(case)?;
    required::reason(reason)?;
    let words = Words::none().text("reason", reason);
    let denied = Draft::new("deferral.denied", Payload::DeferralDenied { item: deferral.named() });
    Ok(denied.saying(words).into())
}

fn require_pending<'a>(case: &Case<'a>, item: &Item) -> Result<&'a Deferral, Refusal> {
    let deferral = pick(&case.issue.work.deferrals, item, Deferral::is_pending)?;
    let (decided, at) = match deferral.state {
        DeferralState::Requested => return Ok(deferral),
        DeferralState::Approved { at, .. } => ("approved", at),
        DeferralState::Denied { at } => ("denied", at),
        DeferralState::Ended { at, .. } => ("over", at),
    };
    let why = format!("it is {decided} since {}", who::at(at));
    Err(Refusal::new(RefusalCode::Already, why, "ask for a new one if it has to wait").about([deferral.id]))
}

/// Two pairs of eyes. Where a tool asked or answers, its department stands for whoever used it.
fn require_other_approver(case: &Case<'_>, deferral: &Deferral) -> Result<(), Refusal> {
    let context = case.context;
    let same = match (&deferral.by, &context.principal.person) {
        (Some(by), Some(_)) => context.is_caller(by),
        (None, _) | (_, None) => context.speaks_for(&deferral.from),
    };
    if !same {
        return Ok(());
    }
    let approvers = approvers(case);
    let why = format!("{} asked for it, and who asks does not approve", who::somebody(deferral.by.as_ref()));
    let next = format!("let {} decide", named(&approvers));
    Err(Refusal::new(RefusalCode::ApproverSelf, why, next).could(approvers).about([deferral.id]))
}

/// Who faces the customer decides whether they can wait; of severity 2, an arbiter does.
fn require_approver(case: &Case<'_>) -> Result<(), Refusal> {
    let context = case.context;
    let two = case.issue.severity().rank() <= 2;
    if context.overrules() || !two && context.leads(&facing(case)) {
        return Ok(());
    }
    let approvers = approvers(case);
    let names = named(&approvers);
    let why = format!("whether it may wait is for {names} to decide");
    Err(Refusal::new(RefusalCode::Unauthorized, why, format!("ask {names}")).could(approvers))
}

fn approvers(case: &Case<'_>) -> Vec<String> {
    let department = facing(case);
    let head = (case.issue.severity().rank() > 2).then(|| case.context.head_of(&department));
    head.into_iter().chain([case.context.arbiter_of(&department)]).collect()
}

/// Such as `the head of support (ada) or the arbiter of support (max)`.
fn named(approvers: &[String]) -> String {
    format!("the {}", approvers.join(" or the "))
}

/// The department that heard the customer, or what took over from it.
fn facing(case: &Case<'_>) -> Department {
    let heard_in = &case.issue.heard_in;
    case.context.directory.successor(heard_in, case.context.at).unwrap_or_else(|| heard_in.clone())
}

/// By who asked, who owns the issue, or who could have decided.
pub(super) fn cancel(case: &Case<'_>, item: &Item, reason: &str) -> Result<Decision, Refusal> {
    let standing = |deferral: &Deferral| deferral.is_pending() || deferral.is_in_force();
    let deferral = pick(&case.issue.work.deferrals, item, standing)?;
    if !standing(deferral) {
        require_pending(case, item)?;
    }
    if !case.context.speaks_for(&deferral.from) && !case.context.leads(&facing(case)) {
        case.require_owner("cancel the deferral")?;
    }
    required::reason(reason)?;
    let words = Words::none().text("reason", reason);
    let cancelled = Draft::new("deferral.cancelled", Payload::DeferralCancelled { item: deferral.named() });
    Ok(cancelled.saying(words).into())
}
