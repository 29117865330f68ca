//! The gRPC listener, with every limit it has.

use std::{future::Future, time::Duration};

use tokio::net::TcpListener;
use tonic::transport::{Server, server::TcpIncoming};

use crate::Services;

/// Requests of one connection worked on at once.
const REQUESTS_PER_CONNECTION: usize = 256;
/// HTTP/2 streams of one connection; what is above the line before waits.
const STREAMS_PER_CONNECTION: u32 = 1_024;
/// A request is given up after this long, or after its own deadline.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// A silent connection is asked after this long whether it lives.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(30);
/// How long the answer to that may take.
const KEEPALIVE_TIME: Duration = Duration::from_secs(10);
/// Connections end after this long, so that clients spread over replicas again.
const CONNECTION_AGE: Duration = Duration::from_secs(3_600);
/// How long requests may go on after that.
const CONNECTION_GRACE: Duration = Duration::from_secs(60);

/// The listener failed.
#[derive(Debug, thiserror::Error)]
#[error("serve gRPC")]
pub struct ServeError(#[from] tonic::transport::Error);

/// Serves until `shutdown`, then says so to health checks, lets requests end and returns.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    services: Services,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let stop = services.health().follow(services.shared().reader.projection(), shutdown);
    Server::builder()
        .concurrency_limit_per_connection(REQUESTS_PER_CONNECTION)
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .timeout(REQUEST_TIME)
        .http2_keepalive_interval(Some(KEEPALIVE_AFTER))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIME))
        .max_connection_age(CONNECTION_AGE)
        .max_connection_age_grace(CONNECTION_GRACE)
        .add_routes(services.routes())
        .serve_with_incoming_shutdown(incoming, stop)
        .await?;
    Ok(())
}
