//! Who would be pinged when, if something of a department were overdue at an instant and nobody answered: the rules
//! themselves, run over an issue that is only supposed.

use jiff::Timestamp;

use super::{
    Moment, escalate, next_due,
    people::Asker,
    supposed::Supposed,
    words::{instant, step_number, target_word},
};
use crate::{
    Department, Draft, Fired, Issue, LeaseLimit, PingOutcome, PingTarget, PingTerms, PolicyDocument,
    PolicyVersion, Recipient, Severity, Stepped,
};

/// Firings that are told at most.
const STEPS: usize = 100;
/// Looks at the issue at most: what fires beside the steps counts too.
const LOOKS: usize = 1_000;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyQuestion {
    /// Who owes the act.
    pub department: Department,
    /// By which policy; absent: by the department's.
    pub policy: Option<String>,
    /// Of which severity.
    pub severity: Severity,
}

/// What would come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySimulation {
    /// The id of the policy; `built-in` for version 0.
    pub policy: String,
    /// In order, until the fallback is asked for the first time.
    pub steps: Vec<SimulatedStep>,
    /// For how long an answer would keep it quiet.
    pub lease: LeaseLimit,
}

/// What would fire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedStep {
    /// When.
    pub at: Timestamp,
    /// Such as `step 1`, `step 1 again` or `fallback`.
    pub name: String,
    /// Who would be pinged.
    pub to: Vec<Recipient>,
    /// Targets that named nobody, as they stand in the policy.
    pub nobody: Vec<String>,
}

/// Who would be pinged when, from `moment` on; owner and hearer are those of `like`.
pub fn simulate_policy(
    question: &PolicyQuestion,
    like: Option<&Issue>,
    moment: &Moment<'_>,
) -> PolicySimulation {
    let policy = version(question, moment);
    let id = policy.id.clone();
    let lease = policy.document(moment.directory, &question.department).plan(question.severity).lease;
    let (department, severity) = (&question.department, question.severity);
    let mut supposed = Supposed { department, policy, severity, at: moment.now, position: moment.at };
    let mut issue = supposed.issue(like);
    let mut steps = Vec::new();
    for _ in 0..LOOKS {
        let drafts = escalate(&issue, &Moment { now: supposed.at, ..moment.clone() });
        let ended = tell(&drafts, &issue, &Moment { now: supposed.at, ..moment.clone() }, &mut steps);
        if ended || steps.len() >= STEPS {
            break;
        }
        for draft in drafts {
            supposed.position = supposed.position.next();
            issue.apply(&supposed.event(draft.payload), moment.directory);
        }
        forget(&mut issue, &supposed);
        supposed.position = moment.at;
        match next_due(&issue, moment.directory).filter(|due| *due > supposed.at) {
            Some(due) => supposed.at = due,
            None => break,
        }
    }
    steps.truncate(STEPS);
    PolicySimulation { policy: id, steps, lease }
}

fn version(question: &PolicyQuestion, moment: &Moment<'_>) -> PolicyVersion {
    let Moment { directory, at, .. } = moment;
    let id = question.policy.clone().unwrap_or_else(|| {
        let acting = directory.successor(&question.department, *at);
        directory.policy(acting.as_ref().unwrap_or(&question.department), *at).id.clone()
    });
    PolicyVersion { id, position: *at }
}

/// Whatever was pinged is taken as delivered, and nothing but the one clock runs.
fn forget(issue: &mut Issue, supposed: &Supposed<'_>) {
    for ping in &mut issue.escalation.pings {
        ping.outcome = PingOutcome::Delivered { at: supposed.at };
    }
    issue.clocks = supposed.clocks();
}

/// Tells what fired; whether it was the fallback.
fn tell(drafts: &[Draft], issue: &Issue, moment: &Moment<'_>, steps: &mut Vec<SimulatedStep>) -> bool {
    let Some(stepped) = drafts.iter().find_map(Draft::stepped) else { return false };
    let document = stepped.policy.document(moment.directory, &stepped.department);
    steps.extend(stepped.empty.iter().map(|step| passed_over(*step, document, stepped, moment)));
    let terms: Vec<_> = drafts.iter().filter_map(Draft::requested).filter(|terms| terms.cycle > 0).collect();
    let is_held = |terms: &&PingTerms| terms.not_before.is_some_and(|until| until > moment.now);
    let (held, at_once): (Vec<_>, Vec<_>) = terms.into_iter().partition(is_held);
    let name = name(stepped.fired);
    let targets = targets(stepped.fired, document, stepped);
    let asker = Asker { issue, moment, department: &stepped.department };
    let nobody = unnamed(&asker, targets, moment.now);
    let says = !at_once.is_empty() || !nobody.is_empty() || !matches!(stepped.fired, Fired::Meanwhile);
    if says {
        let to = at_once.iter().map(|terms| terms.to.clone()).collect();
        steps.push(SimulatedStep { at: moment.now, name: name.clone(), to, nobody });
    }
    for terms in held {
        let until = terms.not_before.unwrap_or(moment.now);
        let name = format!("{name}, held until {}", instant(until));
        steps.push(SimulatedStep { at: until, name, to: vec![terms.to.clone()], nobody: Vec::new() });
    }
    matches!(stepped.fired, Fired::Fallback { .. })
}

fn name(fired: Fired) -> String {
    match fired {
        Fired::Step { step, pass: 0 } => format!("step {}", step_number(step)),
        Fired::Step { step, pass: _ } => format!("step {} again", step_number(step)),
        Fired::Fallback { times: _ } => "fallback".to_owned(),
        Fired::Digest => "told by day".to_owned(),
        Fired::Meanwhile => "by people's own rules, or newly on call".to_owned(),
    }
}

fn targets<'a>(fired: Fired, document: &'a PolicyDocument, stepped: &Stepped) -> &'a [PingTarget] {
    match fired {
        Fired::Step { step, pass: _ } => step_targets(step, document, stepped),
        Fired::Fallback { times: _ } => std::slice::from_ref(&document.fallback),
        Fired::Digest | Fired::Meanwhile => &[],
    }
}

fn step_targets<'a>(step: u32, document: &'a PolicyDocument, stepped: &Stepped) -> &'a [PingTarget] {
    let plan = document.plan(stepped.severity);
    let found = usize::try_from(step).ok().and_then(|step| plan.steps.get(step));
    found.map(|step| step.targets.as_slice()).unwrap_or_default()
}

fn unnamed<'a>(asker: &Asker<'_, 'a>, targets: &'a [PingTarget], at: Timestamp) -> Vec<String> {
    let mut words = Vec::new();
    for target in targets {
        let found = asker.find(std::slice::from_ref(target), at);
        if found.people.is_empty() && found.channels.is_empty() {
            words.push(target_word(target));
        }
    }
    words
}

fn passed_over(
    step: u32,
    document: &PolicyDocument,
    stepped: &Stepped,
    moment: &Moment<'_>,
) -> SimulatedStep {
    let nobody = step_targets(step, document, stepped).iter().map(target_word).collect();
    let name = format!("step {}, passed over: nobody to ping", step_number(step));
    SimulatedStep { at: moment.now, name, to: Vec::new(), nobody }
}
