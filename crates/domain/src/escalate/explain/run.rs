//! Why a run pings those whom it pings, and nobody else now.

use super::{
    super::{
        digest::{Ends, ends},
        outlook::next_who,
        people::Asker,
        personal::rule_due,
        raise,
        reach::{Dead, at},
        words::{instant, name, overdue, recipient, step_number, target_words},
    },
    PingCase, PingExplained, PingWhy,
    ping::{explain_ping, firing},
};
use crate::{
    Answer, Event, Fired, Lease, Payload, PersonDocument, Ping, PingId, PingReason, Run, RunPhase, Stepped,
};

pub(super) fn explain(case: PingCase<'_>, run: &Run) -> Vec<PingExplained> {
    let what = overdue(case.issue, &run.department, case.moment.now);
    match run.phase {
        RunPhase::Answered { until } => vec![answered(case, run, until, &what)],
        RunPhase::Snoozed { until } => {
            let text = format!(
                "somebody asked for silence for {} until {}; then it begins again with step {} if it is still so: {what}",
                run.department,
                instant(until),
                first_step(case, run)
            );
            vec![PingExplained::new(PingWhy::Snoozed, text)]
        }
        RunPhase::Stepping { next_at } => stepping(case, run, next_at),
        RunPhase::Ended { .. } => Vec::new(),
    }
}

fn answered(case: PingCase<'_>, run: &Run, until: Option<jiff::Timestamp>, what: &str) -> PingExplained {
    let who: Vec<_> = run.answers.iter().map(|answer| by(case, answer)).collect();
    let ends = match ends(case.issue, run, until, case.moment.directory) {
        Ends::Lapsed(end) => format!(
            "nobody is pinged for {} until {}, and then step {} again, with who answered, if it is still so{}",
            run.department,
            instant(end),
            first_step(case, run),
            run.lease.as_ref().map(leased).unwrap_or_default()
        ),
        Ends::Told(end) => format!(
            "nobody is pinged for {}{}; if it is still so, it is told of by day from {} on",
            run.department,
            if until.is_none() { ", and the answer never lapses" } else { "" },
            instant(end)
        ),
    };
    PingExplained::new(PingWhy::Answered, format!("{}; {ends}: {what}", who.join(" and ")))
}

/// The step with which its next cycle begins, as people count them.
fn first_step(case: PingCase<'_>, run: &Run) -> u32 {
    let plan = run.policy.document(case.moment.directory, &run.department).plan(case.issue.severity());
    step_number(raise::first_step(case.issue, plan))
}

/// What may change the end of a lease, and when it is reminded of.
fn leased(lease: &Lease) -> String {
    let remind = lease.remind_at.map(|at| format!("they are reminded at {}, and ", instant(at)));
    format!(
        " ({}a note of the department's makes it last longer, to {} at most)",
        remind.unwrap_or_default(),
        instant(lease.most)
    )
}

/// Such as `Mia answered at 2026-03-02 10:05 UTC`.
fn by(case: PingCase<'_>, answer: &Answer) -> String {
    let known = answer.by.as_ref().map(|by| {
        let document = case.moment.directory.person(&by.account, case.moment.at);
        document.map_or_else(|| by.account.to_string(), |document| name(document).to_owned())
    });
    format!("{} answered at {}", known.unwrap_or_else(|| "somebody".to_owned()), instant(answer.at))
}

fn stepping(case: PingCase<'_>, run: &Run, next_at: jiff::Timestamp) -> Vec<PingExplained> {
    let mut told = Vec::new();
    let firings: Vec<_> = case.firings(&run.department, run.cycle).collect();
    for (event, stepped) in &firings {
        told.extend(empty_steps(case, event, stepped));
    }
    let main = |(_, stepped): &&(&Event, &Stepped)| !matches!(stepped.fired, Fired::Meanwhile);
    if let Some((event, stepped)) = firings.iter().rfind(main) {
        told.push(fired(case, event, stepped));
        told.extend(not_pinged(case, run, event, stepped));
    }
    told.extend(later_rules(case, run));
    let pings = case.issue.escalation.pings.iter();
    let of_run =
        pings.filter(|ping| ping.terms.department == run.department && ping.terms.cycle == run.cycle);
    for ping in of_run {
        // Why it was requested is said above.
        told.extend(explain_ping(case, ping).into_iter().skip(1));
    }
    let text = if run.fired == Fired::Digest {
        format!("it is told of by day again at {}, if nobody answers", instant(next_at))
    } else {
        let who = next_who(case.issue, run, next_at, case.moment);
        format!("next, if nobody answers: {who} at {}", instant(next_at))
    };
    told.push(PingExplained::new(PingWhy::NextStepLater, text));
    told
}

fn fired(case: PingCase<'_>, event: &Event, stepped: &Stepped) -> PingExplained {
    let why = match stepped.fired {
        Fired::Step { .. } | Fired::Meanwhile => PingWhy::StepFired,
        Fired::Fallback { .. } => PingWhy::Fallback,
        Fired::Digest => PingWhy::Digest,
    };
    let what = overdue(case.issue, &stepped.department, case.moment.now);
    let late = late_before(case, event, stepped);
    PingExplained::new(why, format!("{}{late}; {what}", firing(case, event, stepped))).by(event)
}

/// A throttle causes no firing silently: whose ping of the cycle still waited for one then.
fn late_before(case: PingCase<'_>, event: &Event, stepped: &Stepped) -> String {
    let told = |ping: &Ping, from: &mut dyn Iterator<Item = &Event>| {
        from.fold(false, |waits, said| {
            if let Payload::PingThrottled { ping: of, until: _ } = said.payload {
                waits || of == ping.terms.id
            } else if let Payload::PingAttempted { ping: of, .. } = said.payload {
                waits && of != ping.terms.id
            } else {
                waits
            }
        })
    };
    let mut late: Vec<String> = Vec::new();
    for ping in &case.issue.escalation.pings {
        let of_cycle = ping.terms.department == stepped.department && ping.terms.cycle == stepped.cycle;
        let mut before = case.applied().take_while(|said| said.position < event.position);
        if of_cycle && told(ping, &mut before) {
            late.push(recipient(&ping.terms.to, case.moment));
        }
    }
    if late.is_empty() {
        return String::new();
    }
    format!("; the step before was late then, as {} had got enough pings for the moment", late.join(" and "))
}

/// Steps that were passed over: nobody was named, or nobody of them could be reached.
fn empty_steps(case: PingCase<'_>, event: &Event, stepped: &Stepped) -> Vec<PingExplained> {
    let moment = case.moment_of(event);
    let plan = stepped.policy.document(moment.directory, &stepped.department).plan(stepped.severity);
    let asker = Asker { issue: case.issue, moment: &moment, department: &stepped.department };
    let mut told = Vec::new();
    for step in &stepped.empty {
        let found = usize::try_from(*step).ok().and_then(|step| plan.steps.get(step));
        let Some(targets) = found.map(|step| step.targets.as_slice()) else { continue };
        let number = step_number(*step);
        let named: Vec<_> =
            asker.find(targets, event.time).people.iter().map(|person| name(person)).collect();
        let words = target_words(targets);
        told.push(if named.is_empty() {
            let text = format!("step {number} was passed over at {}: {words} named nobody", instant(event.time));
            PingExplained::new(PingWhy::StepEmpty, text).by(event)
        } else {
            let text = format!(
                "step {number} was passed over at {}: {} (by {words}) answered already, or has no contact that works",
                instant(event.time),
                named.join(", ")
            );
            PingExplained::new(PingWhy::NotReachable, text).by(event)
        });
    }
    told
}

/// Whom the last step named and did not ping.
fn not_pinged(case: PingCase<'_>, run: &Run, event: &Event, stepped: &Stepped) -> Vec<PingExplained> {
    let Fired::Step { step, pass } = stepped.fired else { return Vec::new() };
    let moment = case.moment_of(event);
    let plan = stepped.policy.document(moment.directory, &stepped.department).plan(stepped.severity);
    let targets = usize::try_from(step).ok().and_then(|step| plan.steps.get(step));
    let Some(targets) = targets.map(|step| step.targets.as_slice()) else { return Vec::new() };
    let asker = Asker { issue: case.issue, moment: &moment, department: &stepped.department };
    let people = asker.find(targets, event.time).people;
    people.into_iter().filter_map(|person| spared(case, run, person, (step, pass))).collect()
}

fn spared(
    case: PingCase<'_>,
    run: &Run,
    person: &PersonDocument,
    (step, pass): (u32, u32),
) -> Option<PingExplained> {
    let number = step_number(step);
    let rules = Dead::of(case.issue, &run.department, run.cycle).rules(person, run.severity);
    if rules.is_empty() {
        let text = format!(
            "{} is named by step {number} and has no contact that works; add one to the person's document",
            name(person)
        );
        return Some(PingExplained::new(PingWhy::NotReachable, text));
    }
    let pinged = |ping: &Ping| {
        rules.iter().any(|rule| {
            let reason = PingReason::Step { step, pass, rule: rule.rule };
            let id = PingId::of(
                case.issue.id,
                &run.department,
                run.cycle,
                &at(&person.id, &rule.contact),
                &reason,
            );
            ping.terms.id == id
        })
    };
    let pings = &case.issue.escalation.pings;
    if pings.iter().any(pinged) {
        return None;
    }
    let to_them = |ping: &&Ping| rules.iter().any(|rule| ping.terms.to == at(&person.id, &rule.contact));
    let earlier = pings.iter().rev().find(to_them)?;
    let text = format!(
        "step {number} names {} too, and the ping to {} of {} stood for it: one at a time to a contact about an issue",
        name(person),
        recipient(&earlier.terms.to, case.moment),
        instant(earlier.requested_at)
    );
    Some(PingExplained::new(PingWhy::JoinedEarlier, text).of(earlier))
}

/// People's own rules that are still to come.
fn later_rules(case: PingCase<'_>, run: &Run) -> Vec<PingExplained> {
    let mut told = Vec::new();
    for cycle in &run.personal {
        let known = case.moment.directory.person_by_id(&cycle.person, case.moment.at);
        let who = known.map_or(cycle.person.as_str(), name);
        for rule in &cycle.left {
            let text = format!(
                "{who}'s own rule {} pings `{}` at {} ({} s after the step), if nobody answers",
                step_number(rule.rule),
                rule.contact,
                instant(rule_due(cycle, rule)),
                rule.after_seconds
            );
            told.push(PingExplained::new(PingWhy::RuleLater, text));
        }
    }
    told
}
