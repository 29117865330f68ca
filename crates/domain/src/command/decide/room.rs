//! Whether the issue has room for the assists, deferrals, promises and workarounds that a command makes.

use super::super::{Context, Decision};
use crate::{
    Issue, Payload, Person, PromiseTerms, Refusal, RefusalCode,
    limits::WORK_ITEMS,
    work::{brief, person_texts},
};

/// About what an item takes beside its texts and people: its states, and the source and id of a command's event.
const REST: usize = 140;

/// What is done makes room for what is new; what is not has to be done first.
pub(super) fn require(issue: &Issue, decision: Decision, context: &Context<'_>) -> Result<Decision, Refusal> {
    let caller = context.principal.person.as_ref();
    let new: Vec<_> = decision.drafts.iter().filter_map(|draft| texts(&draft.payload, caller)).collect();
    let weight = new.iter().map(|texts| REST + texts).sum();
    let unfinished = unfinished(issue);
    if new.is_empty() || unfinished + new.len() <= WORK_ITEMS && issue.work.clone().make_room(weight) {
        return Ok(decision);
    }
    Err(Refusal::new(
        RefusalCode::Limit,
        format!("{unfinished} assists, deferrals, promises and workarounds of it are not done yet"),
        "finish some of them first, or say it in a note",
    ))
}

fn unfinished(issue: &Issue) -> usize {
    let work = &issue.work;
    work.assists.iter().filter(|assist| assist.is_open()).count()
        + work.deferrals.iter().filter(|deferral| deferral.is_pending() || deferral.is_in_force()).count()
        + work.promises.iter().filter(|promise| promise.is_open()).count()
        + work.workarounds.iter().filter(|workaround| workaround.verdict.is_none()).count()
}

/// The bytes of the texts and people of what an event makes, if it makes something that is answered later.
fn texts(payload: &Payload, caller: Option<&Person>) -> Option<usize> {
    if let Payload::AssistRequested(terms) = payload {
        Some(brief(&terms.question).len() + person_texts(terms.person.as_ref()))
    } else if let Payload::AssistAnswered { unrequested: true, .. } = payload {
        Some(person_texts(caller))
    } else if let Payload::DeferralRequested(terms) = payload {
        Some(brief(&terms.reason).len() + person_texts(caller))
    } else if let Payload::PromiseMade(PromiseTerms { what, to, by, .. }) = payload {
        let to = to.as_deref().map_or(0, |to| brief(to).len());
        Some(brief(what).len() + to + person_texts(by.as_ref().or(caller)))
    } else if let Payload::WorkaroundApplied(terms) = payload {
        Some(brief(&terms.description).len())
    } else {
        None
    }
}
