//! What is to happen, drawn from a seed alone: what departments publish and order, who comes and goes, and what breaks when.
//!
//! The same seed and number of steps give the same plan, but for the instants that events are dated with. Deliberately absent:
//! doing any of it.

use std::{collections::BTreeSet, fmt, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::traffic::{DEPARTMENTS, Message, PEOPLE, TEAMS, Traffic},
    proxy::Way,
};
use crate::generated::Numbers;

/// Issues that a life is about.
const ISSUES: usize = 40;
/// At most so many messages are sent one after the other.
const BURST: usize = 6;
/// Milliseconds between two steps, at most.
const GAP: usize = 80;
/// Milliseconds that something stays broken, at least and at most.
const BROKEN: (usize, usize) = (200, 4_000);
/// Seconds by which a clock may be wrong. A claim of a ping that is dated ahead holds it for as much longer.
const SKEWS: [i64; 6] = [-3_600, -90, -20, 20, 45, 90];

/// Which of the two.
pub(crate) type Node = usize;

/// A process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Nats,
    Aggregator(Node),
    Pager(Node),
}

/// What two of them talk over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Line {
    /// From departments' tools to NATS.
    Tools,
    /// From an aggregator to NATS.
    Log(Node),
    /// From whoever orders and asks to an aggregator.
    Api(Node),
    /// From a pager to its aggregator.
    Pager(Node),
}

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// SIGKILL, and started again in the end.
    Kill(Part),
    /// SIGSTOP, and SIGCONT in the end.
    Stop(Part),
    /// A line is bad.
    Line(Line, Way),
    /// The connections of a line are cut once.
    Cut(Line),
    /// The stream takes no more bytes.
    Quota,
    /// Its store is damaged in some way while an aggregator is dead.
    Damage(Node, u64),
    /// An aggregator's clock is wrong by so many seconds.
    Skew(Node, i64),
}

/// Somebody of a department wants something.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// Its request id says the same.
    pub(crate) number: usize,
    pub(crate) node: Node,
    pub(crate) department: &'static str,
    pub(crate) person: &'static str,
    pub(crate) what: Wish,
}

#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Acknowledge(String),
    Accept(String),
    Assign(String, &'static str, &'static str),
    Decline(String),
    Note(String),
    /// An answer to one of the pings that have come by then.
    Answer(usize),
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// One after the other; the others of a life do not wait for them.
    Publish(Vec<Message>),
    Order(Order),
    Break(Fault, Duration),
    /// The log is saved, deleted and put back, while nobody works.
    Restore,
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// How long after the step before.
    pub(crate) after: Duration,
    pub(crate) act: Act,
}

/// What is to happen.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) steps: Vec<Step>,
}

impl Plan {
    /// What happens first is dated a little before that instant.
    pub(crate) fn new(seed: u64, count: usize, began: Timestamp) -> Self {
        let traffic = Traffic::new("life", ISSUES, seed ^ 0x5eed).from(began, 5);
        let numbers = Numbers::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut drawn = Drawn { numbers, traffic, issues: Vec::new(), number: 0 };
        // Not while nothing has happened, and only once: it stops all the others.
        let restore = (drawn.numbers.below(2) == 0).then(|| count / 3 + drawn.numbers.below(count / 3 + 1));
        let step = |number| {
            let after = Duration::from_millis(drawn.numbers.below(GAP) as u64);
            let act = if Some(number) == restore { Act::Restore } else { drawn.act(number) };
            Step { after, act }
        };
        Self { seed, steps: (0..count).map(step).collect() }
    }

    /// Of its steps these, in their order.
    pub(crate) fn only(mut self, numbers: &[usize]) -> Self {
        let numbers: BTreeSet<_> = numbers.iter().collect();
        self.steps = self
            .steps
            .into_iter()
            .enumerate()
            .filter(|(number, _)| numbers.contains(number))
            .map(|(_, step)| step)
            .collect();
        self
    }
}

struct Drawn {
    numbers: Numbers,
    traffic: Traffic,
    /// Those that somebody published about.
    issues: Vec<String>,
    number: usize,
}

impl Drawn {
    fn act(&mut self, number: usize) -> Act {
        self.number = number;
        match self.numbers.below(100) {
            0..55 => Act::Publish(self.messages()),
            55..60 => Act::Publish(vec![self.document()]),
            60..88 => Act::Order(self.order()),
            _ => {
                let (least, most) = BROKEN;
                let broken = least + self.numbers.below(most - least);
                Act::Break(self.fault(), Duration::from_millis(broken as u64))
            }
        }
    }

    fn messages(&mut self) -> Vec<Message> {
        let count = 1 + self.numbers.below(BURST);
        let messages: Vec<_> = self.traffic.by_ref().take(count).collect();
        self.issues.extend(messages.iter().filter_map(|message| message.issue.clone()));
        messages
    }

    /// Somebody leaves or comes back, a department closes or opens, somebody stands in.
    fn document(&mut self) -> Message {
        let is_active = self.numbers.below(2) == 0;
        let (kind, id, data) = match self.numbers.below(4) {
            0 | 1 => {
                let id = self.numbers.pick(&PEOPLE);
                ("person", id, person(id, if is_active { "active" } else { "left" }))
            }
            2 => {
                let id = self.numbers.pick(&DEPARTMENTS);
                let successor = self.numbers.pick(&DEPARTMENTS);
                ("department", id, department(id, is_active, successor))
            }
            _ => {
                let members = [self.numbers.pick(&PEOPLE), self.numbers.pick(&PEOPLE)];
                let data = json!({"id": "duty", "zone": "Europe/Berlin", "members": members, "every": "1 week", "from": "2026-01-05T09:00"});
                ("rotation", "duty", data)
            }
        };
        Message::document(kind, id, &format!("d-{}", self.number), &data)
    }

    fn order(&mut self) -> Order {
        let issue = match self.issues.len() {
            0 => "life-0".to_owned(),
            count => self.issues[self.numbers.below(count)].clone(),
        };
        let what = match self.numbers.below(12) {
            0 | 1 => Wish::Acknowledge(issue),
            2..5 => Wish::Accept(issue),
            5..8 => Wish::Assign(issue, self.numbers.pick(&DEPARTMENTS), self.numbers.pick(&TEAMS)),
            8 => Wish::Decline(issue),
            9 => Wish::Note(issue),
            _ => Wish::Answer(self.numbers.below(1_000)),
        };
        let (department, person) = (self.numbers.pick(&DEPARTMENTS), self.numbers.pick(&PEOPLE));
        Order { number: self.number, node: self.numbers.below(2), department, person, what }
    }

    fn fault(&mut self) -> Fault {
        let node = self.numbers.below(2);
        let line = match self.numbers.below(5) {
            0 => Line::Tools,
            1 | 2 => Line::Log(node),
            3 => Line::Api(node),
            _ => Line::Pager(node),
        };
        let part = match self.numbers.below(6) {
            0 | 1 => Part::Nats,
            2..5 => Part::Aggregator(node),
            _ => Part::Pager(node),
        };
        match self.numbers.below(20) {
            0..5 => Fault::Kill(part),
            5..8 => Fault::Stop(part),
            8..10 => Fault::Cut(line),
            10..14 => Fault::Line(line, self.numbers.pick(&[Way::Slow, Way::Held, Way::Deaf, Way::Shut])),
            14..16 => Fault::Quota,
            16..18 => Fault::Damage(node, self.numbers.below(1 << 30) as u64),
            _ => Fault::Skew(node, self.numbers.pick(&SKEWS)),
        }
    }
}

fn person(id: &str, status: &str) -> Value {
    json!({"id": id, "name": id, "departments": ["support"], "status": status, "accounts": [{"system": "t", "id": id}],
        "contacts": [{"name": "hook", "kind": "webhook", "address": "HOOK"}]})
}

fn department(id: &str, is_active: bool, successor: &str) -> Value {
    json!({"department": id, "name": id, "policy": "quick", "active": is_active, "successor": successor})
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{:>3} ms  ", self.after.as_millis())?;
        match &self.act {
            Act::Publish(messages) => {
                let subjects: Vec<_> = messages.iter().map(|message| message.shown()).collect();
                write!(f, "publish {}", subjects.join(", "))
            }
            Act::Order(Order { number, node, department, person, what }) => {
                write!(f, "{department}/{person} orders {what:?} of aggregator {node} as life-{number}")
            }
            Act::Break(fault, broken) => write!(f, "{fault:?} for {} ms", broken.as_millis()),
            Act::Restore => f.write_str("export the log, delete and restore it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(plan: &Plan) -> Vec<String> {
        plan.steps.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_seed_gives_one_plan() {
        let of = |seed| told(&Plan::new(seed, 300, Timestamp::UNIX_EPOCH));
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
        let all = told(&Plan::new(7, 300, Timestamp::UNIX_EPOCH));
        let some = told(&Plan::new(7, 300, Timestamp::UNIX_EPOCH).only(&[3, 17]));
        assert_eq!(some, [all[3].clone(), all[17].clone()]);
    }
}
