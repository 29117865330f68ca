//! What is true of an issue at a position, worked out from the messages of the log by the few rules that the traffic needs
//! (`contract.md` 3 to 5), and not by Davy's own fold.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use testkit::client::v1::EventMessage;

/// Who answers for an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) department: String,
    pub(crate) team: String,
    pub(crate) person: String,
    pub(crate) acknowledged: bool,
}

/// What an answer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Owner {
        issue: String,
        shown: Shown,
    },
    /// The whole list: issues by their ids in their tool, and positions of messages that cannot be read.
    Unacknowledged {
        issues: BTreeSet<String>,
        unreadable: BTreeSet<u64>,
    },
    Counts {
        issues: u64,
        quarantined: u64,
    },
}

/// An answer: all that it says is to be true at the position it gives.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) position: u64,
    pub(crate) said: Said,
}

/// Everything that happened, by the log.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    issues: BTreeMap<String, Vec<Step>>,
    unreadable: BTreeSet<u64>,
}

#[derive(Clone, Debug)]
struct Step {
    /// What sorts: a report first of all, then by time, then by position.
    order: (bool, String, u64),
    position: u64,
    origin: String,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    Reported { person: String },
    Assigned { department: String, team: String },
    Accepted { person: String },
    Acknowledged,
    Noted,
}

impl Truth {
    pub(crate) fn of(log: &[EventMessage]) -> Self {
        let mut truth = Self::default();
        let mut known = HashSet::new();
        for (position, message) in (1..).zip(log) {
            let Ok(body) = serde_json::from_slice::<Value>(&message.body) else {
                truth.unreadable.insert(position);
                continue;
            };
            let text =
                |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            if known.insert(text("/id")) {
                let step = step(position, &message.subject, text);
                truth.issues.entry(text("/data/issue/id")).or_default().push(step);
            }
        }
        truth
    }

    /// The first answer that is not true, and what would be.
    pub(crate) fn contradicts(&self, answers: &[Answer]) -> Option<String> {
        let mut lists = HashMap::new();
        answers.iter().find_map(|Answer { position, said }| {
            let true_then = match said {
                Said::Owner { issue, .. } => match self.shown(issue, *position) {
                    Some(shown) => Said::Owner { issue: issue.clone(), shown },
                    None => return Some(format!("{said:?} at {position}, where nobody has heard of it")),
                },
                Said::Unacknowledged { .. } => {
                    lists.entry(*position).or_insert_with(|| self.unacknowledged(*position)).clone()
                }
                Said::Counts { .. } => self.counts(*position),
            };
            (*said != true_then)
                .then(|| format!("at {position} an answer was {said:?}, and the truth is {true_then:?}"))
        })
    }

    fn shown(&self, issue: &str, position: u64) -> Option<Shown> {
        shown(self.issues.get(issue)?, position)
    }

    fn unacknowledged(&self, position: u64) -> Said {
        let open = |steps: &Vec<Step>| shown(steps, position).is_some_and(|shown| !shown.acknowledged);
        let issues = self.issues.iter().filter(|(_, steps)| open(steps)).map(|(issue, _)| issue.clone());
        Said::Unacknowledged {
            issues: issues.collect(),
            unreadable: self.unreadable.range(..=position).copied().collect(),
        }
    }

    fn counts(&self, position: u64) -> Said {
        let exists = |steps: &&Vec<Step>| steps.iter().any(|step| step.position <= position);
        Said::Counts {
            issues: self.issues.values().filter(exists).count() as u64,
            quarantined: self.unreadable.range(..=position).count() as u64,
        }
    }
}

fn step(position: u64, subject: &str, text: impl Fn(&str) -> String) -> Step {
    let (origin, verb) = subject["davy.events.".len()..].split_once('.').unwrap();
    let verb = verb.split_once('.').unwrap().1;
    let act = match verb {
        "issue.reported" => Act::Reported { person: text("/data/reporter") },
        "owner.assigned" => Act::Assigned { department: text("/data/department"), team: text("/data/team") },
        "owner.accepted" => Act::Accepted { person: text("/data/person") },
        "issue.acknowledged" => Act::Acknowledged,
        _ => Act::Noted,
    };
    let order = (!matches!(act, Act::Reported { .. }), text("/time"), position);
    Step { order, position, origin: origin.to_owned(), act }
}

fn shown(steps: &[Step], position: u64) -> Option<Shown> {
    let mut known: Vec<_> = steps.iter().filter(|step| step.position <= position).collect();
    known.sort_by(|one, other| one.order.cmp(&other.order));
    let mut shown = Shown { department: known.first()?.origin.clone(), ..Shown::default() };
    for Step { origin, act, .. } in known {
        match act {
            Act::Reported { person } => shown.person.clone_from(person),
            Act::Assigned { department, team } => {
                shown = Shown {
                    department: department.clone(),
                    team: team.clone(),
                    person: String::new(),
                    acknowledged: shown.acknowledged,
                };
            }
            Act::Accepted { person } => {
                if shown.department != *origin {
                    shown.team = String::new();
                }
                shown.department.clone_from(origin);
                shown.person.clone_from(person);
            }
            Act::Acknowledged => shown.acknowledged = true,
            Act::Noted => {}
        }
    }
    Some(shown)
}
