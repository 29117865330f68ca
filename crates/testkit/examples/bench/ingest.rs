//! Publishing through Davy, beside bare atomic batches of the same messages; every ack says that it is on disk.

use std::{sync::Arc, time::Instant};

use async_nats::{Client, HeaderMap};
use engine::NewMessage;
use proto::v1::{
    EventMessage, PublishEventsRequest, event_service_client::EventServiceClient, publish_outcome::Outcome,
};
use tokio::{sync::Mutex, task::JoinSet};
use tonic::transport::Channel;

use crate::{
    Size,
    child::Aggregator,
    fold,
    load::Load,
    place::Place,
    report::Report,
    stream::{self, on_disk, rate},
};

/// Events of a batch, and batches on their way at once.
const SORTS: [(usize, usize); 3] = [(100, 1), (1_000, 1), (100, 8)];

type Batches = Arc<Mutex<Vec<Vec<NewMessage>>>>;

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    // Both have a server of their own, so that no one folds what is bare.
    let (place, other) = (Place::start_durable()?, Place::start_durable()?);
    other.log().await?;
    let dir = place.dir.path().join("ingest");
    let aggregator = Aggregator::start(place.server.url(), &dir)?;
    aggregator.folded(0).await?;
    let davy = EventServiceClient::new(aggregator.channel()?);
    let nats = async_nats::connect(other.server.url()).await?;
    let (mut load, mut bytes) = (Load::new(false), 0);
    for (batch, at_once) in SORTS {
        let (mut bare, mut through) = (Vec::new(), Vec::new());
        for round in 0..size.query_rounds {
            let messages = load.take(size.ingested);
            bytes += stream::size(&messages);
            bare.push(run(&messages, (batch, at_once), &nats, publish).await?);
            through.push(run(&messages, (batch, at_once), &davy, publish_events).await?);
            eprintln!("batches of {batch}: bare {:.0}/s, davy {:.0}/s", bare[round], through[round]);
        }
        let work = format!("PublishEvents, batches of {batch}, {at_once} at once");
        report.add(work, "events", through, ("bare atomic batches, sync_interval: always", bare), 0.7);
    }
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let taken = [on_disk(&dir)?, on_disk(&place.dir.path().join("nats"))?];
    fold::disk(report, ("grown as events came", taken), bytes);
    Ok(())
}

/// All messages in batches, so many on their way at once; events a second.
async fn run<C: Clone + Send + 'static, F>(
    messages: &[NewMessage],
    (batch, at_once): (usize, usize),
    client: &C,
    publish: impl Fn(C, Vec<NewMessage>) -> F + Copy + Send + 'static,
) -> anyhow::Result<f64>
where
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let batches: Batches = Arc::new(Mutex::new(messages.chunks(batch).rev().map(<[_]>::to_vec).collect()));
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..at_once {
        let (batches, client) = (Arc::clone(&batches), client.clone());
        callers.spawn(async move {
            loop {
                let next = batches.lock().await.pop();
                let Some(batch) = next else { return anyhow::Ok(()) };
                publish(client.clone(), batch).await?;
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    Ok(rate(messages.len(), started))
}

/// NATS ADR-50, and nothing else.
async fn publish(client: Client, messages: Vec<NewMessage>) -> anyhow::Result<()> {
    let (id, last) = (client.new_inbox(), messages.len());
    for (number, NewMessage { subject, headers: own, body }) in (1..).zip(messages) {
        let mut headers = HeaderMap::new();
        for (name, value) in &own {
            headers.insert(name.as_str(), value.as_str());
        }
        headers.insert("Nats-Batch-Id", id.rsplit('.').next().unwrap_or_default());
        headers.insert("Nats-Batch-Sequence", number.to_string());
        if number < last {
            client.publish_with_headers(subject, headers, body.into()).await?;
            continue;
        }
        headers.insert("Nats-Batch-Commit", "1");
        let ack = client.request_with_headers(subject, headers, body.into()).await?;
        let stored = !ack.payload.windows(7).any(|part| part == b"\"error\"");
        anyhow::ensure!(stored && ack.status.is_none(), "{:?} {:?}", ack.status, ack.payload);
    }
    Ok(())
}

async fn publish_events(
    mut client: EventServiceClient<Channel>,
    messages: Vec<NewMessage>,
) -> anyhow::Result<()> {
    let events = messages
        .into_iter()
        .map(|NewMessage { subject, headers, body }| EventMessage {
            subject,
            body: body.into(),
            headers: headers.into_iter().collect(),
        })
        .collect();
    let answer = client.publish_events(PublishEventsRequest { events }).await?.into_inner();
    for outcome in answer.outcomes {
        if let Some(Outcome::Rejected(rejection)) = outcome.outcome {
            anyhow::bail!("rejected: {rejection:?}");
        }
    }
    Ok(())
}
