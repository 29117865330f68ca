//! What may be wrong with a policy, and whom it names.

use std::collections::BTreeSet;

use super::{Found, MistakeKind, Proposed, names};
use crate::{DocumentKey, PingTarget, Plan, PolicyDocument, PolicyStep, TimeLimit, limits};

/// A policy by itself. The plans of several severities that are the same are one, and told once: by the first.
pub(super) fn check(document: &PolicyDocument, found: &mut Found) {
    let mut clocks = BTreeSet::new();
    for (index, limit) in document.limits.iter().enumerate() {
        if !clocks.insert(limit.clock) {
            found.add(format!("clocks[{index}]"), MistakeKind::Twice(limit.clock.as_str().to_owned()));
        }
    }
    for (member, plan) in plans(document) {
        check_plan(&member, plan, found);
    }
    check_target("fallback", &document.fallback, found);
}

/// Plans that differ, in the order of the severities, with the member that each is.
fn plans(document: &PolicyDocument) -> impl Iterator<Item = (String, &Plan)> {
    let mut known: Vec<&Plan> = Vec::new();
    for plan in &document.plans {
        // Those that differ in what follows from the severity alone were written as one.
        if !known.iter().any(|other| other.steps == plan.steps && other.repeat == plan.repeat) {
            known.push(plan);
        }
    }
    known.into_iter().enumerate().map(|(index, plan)| (format!("plans[{index}]"), plan))
}

fn check_plan(member: &str, plan: &Plan, found: &mut Found) {
    let steps = format!("{member}.steps");
    if plan.steps.is_empty() {
        found.add(steps.as_str(), MistakeKind::Empty);
    }
    if plan.steps.len() > limits::PLAN_STEPS {
        found.add(steps.as_str(), MistakeKind::TooMany(limits::PLAN_STEPS));
    }
    for (index, step) in plan.steps.iter().enumerate().take(limits::PLAN_STEPS) {
        check_step(&format!("{steps}[{index}]"), step, found);
    }
}

fn check_step(member: &str, step: &PolicyStep, found: &mut Found) {
    let PolicyStep { targets, delay, answers } = step;
    let ping = format!("{member}.ping");
    if targets.is_empty() {
        found.add(ping.as_str(), MistakeKind::Empty);
    }
    if targets.len() > limits::STEP_TARGETS {
        found.add(ping.as_str(), MistakeKind::TooMany(limits::STEP_TARGETS));
    }
    for (index, target) in targets.iter().enumerate().take(limits::STEP_TARGETS) {
        check_target(&format!("{ping}[{index}]"), target, found);
    }
    let seconds = match *delay {
        TimeLimit::Wall(seconds) | TimeLimit::Hours(seconds) => i64::from(seconds),
        TimeLimit::Days(_) => i64::MAX,
    };
    if seconds < limits::STEP_DELAY_SECONDS {
        found.add(format!("{member}.wait"), MistakeKind::TooSoon);
    }
    if usize::try_from(*answers).unwrap_or(usize::MAX) > limits::STEP_PEOPLE {
        found.add(format!("{member}.answers"), MistakeKind::TooManyAnswers);
    }
}

fn check_target(member: &str, target: &PingTarget, found: &mut Found) {
    match target {
        PingTarget::Person(name) | PingTarget::OnCall(Some(name)) | PingTarget::Channel(name) => {
            names::text(member, name, limits::DIRECTORY_ID_BYTES, found);
        }
        PingTarget::OnCall(None)
        | PingTarget::Head(_)
        | PingTarget::HearingHead
        | PingTarget::Owner
        | PingTarget::HeardBy
        | PingTarget::AccountOwner => {}
    }
}

/// Whom a policy names. Channels are the pager's own, and not known here.
pub(super) fn names(document: &PolicyDocument, proposed: &Proposed<'_>, found: &mut Found) {
    for (member, plan) in plans(document) {
        for (index, step) in plan.steps.iter().enumerate().take(limits::PLAN_STEPS) {
            for (number, target) in step.targets.iter().enumerate().take(limits::STEP_TARGETS) {
                named(&format!("{member}.steps[{index}].ping[{number}]"), target, proposed, found);
            }
        }
    }
    named("fallback", &document.fallback, proposed, found);
}

fn named(member: &str, target: &PingTarget, proposed: &Proposed<'_>, found: &mut Found) {
    match target {
        PingTarget::Person(id) => found.person_there(member, Some(id), proposed),
        PingTarget::OnCall(Some(id)) => {
            found.known(member, Some(DocumentKey::Schedule(id.clone())), proposed);
        }
        PingTarget::Head(Some(department)) => found.known_department(member, Some(department), proposed),
        PingTarget::OnCall(None)
        | PingTarget::Head(None)
        | PingTarget::HearingHead
        | PingTarget::Owner
        | PingTarget::HeardBy
        | PingTarget::AccountOwner
        | PingTarget::Channel(_) => {}
    }
}
