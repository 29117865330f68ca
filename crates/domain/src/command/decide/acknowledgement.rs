//! Acknowledging: a person tells the customer who owns the issue (`domain.md` 4.6).

use jiff::Timestamp;

use super::{
    super::{Decision, Draft, Said, Words},
    case::Case,
    promise, required, who,
};
use crate::{Payload, Person, Refusal, RefusalCode};

pub(super) fn acknowledge(
    case: &Case<'_>,
    channel: Option<&str>,
    to: Option<&str>,
    summary: Option<&str>,
    next_update_due: Option<Timestamp>,
) -> Result<Decision, Refusal> {
    let by = case.context.require_person("tell the customer")?;
    case.require_unsettled("acknowledge it")?;
    require_unacknowledged(case)?;
    let due = required::next_due("next_update_due", next_update_due, case.context.now)?;
    let words = Words::none().maybe("to_contact", to).maybe("summary", summary);
    let words = match case.shown.owner.holding.person() {
        Some(owner) => words.with("named_owner", person(owner)),
        None => words,
    };
    let channel = channel.filter(|channel| !channel.trim().is_empty()).map(ToOwned::to_owned);
    let acknowledged =
        Draft::new("issue.acknowledged", Payload::Acknowledged { channel, next: due }).saying(words);
    Ok(promise::with_next_update(acknowledged.into(), to, by, due))
}

/// Once is enough, until the issue comes back.
fn require_unacknowledged(case: &Case<'_>) -> Result<(), Refusal> {
    let Some(known) = case.issue.acknowledged.as_ref().filter(|_| case.issue.reopens == 0) else {
        return Ok(());
    };
    Err(Refusal::new(
        RefusalCode::Already,
        format!("{} acknowledged it on {}", who::somebody(known.by.as_ref()), who::at(known.at)),
        "send an update if the customer is to hear more",
    ))
}

fn person(person: &Person) -> Said {
    let mut members = vec![
        ("system".to_owned(), Said::Text(person.account.system.clone())),
        ("id".to_owned(), Said::Text(person.account.id.clone())),
    ];
    members.extend(person.name.clone().map(|name| ("name".to_owned(), Said::Text(name))));
    Said::Members(members)
}
