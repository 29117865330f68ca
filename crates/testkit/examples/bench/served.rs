//! Davy's own services over a store, in this process, as the bare ones are.

use std::{net::SocketAddr, sync::Arc};

use engine::EventLog;
use proto::v1::{
    customer_service_client::CustomerServiceClient, issue_service_client::IssueServiceClient,
    operations_service_client::OperationsServiceClient,
};
use tonic::transport::Channel;

use crate::stream::{Folded, Stream};

/// A connection to a server of questions, Davy's or a bare one.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) issues: IssueServiceClient<Channel>,
    pub(crate) customers: CustomerServiceClient<Channel>,
    pub(crate) operations: OperationsServiceClient<Channel>,
}

impl Clients {
    /// One connection for all of them.
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let channel = Channel::from_shared(format!("http://{address}"))?.tcp_nodelay(true).connect().await?;
        Ok(Self {
            issues: IssueServiceClient::new(channel.clone()),
            customers: CustomerServiceClient::new(channel.clone()),
            operations: OperationsServiceClient::new(channel),
        })
    }
}

/// Serves a store until what follows its stream is stopped.
pub(crate) async fn serve(stream: &Stream, folded: &Folded) -> anyhow::Result<Clients> {
    // Said just after the last batch; until then questions are refused.
    folded.projection.phase().wait_for(|phase| *phase == engine::Phase::Live).await?;
    let clock: Arc<dyn engine::Clock> = Arc::new(app::SystemClock);
    let dependencies = api::Dependencies {
        reader: engine::query::Reader::new(Arc::clone(&folded.projection), Arc::clone(&clock)),
        log: Arc::clone(&stream.log) as Arc<dyn EventLog>,
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
    let stop = folded.shutdown.clone().cancelled_owned();
    tokio::spawn(async move { api::serve(listener, None, services, stop).await });
    Clients::connect(address).await
}
