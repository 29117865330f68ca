//! What is true of an issue at a position, worked out from the messages of the log by the few rules that the traffic needs
//! (`contract.md` 3 to 5), and not by Davy's own fold.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;
use testkit::client::v1::EventMessage;
use uuid::Uuid;

/// What ids of issues are made in (`contract.md` 2).
const ISSUES: Uuid = Uuid::from_u128(0x83dd_1905_2798_53e5_9e2b_dffb_7bd3_2a69);

/// Who answers for an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) department: String,
    pub(crate) team: String,
    pub(crate) person: String,
    pub(crate) acknowledged: bool,
    /// They left, or the department is closed, by the directory.
    pub(crate) is_gone: bool,
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
    /// Whether a person or department is gone from a position on, by `<kind>.<id>`.
    gone: HashMap<String, BTreeMap<u64, bool>>,
}

#[derive(Clone, Debug)]
struct Step {
    /// What sorts: a report first of all, then by time, then by the sequence that the tool gave, then by position.
    order: (bool, Timestamp, Option<u64>, u64),
    position: u64,
    origin: String,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    Reported {
        person: String,
    },
    /// Empty: not said.
    Assigned {
        department: String,
        team: String,
    },
    Accepted {
        person: String,
    },
    Declined,
    Acknowledged,
    Noted,
}

impl Truth {
    pub(crate) fn of(log: &[EventMessage]) -> Self {
        let mut truth = Self::default();
        let (mut known, mut known_as) = (HashSet::new(), HashMap::new());
        for (position, message) in (1..).zip(log) {
            let Ok(body) = serde_json::from_slice::<Value>(&message.body) else {
                truth.unreadable.insert(position);
                continue;
            };
            if let Some(document) = message.subject.strip_prefix("davy.directory.") {
                let (left, closed) = (&body["data"]["status"] == "left", &body["data"]["active"] == false);
                truth.gone.entry(document.to_owned()).or_default().insert(position, left || closed);
                continue;
            }
            let text = |pointer: &str| {
                let found = body.pointer(pointer);
                let found = found.and_then(|found| found.as_str().or_else(|| found["id"].as_str()));
                found.unwrap_or_default().to_owned()
            };
            if let Some(id) = body.pointer("/data/issue/id").and_then(Value::as_str) {
                known_as.insert(issue_id(&body["data"]["issue"]), id.to_owned());
            }
            if known.insert(text("/source") + "/" + &text("/id")) {
                // Davy's own events may name an issue by Davy's id.
                let named = text("/data/issue");
                let issue = known_as.get(&named).cloned().unwrap_or(named);
                let step = step(position, &message.subject, text);
                truth.issues.entry(issue).or_default().push(step);
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
        let shown = shown(self.issues.get(issue)?, position)?;
        let is_gone = |document: String| {
            let versions = self.gone.get(&document)?;
            versions.range(..=position).next_back().map(|(_, is_gone)| *is_gone)
        };
        let person = is_gone(format!("person.{}", shown.person)).unwrap_or(false);
        let department = is_gone(format!("department.{}", shown.department)).unwrap_or(false);
        Some(Shown { is_gone: person || department, ..shown })
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

/// Davy's id of the issue that an event names, by that or by the id in its tool (`contract.md` 2).
pub(crate) fn issue_id(named: &Value) -> String {
    let (system, id) = (named["system"].as_str(), named["id"].as_str());
    let davys = || named.as_str().unwrap_or_default().to_owned();
    let minted = |(system, id)| Uuid::new_v5(&ISSUES, format!("{system}:{id}").as_bytes()).to_string();
    system.zip(id).map_or_else(davys, minted)
}

fn step(position: u64, subject: &str, text: impl Fn(&str) -> String) -> Step {
    let (origin, verb) = subject["davy.events.".len()..].split_once('.').unwrap();
    let verb = verb.split_once('.').unwrap().1;
    let act = match verb {
        "issue.reported" => Act::Reported { person: text("/data/reporter") },
        "owner.assigned" => Act::Assigned { department: text("/data/department"), team: text("/data/team") },
        "owner.accepted" => Act::Accepted { person: text("/data/person") },
        "owner.declined" => Act::Declined,
        "issue.acknowledged" => Act::Acknowledged,
        _ => Act::Noted,
    };
    let time = text("/time").parse().unwrap();
    let order = (!matches!(act, Act::Reported { .. }), time, text("/sequence").parse().ok(), position);
    let is_own = ["command", "escalator", "pager"].contains(&origin);
    let origin = if is_own { text("/data/actor/department") } else { origin.to_owned() };
    Step { order, position, origin, act }
}

fn shown(steps: &[Step], position: u64) -> Option<Shown> {
    let mut known: Vec<_> = steps.iter().filter(|step| step.position <= position).collect();
    known.sort_by_key(|step| step.order);
    let mut shown = Shown { department: known.first()?.origin.clone(), ..Shown::default() };
    for Step { origin, act, .. } in known {
        match act {
            Act::Reported { person } => shown.person.clone_from(person),
            Act::Assigned { department, team } => {
                if !department.is_empty() {
                    shown.department.clone_from(department);
                }
                (shown.team, shown.person) = (team.clone(), String::new());
            }
            Act::Accepted { person } => {
                if shown.department != *origin {
                    shown.team = String::new();
                }
                shown.department.clone_from(origin);
                shown.person.clone_from(person);
            }
            Act::Declined => (shown.team, shown.person) = (String::new(), String::new()),
            Act::Acknowledged => shown.acknowledged = true,
            Act::Noted => {}
        }
    }
    Some(shown)
}
