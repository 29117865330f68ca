//! Hours to come in which a step of a department's plans would reach nobody, or somebody without any contact: before it hurts.

use jiff::{SignedDuration, Timestamp};

use super::{
    Moment,
    people::Asker,
    reach::Dead,
    supposed::Supposed,
    words::{name, step_number, target_words},
};
use crate::{Department, PingTarget, PolicyVersion, Severity, next_change};

/// Changes of schedules that are looked at for one plan.
const CHANGES: usize = 2_000;
/// Problems that are told at most, of all departments together.
const PROBLEMS: usize = 1_000;

/// Hours in which somebody would not be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// Whose plan.
    pub department: Department,
    /// From then on.
    pub from: Timestamp,
    /// Until then, or the end of what was looked at.
    pub until: Timestamp,
    /// What would reach nobody, and what to do about it.
    pub problem: String,
}

const SEVERITIES: [Severity; 4] = [Severity::One, Severity::Two, Severity::Three, Severity::Four];

/// From `moment` on for a time, of these departments. What an issue itself names, such as its owner, cannot be known ahead
/// and is left out.
pub fn forecast_reachability(
    departments: &[Department],
    length: SignedDuration,
    moment: &Moment<'_>,
) -> Vec<Unreachable> {
    let until = moment.now.checked_add(length).unwrap_or(Timestamp::MAX);
    let mut found = Vec::new();
    for department in departments {
        let policy = moment.directory.policy(department, moment.at);
        let mut known: Vec<&[PingTarget]> = Vec::new();
        for severity in SEVERITIES {
            for (number, step) in (0..).zip(&policy.plan(severity).steps) {
                let targets = step.targets.as_slice();
                if known.contains(&targets) {
                    continue;
                }
                known.push(targets);
                found.extend(Asked { department, targets, number, severity, until }.problems(moment));
                if found.len() >= PROBLEMS {
                    found.truncate(PROBLEMS);
                    return found;
                }
            }
        }
    }
    found
}

/// A step of a plan; of several with the same targets the first.
struct Asked<'a> {
    department: &'a Department,
    targets: &'a [PingTarget],
    number: u32,
    severity: Severity,
    until: Timestamp,
}

impl Asked<'_> {
    fn problems(&self, moment: &Moment<'_>) -> Vec<Unreachable> {
        if self.targets.iter().any(is_of_issue) || self.is_part_time(moment) {
            return Vec::new();
        }
        let mut found: Vec<Unreachable> = Vec::new();
        let mut from = moment.now;
        for _ in 0..CHANGES {
            let problem = self.problem(from, moment);
            let next = self.next_change(from, moment).filter(|next| *next < self.until).unwrap_or(self.until);
            match (found.last_mut(), problem) {
                (Some(last), Some(problem)) if last.until == from && last.problem == problem => {
                    last.until = next
                }
                (_, Some(problem)) => {
                    found.push(Unreachable {
                        department: self.department.clone(),
                        from,
                        until: next,
                        problem,
                    });
                }
                (_, None) => {}
            }
            if next >= self.until {
                break;
            }
            from = next;
        }
        found
    }

    /// It is so on purpose.
    fn is_part_time(&self, moment: &Moment<'_>) -> bool {
        let schedules = self.schedules(moment);
        let wanted = |id: &String| {
            moment.directory.schedule_document(id, moment.at).is_some_and(|schedule| schedule.gaps_wanted)
        };
        !schedules.is_empty() && schedules.iter().all(wanted)
    }

    fn schedules(&self, moment: &Moment<'_>) -> Vec<String> {
        let issue = self.supposed(moment).issue(None);
        Asker { issue: &issue, moment, department: self.department }.schedules(self.targets)
    }

    fn supposed(&self, moment: &Moment<'_>) -> Supposed<'_> {
        let policy = PolicyVersion { id: String::new(), position: moment.at };
        let (department, severity) = (self.department, self.severity);
        Supposed { department, policy, severity, at: moment.now, position: moment.at }
    }

    /// What is wrong at an instant.
    fn problem(&self, when: Timestamp, moment: &Moment<'_>) -> Option<String> {
        let issue = self.supposed(moment).issue(None);
        let asker = Asker { issue: &issue, moment, department: self.department };
        let found = asker.find(self.targets, when);
        let (number, severity) = (step_number(self.number), self.severity.rank());
        let step = format!("step {number} of severity {severity} ({})", target_words(self.targets));
        if found.people.is_empty() && found.channels.is_empty() {
            let todo = if self.schedules(moment).is_empty() {
                "name somebody in the directory"
            } else {
                "put somebody on call with an override or another layer"
            };
            return Some(format!("{step} would reach nobody; {todo}"));
        }
        let nobody = Dead::none();
        let without = found.people.iter().filter(|person| nobody.rules(person, self.severity).is_empty());
        let names: Vec<_> = without.map(|person| name(person)).collect();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            format!("{step} would come to {names} without any contact; add one to the person's document")
        })
    }

    /// When somebody comes or goes next.
    fn next_change(&self, after: Timestamp, moment: &Moment<'_>) -> Option<Timestamp> {
        let schedules = self.schedules(moment);
        let changes = schedules.iter().filter_map(|id| {
            let schedule = moment.directory.schedule(id, moment.at)?;
            next_change(&schedule, &moment.directory.overrides(id, moment.at), after)
        });
        changes.min()
    }
}

/// Whether whom it comes to depends on the issue.
const fn is_of_issue(target: &PingTarget) -> bool {
    match target {
        PingTarget::HearingHead | PingTarget::Owner | PingTarget::HeardBy | PingTarget::AccountOwner => true,
        PingTarget::Person(_) | PingTarget::OnCall(_) | PingTarget::Head(_) | PingTarget::Channel(_) => false,
    }
}
