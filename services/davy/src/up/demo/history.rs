//! The last days: a directory, some forty issues in every state, and one of each thing that goes wrong in practice.

use client::{EventError, Publisher, v1::EventMessage};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    script::{Matter, Script, house, name, person},
    texts::HOUSES,
};

const ISSUES: i64 = 40;
/// Between two reports, on average: 40 in five days.
const MINUTES_APART: i64 = 180;

type Told = Result<(), EventError>;

/// Publishes it in the order in which it happened; what came late comes last.
pub(super) async fn tell(script: &mut Script, publisher: &Publisher) -> anyhow::Result<()> {
    for message in directory(script)? {
        publisher.publish(message).await?;
    }
    let mut story = Story { script, happened: Vec::new() };
    for number in 0..ISSUES {
        story.issue(number)?;
    }
    let Story { mut happened, .. } = story;
    happened.sort_by_key(|(at, _)| *at);
    for (_, message) in happened {
        publisher.publish(message).await?;
    }
    for message in oddities(script)? {
        publisher.publish(message).await?;
    }
    Ok(())
}

fn directory(script: &Script) -> Result<Vec<EventMessage>, EventError> {
    let mut documents = Vec::new();
    for house in &HOUSES {
        documents.push(script.document("department", house.department, json!({ "name": house.name }))?);
        documents.push(script.document("system", house.system, json!({ "department": house.department }))?);
        for who in house.people {
            let accounts = json!([{ "system": house.system, "id": who }]);
            documents.push(script.document(
                "person",
                who,
                json!({ "name": name(who), "accounts": accounts }),
            )?);
        }
    }
    Ok(documents)
}

struct Story<'a> {
    script: &'a mut Script,
    happened: Vec<(Timestamp, EventMessage)>,
}

impl Story<'_> {
    /// One issue and what became of it.
    fn issue(&mut self, number: i64) -> Told {
        let jitter = i64::try_from(self.script.random.below(90)).unwrap_or(0);
        let at = self.script.before((ISSUES - number) * MINUTES_APART - jitter);
        let matter = self.script.matter();
        let report = self.script.report(&matter, at)?;
        self.happened.push((at, report));
        match self.script.random.below(10) {
            0..3 => self.solved(&matter, at),
            3..5 => self.in_hand(&matter, at),
            5 => self.handed_off(&matter, at),
            6 => self.passed_around(&matter, at),
            // Nobody has answered.
            _ => self.add(
                &matter,
                "autoreply.sent",
                later(at, 1),
                json!({ "channel": "mail", "template": "received" }),
            ),
        }
    }

    fn add(&mut self, matter: &Matter, type_name: &str, at: Timestamp, data: serde_json::Value) -> Told {
        // What would lie in the future has not happened.
        if at < self.script.began {
            let message = self.script.event(matter, matter.house, type_name, at, data)?;
            self.happened.push((at, message));
        }
        Ok(())
    }

    fn acknowledged(&mut self, matter: &Matter, at: Timestamp) -> Told {
        if at < self.script.began {
            let message = self.script.acknowledge(matter, matter.heard_by, at)?;
            self.happened.push((at, message));
        }
        Ok(())
    }

    fn solved(&mut self, matter: &Matter, at: Timestamp) -> Told {
        self.acknowledged(matter, later(at, 25))?;
        self.add(
            matter,
            "owner.accepted",
            later(at, 30),
            json!({ "person": person(matter.house, matter.heard_by) }),
        )?;
        self.add(matter, "issue.progress_noted", later(at, 95), json!({ "summary": "Could reproduce it" }))?;
        self.add(
            matter,
            "issue.resolved",
            later(at, 240),
            json!({ "res_kind": "fixed", "summary": "Exchanged and tested" }),
        )?;
        self.add(matter, "issue.closed", later(at, 400), json!({ "basis": "confirmed" }))
    }

    fn in_hand(&mut self, matter: &Matter, at: Timestamp) -> Told {
        let [team, _] = matter.house.teams;
        self.add(matter, "owner.assigned", later(at, 10), json!({ "team": team }))?;
        self.acknowledged(matter, later(at, 40))?;
        self.add(
            matter,
            "issue.update_sent",
            later(at, 180),
            json!({ "channel": "mail", "summary": "Still looking into it" }),
        )
    }

    /// Offered to engineering, which takes it.
    fn handed_off(&mut self, matter: &Matter, at: Timestamp) -> Told {
        let (engineering, taker) = (house("engineering"), "bo");
        self.acknowledged(matter, later(at, 20))?;
        let offer =
            json!({ "to_department": "engineering", "to_team": "Firmware", "summary": "Not ours to mend" });
        self.add(matter, "handoff.offered", later(at, 45), offer)?;
        let answered = later(at, 70);
        if answered < self.script.began {
            let data = json!({ "person": person(engineering, taker), "readback": "Will measure it on site" });
            let accepted = self.script.event(matter, engineering, "handoff.accepted", answered, data)?;
            self.happened.push((answered, accepted));
        }
        Ok(())
    }

    /// From team to team, and the customer asks again and again.
    fn passed_around(&mut self, matter: &Matter, at: Timestamp) -> Told {
        let [first, second] = matter.house.teams;
        for (after, team) in [(15, first), (200, second), (420, first)] {
            self.add(matter, "owner.assigned", later(at, after), json!({ "team": team }))?;
            self.add(
                matter,
                "issue.customer_chased",
                later(at, after + 100),
                json!({ "channel": "phone", "words": "And now?" }),
            )?;
        }
        Ok(())
    }
}

/// Two departments with one issue, somebody who left, and messages that came twice, late, or broken.
fn oddities(script: &mut Script) -> Result<Vec<EventMessage>, EventError> {
    let (support, engineering) = (house("support"), house("engineering"));
    let shared = Matter { house: support, heard_by: "ray", ..script.matter() };
    let at = script.before(90);
    let report = script.report(&shared, at)?;
    let again = report.clone();
    let taken = json!({ "person": person(support, "ray") });
    let taken = script.event(&shared, support, "owner.accepted", later(at, 5), taken)?;
    let noted = json!({ "summary": "Seen on the test bench too" });
    let noted = script.event(&shared, engineering, "issue.progress_noted", later(at, 40), noted)?;
    let gone = json!({ "name": "Ray", "active": false, "accounts": [{ "system": "desk", "id": "ray" }] });
    let gone = script.document("person", "ray", gone)?;

    let late = Matter { house: support, heard_by: "mia", ..script.matter() };
    let late_report = script.report(&late, script.before(300))?;
    let assigned =
        script.event(&late, support, "owner.assigned", script.before(200), json!({ "team": "L2" }))?;
    let acknowledged = script.acknowledge(&late, "mia", script.before(290))?;

    let broken = broken(script)?;
    Ok(vec![report, again, taken, noted, gone, late_report, assigned, acknowledged, broken])
}

/// A report that was cut off on its way.
pub(super) fn broken(script: &mut Script) -> Result<EventMessage, EventError> {
    let matter = Matter { house: house("field-service"), ..script.matter() };
    let at = script.before(12);
    let mut message = script.report(&matter, at)?;
    let half = message.body.len() / 2;
    message.body.truncate(half);
    message.headers.clear();
    Ok(message)
}

fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at + SignedDuration::from_mins(minutes)
}
