//! Who is on call in the demonstration: support, in turns, by a policy whose clock runs out within seconds, so that a complaint
//! that nobody acknowledges pings somebody while one looks.

use anyhow::{Context as _, ensure};
use client::{
    Api,
    v1::{
        ApplyRequest, CommandOptions, ContactPoint, DepartmentDocument, Document, PersonDocument,
        PolicyDocument, PolicyPlan, PolicyStep, Reference, RotationDocument, ScheduleDocument, ScheduleLayer,
        document::Document as Kind,
    },
};
use uuid::Uuid;

use super::script::name;

/// Of the department, its schedule, rotation and policy.
const SUPPORT: &str = "support";
/// Who leads it.
const HEAD: &str = "tom";
/// Who take turns.
const ON_CALL: [&str; 2] = ["mia", "noa"];
/// How long a customer waits for a word before somebody is pinged.
const CLOCK: &str = "ack 20s";
/// Of the contact, and of the pager's channel.
const RECEIVER: &str = "receiver";

/// Sets the directory so. What is in force already stays.
pub(super) async fn set(api: &Api, receiver: &str) -> anyhow::Result<()> {
    let options = CommandOptions { request_id: Uuid::new_v4().to_string(), ..CommandOptions::default() };
    let request = ApplyRequest { documents: documents(receiver), options: Some(options) };
    let done = api.apply(request).await.context("set who is on call in the demonstration")?;
    ensure!(done.mistakes.is_empty(), "set who is on call in the demonstration: {:?}", done.mistakes);
    Ok(())
}

fn documents(receiver: &str) -> Vec<Document> {
    let people = ON_CALL.iter().chain([&HEAD]).map(|id| Kind::Person(person(id, receiver)));
    let rest = [
        Kind::Rotation(rotation()),
        Kind::Schedule(schedule()),
        Kind::Policy(policy()),
        Kind::Department(department()),
    ];
    people.chain(rest).map(|document| Document { document: Some(document) }).collect()
}

fn person(id: &str, receiver: &str) -> PersonDocument {
    PersonDocument {
        id: id.to_owned(),
        name: name(id),
        departments: vec![SUPPORT.to_owned()],
        accounts: vec![Reference { system: "desk".to_owned(), id: id.to_owned() }],
        contacts: vec![ContactPoint {
            name: RECEIVER.to_owned(),
            kind: "webhook".to_owned(),
            address: receiver.to_owned(),
        }],
        ..PersonDocument::default()
    }
}

fn rotation() -> RotationDocument {
    RotationDocument {
        id: SUPPORT.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        members: ON_CALL.map(ToOwned::to_owned).to_vec(),
        every: "1 day".to_owned(),
        from: "2026-01-05T09:00".to_owned(),
        ..RotationDocument::default()
    }
}

fn schedule() -> ScheduleDocument {
    ScheduleDocument {
        id: SUPPORT.to_owned(),
        zone: "Europe/Berlin".to_owned(),
        layers: vec![ScheduleLayer { rotation: SUPPORT.to_owned(), ..ScheduleLayer::default() }],
        ..ScheduleDocument::default()
    }
}

/// Whoever is on call, then who leads, and so on until somebody answers.
fn policy() -> PolicyDocument {
    let step = |target: &str, wait: &str| PolicyStep {
        ping: vec![target.to_owned()],
        wait: wait.to_owned(),
        ..PolicyStep::default()
    };
    let plan = PolicyPlan {
        steps: vec![step("on-call", "30s"), step("head", "1m")],
        repeat: "forever".to_owned(),
        lease: "2m".to_owned(),
        holds: Some(false),
        ..PolicyPlan::default()
    };
    PolicyDocument {
        id: SUPPORT.to_owned(),
        clocks: vec![CLOCK.to_owned()],
        plans: vec![plan],
        fallback: format!("channel:{RECEIVER}"),
        ..PolicyDocument::default()
    }
}

fn department() -> DepartmentDocument {
    DepartmentDocument {
        department: SUPPORT.to_owned(),
        name: "Support".to_owned(),
        head: HEAD.to_owned(),
        policy: SUPPORT.to_owned(),
        schedule: SUPPORT.to_owned(),
        ..DepartmentDocument::default()
    }
}
