//! The gRPC listener, with every limit it has.

mod incoming;
mod link;

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use crate::{PeerCertificate, Services, Tls};

/// Requests of one connection worked on at once. A watch counts until its answer begins.
const REQUESTS_PER_CONNECTION: usize = 256;
/// HTTP/2 streams of one connection: its open watches, and requests; what is above the line before waits.
const STREAMS_PER_CONNECTION: u32 = 4_096;
/// A request is given up after this long, or after its own deadline. An answer that is a stream may go on for longer.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// A silent connection is asked after this long whether it lives.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(30);
/// How long the answer to that may take.
const KEEPALIVE_TIME: Duration = Duration::from_secs(10);
/// Connections end after this long, so that clients spread over replicas again.
const CONNECTION_AGE: Duration = Duration::from_secs(3_600);
/// Bytes of a request's headers that are read at most; above that the connection answers 431 by itself. What a service may
/// be sent is less (`auth`), and is refused with a reason.
const HEADER_BYTES: u32 = 32 * 1024;
/// How long requests may go on after that.
const CONNECTION_GRACE: Duration = Duration::from_secs(60);
/// How long they may go on after the request to stop; then their connections are cut.
const STOP_GRACE: Duration = if cfg!(test) { Duration::from_millis(500) } else { Duration::from_secs(3) };

/// When a connection is to end: its watches end then, and say where to go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionAge {
    pub(crate) ends: Instant,
}

impl ConnectionAge {
    /// Of one that begins now.
    pub(crate) fn beginning() -> Self {
        Self { ends: Instant::now() + CONNECTION_AGE }
    }
}

/// What is known of a request's connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) age: ConnectionAge,
    /// What the client proved to hold.
    pub(crate) certificate: Option<PeerCertificate>,
}

/// The listener failed.
#[derive(Debug, thiserror::Error)]
#[error("serve gRPC")]
pub struct ServeError(#[from] tonic::transport::Error);

/// Serves until `shutdown`, then says so to health checks, ends every watch, lets requests end and returns, after 3 s at the
/// latest: whoever does not read is cut off.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    services: Services,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let (stopping, cut) = (CancellationToken::new(), CancellationToken::new());
    let _cut_at_the_end = cut.clone().drop_guard();
    let links = incoming::links(listener, tls, cut);
    let stop = async {
        services.health().follow(services.shared().reader.projection(), shutdown).await;
        services.shared().watches.stop();
        services.health().end().await;
        stopping.cancel();
    };
    let served = Server::builder()
        .concurrency_limit_per_connection(REQUESTS_PER_CONNECTION)
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .timeout(REQUEST_TIME)
        .http2_keepalive_interval(Some(KEEPALIVE_AFTER))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIME))
        .http2_max_header_list_size(HEADER_BYTES)
        .max_connection_age(CONNECTION_AGE)
        .max_connection_age_grace(CONNECTION_GRACE)
        .add_routes(services.routes())
        .serve_with_incoming_shutdown(links, stop);
    let late = async {
        stopping.cancelled().await;
        sleep(STOP_GRACE).await;
    };
    tokio::select! {
        served = served => Ok(served?),
        () = late => Ok(()),
    }
}
