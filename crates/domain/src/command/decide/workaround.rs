//! Quick fixes, told in one call and reviewed by who owns the matter (F04, F05).

use jiff::Timestamp;

use super::{
    super::{Context, Decision, Draft, Item, ReportTerms, Target, Words},
    assist,
    case::{Case, no_issue},
    item::{Answered as _, pick},
    report, required, who,
};
use crate::{
    Assist, AssistTerms, Department, Payload, Refusal, RefusalCode, Verdict, Workaround, WorkaroundTerms,
};

/// How the question to the reviewer begins: by it the review finds the assist that it answers.
const REVIEW: &str = "Review the workaround: ";

/// What was done.
#[derive(Clone, Copy)]
pub(super) struct Patch<'a> {
    pub(super) description: &'a str,
    pub(super) done_at: Option<Timestamp>,
    pub(super) temporary: bool,
    pub(super) customer_aware: bool,
    pub(super) reviewer: Option<&'a Department>,
}

/// Without an issue it makes one, so that the fix stays in sight until it was reviewed.
pub(super) fn report(
    target: &Target<'_>,
    report: Option<&ReportTerms>,
    patch: &Patch<'_>,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    required::text("description", "what was done", patch.description)?;
    required::past("done_at", patch.done_at, context.now)?;
    let (decision, owner) = match (target, report) {
        (Target::Issue(issue), Some(terms)) => {
            (report::report(target, terms, context)?, issue.custody.owner.department.clone())
        }
        (Target::Issue(issue), None) => {
            let case = Case::new(issue, context);
            case.require_alive("patch it")?;
            let nothing = Decision { drafts: Vec::new(), defaulted: Vec::new() };
            (nothing, case.department().clone())
        }
        (Target::NewIssue | Target::Customer, Some(terms)) => {
            (report::reported(terms, context)?, context.principal.department.clone())
        }
        (Target::NewIssue | Target::Customer, None) => return Err(no_issue()),
    };
    let reviewer = patch.reviewer.unwrap_or(&owner);
    context.require_department("reviewer", reviewer)?;
    let decision = decision.and(applied(patch, context.now)).and(asked(patch, reviewer));
    Ok(filled(decision, patch, reviewer))
}

fn applied(patch: &Patch<'_>, now: Timestamp) -> Draft {
    let terms = WorkaroundTerms { description: patch.description.to_owned(), done_at: patch.done_at };
    let words = Words::none()
        .flag("temporary", patch.temporary)
        .flag("customer_aware", patch.customer_aware)
        .time("disclosed_at", Some(now));
    Draft::new("workaround.applied", Payload::WorkaroundApplied(terms)).saying(words)
}

/// It does not block on its own: the fix blocks until it is reviewed.
fn asked(patch: &Patch<'_>, reviewer: &Department) -> Draft {
    let terms = AssistTerms {
        department: reviewer.clone(),
        person: None,
        question: format!("{REVIEW}{}", patch.description),
        due: None,
        blocking: false,
    };
    Draft::new("assist.requested", Payload::AssistRequested(terms))
}

fn filled(decision: Decision, patch: &Patch<'_>, reviewer: &Department) -> Decision {
    let decision = match patch.done_at {
        Some(_) => decision,
        None => decision.filled("done_at", "not said"),
    };
    match patch.reviewer {
        Some(_) => decision,
        None => decision.filled("reviewer", reviewer.as_str()),
    }
}

pub(super) fn review(
    case: &Case<'_>,
    item: &Item,
    verdict: Verdict,
    note: Option<&str>,
) -> Result<Decision, Refusal> {
    let unreviewed = |workaround: &Workaround| workaround.verdict.is_none();
    let workaround = pick(&case.issue.work.workarounds, item, unreviewed)?;
    if let Some(verdict) = workaround.verdict {
        let why = format!("it was reviewed already: {}", word(verdict));
        let next = "tell the owner in a note if that is wrong";
        return Err(Refusal::new(RefusalCode::Already, why, next).about([workaround.id]));
    }
    require_reviewer(case, workaround)?;
    let words = Words::none().maybe("note", note);
    let payload = Payload::WorkaroundReviewed { item: workaround.named(), verdict };
    let decision = Decision::from(Draft::new("workaround.reviewed", payload).saying(words));
    Ok(match asks_for(case, workaround).find(|assist| case.context.speaks_for(&assist.terms.department)) {
        Some(assist) => decision.and(assist::answered(assist.named(), false, word(verdict))),
        None => decision,
    })
}

/// The owner's department, or one that was asked; who did it reviews it only if the matter is their own.
fn require_reviewer(case: &Case<'_>, workaround: &Workaround) -> Result<(), Refusal> {
    let context = case.context;
    let asked = |assist: &Assist| context.speaks_for(&assist.terms.department);
    let did_it = context.speaks_for(&workaround.from);
    let may = context.speaks_for(case.department()) || !did_it && asks_for(case, workaround).any(asked);
    if may {
        return Ok(());
    }
    let could = reviewers(case, workaround);
    let names = could.join(" or ");
    let did = format!("{} did it on {}", workaround.from, who::at(workaround.since.at));
    Err(Refusal::new(
        RefusalCode::NotAsked,
        format!("{did}, and {names} is to review it"),
        format!("ask {names} to review it"),
    )
    .could(could)
    .about([workaround.id]))
}

/// The departments that may review it: those asked, but for the one that did it, and the owner's.
pub(super) fn reviewers(case: &Case<'_>, workaround: &Workaround) -> Vec<String> {
    let asked = asks_for(case, workaround).map(|assist| &assist.terms.department);
    let mut names: Vec<_> =
        asked.filter(|asked| **asked != workaround.from).map(ToString::to_string).collect();
    names.push(case.department().to_string());
    names.dedup();
    names
}

/// The open questions to review it.
fn asks_for<'a>(case: &Case<'a>, workaround: &'a Workaround) -> impl Iterator<Item = &'a Assist> {
    case.issue.work.assists.iter().filter(|assist| {
        assist.is_open()
            && assist.from == workaround.from
            && assist.since.at >= workaround.since.at
            && assist.terms.question.starts_with(REVIEW)
    })
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::NeedsFix => "it needs a real fix",
        Verdict::Unsafe => "unsafe",
    }
}
