//! What a run does next: begins, begins again, goes to its next step, reminds who answered, or only what became due meanwhile.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    Moment, arrival,
    digest::{self, Ends},
    failure, fallback, notice, personal, raise,
    reach::Dead,
    round::Round,
    step::{self, Cycle, Firing},
};
use crate::{
    Announced, ClockKind, Department, Directory, Draft, Fired, Issue, Payload, PingTarget, PolicyVersion,
    Run, RunPhase, Stepped, limits::RUNS,
};

/// When the next of an issue's runs has something to do.
pub(super) fn due(issue: &Issue, directory: &Directory) -> Option<Timestamp> {
    departments(issue).iter().filter_map(|department| due_of(issue, department, directory)).min()
}

/// The departments that owe something overdue, each once.
fn departments(issue: &Issue) -> Vec<Department> {
    let mut found: Vec<Department> = Vec::new();
    for (department, _) in issue.all_overdue() {
        if !found.contains(department) {
            found.push(department.clone());
        }
    }
    found
}

fn due_of(issue: &Issue, department: &Department, directory: &Directory) -> Option<Timestamp> {
    let owed = issue.overdue(department).map(|announced| owed_since(issue, announced)).min()?;
    let Some(run) = issue.run(department) else { return has_room(issue, department).then_some(owed) };
    if is_worse(issue, run) {
        return Some(owed);
    }
    match run.phase {
        RunPhase::Ended { at } => Some(owed.max(at)),
        RunPhase::Answered { until } => {
            let (Ends::Lapsed(end) | Ends::Told(end)) = digest::ends(issue, run, until, directory);
            let remind_at = run.lease.as_ref().and_then(|lease| lease.remind_at);
            Some(remind_at.map_or(end, |at| at.min(end)))
        }
        RunPhase::Snoozed { until } => Some(until),
        RunPhase::Stepping { next_at } => {
            let migrated = run.migrated.then_some(issue.last_event_at);
            let anew = digest::anew(issue, run);
            let others = [run.next_shift, personal::due(run), failure::due(issue, run), migrated, anew];
            others.into_iter().flatten().min().map(|at| at.min(next_at)).or(Some(next_at))
        }
    }
}

/// Whether the issue is worse than the cycle knows: it begins anew by the worse plan, at once, though somebody answered the
/// milder one. Who asked for silence has it.
fn is_worse(issue: &Issue, run: &Run) -> bool {
    let listens = match run.phase {
        RunPhase::Stepping { .. } | RunPhase::Answered { .. } => true,
        RunPhase::Snoozed { .. } | RunPhase::Ended { .. } => false,
    };
    listens && issue.severity().rank() < run.severity.rank()
}

/// Since when a department owes what is overdue: the deadline, or when the issue came to it.
fn owed_since(issue: &Issue, announced: &Announced) -> Timestamp {
    match announced.clock.kind {
        ClockKind::HandOffAccept | ClockKind::AssistAnswer => announced.deadline,
        ClockKind::Own
        | ClockKind::Ack
        | ClockKind::Update
        | ClockKind::Resolve
        | ClockKind::Promise
        | ClockKind::Deferral
        | ClockKind::Orphan => announced.deadline.max(issue.custody.owner.since.at),
    }
}

/// The owner's department always has: nobody switches that off by asking many others.
fn has_room(issue: &Issue, department: &Department) -> bool {
    *department == issue.custody.owner.department
        || issue.escalation.runs.len() < RUNS
        || issue.escalation.runs.iter().any(|run| !run.is_active())
}

pub(super) fn advance_all(round: &mut Round<'_>) {
    for department in departments(round.issue()) {
        if let Some(due) =
            due_of(round.issue(), &department, round.moment.directory).filter(|due| *due <= round.now())
        {
            advance(round, &department, due);
        }
    }
}

fn advance(round: &mut Round<'_>, department: &Department, due: Timestamp) {
    let Some(run) = round.issue().run(department).cloned() else {
        return begin(round, fresh(round, department, 1), due);
    };
    if is_worse(round.issue(), &run) {
        return begin(round, again(round, &run), due);
    }
    match run.phase {
        RunPhase::Ended { .. } => begin(round, fresh(round, department, run.cycle.saturating_add(1)), due),
        RunPhase::Answered { until } => end(round, &run, until),
        RunPhase::Snoozed { .. } => begin(round, again(round, &run), due),
        RunPhase::Stepping { next_at } => go_on(round, &run, next_at),
    }
}

/// The silence after an answer ends, or is reminded of.
fn end(round: &mut Round<'_>, run: &Run, until: Option<Timestamp>) {
    match digest::ends(round.issue(), run, until, round.moment.directory) {
        Ends::Lapsed(end) if end <= round.now() => begin(round, lapsed(round, run), end),
        Ends::Told(end) if end <= round.now() => tell(round, lapsed(round, run), end),
        Ends::Lapsed(_) | Ends::Told(_) => notice::remind(round, run),
    }
}

/// Tells by day, with whatever else is told to the same people.
fn tell(round: &mut Round<'_>, cycle: Cycle<'_>, due: Timestamp) {
    let cycle = Cycle { by_day: true, ..cycle };
    let firing = digest::firing(round, &cycle);
    let together = round.go_together(true);
    fire(round, &cycle, firing, due);
    round.go_together(together);
}

/// A cycle of a run that begins, by the policy in force.
fn fresh<'a>(round: &Round<'a>, department: &Department, number: u32) -> Cycle<'a> {
    let document = round.asker(department).policy();
    let policy = PolicyVersion { id: document.id.clone(), position: round.moment.at };
    new_cycle(department, number, (policy, document), round.issue())
}

/// The next cycle of a run that goes on, by the policy that it goes by.
fn again<'a>(round: &Round<'a>, run: &Run) -> Cycle<'a> {
    let document = run.policy.document(round.moment.directory, &run.department);
    let number = run.cycle.saturating_add(1);
    new_cycle(&run.department, number, (run.policy.clone(), document), round.issue())
}

/// The next cycle of a run of which an answer came to nothing: who gave it is asked too, and who is on call now.
fn lapsed<'a>(round: &Round<'a>, run: &Run) -> Cycle<'a> {
    let by = run.answers.iter().filter_map(|answer| answer.by.as_ref());
    let known = by.filter_map(|by| round.moment.directory.person(&by.account, round.moment.at));
    let too = known.map(|person| person.id.clone()).collect();
    Cycle { too: Some(too), ..again(round, run) }
}

fn new_cycle<'a>(
    department: &Department,
    number: u32,
    (policy, document): (PolicyVersion, &'a crate::PolicyDocument),
    issue: &Issue,
) -> Cycle<'a> {
    let (dead, answered) = (Dead::none(), BTreeSet::new());
    let (department, severity) = (department.clone(), issue.severity());
    let from = raise::first_step(issue, document.plan(severity));
    let (begins, by_day, too) = (true, false, None);
    Cycle { department, number, policy, document, severity, by_day, begins, from, dead, answered, too }
}

/// The cycle that a run is in.
fn present<'a>(round: &Round<'a>, run: &Run) -> Cycle<'a> {
    let by = run.answers.iter().filter_map(|answer| answer.by.as_ref());
    let known = by.filter_map(|by| round.moment.directory.person(&by.account, round.moment.at));
    Cycle {
        department: run.department.clone(),
        number: run.cycle,
        policy: run.policy.clone(),
        document: run.policy.document(round.moment.directory, &run.department),
        severity: run.severity,
        by_day: run.fired == Fired::Digest,
        begins: false,
        from: 0,
        dead: Dead::of(round.issue(), &run.department, run.cycle),
        answered: known.map(|person| person.id.clone()).collect(),
        too: None,
    }
}

fn begin(round: &mut Round<'_>, cycle: Cycle<'_>, due: Timestamp) {
    let firing = step::next(round, &cycle, None, false);
    fire(round, &cycle, firing, due);
}

/// Whether somebody can be reached by now for a run of which nobody could.
pub(super) fn is_mended(round: &mut Round<'_>) -> bool {
    unreached(round).iter().any(|run| {
        let cycle = mended(round, run);
        step::first(round, &cycle).is_some()
    })
}

/// Begins those again (`escalation.md` rule 11): a schedule, an override or somebody's contacts were mended.
pub(super) fn mend(round: &mut Round<'_>) {
    for run in unreached(round) {
        let cycle = mended(round, &run);
        if let Some(firing) = step::first(round, &cycle) {
            let now = round.now();
            fire(round, &cycle, firing, now);
        }
    }
}

/// The next cycle, but what failed in this one and is as it was is not tried again: it would fail for ever.
fn mended<'a>(round: &Round<'a>, run: &Run) -> Cycle<'a> {
    let known = (round.moment.directory, round.moment.at);
    let dead = Dead::still(round.issue(), &run.department, run.cycle, known);
    Cycle { dead, ..again(round, run) }
}

fn unreached(round: &Round<'_>) -> Vec<Run> {
    let runs = round.issue().escalation.runs.iter();
    runs.filter(|run| run.unreachable && run.is_stepping()).cloned().collect()
}

fn go_on(round: &mut Round<'_>, run: &Run, next_at: Timestamp) {
    if let Some(anew) = digest::anew(round.issue(), run).filter(|_| !run.escalated) {
        return begin(round, again(round, run), anew);
    }
    let cycle = present(round, run);
    let shift_came = run.next_shift.is_some_and(|shift| shift <= round.now());
    if run.unreachable && (shift_came || next_at <= round.now()) {
        let cycle = again(round, run);
        if let Some(firing) = step::first(round, &cycle) {
            return fire(round, &cycle, firing, run.next_shift.map_or(next_at, |shift| shift.min(next_at)));
        }
    }
    if run.fired == Fired::Digest && next_at <= round.now() {
        let cycle = again(round, run);
        return if run.escalated { begin(round, cycle, next_at) } else { tell(round, cycle, next_at) };
    }
    let lost = failure::is_lost(round, &cycle, run);
    let (mut people, mut wanted) = personal::fire(round, &cycle.department, run, &cycle.dead);
    wanted.extend(failure::instead(round, &cycle, run));
    if next_at <= round.now() || lost {
        let mut firing = next(round, &cycle, run);
        people.append(&mut firing.people);
        wanted.append(&mut firing.wanted);
        return fire(round, &cycle, Firing { people, wanted, ..firing }, next_at);
    }
    let others = [arrival::welcome(round, &cycle, run), arrival::migrated(round, &cycle, run)];
    for (newcomers, pings) in others {
        people.extend(newcomers);
        wanted.extend(pings);
    }
    meanwhile(round, &cycle, run, (people, wanted));
}

/// What comes after the step or fallback that fired last.
fn next(round: &mut Round<'_>, cycle: &Cycle<'_>, run: &Run) -> Firing {
    match run.fired {
        Fired::Step { step, pass } => step::next(round, cycle, Some((step, pass)), run.escalated),
        Fired::Fallback { times } => {
            let firing = step::fallback(round, cycle, times.saturating_add(1));
            Firing { unreachable: run.unreachable, ..firing }
        }
        Fired::Digest | Fired::Meanwhile => step::fallback(round, cycle, 1),
    }
}

fn fire(round: &mut Round<'_>, cycle: &Cycle<'_>, firing: Firing, due: Timestamp) {
    let now = round.now();
    let next_at = match firing.fired {
        Fired::Step { step, pass: _ } => cycle.step(step).map_or_else(
            || fallback::again(1, now),
            |step| {
                let Moment { directory, at, .. } = round.moment;
                cycle.plan().over(step.delay, now, directory, &cycle.department, *at)
            },
        ),
        Fired::Fallback { times } => fallback::again(times, now),
        Fired::Digest => digest::again(round, cycle),
        Fired::Meanwhile => now,
    };
    let late_by = u32::try_from(now.duration_since(due).as_secs()).unwrap_or_default();
    let next_shift = next_shift(round, cycle, firing.fired, firing.unreachable, next_at);
    say(round, cycle, firing, (next_at, late_by, next_shift));
}

/// Only what became due beside the steps.
fn meanwhile(
    round: &mut Round<'_>,
    cycle: &Cycle<'_>,
    run: &Run,
    (people, wanted): (Vec<crate::PersonalCycle>, Vec<super::round::Wanted>),
) {
    let RunPhase::Stepping { next_at } = run.phase else { return };
    let ahead = run.next_shift.filter(|shift| *shift > round.now());
    let next_shift = match run.next_shift {
        Some(_) if ahead.is_none() => next_shift(round, cycle, run.fired, run.unreachable, next_at),
        Some(_) | None if run.migrated => next_shift(round, cycle, run.fired, run.unreachable, next_at),
        Some(_) | None => ahead,
    };
    let (fired, empty, unreachable) = (Fired::Meanwhile, Vec::new(), run.unreachable);
    say(round, cycle, Firing { fired, empty, unreachable, people, wanted }, (next_at, 0, next_shift));
}

/// When somebody comes on call whom the step asks or, where nobody was reached, any step.
fn next_shift(
    round: &Round<'_>,
    cycle: &Cycle<'_>,
    fired: Fired,
    unreachable: bool,
    until: Timestamp,
) -> Option<Timestamp> {
    let steps = cycle.plan().steps.iter();
    let targets: Vec<&PingTarget> = match fired {
        Fired::Step { step, pass: _ } => {
            cycle.step(step).into_iter().flat_map(|step| &step.targets).collect()
        }
        Fired::Fallback { .. } if unreachable => steps.flat_map(|step| &step.targets).collect(),
        Fired::Fallback { .. } | Fired::Digest | Fired::Meanwhile => Vec::new(),
    };
    arrival::next(round, cycle, targets.into_iter(), until)
}

fn say(
    round: &mut Round<'_>,
    cycle: &Cycle<'_>,
    firing: Firing,
    (next_at, late_by, next_shift): (Timestamp, u32, Option<Timestamp>),
) {
    let Firing { fired, empty, unreachable, people, wanted } = firing;
    let stepped = Stepped {
        department: cycle.department.clone(),
        cycle: cycle.number,
        policy: cycle.policy.clone(),
        severity: cycle.severity,
        fired,
        next_at,
        late_by,
        empty,
        people,
        unreachable,
        next_shift,
    };
    round.push(Draft::new("run.stepped", Payload::RunStepped(Box::new(stepped))));
    round.request(cycle.name(), wanted);
}
