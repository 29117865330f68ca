//! Waiting for the customer: only after they were asked, and can prove it (`domain.md` 4.4 T3).

use jiff::Timestamp;

use super::{
    super::{Decision, Draft, Words},
    case::Case,
    required, who,
};
use crate::{Assist, Payload, Refusal, RefusalCode};

pub(super) fn ask(
    case: &Case<'_>,
    question: &str,
    channel: Option<&str>,
    sent_at: Option<Timestamp>,
    message_ref: Option<&str>,
) -> Result<Decision, Refusal> {
    case.require_open("wait for the customer")?;
    require_working(case)?;
    if case.issue.acknowledged.is_none() {
        let why = "nobody acknowledged it, and a question is no answer";
        let next = "tell the customer who owns it, and acknowledge it first";
        return Err(Refusal::new(RefusalCode::NotAcknowledged, why, next).could([case.owner()]));
    }
    required::text("question", "what the customer is asked", question)?;
    require_sent(case, channel, sent_at)?;
    let words = Words::none()
        .text("question", question)
        .maybe("channel", channel)
        .time("sent_at", sent_at)
        .maybe("message_ref", message_ref);
    let payload = Payload::CustomerAsked { proven: true };
    Ok(Draft::new("issue.customer_input_requested", payload).saying(words).into())
}

/// The owner, or a department that helps.
fn require_working(case: &Case<'_>) -> Result<(), Refusal> {
    let helps = |assist: &Assist| assist.is_open() && case.context.speaks_for(&assist.terms.department);
    if case.issue.work.assists.iter().any(helps) {
        return Ok(());
    }
    case.require_owner("let it wait for the customer")
}

fn require_sent(case: &Case<'_>, channel: Option<&str>, sent_at: Option<Timestamp>) -> Result<(), Refusal> {
    let mut missing = Vec::new();
    if channel.is_none_or(|channel| channel.trim().is_empty()) {
        missing.push("channel");
    }
    if sent_at.is_none_or(|sent_at| sent_at > case.context.now) {
        missing.push("sent_at");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let why = match sent_at.filter(|sent_at| *sent_at > case.context.now) {
        Some(sent_at) => format!("the question is to go out on {}", who::at(sent_at)),
        None => "nothing says that the question went out".to_owned(),
    };
    let next = "send the question, then say by which channel and when";
    Err(Refusal::new(RefusalCode::PauseUnproven, why, next).about(missing))
}
