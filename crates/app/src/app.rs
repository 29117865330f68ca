//! A running Davy: what is started, in which order, and how it ends.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use engine::{Aggregator, Projection, Store as _};
use jetstream::JetStreamLog;
use store::{SledStore, Verification};
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    build::{Parts, Stated},
    connection,
    progress::Progress,
    projection,
    snapshot::Probing,
};

/// How long open requests may take after the request to stop; then their connections are cut.
const DRAIN: Duration = Duration::from_secs(5);
/// How long the batch in the making and the last flush may take after that.
const FINISH: Duration = Duration::from_secs(4);
/// How long folding waits for a stream that may have to be made first.
const FIRST_CONTACT: Duration = Duration::from_secs(3);
/// Batches may go on during a scan of the rows, which then tells nothing and is made again.
const VERIFY_AGAIN: Duration = Duration::from_secs(30);

/// Where a running Davy listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// gRPC.
    pub grpc: SocketAddr,
    /// HTTP: health and metrics.
    pub http: SocketAddr,
}

/// A Davy that has its listeners and its store, and runs when told to.
#[derive(Debug)]
pub struct App {
    pub(crate) parts: Parts,
}

/// Why a running Davy ended without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The gRPC listener failed.
    #[error("serve gRPC")]
    Grpc(#[from] api::ServeError),
    /// The HTTP listener failed.
    #[error("serve HTTP")]
    Http(#[from] std::io::Error),
    /// The stream is not what it must be.
    #[error(transparent)]
    Provision(#[from] jetstream::ProvisionError),
    /// The store has not as many rows as it should have.
    #[error(
        "rows are missing from the projection: {recorded} expected, {found} found; start again and it is rebuilt from the log"
    )]
    RowsMissing {
        /// By its cursor.
        recorded: String,
        /// By a scan.
        found: String,
    },
    /// The projection's directory cannot be marked.
    #[error(transparent)]
    Mark(#[from] projection::OpenProjectionError),
    /// A part of the program panicked.
    #[error("run {0}: it panicked, which is a defect of Davy's; the log lines above say where")]
    Panicked(&'static str),
}

type Outcome = (&'static str, Result<(), RunError>);

impl App {
    /// Where it listens.
    pub const fn addresses(&self) -> Addresses {
        self.parts.addresses
    }

    /// How it is doing, for who starts it.
    pub fn progress(&self) -> Progress {
        Progress(Arc::clone(&self.parts.projection))
    }

    /// Runs until `shutdown` or until something fails that cannot be helped, then stops in order: not ready any more, open
    /// requests end, the batch in the making is written, the store is flushed. That takes 10 s at most.
    ///
    /// # Errors
    /// Why it ended without being asked to.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), RunError> {
        let Parts { addresses, .. } = self.parts;
        tracing::info!(grpc = %addresses.grpc, http = %addresses.http, version = crate::VERSION, "davy listens");
        let stopping = Stopping::default();
        let mut tasks = Tasks::start(self.parts, &stopping);
        let outcome = tokio::select! {
            () = shutdown.cancelled() => Ok(()),
            failed = tasks.failed() => Err(failed),
        };
        tracing::info!("stopping");
        tasks.stop(&stopping).await;
        tracing::info!("stopped");
        outcome
    }
}

/// What is told to stop, one after the other.
#[derive(Debug, Default)]
struct Stopping {
    listeners: CancellationToken,
    folding: CancellationToken,
}

struct Tasks {
    listeners: JoinSet<Outcome>,
    folding: JoinSet<Outcome>,
    watching: JoinSet<Outcome>,
    store: Arc<SledStore>,
}

impl Tasks {
    fn start(parts: Parts, stopping: &Stopping) -> Self {
        let Parts { addresses: _, grpc, http, services, log, projection, opened, stated } = parts;
        let Stated { durability, verified } = stated;
        let store = Arc::clone(&opened.store);
        let mut listeners = JoinSet::new();
        let stop = stopping.listeners.clone().cancelled_owned();
        listeners.spawn(async { ("gRPC", api::serve(grpc, services, stop).await.map_err(Into::into)) });
        let probe =
            Probing { projection: Arc::clone(&projection), stopping: stopping.listeners.clone() }.probe();
        listeners.spawn(serve_http(http, probe, stopping.listeners.clone()));
        let mut folding = JoinSet::new();
        let provisioned = CancellationToken::new();
        folding.spawn(fold(Arc::clone(&log), projection, provisioned.clone(), stopping.folding.clone()));
        let mut watching = JoinSet::new();
        watching.spawn(watch_log(log, provisioned, durability));
        watching.spawn(verify(opened, verified));
        Self { listeners, folding, watching, store }
    }

    /// Waits until something fails that ends everything.
    async fn failed(&mut self) -> RunError {
        loop {
            let ended = tokio::select! {
                Some(ended) = self.listeners.join_next() => ended,
                Some(ended) = self.folding.join_next() => ended,
                Some(ended) = self.watching.join_next() => ended,
                else => std::future::pending().await,
            };
            match ended {
                Ok((_, Ok(()))) => {}
                Ok((_, Err(error))) => return error,
                Err(_) => return RunError::Panicked("a task"),
            }
        }
    }

    async fn stop(mut self, stopping: &Stopping) {
        self.watching.abort_all();
        stopping.listeners.cancel();
        if timeout(DRAIN, drained(&mut self.listeners)).await.is_err() {
            tracing::warn!("requests were still open and are cut off");
            self.listeners.abort_all();
        }
        stopping.folding.cancel();
        let store = self.store;
        let finished = async {
            drained(&mut self.folding).await;
            tokio::task::spawn_blocking(move || store.flush()).await
        };
        match timeout(FINISH, finished).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(error = %chain(&error), "the store was not flushed"),
            // Nothing is lost: what is not in the store is folded again.
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("the last batch was not finished; it is folded again at the next start")
            }
        }
    }
}

async fn drained(tasks: &mut JoinSet<Outcome>) {
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok((_, Ok(()))) => {}
            Ok((what, Err(error))) => tracing::warn!(error = %chain(&error), "{what} ended badly"),
            Err(error) => tracing::error!(%error, "a task panicked"),
        }
    }
}

async fn serve_http(listener: TcpListener, probe: web::Probe, stop: CancellationToken) -> Outcome {
    ("HTTP", web::serve(listener, probe, stop).await.map_err(Into::into))
}

/// When folding cannot go on, queries are still answered, and say why; so that ends nothing.
async fn fold(
    log: Arc<JetStreamLog>,
    projection: Arc<Projection>,
    provisioned: CancellationToken,
    stop: CancellationToken,
) -> Outcome {
    // Where NATS is away, what is folded already is to be answered from.
    timeout(FIRST_CONTACT, provisioned.cancelled()).await.ok();
    if let Err(error) = Aggregator::new(log, projection).run(stop).await {
        tracing::error!(error = %chain(&error), "folding has stopped; queries are answered from what is folded");
    }
    ("the aggregator", Ok(()))
}

async fn watch_log(
    log: Arc<JetStreamLog>,
    provisioned: CancellationToken,
    durability: watch::Sender<api::Durability>,
) -> Outcome {
    if let Err(error) = connection::provision(&log).await {
        return ("the log", Err(error.into()));
    }
    provisioned.cancel();
    connection::watch_durability(log, durability).await;
    ("the log", Ok(()))
}

/// Counts the rows once while nothing is written.
async fn verify(opened: Arc<projection::Opened>, verified: watch::Sender<bool>) -> Outcome {
    loop {
        let store = Arc::clone(&opened.store);
        match tokio::task::spawn_blocking(move || store.verify()).await {
            Ok(Ok(Verification::Whole)) => {
                verified.send_replace(true);
                return ("verification", Ok(()));
            }
            Ok(Ok(Verification::Differs { recorded, found })) => {
                let error =
                    RunError::RowsMissing { recorded: format!("{recorded:?}"), found: format!("{found:?}") };
                return ("verification", opened.suspect().map_err(RunError::from).and(Err(error)));
            }
            Ok(Ok(Verification::Moved)) => {}
            Ok(Err(error)) => tracing::warn!(error = %chain(&error), "the rows cannot be counted"),
            Err(_) => return ("verification", Err(RunError::Panicked("the count of rows"))),
        }
        tokio::time::sleep(VERIFY_AGAIN).await;
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", chain(source)))
}
