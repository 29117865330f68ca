//! Resolving and closing (`domain.md` 4.4 T8 and T9, F04): only what was acknowledged, answered and reviewed, and closed on the
//! customer's word.

use super::{
    super::{Decision, Draft, ResolutionKind, Said, Words},
    case::Case,
    required::{self, no_proof},
    who, workaround,
};
use crate::{Assist, Basis, Payload, Refusal, RefusalCode, Standing, Verdict, Workaround};

/// How often a customer who does not answer is asked before an issue is closed.
const ATTEMPTS: u32 = 2;

pub(super) fn resolve(
    case: &Case<'_>,
    kind: ResolutionKind,
    summary: &str,
    root_cause: Option<&str>,
    customer_told: bool,
) -> Result<Decision, Refusal> {
    case.require_original("resolve it")?;
    match case.issue.standing {
        Standing::Open => {}
        Standing::Resolved { .. } | Standing::Closed { .. } => return Err(case.stands_already()),
        Standing::Withdrawn { .. } => return Err(case.wrong_standing("resolve it")),
    }
    case.require_owner("resolve it")?;
    required::text("summary", "what was done", summary)?;
    require_done(case)?;
    require_kind(case, kind, customer_told)?;
    let words = Words::none()
        .text("res_kind", kind.word())
        .text("summary", summary)
        .maybe("root_cause", root_cause)
        .flag("customer_told", customer_told);
    Ok(Draft::new("issue.resolved", Payload::Resolved).saying(words).into())
}

/// Nobody waits for an answer that is not there yet.
fn require_done(case: &Case<'_>) -> Result<(), Refusal> {
    if case.issue.acknowledged.is_none() {
        let why = "nobody acknowledged it: the customer does not know that it was heard";
        let next = "tell the customer who owns it, and acknowledge it first";
        return Err(Refusal::new(RefusalCode::NotAcknowledged, why, next).could([case.owner()]));
    }
    let work = &case.issue.work;
    if let Some(assist) = work.assists.iter().find(|assist| assist.is_open() && assist.terms.blocking) {
        return Err(assist_open(assist));
    }
    match work.workarounds.iter().find(|workaround| workaround.verdict.is_none()) {
        Some(workaround) => Err(unreviewed(case, workaround)),
        None => Ok(()),
    }
}

fn assist_open(assist: &Assist) -> Refusal {
    let asked = who::place(&assist.terms.department, None, assist.terms.person.as_ref());
    let (from, since) = (&assist.from, who::at(assist.since.at));
    Refusal::new(
        RefusalCode::AssistOpen,
        format!("{asked} owes {from} an answer since {since}: {}", assist.terms.question),
        format!("get the answer of {asked}, or let {from} take the question back"),
    )
    .could([asked])
    .about([assist.id])
}

fn unreviewed(case: &Case<'_>, workaround: &Workaround) -> Refusal {
    let (from, since) = (&workaround.from, who::at(workaround.since.at));
    let reviewers = workaround::reviewers(case, workaround);
    Refusal::new(
        RefusalCode::UnreviewedFix,
        format!("nobody reviewed the quick fix of {from} of {since}: {}", workaround.terms.description),
        format!("let {} review it", reviewers.join(" or ")),
    )
    .could(reviewers)
    .about([workaround.id])
}

/// What each way of resolving takes on top.
fn require_kind(case: &Case<'_>, kind: ResolutionKind, customer_told: bool) -> Result<(), Refusal> {
    match kind {
        ResolutionKind::Fixed | ResolutionKind::NoFaultFound | ResolutionKind::Goodwill => Ok(()),
        ResolutionKind::Workaround => require_safe(case),
        ResolutionKind::WontFix => require_head_and_told(case, customer_told),
        // How often the customer was asked is for who reads the timeline; the state tells that an answer is awaited.
        ResolutionKind::NoResponse if case.issue.waiting.customer.is_some() => Ok(()),
        ResolutionKind::NoResponse => Err(no_proof(
            "nothing waits for the customer: they were not asked, or answered",
            "ask the customer, and resolve it once they did not answer three times",
        )),
    }
}

/// A way around that its review found wanting is no resolution.
fn require_safe(case: &Case<'_>) -> Result<(), Refusal> {
    let wanting = |workaround: &&Workaround| match workaround.verdict {
        Some(Verdict::NeedsFix | Verdict::Unsafe) => true,
        Some(Verdict::Safe) | None => false,
    };
    let Some(workaround) = case.issue.work.workarounds.iter().find(wanting) else { return Ok(()) };
    let why = format!("its review asks for a real fix: {}", workaround.terms.description);
    let next = "fix it and resolve it as fixed, or apply a workaround that its review finds safe";
    Err(Refusal::new(RefusalCode::UnreviewedFix, why, next).about([workaround.id]))
}

fn require_head_and_told(case: &Case<'_>, customer_told: bool) -> Result<(), Refusal> {
    let department = case.department();
    if !case.context.leads(department) {
        let head = case.context.head_of(department);
        let why = format!("that it will not be fixed is for the {head} to say");
        return Err(Refusal::new(RefusalCode::Unauthorized, why, format!("ask the {head}"))
            .could([head, case.context.arbiter_of(department)]));
    }
    if customer_told {
        return Ok(());
    }
    let why = "the customer was not told that it will not be fixed";
    Err(no_proof(why, "tell the customer, and say so").about(["customer_told"]))
}

/// On the customer's word, or after they did not answer.
pub(super) fn close(
    case: &Case<'_>,
    basis: Basis,
    contact: Option<&str>,
    attempts: u32,
) -> Result<Decision, Refusal> {
    case.require_original("close it")?;
    match case.issue.standing {
        Standing::Resolved { .. } if case.context.speaks_for(&case.issue.heard_in) => {}
        Standing::Open | Standing::Resolved { .. } => case.require_owner("close it")?,
        Standing::Closed { .. } => return Err(case.stands_already()),
        Standing::Withdrawn { .. } => return Err(case.wrong_standing("close it")),
    }
    require_done(case)?;
    require_basis(basis, contact, attempts)?;
    let words = Words::none().maybe("contact", contact);
    let words = match basis {
        Basis::Unanswered => words.with("attempts", Said::Number(attempts.into())),
        Basis::Confirmed | Basis::Source => words,
    };
    Ok(Draft::new("issue.closed", Payload::Closed(basis)).saying(words).into())
}

fn require_basis(basis: Basis, contact: Option<&str>, attempts: u32) -> Result<(), Refusal> {
    match basis {
        Basis::Confirmed if contact.is_none_or(|contact| contact.trim().is_empty()) => Err(no_proof(
            "it does not say who at the customer's said that it is done",
            "name the contact who said so",
        )
        .about(["contact"])),
        Basis::Unanswered if attempts < ATTEMPTS => Err(no_proof(
            &format!("the customer was asked {attempts} of the {ATTEMPTS} times that it takes"),
            "ask the customer again, and say how often you did",
        )
        .about(["attempts"])),
        Basis::Source => Err(no_proof(
            "only a tool's own event closes an issue on the tool's word",
            "say who at the customer's confirmed it, or how often they were asked",
        )
        .about(["basis"])),
        Basis::Confirmed | Basis::Unanswered => Ok(()),
    }
}
