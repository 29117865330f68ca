//! What was said to and by the customer, and the calls that nobody took (F07, F18).

use jiff::Timestamp;

use super::{
    super::{ContactTerms, Context, Decision, Draft, MissedTerms, Target, Words},
    case::{Case, no_issue},
    promise, report, required, who,
};
use crate::{Missed, Payload, PromiseOrigin, Purpose, Refusal, Report, Severity, Talk};

const DIRECTIONS: [&str; 2] = ["inbound", "outbound"];
const PURPOSES: [&str; 8] =
    ["service", "relationship", "project", "renewal", "upsell", "collections", "survey", "marketing"];
const MISSED: [&str; 4] = ["call", "voicemail", "mail", "chat"];

/// The owner tells the customer how it stands.
pub(super) fn update(
    case: &Case<'_>,
    channel: Option<&str>,
    summary: &str,
    next_update_due: Option<Timestamp>,
) -> Result<Decision, Refusal> {
    let by = case.context.require_person("tell the customer")?;
    case.require_owner("tell the customer how it stands")?;
    required::text("summary", "what the customer was told", summary)?;
    let due = required::next_due("next_update_due", next_update_due, case.context.now)?;
    let words = Words::none().maybe("channel", channel).text("summary", summary).time("next_update_due", due);
    let sent = Draft::new("issue.update_sent", Payload::Noted).saying(words);
    Ok(promise::with_next_update(sent.into(), None, by, due))
}

/// Of an issue, or of a customer.
pub(super) fn log(target: &Target<'_>, terms: &ContactTerms) -> Result<Decision, Refusal> {
    match target {
        Target::Issue(_) | Target::Customer => {}
        Target::NewIssue => return Err(no_issue()),
    }
    required::one_of("direction", &terms.direction, &DIRECTIONS)?;
    required::one_of("purpose", &terms.purpose, &PURPOSES)?;
    required::text("channel", "by which channel", &terms.channel)?;
    let talk = Talk { two_way: terms.two_way, auto: false, purpose: Purpose::parse(&terms.purpose) };
    let words = Words::none()
        .text("direction", &terms.direction)
        .text("channel", &terms.channel)
        .maybe("contact", terms.contact.as_deref())
        .maybe("summary", terms.summary.as_deref());
    Ok(Draft::new("contact.logged", Payload::ContactLogged(talk)).saying(words).into())
}

/// A report where no issue is named (`contract.md` 1), else a line in the timeline.
pub(super) fn missed(
    target: &Target<'_>,
    terms: &MissedTerms,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    required::one_of("channel", &terms.channel, &MISSED)?;
    let due = required::next_due("callback_due", terms.callback_due, context.now)?;
    let payload = match target {
        Target::Issue(_) => Payload::Noted,
        Target::NewIssue | Target::Customer => Payload::Reported(unanswered(terms)),
    };
    let words = Words::none()
        .text("channel", &terms.channel)
        .maybe("mailbox", terms.mailbox.as_deref())
        .maybe("transcript", terms.transcript.as_deref());
    let decision = Decision::from(Draft::new("contact.missed", payload).saying(words));
    let Some(due) = due else { return Ok(decision) };
    let by = report::caller_present(context);
    let promise = promise::made("Call the customer back", None, by, due, PromiseOrigin::Callback);
    Ok(decision.and(promise).filled("promise", format!("to call back by {}", who::at(due))))
}

fn unanswered(terms: &MissedTerms) -> Report {
    Report {
        title: format!("Missed {}", terms.channel),
        severity: Severity::Unassessed,
        severity_word: None,
        heard_by: None,
        safety: false,
        restricted: None,
        missed: Some(Missed { channel: Some(terms.channel.clone()), mailbox: terms.mailbox.clone() }),
    }
}
