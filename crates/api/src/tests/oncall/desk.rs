//! A department with somebody on call, and an escalator at work.

use std::{sync::Arc, time::Duration};

use engine::{escalator::Escalator, query::Reader};
use proto::v1::{
    self, directory_service_client::DirectoryServiceClient, document::Document as Kind,
    on_call_service_client::OnCallServiceClient, pager_service_client::PagerServiceClient,
};
use tokio_util::sync::CancellationToken;
use tonic::{Request, service::Routes};

use super::super::System;
use crate::{Access, WireComposer};

/// A system whose escalator runs until it is dropped.
pub(in crate::tests) struct Desk {
    pub(in crate::tests) system: System,
    stop: CancellationToken,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(in crate::tests) fn by<T>(who: &str, request: T) -> Request<T> {
    let mut request = Request::new(request);
    request.metadata_mut().insert("davy-as", who.parse().unwrap());
    request
}

pub(in crate::tests) fn named(id: &str) -> Option<v1::IssueName> {
    Some(v1::IssueName { name: Some(v1::issue_name::Name::Id(id.to_owned())) })
}

pub(in crate::tests) fn id(request_id: &str) -> Option<v1::CommandOptions> {
    Some(v1::CommandOptions { request_id: request_id.to_owned(), ..Default::default() })
}

pub(in crate::tests) fn at(text: &str) -> Option<prost_types::Timestamp> {
    Some(wire::proto::timestamp(text.parse().unwrap()))
}

fn person(id: &str, name: &str, contacts: &[&str], quiet: Option<v1::QuietHours>) -> v1::Document {
    let contact = |contact: &&str| v1::ContactPoint {
        name: (*contact).to_owned(),
        kind: "ntfy".to_owned(),
        address: format!("{id}-{contact}"),
    };
    let document = v1::PersonDocument {
        id: id.to_owned(),
        name: name.to_owned(),
        departments: vec!["support".to_owned()],
        accounts: vec![v1::Reference { system: "zendesk".to_owned(), id: id.to_owned() }],
        contacts: contacts.iter().map(contact).collect(),
        quiet,
        ..Default::default()
    };
    v1::Document { document: Some(Kind::Person(document)) }
}

fn step(ping: &str) -> v1::PolicyStep {
    v1::PolicyStep { ping: vec![ping.to_owned()], wait: "5m".to_owned(), answers: 1 }
}

fn plan(severities: &str, steps: &[&str], holds: bool) -> v1::PolicyPlan {
    v1::PolicyPlan {
        severities: severities.to_owned(),
        steps: steps.iter().map(|ping| step(ping)).collect(),
        repeat: "0".to_owned(),
        lease: "30m".to_owned(),
        working_time: false,
        holds: Some(holds),
    }
}

/// Mia is on call from 08:00 to 18:00 and has quiet hours over noon, Ben leads, Kim cannot be reached. An issue that nobody
/// takes within ten minutes is escalated; of severity 2 through a step that asks nobody, of 4 to Kim first.
fn documents() -> Vec<v1::Document> {
    let noon = v1::QuietHours {
        zone: "Etc/UTC".to_owned(),
        hours: vec!["daily 12:00-13:00".to_owned()],
        calendar: String::new(),
    };
    let department = v1::DepartmentDocument {
        department: "support".to_owned(),
        head: "ben".to_owned(),
        policy: "support".to_owned(),
        schedule: "first-line".to_owned(),
        ..Default::default()
    };
    let layer = v1::ScheduleLayer {
        name: "days".to_owned(),
        people: vec!["mia".to_owned()],
        windows: vec!["daily 08:00-18:00".to_owned()],
        ..Default::default()
    };
    let schedule = |id: &str, layers| v1::ScheduleDocument {
        id: id.to_owned(),
        zone: "Etc/UTC".to_owned(),
        layers,
        ..Default::default()
    };
    let nights = v1::ScheduleLayer {
        name: "nights".to_owned(),
        people: vec!["mia".to_owned()],
        windows: vec!["daily 22:00-23:00".to_owned()],
        ..Default::default()
    };
    let policy = v1::PolicyDocument {
        id: "support".to_owned(),
        clocks: ["own 10m", "ack 60d", "update 60d", "resolve 60d"].map(ToOwned::to_owned).to_vec(),
        plans: vec![
            plan("1", &["on-call", "head"], false),
            plan("2", &["on-call:second-line", "on-call"], false),
            plan("3", &["on-call", "head"], true),
            plan("4", &["person:kim", "on-call"], false),
        ],
        fallback: "channel:alarm".to_owned(),
        ..Default::default()
    };
    let document = |kind| v1::Document { document: Some(kind) };
    vec![
        document(Kind::Department(department)),
        person("mia", "Mia", &["phone"], Some(noon)),
        person("ben", "Ben", &["desk"], None),
        person("kim", "Kim", &[], None),
        document(Kind::Schedule(schedule("first-line", vec![layer]))),
        document(Kind::Schedule(schedule("second-line", vec![nights]))),
        document(Kind::Policy(policy)),
    ]
}

impl Desk {
    pub(in crate::tests) async fn start() -> Self {
        Self::start_with(System::start().await).await
    }

    async fn start_with(system: System) -> Self {
        let stop = CancellationToken::new();
        let reader = Reader::new(system.projection.clone(), system.clock.clone());
        let escalator = Escalator::new(reader, system.log.clone(), Arc::new(WireComposer));
        let stopping = stop.clone();
        tokio::spawn(async move { escalator.run(stopping).await });
        let desk = Self { system, stop };
        desk.apply(documents()).await;
        desk
    }

    pub(in crate::tests) async fn apply(&self, documents: Vec<v1::Document>) {
        let request_id = self.system.log.all().len().to_string();
        let request = v1::ApplyRequest { documents, options: id(&request_id) };
        let mut client = DirectoryServiceClient::new(self.system.services.routes());
        client.apply(request).await.unwrap();
    }

    pub(in crate::tests) fn on_call(&self) -> OnCallServiceClient<Routes> {
        OnCallServiceClient::new(self.system.services.routes())
    }

    pub(in crate::tests) fn pager(&self) -> PagerServiceClient<Routes> {
        PagerServiceClient::new(self.system.services.routes())
    }

    /// Somebody reports an issue.
    pub(in crate::tests) async fn report(&self, text: &str, severity: v1::Severity) -> String {
        let report = v1::ReportIssueRequest {
            customer: "crm:4711".to_owned(),
            text: text.to_owned(),
            severity: severity.into(),
            options: id(text),
            ..Default::default()
        };
        let given = self.system.issues().report_issue(by("support/zendesk:kim", report)).await;
        given.unwrap().into_inner().result.unwrap().issue.unwrap().id
    }

    pub(in crate::tests) fn now(&self, text: &str) {
        self.system.clock.set(text.parse().unwrap());
    }

    pub(in crate::tests) async fn pings(&self, issue: &str) -> Vec<v1::ListedPing> {
        let request = v1::ListPingsRequest { issue: named(issue), ..Default::default() };
        self.on_call().list_pings(by("support", request)).await.unwrap().into_inner().pings
    }

    /// The newest ping of an issue, once it has so many.
    pub(in crate::tests) async fn pinged(&self, issue: &str, count: usize) -> v1::Ping {
        let mut applied = self.system.projection.applied();
        let newest = async {
            loop {
                applied.mark_unchanged();
                let pings = self.pings(issue).await;
                if pings.len() >= count {
                    return pings[0].ping.clone().unwrap();
                }
                applied.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), newest).await.expect("a ping in time")
    }

    /// Why an issue is or is not pinged for.
    pub(in crate::tests) async fn why(&self, issue: &str) -> Vec<(v1::PingExplanation, String)> {
        self.explained(v1::explain_ping_request::About::Issue(named(issue).unwrap())).await
    }

    /// Why a ping was sent, or not.
    pub(in crate::tests) async fn why_ping(&self, ping: &str) -> Vec<(v1::PingExplanation, String)> {
        self.explained(v1::explain_ping_request::About::Ping(ping.to_owned())).await
    }

    async fn explained(&self, about: v1::explain_ping_request::About) -> Vec<(v1::PingExplanation, String)> {
        let request = v1::ExplainPingRequest { about: Some(about) };
        let told = self.on_call().explain_ping(request).await.unwrap().into_inner().explanations;
        told.into_iter().map(|told| (told.why(), told.text)).collect()
    }

    /// Answers a ping.
    pub(in crate::tests) async fn answer(
        &self,
        who: &str,
        which: v1::acknowledge_ping_request::Which,
        request_id: &str,
    ) -> Result<v1::AcknowledgePingResponse, tonic::Status> {
        let options = Some(request_id).filter(|request_id| !request_id.is_empty()).and_then(id);
        let request = v1::AcknowledgePingRequest { which: Some(which), options };
        self.on_call().acknowledge_ping(by(who, request)).await.map(tonic::Response::into_inner)
    }
}

/// A system without an escalator, where callers need credentials.
pub(in crate::tests) async fn guarded(access: Access) -> Desk {
    Desk { system: System::start_with(Arc::new(access)).await, stop: CancellationToken::new() }
}

pub(in crate::tests) fn has(told: &[(v1::PingExplanation, String)], why: v1::PingExplanation) -> String {
    let found = told.iter().find(|(known, _)| *known == why).map(|(_, text)| text.clone());
    found.unwrap_or_else(|| panic!("{why:?} is not among {told:#?}"))
}
