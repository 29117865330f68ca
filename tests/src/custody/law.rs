//! The owner law: whatever departments publish and order, and whoever comes and goes, at every position of the log every
//! issue has one owner; and what is stored is what the log says.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::{
    Rows,
    client::{Api, Code, issue_name, v1},
};

use super::{
    hostile::Random,
    pair::{Pair, options, report},
};
use crate::block_on;

const STEPS: usize = 150;
const ISSUES: u64 = 4;
const DEPARTMENTS: [&str; 3] = ["support", "engineering", "sales"];
const PEOPLE: [&str; 3] = ["mia", "bo", "kim"];

/// Who does what, by chance.
struct Chance {
    random: Random,
    pair: Pair,
    /// Callers by department and person, in the order of both lists.
    callers: Vec<Api>,
    step: usize,
}

#[test]
fn at_every_position_every_issue_has_one_owner() {
    for seed in [11, 12] {
        let mut chance = Chance::new(seed);
        while chance.step < STEPS {
            chance.step += 1;
            match chance.random.below(10) {
                0..5 => chance.fact(),
                5..9 => chance.command(),
                _ => chance.directory(),
            }
        }
        chance.judge();
    }
}

impl Chance {
    fn new(seed: u64) -> Self {
        let pair = Pair::open();
        let callers = DEPARTMENTS.iter().flat_map(|department| {
            PEOPLE.map(|person| pair.api(person.len(), &format!("{department}/tool:{person}")))
        });
        let callers = callers.collect();
        Self { random: Random(seed), pair, callers, step: 0 }
    }

    fn of<T: Copy, const N: usize>(&mut self, all: [T; N]) -> T {
        all[self.random.below(N as u64) as usize]
    }

    fn person(&mut self) -> Value {
        json!({"system": "tool", "id": self.of(PEOPLE)})
    }

    /// A tool publishes something, in any order and with any time of the last hour.
    fn fact(&mut self) {
        let (kind, department, to) = (self.random.below(9), self.of(DEPARTMENTS), self.of(DEPARTMENTS));
        let (what, mut data) = match kind {
            0 => ("issue.reported", json!({"text": "Pump resets", "reporter": "kim"})),
            1 => ("owner.assigned", json!({"department": to, "team": "L2"})),
            2 => ("owner.assigned", json!({"person": self.person()})),
            3 => ("owner.accepted", json!({"person": self.person()})),
            4 => ("owner.declined", json!({})),
            5 => ("handoff.offered", json!({"to_department": to})),
            6 => ("handoff.accepted", json!({"person": self.person()})),
            7 => ("issue.resolved", json!({})),
            _ => ("issue.reopened", json!({})),
        };
        data["issue"] = json!({"system": "zendesk", "id": self.random.below(ISSUES).to_string()});
        let body = json!({"specversion": "1.0", "id": self.step.to_string(), "source": format!("/{department}"), "type": what,
            "time": format!("2026-03-02T10:{:02}:00Z", self.random.below(60)), "data": data});
        let subject = format!("davy.events.{department}.crm:1.{what}");
        block_on(self.pair.davys[0].publish(&subject, &[], body.to_string().as_bytes())).unwrap();
    }

    /// Somebody orders something, and may be refused.
    fn command(&mut self) {
        let number = self.random.below(ISSUES).to_string();
        let issue = Some(issue_name(&format!("zendesk:{number}")).unwrap());
        let (terms, to) = (options(self.step.to_string()), self.of(DEPARTMENTS).to_owned());
        let who = self.random.below(self.callers.len() as u64) as usize;
        let (api, reason) = (self.callers[who].clone(), "by chance".to_owned());
        let answer = match self.random.below(6) {
            0 => block_on(api.report_issue(report("crm:1", &number, &self.step.to_string()))).map(drop),
            1 | 2 => block_on(api.accept_issue(v1::AcceptIssueRequest { issue, options: terms })).map(drop),
            3 => {
                let request = v1::AssignIssueRequest {
                    issue,
                    department: to,
                    reason,
                    options: terms,
                    ..v1::AssignIssueRequest::default()
                };
                block_on(api.assign_issue(request)).map(drop)
            }
            4 => block_on(api.decline_issue(v1::DeclineIssueRequest { issue, reason, options: terms }))
                .map(drop),
            _ => {
                let read_back = "It resets under load, and I call them".to_owned();
                block_on(api.accept_hand_off(v1::AcceptHandOffRequest { issue, read_back, options: terms }))
                    .map(drop)
            }
        };
        if let Err(error) = answer {
            let known = [Code::FailedPrecondition, Code::NotFound, Code::AlreadyExists].contains(&error.code);
            assert!(known, "step {}: {error} {:?}", self.step, error.code);
        }
    }

    /// Somebody leaves or comes back; a department closes or opens.
    fn directory(&mut self) {
        let (status, active) = (self.of(["active", "left", "on_leave"]), self.of([true, false]));
        let (kind, id, data) = if self.random.below(2) == 0 {
            let id = self.of(PEOPLE);
            let account = json!([{"system": "tool", "id": id}]);
            (
                "person",
                id,
                json!({"id": id, "name": id, "departments": ["support"], "status": status, "accounts": account}),
            )
        } else {
            let (id, successor) = (self.of(DEPARTMENTS), self.of(DEPARTMENTS));
            (
                "department",
                id,
                json!({"department": id, "name": id, "active": active, "successor": successor}),
            )
        };
        let body = json!({"specversion": "1.0", "id": self.step.to_string(), "source": "/directory", "type": format!("{kind}.set"), "data": data});
        let subject = format!("davy.directory.{kind}.{id}");
        block_on(self.pair.davys[0].publish(&subject, &[], body.to_string().as_bytes())).unwrap();
    }

    fn judge(mut self) {
        let status = block_on(self.callers[0].get_status(v1::GetStatusRequest::default())).unwrap();
        assert_eq!(status.quarantined_total, 0, "the test publishes what can be read");
        let log = block_on(testkit::messages(self.pair.nats.url())).unwrap();
        let mut answers = 0;
        for position in 1..=log.len() {
            let reader = &self.callers[position % self.callers.len()];
            for issue in 0..ISSUES {
                let known_at = format!("0-{position}");
                let read = Some(v1::ReadOptions {
                    known_at,
                    min_position: format!("0-{}", log.len()),
                    ..v1::ReadOptions::default()
                });
                let name = Some(issue_name(&format!("zendesk:{issue}")).unwrap());
                match block_on(reader.who_owns(v1::WhoOwnsRequest { issue: name, read })) {
                    Ok(answer) => {
                        one_owner(&answer.owner.unwrap());
                        answers += 1;
                    }
                    Err(error) => assert_eq!(error.code, Code::NotFound, "{error}"),
                }
            }
        }
        assert!(answers > log.len(), "{answers} answers at {} positions", log.len());
        let fresh = block_on(Rows::folded(self.pair.nats.url())).unwrap();
        for davy in &mut self.pair.davys {
            davy.terminate().unwrap();
            let dir: PathBuf = davy.data_dir();
            Rows::stored(&dir).unwrap().compare(&fresh).unwrap();
        }
    }
}

/// A department, and what its kind says: nobody named, somebody named, a person who took it.
#[track_caller]
fn one_owner(owner: &v1::Owner) {
    assert!(!owner.department.is_empty(), "{owner:?}");
    assert!(owner.since.is_some() && !owner.by_event.is_empty(), "{owner:?}");
    let named = owner.person.is_some() || !owner.team.is_empty();
    match owner.kind() {
        v1::OwnerKind::Desk => assert!(!named, "{owner:?}"),
        v1::OwnerKind::Provisional => assert!(named, "{owner:?}"),
        v1::OwnerKind::Accepted => assert!(owner.person.is_some(), "{owner:?}"),
        v1::OwnerKind::Unspecified => panic!("{owner:?}"),
    }
}
