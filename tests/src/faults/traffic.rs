//! Departments at work on a few hundred issues: reports, hand-offs, acceptances, acknowledgements, notes; some of it late, some
//! twice, some that nobody can read.

use std::collections::HashMap;

use serde_json::{Value, json};
use testkit::client::v1::EventMessage;

use crate::generated::Numbers;

pub(crate) const DEPARTMENTS: [&str; 4] = ["sales", "support", "engineering", "field-service"];
pub(crate) const TEAMS: [&str; 3] = ["L1", "L2", "Firmware"];
pub(crate) const PEOPLE: [&str; 5] = ["ana", "bo", "kim", "mia", "noor"];
/// The first instant of what happens, unless somebody says otherwise, in milliseconds since 1970: 2025-03-03 08:00 UTC.
const START: i64 = 1_740_988_800_000;
/// Milliseconds between two events then.
const PACE: i64 = 7_000;
/// Seconds by which a late event is late, at most.
const LATE: usize = 3_600;

/// Endless, and the same for the same seed.
#[derive(Debug)]
pub(crate) struct Traffic {
    numbers: Numbers,
    /// In every id, so that two of them in one log are about different issues.
    name: String,
    issues: usize,
    reported: usize,
    made: usize,
    before: Option<Message>,
    start: i64,
    pace: i64,
}

/// What is published, and which issue it is about, if any.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) event: EventMessage,
    pub(crate) issue: Option<String>,
}

impl Message {
    /// A document of the directory.
    pub(crate) fn document(kind: &str, document: &str, id: &str, data: &Value) -> Self {
        let body = json!({
            "specversion": "1.0", "id": id, "source": "/directory", "type": format!("{kind}.set"), "data": data,
        });
        let headers = [("Nats-Msg-Id".to_owned(), format!("/directory/{id}"))].into();
        let subject = format!("davy.directory.{kind}.{document}");
        Self { event: EventMessage { subject, body: body.to_string().into(), headers }, issue: None }
    }

    /// With the address that `HOOK` stands for in a document.
    pub(crate) fn to(mut self, hook: &str) -> Self {
        if self.event.subject.starts_with("davy.directory.") {
            let body = String::from_utf8_lossy(&self.event.body).replace("HOOK", hook);
            self.event.body = body.into();
        }
        self
    }

    /// Where it goes, and which issue it is about.
    pub(crate) fn shown(&self) -> String {
        let issue = self.issue.as_deref().unwrap_or("of no issue");
        format!("{} ({issue})", self.event.subject.trim_start_matches("davy."))
    }
}

impl Traffic {
    /// About so many issues, then only about those.
    pub(crate) fn new(name: &str, issues: usize, seed: u64) -> Self {
        let numbers = Numbers::new(seed);
        let (name, start, pace) = (name.to_owned(), START, PACE);
        Self { numbers, name, issues, reported: 0, made: 0, before: None, start, pace }
    }

    /// From that instant on, with so many milliseconds between two events.
    pub(crate) fn from(self, start: jiff::Timestamp, pace: i64) -> Self {
        Self { start: start.as_millisecond(), pace, ..self }
    }

    /// Somebody acknowledges every issue that was reported.
    pub(crate) fn acknowledged(&self) -> Vec<Message> {
        let time = rfc3339(self.start + self.made as i64 * self.pace);
        let acknowledged = |number: usize| {
            let (issue, id) = (format!("{}-{number}", self.name), format!("{}-done-{number}", self.name));
            let data = json!({
                "issue": {"system": "t", "id": issue}, "actor": {"person": "mia"}, "channel": "mail",
            });
            let verb = "issue.acknowledged";
            let body = json!({
                "specversion": "1.0", "id": id, "source": "/tool", "type": verb, "time": time, "data": data,
            });
            let subject = format!("davy.events.support.crm:{}.{verb}", number % 50);
            Message { event: message(subject, &body, &id), issue: Some(issue) }
        };
        (0..self.reported).map(acknowledged).collect()
    }

    fn event(&mut self) -> Message {
        let is_new = self.reported == 0 || (self.reported < self.issues && self.numbers.below(8) == 0);
        let number = if is_new { self.reported } else { self.numbers.below(self.reported) };
        self.reported += usize::from(is_new);
        let issue = format!("{}-{number}", self.name);
        let origin = if is_new { DEPARTMENTS[number % 4] } else { self.numbers.pick(&DEPARTMENTS) };
        let (verb, mut data) = if is_new { self.report(number) } else { self.act() };
        data["issue"] = json!({"system": "t", "id": issue});
        let late = if self.numbers.below(10) == 0 { self.numbers.below(LATE) } else { 0 };
        let time = self.start + self.made as i64 * self.pace - late as i64 * 1_000;
        let id = format!("{}-{}", self.name, self.made);
        let body = json!({
            "specversion": "1.0", "id": id, "source": "/tool", "type": verb, "time": rfc3339(time), "data": data,
        });
        Message {
            event: message(format!("davy.events.{origin}.crm:{}.{verb}", number % 50), &body, &id),
            issue: Some(issue),
        }
    }

    fn report(&mut self, number: usize) -> (&'static str, Value) {
        let severity = 1 + self.numbers.below(4);
        let text = format!("Pump {number} resets every two hours since Friday");
        (
            "issue.reported",
            json!({"text": text, "severity": severity, "reporter": self.numbers.pick(&PEOPLE)}),
        )
    }

    fn act(&mut self) -> (&'static str, Value) {
        let person = self.numbers.pick(&PEOPLE);
        match self.numbers.below(12) {
            0..4 => {
                let (department, team) = (self.numbers.pick(&DEPARTMENTS), self.numbers.pick(&TEAMS));
                ("owner.assigned", json!({"department": department, "team": team}))
            }
            4..7 => ("owner.accepted", json!({"person": person})),
            7 => ("issue.acknowledged", json!({"actor": {"person": person}, "channel": "mail"})),
            _ => {
                ("issue.progress_noted", json!({"summary": "asked for the serial number of the second pump"}))
            }
        }
    }

    fn unreadable(&self) -> Message {
        let subject = "davy.events.support.crm:7.issue.reported".to_owned();
        let body = format!("{{\"text\": {}-{}", self.name, self.made);
        let event = EventMessage { subject, body: body.into(), headers: HashMap::new() };
        Message { event, issue: None }
    }
}

impl Iterator for Traffic {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        self.made += 1;
        let message = match self.numbers.below(100) {
            0 => self.unreadable(),
            1 => match self.before.clone() {
                Some(mut again) => {
                    // Without its id the server does not know it again; Davy must.
                    again.event.headers.remove("Nats-Msg-Id");
                    return Some(again);
                }
                None => self.event(),
            },
            _ => self.event(),
        };
        if message.issue.is_some() {
            self.before = Some(message.clone());
        }
        Some(message)
    }
}

fn message(subject: String, body: &Value, id: &str) -> EventMessage {
    let headers = [("Nats-Msg-Id".to_owned(), format!("/tool/{id}"))].into();
    EventMessage { subject, body: body.to_string().into(), headers }
}

fn rfc3339(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).unwrap().to_string()
}
