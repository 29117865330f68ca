//! Promises to the customer: none without a date (F14, F20).

use jiff::Timestamp;

use super::{
    super::{Decision, Draft, Item, Words},
    case::Case,
    item::{Answered as _, pick},
    required, who,
};
use crate::{
    Payload, Person, Promise, PromiseOrigin, PromiseState, PromiseTerms, Refusal, RefusalCode, work::TELL,
};

pub(super) fn make(
    case: &Case<'_>,
    what: &str,
    to: Option<&String>,
    by: Option<&Person>,
    due: Option<Timestamp>,
    origin: PromiseOrigin,
) -> Result<Decision, Refusal> {
    let context = case.context;
    case.require_alive("promise anything about it")?;
    required::text("what", "what is promised", what)?;
    let due = required::due("due", due, context.now)?;
    by.map(|by| context.require_active("by", by)).transpose()?;
    let caller = context.principal.person.as_ref();
    let decision = Decision::from(made(what, to, by.or(caller), due, origin));
    Ok(if by.is_none() {
        decision.filled("by", caller.map_or_else(|| "nobody by name".to_owned(), |by| by.account.to_string()))
    } else {
        decision
    })
}

/// The event that makes one.
pub(super) fn made(
    what: &str,
    to: Option<&String>,
    by: Option<&Person>,
    due: Timestamp,
    origin: PromiseOrigin,
) -> Draft {
    let (what, to, by) = (what.to_owned(), to.cloned(), by.cloned());
    Draft::new("promise.made", Payload::PromiseMade(PromiseTerms { what, to, by, due, origin }))
}

/// Whoever tells the customer when they hear more owes them that.
pub(super) fn with_next_update(
    decision: Decision,
    to: Option<&str>,
    by: &Person,
    due: Option<Timestamp>,
) -> Decision {
    let Some(due) = due else { return decision };
    let to = to.filter(|to| !to.trim().is_empty()).map(ToOwned::to_owned);
    let promise = made(TELL, to.as_ref(), Some(by), due, PromiseOrigin::Issue);
    decision.and(promise).filled("promise", format!("to tell the customer how it stands by {}", who::at(due)))
}

pub(super) fn keep(case: &Case<'_>, item: &Item, evidence: Option<&str>) -> Result<Decision, Refusal> {
    let promise = require_owed(case, item)?;
    require_promiser(case, promise, "say that it was kept")?;
    let words = Words::none().maybe("evidence", evidence);
    Ok(Draft::new("promise.kept", Payload::PromiseKept { item: promise.named() }).saying(words).into())
}

pub(super) fn renegotiate(
    case: &Case<'_>,
    item: &Item,
    due: Option<Timestamp>,
    customer_agreed: bool,
) -> Result<Decision, Refusal> {
    let promise = require_owed(case, item)?;
    require_promiser(case, promise, "name another day")?;
    let due = required::due("due", due, case.context.now)?;
    if due == promise.terms.due {
        let why = format!("it is due on {} already", who::at(due));
        return Err(Refusal::new(RefusalCode::Already, why, "name another day").about(["due"]));
    }
    let words = Words::none().flag("customer_agreed", customer_agreed);
    let payload = Payload::PromiseRenegotiated { item: promise.named(), due };
    Ok(Draft::new("promise.renegotiated", payload).saying(words).into())
}

fn require_owed<'a>(case: &Case<'a>, item: &Item) -> Result<&'a Promise, Refusal> {
    let promise = pick(&case.issue.work.promises, item, Promise::is_open)?;
    let at = match promise.state {
        PromiseState::Open | PromiseState::Broken { .. } => return Ok(promise),
        PromiseState::Kept { at } | PromiseState::KeptLate { at } => at,
    };
    let why = format!("it was kept on {}", who::at(at));
    Err(Refusal::new(RefusalCode::Already, why, "make a new promise if more is owed").about([promise.id]))
}

/// Who promised it, or who answers for the issue.
fn require_promiser(case: &Case<'_>, promise: &Promise, deed: &str) -> Result<(), Refusal> {
    let by = promise.terms.by.as_ref();
    if by.is_some_and(|by| case.context.is_caller(by)) || case.is_owner() {
        return Ok(());
    }
    let could = [who::somebody(by)].into_iter().filter(|_| by.is_some()).chain(case.owner_side());
    Err(Refusal::new(
        RefusalCode::NotOwner,
        format!("{} promised it on {}, and you cannot {deed}", who::somebody(by), who::at(promise.since.at)),
        format!("ask {} or {}", who::somebody(by), case.owner()),
    )
    .could(could)
    .about([promise.id]))
}
