//! Help of another department, while the owner stays (`domain.md` 4.7, F03, F23).

use super::{
    super::{Decision, Draft, Item, Words},
    case::Case,
    item::{Answered as _, pick},
    required, who,
};
use crate::{Assist, AssistState, AssistTerms, ItemRef, Payload, Refusal, RefusalCode};

pub(super) fn request(case: &Case<'_>, terms: &AssistTerms) -> Result<Decision, Refusal> {
    let context = case.context;
    case.require_open("ask for help with it")?;
    required::text("question", "what is asked", &terms.question)?;
    context.require_department("department", &terms.department)?;
    terms.person.as_ref().map(|person| context.require_active("person", person)).transpose()?;
    required::next_due("due", terms.due, context.now)?;
    require_others(case, terms)?;
    Ok(Draft::new("assist.requested", Payload::AssistRequested(terms.clone())).into())
}

/// One asks others: another department, or a colleague by name.
fn require_others(case: &Case<'_>, terms: &AssistTerms) -> Result<(), Refusal> {
    let others = terms.person.as_ref().is_some_and(|person| !case.context.is_caller(person));
    if others || !case.context.speaks_for(&terms.department) {
        return Ok(());
    }
    let why = format!("{} asks itself", terms.department);
    Err(Refusal::new(RefusalCode::SelfLink, why, "ask another department, or a colleague by name"))
}

pub(super) fn accept(case: &Case<'_>, item: &Item) -> Result<Decision, Refusal> {
    let person = case.context.require_person("take an assist")?;
    case.context.require_active("person", person)?;
    let assist = require_asked(case, item)?;
    if let AssistState::Accepted { by } = &assist.state
        && case.context.directory.is_active(by, case.context.at)
    {
        return Err(taken(case, assist, by));
    }
    let payload = Payload::AssistAccepted { item: assist.named(), person: person.clone() };
    Ok(Draft::new("assist.accepted", payload).into())
}

fn taken(case: &Case<'_>, assist: &Assist, by: &crate::Person) -> Refusal {
    if case.context.is_caller(by) {
        return Refusal::new(RefusalCode::Already, "you took it already", "answer it").about([assist.id]);
    }
    let by = by.account.to_string();
    let next = format!("leave it to {by}, or answer it if they cannot");
    Refusal::new(RefusalCode::Taken, format!("{by} took it already"), next).could([by]).about([assist.id])
}

pub(super) fn answer(case: &Case<'_>, item: &Item, answer: &str) -> Result<Decision, Refusal> {
    let assist = require_asked(case, item)?;
    required::text("answer", "what the answer is", answer)?;
    Ok(answered(assist.named(), false, answer).into())
}

/// Help that nobody had asked for is credited all the same.
pub(super) fn help_unasked(answer: &str) -> Result<Decision, Refusal> {
    required::text("answer", "what was done", answer)?;
    Ok(answered(ItemRef::Open, true, answer).into())
}

/// The event that answers an assist.
pub(super) fn answered(item: ItemRef, unrequested: bool, answer: &str) -> Draft {
    let words = Words::none().text("answer", answer);
    Draft::new("assist.answered", Payload::AssistAnswered { item, unrequested }).saying(words)
}

/// By the department that was asked; the one that asked takes its question back.
pub(super) fn decline(case: &Case<'_>, item: &Item, reason: &str) -> Result<Decision, Refusal> {
    let context = case.context;
    let may =
        |assist: &Assist| context.speaks_for(&assist.terms.department) || context.speaks_for(&assist.from);
    let assist =
        require_open(pick(&case.issue.work.assists, item, |assist| assist.is_open() && may(assist))?)?;
    required::reason(reason)?;
    let words = Words::none().text("reason", reason);
    let item = assist.named();
    let draft = if context.speaks_for(&assist.terms.department) {
        Draft::new("assist.declined", Payload::AssistDeclined { item })
    } else if context.speaks_for(&assist.from) {
        Draft::new("assist.cancelled", Payload::AssistCancelled { item })
    } else {
        return Err(not_asked(case, assist));
    };
    Ok(draft.saying(words).into())
}

/// The open assist that is meant, which the caller's department was asked for.
fn require_asked<'a>(case: &Case<'a>, item: &Item) -> Result<&'a Assist, Refusal> {
    let assists = &case.issue.work.assists;
    let ours = |assist: &Assist| case.context.speaks_for(&assist.terms.department);
    // Where nothing is ours, what is asked of others tells why.
    let of_others = || pick(assists, item, Assist::is_open).ok().filter(|assist| !ours(assist));
    let assist = match pick(assists, item, |assist| assist.is_open() && ours(assist)) {
        Ok(assist) => assist,
        Err(refusal) => return Err(of_others().map_or(refusal, |assist| not_asked(case, assist))),
    };
    require_open(assist)?;
    if ours(assist) { Ok(assist) } else { Err(not_asked(case, assist)) }
}

fn require_open(assist: &Assist) -> Result<&Assist, Refusal> {
    let (done, at) = match assist.state {
        AssistState::Requested | AssistState::Accepted { .. } => return Ok(assist),
        AssistState::Answered { at, .. } => ("answered", at),
        AssistState::Declined { at } => ("declined", at),
        AssistState::Cancelled { at } => ("taken back", at),
    };
    let why = format!("it was {done} on {}", who::at(at));
    Err(Refusal::new(RefusalCode::Already, why, "ask anew if help is still needed").about([assist.id]))
}

fn not_asked(case: &Case<'_>, assist: &Assist) -> Refusal {
    let asked = who::place(&assist.terms.department, None, assist.terms.person.as_ref());
    Refusal::new(
        RefusalCode::NotAsked,
        format!("{} asked it of {asked} on {}", assist.from, who::at(assist.since.at)),
        format!("let {asked} answer, or add what {} knows as a note", case.context.principal.department),
    )
    .could([asked])
    .about([assist.id])
}
