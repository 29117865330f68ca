//! What a command has to say: reasons and dates.

use jiff::Timestamp;

use crate::{Refusal, RefusalCode};

/// A text that may not be missing; `what` it tells, such as `what was done`.
pub(super) fn text(field: &'static str, what: &str, text: &str) -> Result<(), Refusal> {
    if !text.trim().is_empty() {
        return Ok(());
    }
    let (why, next) = (format!("it does not say {what}"), format!("say {what}"));
    Err(Refusal::new(RefusalCode::NoReason, why, next).about([field]))
}

/// Why.
pub(super) fn reason(text: &str) -> Result<(), Refusal> {
    self::text("reason", "why", text)
}

/// One of the words that a field may hold.
pub(super) fn one_of(field: &'static str, said: &str, words: &[&str]) -> Result<(), Refusal> {
    if words.contains(&said) {
        return Ok(());
    }
    let words = words.join(", ");
    Err(out_of_range(field, format!("`{said}` is none of {words}"), format!("say one of {words}")))
}

pub(super) fn out_of_range(field: &'static str, why: String, next: String) -> Refusal {
    Refusal::new(RefusalCode::Range, why, next).about([field])
}

/// The customer's word is missing, or the attempts to get it.
pub(super) fn no_proof(why: &str, next: &str) -> Refusal {
    Refusal::new(RefusalCode::NoProof, why, next)
}

/// What is told about the past did not happen yet.
pub(super) fn past(field: &'static str, time: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match time {
        Some(time) if time > now => Err(out_of_range(
            field,
            format!("{} is still to come", super::who::at(time)),
            "say when it happened".to_owned(),
        )),
        Some(_) | None => Ok(()),
    }
}

/// A due date that may not be missing (F14).
pub(super) fn due(field: &'static str, due: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(due) = due else {
        let why = "it has no due date, and what is due at no time is due never";
        return Err(Refusal::new(RefusalCode::NoDue, why, "say by when, with a date").about([field]));
    };
    ahead(field, due, now)
}

/// A due date that may be missing.
pub(super) fn next_due(
    field: &'static str,
    due: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    due.map(|due| ahead(field, due, now)).transpose()
}

fn ahead(field: &'static str, due: Timestamp, now: Timestamp) -> Result<Timestamp, Refusal> {
    if due > now {
        return Ok(due);
    }
    let why = format!("{} is past", super::who::at(due));
    Err(Refusal::new(RefusalCode::PastDue, why, "name a day to come").about([field]))
}
