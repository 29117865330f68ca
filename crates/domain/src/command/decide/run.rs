//! Answers to pings, and what else somebody may ask of a run (`escalation.md` rules 3, 4 and 16). Whoever may give commands
//! may do all of it: what they are answered says how things stand.

use jiff::{SignedDuration, Timestamp};

use super::{
    super::{Decision, Draft, SeenRun, Words},
    case::Case,
    who,
};
use crate::{Department, Fired, Payload, PingId, PolicyVersion, Refusal, RefusalCode, Run, RunPhase, limits};

/// AcknowledgePing. Level-triggered: any answer counts as long as something is overdue, whichever ping of the run it is to.
pub(super) fn answer(case: &Case<'_>, ping: PingId) -> Result<Decision, Refusal> {
    let pings = &case.issue.escalation.pings;
    let Some(found) = pings.iter().find(|known| known.terms.id == ping) else {
        let why = format!("the issue keeps no ping {ping}");
        return Err(Refusal::new(RefusalCode::UnknownRef, why, "list the pings of the issue").about([ping]));
    };
    if found.terms.cycle == 0 && !case.issue.lifecycle().is_open() {
        let why =
            "nobody owes anything for the issue any more: it is resolved, closed, withdrawn or a duplicate";
        return Err(Refusal::new(RefusalCode::Already, why, "there is nothing left to answer").about([ping]));
    }
    let department = &found.terms.department;
    // Of a warning or a notice there is no run.
    let run = run_of(case, department).filter(|_| found.terms.cycle > 0);
    match run.map(|run| &run.phase) {
        Some(RunPhase::Ended { at }) => {
            let why = format!("nothing is overdue for {department} any more since {}", who::at(*at));
            Err(Refusal::new(RefusalCode::Already, why, "there is nothing left to answer").about([ping]))
        }
        Some(
            RunPhase::Stepping { .. } | RunPhase::Answered { .. } | RunPhase::Snoozed { .. },
        )
        // A warning, before anything is overdue.
        | None => Ok(Draft::new("ping.acknowledged", Payload::PingAnswered { ping }).into()),
    }
}

/// EscalateNow. Edge-triggered: who saw another step than the one that fired last is told so.
pub(super) fn escalate(
    case: &Case<'_>,
    department: Option<&Department>,
    seen: Option<SeenRun>,
) -> Result<Decision, Refusal> {
    let run = require_run(case, department)?;
    if seen.is_some_and(|seen| Some(seen) != stands(run)) {
        let next = "look who was pinged, and ask again if it still matters";
        return Err(Refusal::new(RefusalCode::Stale, moved_on(run), next));
    }
    let payload = Payload::RunEscalated { department: run.department.clone() };
    Ok(Draft::new("run.escalated", payload).into())
}

/// Snooze.
pub(super) fn snooze(
    case: &Case<'_>,
    department: Option<&Department>,
    until: Option<Timestamp>,
    reason: &str,
) -> Result<Decision, Refusal> {
    let run = require_run(case, department)?;
    let now = case.context.now;
    let Some(until) = until else {
        let why = "it is not said until when";
        return Err(Refusal::new(RefusalCode::NoDue, why, "name an instant").about(["until"]));
    };
    if until <= now {
        let why = format!("{} is past", who::at(until));
        return Err(
            Refusal::new(RefusalCode::UntilPast, why, "name an instant that is to come").about(["until"])
        );
    }
    let longest = SignedDuration::from_hours(limits::SNOOZE_HOURS);
    if until.duration_since(now) > longest {
        let why = format!("nobody is silent about it for more than {} hours", limits::SNOOZE_HOURS);
        let next = "name an earlier instant, or ask for a deferral";
        return Err(Refusal::new(RefusalCode::UntilTooFar, why, next).about(["until"]));
    }
    let words = Words::none().maybe("reason", Some(reason).filter(|reason| !reason.trim().is_empty()));
    let payload = Payload::RunSnoozed { department: run.department.clone(), until };
    Ok(Draft::new("run.snoozed", payload).saying(words).into())
}

/// MigrateOpen, of one issue. By what its department goes now; the time, the step and who answered stay.
pub(super) fn migrate(case: &Case<'_>, department: &Department, reason: &str) -> Result<Decision, Refusal> {
    let run = require_run(case, Some(department))?;
    let (directory, at) = (case.context.directory, case.context.at);
    let acting = directory.successor(department, at);
    let (document, _) = directory.policy_version(acting.as_ref().unwrap_or(department), at);
    if run.goes_by(document, directory) {
        let why = format!("the run of {department} goes by the present version of its policy already");
        return Err(Refusal::new(RefusalCode::Already, why, "there is nothing to do"));
    }
    let policy = PolicyVersion { id: document.id.clone(), position: at };
    let words = Words::none().maybe("reason", Some(reason).filter(|reason| !reason.trim().is_empty()));
    let payload = Payload::RunMigrated { department: department.clone(), policy };
    Ok(Draft::new("run.migrated", payload).saying(words).into())
}

fn run_of<'a>(case: &Case<'a>, department: &Department) -> Option<&'a Run> {
    case.issue.escalation.runs.iter().find(|run| run.department == *department)
}

/// The run that was named, or that of the owner's department, or the only one there is.
fn require_run<'a>(case: &Case<'a>, department: Option<&Department>) -> Result<&'a Run, Refusal> {
    let active = |run: &&'a Run| !matches!(run.phase, RunPhase::Ended { .. });
    let mut runs = case.issue.escalation.runs.iter().filter(active);
    let found = match department {
        Some(department) => runs.find(|run| run.department == *department),
        None => {
            let all: Vec<_> = runs.collect();
            let own = all.iter().find(|run| run.department == *case.department()).copied();
            own.or_else(|| all.first().copied().filter(|_| all.len() == 1))
        }
    };
    found.ok_or_else(|| {
        let whose = department.map_or_else(|| "anybody".to_owned(), ToString::to_string);
        let why = format!("nothing of it is overdue for {whose}, so that nobody is being pinged");
        Refusal::new(RefusalCode::UnknownRef, why, "look at its clocks, and ask the owner directly")
            .about(["department"])
    })
}

/// The cycle and the step that fired last; none after all steps, so that who saw any of them saw another state.
const fn stands(run: &Run) -> Option<SeenRun> {
    match run.fired {
        Fired::Step { step, pass } => Some(SeenRun { cycle: run.cycle, step, pass }),
        Fired::Fallback { .. } | Fired::Digest | Fired::Meanwhile => None,
    }
}

fn moved_on(run: &Run) -> String {
    let cycle = run.cycle;
    match stands(run) {
        Some(SeenRun { cycle: _, step, pass: 0 }) => {
            format!("it moved on already: cycle {cycle}, step {}", step.saturating_add(1))
        }
        Some(SeenRun { cycle: _, step, pass }) => {
            let (step, times) = (step.saturating_add(1), pass.saturating_add(1));
            format!("it moved on already: cycle {cycle}, step {step}, for the {times}. time")
        }
        None if run.fired == Fired::Digest => {
            format!("it moved on already: in cycle {cycle} it is only told of by day")
        }
        None => format!("it moved on already: all steps of cycle {cycle} fired, and the fallback is asked"),
    }
}
