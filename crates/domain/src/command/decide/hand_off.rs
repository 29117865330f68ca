//! Hand-offs: the sender stays accountable until somebody of the receiving department accepts (`domain.md` 4.7, F37).

mod content;

use self::content::{given, words};
use super::{
    super::{Decision, DeclineCode, Draft, HandOffTerms, Words},
    case::Case,
    required, who,
};
use crate::{
    Department, Offer, OfferTerms, Payload, Person, Refusal, RefusalCode,
    fold::missing,
    limits::{BOUNCES, READ_BACK_CHARS},
};

pub(super) fn offer(case: &Case<'_>, terms: &HandOffTerms) -> Result<Decision, Refusal> {
    let context = case.context;
    case.require_open("hand it off")?;
    case.require_owner("hand it off")?;
    require_no_offer(case)?;
    require_not_bounced(case)?;
    context.require_department("to_department", &terms.department)?;
    terms.person.as_ref().map(|person| context.require_active("to_person", person)).transpose()?;
    require_elsewhere(case, terms)?;
    let given = given(terms);
    require_whole(case, terms, &given)?;
    let HandOffTerms { department, team, person, .. } = terms.clone();
    let payload = Payload::Offered(OfferTerms { department, team, person, given });
    Ok(Draft::new("handoff.offered", payload).saying(words(terms)).into())
}

fn require_no_offer(case: &Case<'_>) -> Result<(), Refusal> {
    let Some(offer) = &case.issue.custody.offer else { return Ok(()) };
    let to = offered_to(offer);
    Err(Refusal::new(
        RefusalCode::OfferOpen,
        format!("it is offered to {to} since {}", who::at(offer.since.at)),
        format!("wait for the answer of {to}, or withdraw that offer first"),
    )
    .could([to])
    .about([offer.id]))
}

/// Two departments that pass it to and fro are stopped by a third (F37b).
fn require_not_bounced(case: &Case<'_>) -> Result<(), Refusal> {
    let bounces = case.issue.custody.bounces;
    if bounces < BOUNCES {
        return Ok(());
    }
    let arbiter = case.context.arbiter_of(case.department());
    Err(Refusal::new(
        RefusalCode::Bounced,
        format!("it was offered and declined {bounces} times"),
        format!("ask the {arbiter} to assign it"),
    )
    .could([arbiter]))
}

fn require_elsewhere(case: &Case<'_>, terms: &HandOffTerms) -> Result<(), Refusal> {
    let here = terms.department == *case.department();
    let team = terms.team.as_deref().is_none_or(|team| case.shown.owner.holding.team() == Some(team));
    if !here || !team {
        return Ok(());
    }
    let place = who::place(case.department(), case.shown.owner.holding.team(), None);
    Err(Refusal::new(
        RefusalCode::Already,
        format!("{place} has it already"),
        "assign it within the team, or name another team or department",
    ))
}

/// Whatever is missing, at once.
fn require_whole(case: &Case<'_>, terms: &HandOffTerms, given: &[String]) -> Result<(), Refusal> {
    let missing = missing(&terms.department, given, case.context.directory, case.context.at);
    if missing.is_empty() {
        return Ok(());
    }
    let fields = missing.join(", ");
    Err(Refusal::new(
        RefusalCode::MissingHandOffFields,
        format!("{} does not take an issue without {fields}", terms.department),
        format!("fill in {fields} and offer it again"),
    )
    .about(missing))
}

/// The caller takes it, and says back what they took (after I-PASS) where it matters.
pub(super) fn accept(case: &Case<'_>, read_back: &str) -> Result<Decision, Refusal> {
    let person = case.context.require_person("take an issue")?;
    case.context.require_active("person", person)?;
    case.require_open("take it")?;
    require_not_ours_yet(case)?;
    let offer = require_ours(case)?;
    case.context.require_department("department", &offer.department)?;
    require_addressee(case, offer)?;
    require_read_back(case, offer, read_back)?;
    let said = !read_back.trim().is_empty();
    let payload = Payload::OfferAccepted { person: person.clone(), read_back: said };
    Ok(Draft::new("handoff.accepted", payload).saying(Words::none().text("readback", read_back)).into())
}

/// Taken twice: the first time was enough.
fn require_not_ours_yet(case: &Case<'_>) -> Result<(), Refusal> {
    let holder = case.holder().filter(|holder| case.context.is_caller(holder));
    match (holder, &case.issue.custody.offer) {
        (Some(_), None) => {
            let why = format!("you took it on {}", who::at(case.since()));
            Err(Refusal::new(RefusalCode::Already, why, "go on with it"))
        }
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

/// The open offer, if it is to the caller's department.
fn require_ours<'a>(case: &Case<'a>) -> Result<&'a Offer, Refusal> {
    let context = case.context;
    let (why, could) = match &case.issue.custody.offer {
        Some(offer) if context.speaks_for(&offer.department) => return Ok(offer),
        Some(offer) => {
            let to = offered_to(offer);
            (format!("it is offered to {to} since {}", who::at(offer.since.at)), vec![to])
        }
        None => (format!("it is offered to nobody; {} has it", case.owner()), Vec::new()),
    };
    let ours = &context.principal.department;
    let next = format!("ask {} to offer it to {ours}", case.owner());
    Err(Refusal::new(RefusalCode::NotOffered, why, next).could(could).could(case.owner_side()))
}

/// Offered to somebody by name, it is theirs to take, while they are there; or their head's.
fn require_addressee(case: &Case<'_>, offer: &Offer) -> Result<(), Refusal> {
    let context = case.context;
    let theirs = |person: &&Person| context.directory.is_active(person, context.at);
    let Some(person) = offer.person.as_ref().filter(theirs) else { return Ok(()) };
    if context.is_caller(person) || context.leads(&offer.department) {
        return Ok(());
    }
    let head = context.head_of(&offer.department);
    Err(Refusal::new(
        RefusalCode::NotOffered,
        format!("it is offered to {} since {}", person.account, who::at(offer.since.at)),
        format!("let {} accept it, or ask the {head}", person.account),
    )
    .could([offered_to(offer), head]))
}

fn require_read_back(case: &Case<'_>, offer: &Offer, read_back: &str) -> Result<(), Refusal> {
    let severe = case.issue.severity().rank() <= 2;
    if !case.issue.asks_read_back(offer) || read_back.trim().chars().count() >= READ_BACK_CHARS {
        return Ok(());
    }
    let why = if severe {
        format!("it is of severity {}", case.issue.severity().rank())
    } else {
        format!("the offer lacks {}", offer.missing.join(", "))
    };
    Err(Refusal::new(
        RefusalCode::NoReadBack,
        format!("{why}, and what it is about was not said back"),
        format!("say in your own words, in {READ_BACK_CHARS} characters or more, how it stands and what you do next"),
    )
    .about(["read_back"]))
}

pub(super) fn decline(
    case: &Case<'_>,
    code: DeclineCode,
    missing: &[String],
    instead: Option<&Department>,
    reason: &str,
) -> Result<Decision, Refusal> {
    let offer = require_ours(case)?;
    match code {
        DeclineCode::WrongDepartment => require_suggestion(case, offer, instead)?,
        DeclineCode::MissingInfo if missing.iter().all(|field| field.trim().is_empty()) => {
            required::text("missing", "which information is missing", "")?;
        }
        DeclineCode::MissingInfo => {}
        DeclineCode::NoCapacity | DeclineCode::NotIssue => required::reason(reason)?,
    }
    let words =
        Words::none().text("reason_code", code.word()).list("missing", missing).text("reason", reason);
    let payload = Payload::OfferDeclined { instead: instead.cloned() };
    Ok(Draft::new("handoff.declined", payload).saying(words).into())
}

/// "Not ours" has to say whose.
fn require_suggestion(case: &Case<'_>, offer: &Offer, instead: Option<&Department>) -> Result<(), Refusal> {
    let Some(instead) = instead else {
        return required::text("suggested_department", "which department it is for", "");
    };
    case.context.require_department("suggested_department", instead)?;
    if *instead == offer.department {
        let why = format!("{instead} declines it and names itself");
        let next = "name the department that it is for, or decline for another reason";
        return Err(required::out_of_range("suggested_department", why, next.to_owned()));
    }
    Ok(())
}

pub(super) fn withdraw(case: &Case<'_>, reason: &str) -> Result<Decision, Refusal> {
    if case.issue.custody.offer.is_none() {
        let why = format!("it is offered to nobody; {} has it", case.owner());
        return Err(Refusal::new(RefusalCode::UnknownRef, why, "look at the issue: the offer was answered"));
    }
    case.require_owner("withdraw the offer")?;
    let words = Words::none().text("reason", reason);
    Ok(Draft::new("handoff.withdrawn", Payload::OfferWithdrawn).saying(words).into())
}

fn offered_to(offer: &Offer) -> String {
    who::place(&offer.department, offer.team.as_deref(), offer.person.as_ref())
}
