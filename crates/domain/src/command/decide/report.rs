//! Reports: whose, what and who heard it suffice, and nothing else is a reason to lose a complaint (F02, F06).

use super::{
    super::{Context, Decision, Draft, ReportTerms, Target, Words},
    required, who,
};
use crate::{Issue, Payload, Person, Refusal, RefusalCode, Report, Severity, cut, limits};

pub(super) fn report(
    target: &Target<'_>,
    terms: &ReportTerms,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    match target {
        Target::Issue(issue) => require_unreported(issue)?,
        Target::NewIssue | Target::Customer => {}
    }
    reported(terms, context)
}

/// The report of an issue that there is not yet.
pub(super) fn reported(terms: &ReportTerms, context: &Context<'_>) -> Result<Decision, Refusal> {
    required::text("text", "what the customer complains about", &terms.text)?;
    for department in terms.restricted.iter().flat_map(|restricted| &restricted.departments) {
        context.require_department("restricted.departments", department)?;
    }
    let heard_by = terms.heard_by.as_ref().or_else(|| caller_present(context));
    let payload = Payload::Reported(Report {
        title: title(&terms.text),
        severity: terms.severity,
        severity_word: None,
        heard_by: heard_by.cloned(),
        safety: terms.safety,
        restricted: terms.restricted.clone(),
        missed: None,
    });
    let decision = Decision::from(Draft::new("issue.reported", payload).saying(words(terms)));
    Ok(filled(decision, terms, heard_by))
}

/// What was left out, so that the caller sees what was taken instead.
fn filled(decision: Decision, terms: &ReportTerms, heard_by: Option<&Person>) -> Decision {
    let mut decision = decision;
    if terms.customer.is_none() {
        decision = decision.filled("customer", "not known");
    }
    if terms.reference.is_none() {
        decision = decision.filled("reference", "one of its own");
    }
    if terms.severity == Severity::Unassessed {
        decision = decision.filled("severity", "unassessed, counts as 3");
    }
    if terms.heard_by.is_none() {
        decision = decision.filled(
            "heard_by",
            heard_by.map_or_else(|| "nobody by name".to_owned(), |by| by.account.to_string()),
        );
    }
    decision
}

fn words(terms: &ReportTerms) -> Words {
    Words::none()
        .text("text", &terms.text)
        .maybe("customer_severity", terms.customer_severity.as_deref())
        .maybe("channel", terms.channel.as_deref())
        .maybe("remedy_sought", terms.remedy_sought.as_deref())
}

/// The caller, unless the directory says that they are away: then the desk of their department holds the issue.
pub(super) fn caller_present<'a>(context: &Context<'a>) -> Option<&'a Person> {
    context.principal.person.as_ref().filter(|person| context.directory.is_active(person, context.at))
}

/// The first line that says something.
fn title(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let end = line.char_indices().nth(limits::TITLE_CHARS).map_or(line.len(), |(end, _)| end);
    cut(line, end).into_owned()
}

fn require_unreported(issue: &Issue) -> Result<(), Refusal> {
    let Some(reported) = &issue.reported else { return Ok(()) };
    let at = who::at(reported.at);
    let why = match issue.restricted {
        // Who asks may not be one who may read it.
        Some(_) => format!("it was reported on {at}"),
        None => format!("it was reported on {at} as `{}`", reported.title),
    };
    Err(Refusal::new(RefusalCode::Already, why, "add what is new as a note, or reopen it if it came back")
        .about([issue.id]))
}
