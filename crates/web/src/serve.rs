//! The listener, with every limit of its connections.
//!
//! `axum::serve` has no time limit for a request's headers and waits for every connection when it is told to stop, so one
//! client that sends half a request would keep it from ending. Hence this loop.

mod patient;

use std::{io, pin::pin, sync::Arc, time::Duration};

use api::{Accepted, Tls};
use axum::{Extension, Router, serve::Listener};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use patient::Patient;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{Hosts, Probe, routes, rpc::Rpcs};

/// Connections at once; those above wait in the operating system's queue.
const CONNECTIONS: usize = 4_096;
/// From a connection's begin, or the end of its last answer, to the end of the next request's headers.
const HEADERS_TIME: Duration = Duration::from_secs(30);
/// What is buffered of a connection, and so the size of a request's headers; longer ones are answered 431.
const BUFFER_BYTES: usize = 16 * 1024;
/// How long a connection may take nothing of what is sent to it.
const STALL_TIME: Duration = Duration::from_secs(30);
/// How long open requests may take after the request to stop; then their connections are cut.
const GRACE: Duration = Duration::from_secs(3);

/// Serves health, metrics and `rpcs`, the routes of the gRPC services, until `shutdown`, over TLS where there is one. Streams then end, other requests
/// may take 3 s more, and whatever is open after that is cut.
///
/// # Errors
/// If the listener is none. That a connection cannot be taken is logged and tried again.
pub async fn serve(
    mut listener: TcpListener,
    tls: Option<Arc<Tls>>,
    probe: Probe,
    rpcs: Router,
    hosts: Hosts,
    shutdown: CancellationToken,
) -> io::Result<()> {
    tracing::debug!(address = %listener.local_addr()?, "http listens");
    let service = routes::routes(probe, Rpcs::new(rpcs, shutdown.clone()), hosts);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(ended) = connections.join_next() => told(ended),
            (stream, _) = Listener::accept(&mut listener), if connections.len() < CONNECTIONS => {
                connections.spawn(connection(stream, tls.clone(), service.clone(), shutdown.clone()));
            }
        }
    }
    drop(listener);
    let drained = async {
        while let Some(ended) = connections.join_next().await {
            told(ended);
        }
    };
    if timeout(GRACE, drained).await.is_err() {
        tracing::debug!(connections = connections.len(), "connections are cut");
    }
    Ok(())
}

async fn connection(stream: TcpStream, tls: Option<Arc<Tls>>, service: Router, shutdown: CancellationToken) {
    let accepted = tokio::select! {
        accepted = api::accept(tls.as_deref(), stream) => accepted,
        () = shutdown.cancelled() => return,
    };
    let Accepted { io, certificate } = match accepted {
        Ok(accepted) => accepted,
        // The client is gone, or speaks something else; neither is news.
        Err(error) => return tracing::debug!(%error, "a connection came to nothing"),
    };
    let service = match certificate {
        Some(certificate) => service.layer(Extension(certificate)),
        None => service,
    };
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_TIME).max_buf_size(BUFFER_BYTES);
    let io = TokioIo::new(Patient::new(io, STALL_TIME));
    let mut connection = pin!(builder.serve_connection(io, TowerToHyperService::new(service)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // The client is gone, or sends what is no HTTP; neither is news.
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}

fn told(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection's task panicked");
    }
}
