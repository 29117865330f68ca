//! Queries over gRPC, beside a bare tonic server that returns the same message.

use std::{sync::Arc, time::Instant};

use domain::Position;
use engine::{Aggregator, EventLog};
use proto::v1::{
    IssueName, ListUnacknowledgedRequest, Reference, WhoOwnsRequest, issue_name::Name,
    issue_service_client::IssueServiceClient,
};
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use crate::{Size, bare::Bare, load::Load, place::Place, report::Report};

type Client = IssueServiceClient<Channel>;

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    let place = Place::start()?;
    let log = place.log().await?;
    eprintln!("publishing {} reports", size.open);
    let mut load = Load::new(true);
    for _ in 0..size.open / 1_000 {
        log.append(load.take(1_000), Vec::new()).await?;
    }
    let projection = place.projection("store")?;
    let shutdown = CancellationToken::new();
    let aggregator = Aggregator::new(Arc::clone(&log) as Arc<dyn EventLog>, Arc::clone(&projection));
    let stop = shutdown.clone();
    let running = tokio::spawn(async move { aggregator.run(stop).await });
    let end = Position::new(u64::try_from(size.open)?);
    projection.applied().wait_for(|position| *position >= end).await?;
    // Said just after the last batch; until then questions are refused.
    projection.phase().wait_for(|phase| *phase == engine::Phase::Live).await?;

    let mut davy = davy(&log, &projection, shutdown.clone()).await?;
    let list = davy.list_unacknowledged(list_request()).await?.into_inner();
    anyhow::ensure!(list.entries.len() == 50, "a page has {} entries", list.entries.len());
    let owner = davy.who_owns(owner_request(7)).await?.into_inner();
    let mut bare = client(Bare { list, owner }.serve().await?).await?;

    let (mut lists, mut bare_lists, mut owners, mut bare_owners) = (vec![], vec![], vec![], vec![]);
    for _ in 0..size.query_rounds {
        bare_lists.push(list_rate(&mut bare, size.calls).await?);
        lists.push(list_rate(&mut davy, size.calls).await?);
        bare_owners.push(owner_rate(&mut bare, size.calls * 2).await?);
        owners.push(owner_rate(&mut davy, size.calls * 2).await?);
    }
    let beside = "bare tonic, the same message";
    report.add(
        format!("ListUnacknowledged, 50 of {}", size.open),
        "calls, one at a time",
        lists,
        (beside, bare_lists),
        0.7,
    );
    report.add("WhoOwns", "calls, one at a time", owners, (beside, bare_owners), 0.8);
    shutdown.cancel();
    running.await??;
    Ok(())
}

fn list_request() -> ListUnacknowledgedRequest {
    ListUnacknowledgedRequest { page_size: 50, ..ListUnacknowledgedRequest::default() }
}

fn owner_request(issue: usize) -> WhoOwnsRequest {
    let reference = Reference { system: "servicenow".to_owned(), id: format!("INC{issue:07}") };
    WhoOwnsRequest { issue: Some(IssueName { name: Some(Name::Reference(reference)) }), read: None }
}

async fn list_rate(client: &mut Client, calls: usize) -> anyhow::Result<f64> {
    let started = Instant::now();
    for _ in 0..calls {
        client.list_unacknowledged(list_request()).await?;
    }
    Ok(calls as f64 / started.elapsed().as_secs_f64())
}

async fn owner_rate(client: &mut Client, calls: usize) -> anyhow::Result<f64> {
    let started = Instant::now();
    for call in 0..calls {
        client.who_owns(owner_request(1 + call % 10_000)).await?;
    }
    Ok(calls as f64 / started.elapsed().as_secs_f64())
}

/// Davy's own services.
async fn davy(
    log: &Arc<jetstream::JetStreamLog>,
    projection: &Arc<engine::Projection>,
    shutdown: CancellationToken,
) -> anyhow::Result<Client> {
    let clock: Arc<dyn engine::Clock> = Arc::new(app::SystemClock);
    let dependencies = api::Dependencies {
        reader: engine::query::Reader::new(Arc::clone(projection), Arc::clone(&clock)),
        log: Arc::clone(log) as Arc<dyn EventLog>,
        codec: Arc::new(app::codec()),
        clock,
    };
    let options = api::Options {
        public_url: None,
        page_key: b"bench".to_vec(),
        version: "bench".to_owned(),
        started_at: jiff::Timestamp::now(),
        facts: Box::new(|| api::Facts {
            durability: api::Durability::Unknown,
            verified: false,
            generation: String::new(),
            rebuild: None,
            free_bytes: None,
        }),
        rebuild: Box::new(|_wish| Box::pin(async { Err(api::RebuildRefusal::Stopping) })),
        access: Arc::new(api::Access::open()),
    };
    let services = api::Services::new(dependencies, options).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { api::serve(listener, None, services, shutdown.cancelled_owned()).await });
    client(address).await
}

async fn client(address: std::net::SocketAddr) -> anyhow::Result<Client> {
    let channel = Channel::from_shared(format!("http://{address}"))?.tcp_nodelay(true).connect().await?;
    Ok(IssueServiceClient::new(channel))
}
