//! Pings that are owed, as a pager hears of them.

use std::time::Duration;

use anyhow::Context as _;
use proto::v1::{self, pager_service_client::PagerServiceClient, watch_owed_pings_response::Frame};
use tokio::time::timeout;
use tonic::transport::Endpoint;

const PATIENCE: Duration = Duration::from_secs(5);

/// The issues that pings are owed for by the Davy at `127.0.0.1:port`, now.
///
/// # Errors
/// If it does not answer in time.
pub async fn owed(grpc: &str) -> anyhow::Result<Vec<v1::OwedIssue>> {
    timeout(PATIENCE, ask(grpc)).await.context("ask what is owed, in time")?
}

async fn ask(grpc: &str) -> anyhow::Result<Vec<v1::OwedIssue>> {
    let endpoint = Endpoint::from_shared(format!("http://{grpc}")).context("read the address")?;
    let mut client = PagerServiceClient::new(endpoint.connect().await.context("connect")?);
    let watch = client.watch_owed_pings(v1::WatchOwedPingsRequest::default()).await.context("watch")?;
    let (mut frames, mut issues) = (watch.into_inner(), Vec::new());
    loop {
        match frames.message().await?.context("the watch ended")?.frame {
            Some(Frame::Snapshot(snapshot)) => issues.extend(snapshot.issues),
            Some(Frame::SnapshotComplete(_)) => return Ok(issues),
            Some(Frame::Upsert(_) | Frame::Remove(_) | Frame::Progress(_)) | None => {}
        }
    }
}
