//! Taking an issue, giving it to somebody, giving it back (`contract.md` 4, `domain.md` 4.7).

use super::{
    super::{Decision, Draft, Words},
    case::Case,
    required, who,
};
use crate::{Assignment, Holding, Named, Payload, Person, Refusal, RefusalCode};

/// The caller takes what is at their department and nobody's. Whoever overrules others does it by assigning.
pub(super) fn accept(case: &Case<'_>) -> Result<Decision, Refusal> {
    let person = case.context.require_person("take an issue")?;
    case.context.require_active("person", person)?;
    case.require_alive("take it")?;
    require_at_our_desk(case)?;
    require_free(case)?;
    let payload = Payload::Accepted { person: person.clone(), department: None };
    Ok(Draft::new("owner.accepted", payload).into())
}

fn require_at_our_desk(case: &Case<'_>) -> Result<(), Refusal> {
    let context = case.context;
    if context.speaks_for(case.department()) {
        return Ok(());
    }
    if let Some(offer) =
        case.issue.custody.offer.as_ref().filter(|offer| context.speaks_for(&offer.department))
    {
        return Err(Refusal::new(
            RefusalCode::OfferOpen,
            format!("it was offered to {} on {}", offer.department, who::at(offer.since.at)),
            "accept the hand-off, and say back what it is about and what comes next",
        )
        .about([offer.id]));
    }
    let owner = case.owner();
    Err(Refusal::new(
        RefusalCode::NotOffered,
        format!("it is with {owner} and was not offered to {}", context.principal.department),
        format!("ask {owner} to offer it to {}", context.principal.department),
    )
    .could(case.owner_side()))
}

fn require_free(case: &Case<'_>) -> Result<(), Refusal> {
    let Some(holder) = case.holder() else { return Ok(()) };
    let since = who::at(case.since());
    if case.context.is_caller(holder) {
        let why = format!("you took it on {since}");
        return Err(Refusal::new(RefusalCode::Already, why, "go on with it"));
    }
    let account = &holder.account;
    Err(Refusal::new(
        RefusalCode::Taken,
        format!("{account} took it on {since}"),
        format!(
            "take another one, or ask {account} or the {} to assign it to you",
            case.context.head_of(case.department())
        ),
    )
    .could(case.owner_side()))
}

/// At once to the one named. To another department only by who overrules the owner: others offer a hand-off.
pub(super) fn assign(case: &Case<'_>, to: &Assignment, reason: &str) -> Result<Decision, Refusal> {
    let department = to.department.as_ref().unwrap_or_else(|| case.department());
    case.require_alive("assign it")?;
    require_assigner(case, to)?;
    required::reason(reason)?;
    case.context.require_department("department", department)?;
    to.person.as_ref().map(|person| case.context.require_active("person", person)).transpose()?;
    let to = Assignment { department: Some(department.clone()), ..to.clone() };
    require_other(case, &to)?;
    let words = Words::none().text("reason", reason);
    Ok(Draft::new("owner.assigned", Payload::Assigned(to)).saying(words).into())
}

fn require_assigner(case: &Case<'_>, to: &Assignment) -> Result<(), Refusal> {
    let department = case.department();
    let moves = to.department.as_ref().is_some_and(|to| to != department);
    if !moves {
        return case.require_owner("assign it");
    }
    if case.context.leads(department) {
        return Ok(());
    }
    let [_, head, arbiter] = case.owner_side();
    Err(Refusal::new(
        RefusalCode::NotOwner,
        format!("only the {head} or the {arbiter} moves it to another department at once"),
        "offer a hand-off to that department instead, or ask one of them",
    )
    .could([head, arbiter]))
}

/// Not to who has it: a provisional owner named again changes nothing, and one who took it would lose it.
fn require_other(case: &Case<'_>, to: &Assignment) -> Result<(), Refusal> {
    let owner = &case.shown.owner;
    let same_person = match (owner.holding.person(), &to.person) {
        (Some(one), Some(other)) => case.context.same(one, other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let same_team = match &to.team {
        Some(team) => owner.holding.team() == Some(team),
        None => to.person.is_some() || owner.holding.team().is_none(),
    };
    if case.shown.was.is_some()
        || !same_person
        || !same_team
        || to.department.as_ref() != Some(&owner.department)
    {
        return Ok(());
    }
    let why = format!("it is with {} since {}", case.owner(), who::at(case.since()));
    Err(Refusal::new(RefusalCode::Already, why, "name somebody else, or leave it"))
}

/// Back to the desk of the same department.
pub(super) fn decline(case: &Case<'_>, reason: &str) -> Result<Decision, Refusal> {
    case.require_alive("give it back")?;
    require_named(case)?;
    required::reason(reason)?;
    let words = Words::none().text("reason", reason);
    Ok(Draft::new("owner.declined", Payload::Declined).saying(words).into())
}

/// Whom an issue is with gives it back; a head or arbiter does it for them.
fn require_named(case: &Case<'_>) -> Result<(), Refusal> {
    let context = case.context;
    let may = |person: &Person| context.is_caller(person) || context.leads(case.department());
    let allowed = match &case.shown.owner.holding {
        Holding::Desk => {
            let why = format!("it is with {} since {}", case.owner(), who::at(case.since()));
            return Err(Refusal::new(RefusalCode::Already, why, "take it or assign it"));
        }
        Holding::Provisional(Named::Team(_)) => case.is_owner(),
        Holding::Provisional(Named::Person { person, .. }) | Holding::Accepted { person, .. } => may(person),
    };
    if allowed {
        return Ok(());
    }
    let owner = case.owner();
    Err(Refusal::new(
        RefusalCode::NotOwner,
        format!("only {owner} can give it back, who has it since {}", who::at(case.since())),
        format!("ask {owner}, or the {} to assign it", context.head_of(case.department())),
    )
    .could(case.owner_side()))
}
