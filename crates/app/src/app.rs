//! A running Davy: what is started, in which order, and how it ends.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use domain::Position;
use engine::{Projection, escalator::Escalator};
use jetstream::JetStreamLog;
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    build::Parts,
    connection,
    progress::Progress,
    room,
    snapshot::Probing,
    supervise::{SuperviseError, Supervisor},
};

/// How long open requests may take after the request to stop; then their connections are cut.
const DRAIN: Duration = Duration::from_secs(5);
/// How long the batch in the making and the last flush may take after that.
const FINISH: Duration = Duration::from_secs(4);
/// How long folding waits for a stream that may have to be made first.
const FIRST_CONTACT: Duration = Duration::from_secs(3);

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
    /// The store cannot be replaced within this process.
    #[error(transparent)]
    Supervise(#[from] SuperviseError),
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
        Progress::of(&self.parts.projection, &self.parts.stated.told)
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
    projection: Arc<Projection>,
}

impl Tasks {
    fn start(parts: Parts, stopping: &Stopping) -> Self {
        let Parts {
            addresses: _,
            grpc,
            http,
            services,
            doors,
            log,
            projection,
            supervisor,
            stated,
            measuring,
            escalator,
        } = parts;
        let mut listeners = JoinSet::new();
        let rpcs = services.clone();
        let stop = stopping.listeners.clone().cancelled_owned();
        let tls = doors.grpc.clone();
        listeners.spawn(async { ("gRPC", api::serve(grpc, tls, services, stop).await.map_err(Into::into)) });
        let health = escalator.as_ref().map(Escalator::health);
        let probing =
            Probing { projection: Arc::clone(&projection), stopping: stopping.listeners.clone(), health };
        let probe = probing.probe();
        let (tls, hosts) = (doors.http.clone(), doors.hosts());
        listeners.spawn(serve_http(http, tls, probe, rpcs, hosts, stopping.listeners.clone()));
        let mut folding = JoinSet::new();
        let provisioned = CancellationToken::new();
        folding.spawn(supervise(supervisor, provisioned.clone(), stopping.folding.clone()));
        let mut watching = JoinSet::new();
        if let Some(escalator) = escalator {
            let stop = stopping.listeners.clone();
            watching.spawn(async move {
                escalator.run(stop).await;
                ("the escalator", Ok(()))
            });
        }
        watching.spawn(watch_log(log, Arc::clone(&projection), provisioned, stated.durability));
        watching.spawn(async move {
            room::watch(measuring.measure, measuring.min_free_mb, measuring.room).await;
            ("the disk's room", Ok(()))
        });
        watching.spawn(async move {
            doors.watch().await;
            ("the files of authentication", Ok(()))
        });
        Self { listeners, folding, watching, projection }
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
        let projection = self.projection;
        let finished = async {
            drained(&mut self.folding).await;
            tokio::task::spawn_blocking(move || projection.store().flush()).await
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

async fn serve_http(
    listener: TcpListener,
    tls: Option<Arc<api::Tls>>,
    probe: web::Probe,
    services: api::Services,
    hosts: web::Hosts,
    stop: CancellationToken,
) -> Outcome {
    let rpcs = services.routes().into_axum_router();
    ("HTTP", web::serve(listener, tls, probe, rpcs, hosts, stop).await.map_err(Into::into))
}

/// When folding cannot go on, queries are still answered, and say why; so that ends nothing.
async fn supervise(
    supervisor: Supervisor,
    provisioned: CancellationToken,
    stop: CancellationToken,
) -> Outcome {
    // Where NATS is away, what is folded already is to be answered from.
    let first_contact = timeout(FIRST_CONTACT, provisioned.cancelled());
    stop.run_until_cancelled(first_contact).await;
    ("the supervisor", supervisor.run(stop).await.map_err(Into::into))
}

/// A stream that is missing is made only where nothing was folded: it may be restored, and an operator may decide otherwise.
async fn watch_log(
    log: Arc<JetStreamLog>,
    projection: Arc<Projection>,
    provisioned: CancellationToken,
    durability: watch::Sender<api::Durability>,
) -> Outcome {
    let may_create = || projection.position() == Position::START;
    if let Err(error) = connection::provision(&log, may_create).await {
        return ("the log", Err(error.into()));
    }
    provisioned.cancel();
    connection::watch_durability(log, durability).await;
    ("the log", Ok(()))
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", chain(source)))
}
