//! Commands over gRPC, beside a bare publish with an expected sequence: the least that a command needs of the log.

use std::{sync::Arc, time::Instant};

use async_nats::{Client, HeaderMap};
use proto::v1::{
    AcknowledgeIssueRequest, CommandOptions, IssueName, Reference, issue_name::Name,
    issue_service_client::IssueServiceClient,
};
use tokio::task::JoinSet;
use tonic::{Request, transport::Channel};

use crate::{Size, child::Aggregator, cpu::Processes, place::Place, report::Report};

/// Callers at once, on either side, who share one connection: as many as fill the machine.
const CALLERS: usize = 128;
/// Of a report; an acknowledgement is as long.
const TEXT: &str =
    "Pump resets every two hours since the last visit; the line stops and the shift leader calls";

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    // Both have a server of their own, so that no one folds what is bare; both ack only what is on disk.
    let (place, other) = (Place::start_durable()?, Place::start_durable()?);
    let issues = size.calls * size.query_rounds;
    publish(&place, issues).await?;
    other.log().await?;
    let aggregator = Aggregator::start(place.server.url(), &place.dir.path().join("commands"))?;
    aggregator.folded(issues).await?;
    let nats = vec![async_nats::connect(other.server.url()).await?; CALLERS];
    let davy = vec![aggregator.issues()?; CALLERS];
    let (server, other) = (place.pid()?, other.pid()?);
    let beside = Processes::with(&[("nats-server", other)]);
    let whole = Processes::with(&[("aggregator", aggregator.pid()), ("nats-server", server)]);
    let (mut bare, mut commands) = (Vec::new(), Vec::new());
    for round in 0..size.query_rounds {
        let first = round * size.calls;
        let before = beside.ticks()?;
        bare.push(rate(first, size.calls, &nats, expect_nothing).await?);
        let alone = beside.spent(&before, size.calls)?;
        let before = whole.ticks()?;
        commands.push(rate(first, size.calls, &davy, acknowledge).await?);
        let spent = whole.spent(&before, size.calls)?;
        eprintln!(
            "round {round}: bare {:.0}/s, {alone}; davy {:.0}/s, {spent}",
            bare[round], commands[round]
        );
    }
    let work = format!("AcknowledgeIssue, {CALLERS} at once");
    report.add(work, "commands", commands, ("expected-sequence publish", bare), 0.5);
    Ok(())
}

/// A report of an issue of a home of its own each.
async fn publish(place: &Place, count: usize) -> anyhow::Result<()> {
    eprintln!("publishing {count} reports");
    let log: Arc<dyn engine::EventLog> = place.log().await?;
    let report = |number: usize| {
        let data = serde_json::json!({
            "issue": { "system": "zendesk", "id": number.to_string() },
            "text": TEXT,
            "reporter": "mia",
        });
        engine::NewMessage {
            subject: format!("davy.events.support.crm:{number}.issue.reported"),
            headers: Vec::new(),
            body: data.to_string().into_bytes(),
        }
    };
    for first in (0..count).step_by(1_000) {
        log.append((first..count.min(first + 1_000)).map(report).collect(), Vec::new()).await?;
    }
    Ok(())
}

/// So many calls by all callers together, each of a number of its own; calls a second.
async fn rate<C, F>(
    first: usize,
    calls: usize,
    clients: &[C],
    call: impl Fn(C, usize) -> F + Copy + Send + 'static,
) -> anyhow::Result<f64>
where
    C: Clone + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let mut callers = JoinSet::new();
    let started = Instant::now();
    for (caller, client) in clients.iter().cloned().enumerate() {
        callers.spawn(async move {
            for number in (first..first + calls).skip(caller).step_by(CALLERS) {
                call(client.clone(), number).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    Ok(calls as f64 / started.elapsed().as_secs_f64())
}

/// What the aggregator appends for an acknowledgement, about.
async fn expect_nothing(client: Client, number: usize) -> anyhow::Result<()> {
    let home = format!("davy.events.command.crm:{number}");
    let mut headers = HeaderMap::new();
    headers.insert("Content-Type", "application/cloudevents+json");
    headers.insert("Nats-Expected-Last-Subject-Sequence", "0");
    headers.insert("Nats-Expected-Last-Subject-Sequence-Subject", format!("{home}.>"));
    let body = serde_json::json!({
        "specversion": "1.0",
        "id": "03ef809f-94b2-5eee-9bd2-9c2a8198024c",
        "source": "/davy",
        "type": "issue.acknowledged",
        "time": "2026-03-02T10:00:00Z",
        "data": {
            "issue": { "system": "zendesk", "id": number.to_string() },
            "actor": { "kind": "human", "person": { "system": "zendesk", "id": "mia" }, "department": "support" },
            "channel": "mail",
            "summary": TEXT,
        },
    });
    let subject = format!("{home}.issue.acknowledged");
    let ack = client.request_with_headers(subject, headers, body.to_string().into()).await?;
    anyhow::ensure!(!ack.payload.windows(7).any(|part| part == b"\"error\""), "{:?}", ack.payload);
    Ok(())
}

async fn acknowledge(mut client: IssueServiceClient<Channel>, number: usize) -> anyhow::Result<()> {
    let reference = Reference { system: "zendesk".to_owned(), id: number.to_string() };
    let options = CommandOptions { request_id: format!("bench-{number}"), ..CommandOptions::default() };
    let mut request = Request::new(AcknowledgeIssueRequest {
        issue: Some(IssueName { name: Some(Name::Reference(reference)) }),
        channel: "mail".to_owned(),
        summary: TEXT.to_owned(),
        options: Some(options),
        ..AcknowledgeIssueRequest::default()
    });
    request.metadata_mut().insert("davy-as", "support/zendesk:mia".parse()?);
    client.acknowledge_issue(request).await?;
    Ok(())
}
