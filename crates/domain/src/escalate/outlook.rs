//! How far a run got and who is next, in words: for what a ping tells.

use jiff::Timestamp;

use super::{
    Moment, fallback,
    people::Asker,
    words::{everybody, original, step_number},
};
use crate::{Fired, Issue, Ping, PingReason, Plan, PolicyDocument, Repeat, Run, RunPhase};

/// How far the run of a ping got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Which step the ping is of, such as `step 2 of 4`.
    pub step: String,
    /// Who is pinged next, with the step; empty where nothing follows.
    pub next_who: String,
    /// When.
    pub next_at: Option<Timestamp>,
}

/// The step that a ping is of, and what follows if nobody answers.
pub fn outlook(issue: &Issue, ping: &Ping, moment: &Moment<'_>) -> Outlook {
    let run = issue.run(&ping.terms.department).filter(|run| run.cycle == ping.terms.cycle);
    let plan = run.map(|run| run.plan(moment.directory));
    let step = step(&original(issue, &ping.terms.reason), plan);
    match run.map(|run| (run, &run.phase)) {
        // It is told of again, and nobody is next.
        Some((Run { fired: Fired::Digest, .. }, RunPhase::Stepping { .. })) => {
            Outlook { step, ..Outlook::default() }
        }
        Some((run, RunPhase::Stepping { next_at })) => {
            Outlook { step, next_who: next_who(issue, run, *next_at, moment), next_at: Some(*next_at) }
        }
        Some((_, RunPhase::Answered { .. } | RunPhase::Snoozed { .. } | RunPhase::Ended { .. })) | None => {
            Outlook { step, ..Outlook::default() }
        }
    }
}

fn step(reason: &PingReason, plan: Option<&Plan>) -> String {
    match reason {
        PingReason::Step { step, pass, rule: _ } => {
            let of = plan.map(|plan| format!(" of {}", plan.steps.len())).unwrap_or_default();
            let again = if *pass > 0 { ", again" } else { "" };
            format!("step {}{of}{again}", step_number(*step))
        }
        PingReason::Fallback { times: 1 } => "fallback: nobody answered".to_owned(),
        PingReason::Fallback { times } => format!("fallback: nobody answered, asked {times} times"),
        PingReason::Warning(_) => "warning".to_owned(),
        PingReason::Notice(_) | PingReason::Lapsed(_) | PingReason::Retracted(_) => "notice".to_owned(),
        PingReason::HandOver(_) => "hand-over at the end of a shift".to_owned(),
        PingReason::Given(_) => "given to one person".to_owned(),
        PingReason::Outage(_) => "after an outage".to_owned(),
        PingReason::Digest => "told by day".to_owned(),
        PingReason::Reminder(_) => "reminder of an answer".to_owned(),
        PingReason::Instead(_) => "in place of one that failed".to_owned(),
    }
}

/// Who is pinged by what fires next of a run, as the directory stands: the step, and the names.
pub(super) fn next_who(issue: &Issue, run: &Run, when: Timestamp, moment: &Moment<'_>) -> String {
    let asker = Asker { issue, moment, department: &run.department };
    let document = run.policy.document(moment.directory, &run.department);
    let plan = document.plan(run.severity);
    let mut ahead = ahead(plan, run.fired).filter_map(|step| {
        let targets = &plan.steps.get(usize::try_from(step).ok()?)?.targets;
        Some((step, everybody(&asker.find(targets, when))?))
    });
    match ahead.next() {
        Some((step, who)) => format!("{who} (step {})", step_number(step)),
        None => format!("{} (fallback)", fallback_who(&asker, document, when)),
    }
}

/// The steps that follow, each once.
pub(super) fn ahead(plan: &Plan, fired: Fired) -> impl Iterator<Item = u32> + use<> {
    let count = u32::try_from(plan.steps.len()).unwrap_or(u32::MAX);
    let (from, pass) = match fired {
        Fired::Step { step, pass } => (step.saturating_add(1).min(count), pass),
        Fired::Fallback { .. } | Fired::Digest | Fired::Meanwhile => (count, u32::MAX),
    };
    let again = match plan.repeat {
        Repeat::Forever => pass < u32::MAX,
        Repeat::Times(times) => pass < times,
    };
    (from..count).chain(0..if again { from } else { 0 })
}

fn fallback_who<'a>(asker: &Asker<'_, 'a>, document: &'a PolicyDocument, when: Timestamp) -> String {
    let found = asker.find(std::slice::from_ref(&document.fallback), when);
    everybody(&found).unwrap_or_else(|| match fallback::last_resort() {
        crate::Recipient::Channel(name) => format!("the channel `{name}`"),
        crate::Recipient::Person { person, contact: _ } => person,
    })
}
