//! Signals: what was noticed before it became an issue, and what became of it (F31).

use jiff::Timestamp;

use super::{
    super::{Decision, Draft, Said, SignalTerms, Target, Words},
    case::no_issue,
    required,
};
use crate::{Payload, Refusal};

const ACTIONS: [&str; 4] = ["issue_opened", "planned", "noted", "rejected"];

pub(super) fn observe(target: &Target<'_>, terms: &SignalTerms) -> Result<Decision, Refusal> {
    require_place(target)?;
    if !(-1..=1).contains(&terms.polarity) {
        let why = format!("{} is no polarity", terms.polarity);
        return Err(required::out_of_range("polarity", why, "say -1 (bad), 0 or 1 (good)".to_owned()));
    }
    required::text("theme", "what it is about", &terms.theme)?;
    required::text("summary", "what was noticed", &terms.summary)?;
    let words = Words::none()
        .with("polarity", Said::Number(terms.polarity))
        .text("theme", &terms.theme)
        .text("summary", &terms.summary)
        .maybe("urgency", terms.urgency.as_deref());
    Ok(Draft::new("signal.observed", Payload::Noted).saying(words).into())
}

/// What is done about a signal is said with a reason, whatever it is.
pub(super) fn disposition(
    target: &Target<'_>,
    signal: &str,
    action: &str,
    reason: &str,
    told_observer_at: Option<Timestamp>,
) -> Result<Decision, Refusal> {
    require_place(target)?;
    required::text("signal", "which signal it is about", signal)?;
    required::one_of("action", action, &ACTIONS)?;
    required::reason(reason)?;
    let words = Words::none()
        .text("signal", signal)
        .text("action", action)
        .text("reason", reason)
        .time("told_observer_at", told_observer_at);
    Ok(Draft::new("signal.dispositioned", Payload::Noted).saying(words).into())
}

fn require_place(target: &Target<'_>) -> Result<(), Refusal> {
    match target {
        Target::Issue(_) | Target::Customer => Ok(()),
        Target::NewIssue => Err(no_issue()),
    }
}
