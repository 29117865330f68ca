//! From a configuration to an [`App`]: the store, the connection, the listeners and the services over them.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    net::SocketAddr,
    sync::Arc,
};

use api::{Dependencies, Facts, Services};
use engine::{Projection, query::Reader};
use jetstream::JetStreamLog;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    Addresses, App, Config, SystemClock,
    codec::CODEC,
    config::{self, Secret},
    connection::{self, LogError},
    projection::{self, OpenProjectionError, Opened},
};

/// Why a Davy could not be started.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no projection.
    #[error(transparent)]
    Projection(#[from] OpenProjectionError),
    /// The log cannot be used.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The address is taken or not ours.
    #[error("listen on {address} for {what}; is another Davy running?")]
    Listen {
        /// gRPC or HTTP.
        what: &'static str,
        /// Which address.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The key of page tokens cannot be read.
    #[error("read the secret in {}", secret.file.display())]
    PageKey {
        /// Which.
        secret: Secret,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Opening the store was cut short.
    #[error("open the projection: the thread was cancelled")]
    Cancelled,
}

/// What runs.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) addresses: Addresses,
    pub(crate) grpc: TcpListener,
    pub(crate) http: TcpListener,
    pub(crate) services: Services,
    pub(crate) log: Arc<JetStreamLog>,
    pub(crate) projection: Arc<Projection>,
    pub(crate) opened: Arc<Opened>,
    pub(crate) stated: Stated,
}

/// What is found out beside the engine, and told by GetStatus.
#[derive(Debug)]
pub(crate) struct Stated {
    pub(crate) durability: watch::Sender<api::Durability>,
    pub(crate) verified: watch::Sender<bool>,
}

/// Takes the listeners, opens the store and begins to connect. Nothing is folded or answered before [`App::run`].
///
/// # Errors
/// If the addresses are taken, the store cannot be opened, or the log's options are wrong. That NATS is not there yet
/// is none.
pub async fn build(config: &Config) -> Result<App, BuildError> {
    // First of all: a second Davy ends here without having touched anything.
    let grpc = listen("gRPC", config.api.listen).await?;
    let http = listen("HTTP", config.web.listen).await?;
    let opened = Arc::new(open(&config.store).await?);
    let log = Arc::new(connection::connect(&config.nats).await?);
    let projection = Arc::clone(&opened.projection);
    let stated = Stated {
        durability: watch::Sender::new(api::Durability::Unknown),
        verified: watch::Sender::new(false),
    };
    let services = services(config, &opened, &log, &stated).await?;
    let addresses =
        Addresses { grpc: address(&grpc, config.api.listen), http: address(&http, config.web.listen) };
    Ok(App { parts: Parts { addresses, grpc, http, services, log, projection, opened, stated } })
}

async fn listen(what: &'static str, address: SocketAddr) -> Result<TcpListener, BuildError> {
    TcpListener::bind(address).await.map_err(|source| BuildError::Listen { what, address, source })
}

fn address(listener: &TcpListener, asked: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(asked)
}

async fn open(config: &config::Store) -> Result<Opened, BuildError> {
    let config::Store { directory, cache_mb } = config.clone();
    let options = store::Options { cache_bytes: cache_mb << 20, ..store::Options::default() };
    let opening = tokio::task::spawn_blocking(move || projection::open(&directory, options));
    Ok(opening.await.map_err(|_| BuildError::Cancelled)??)
}

async fn services(
    config: &Config,
    opened: &Opened,
    log: &Arc<JetStreamLog>,
    stated: &Stated,
) -> Result<Services, BuildError> {
    let clock = Arc::new(SystemClock);
    let reader = Reader::new(Arc::clone(&opened.projection), Arc::clone(&clock) as _);
    let dependencies = Dependencies { reader, log: Arc::clone(log) as _, codec: Arc::new(CODEC), clock };
    let (durability, verified) = (stated.durability.subscribe(), stated.verified.subscribe());
    let generation = opened.generation.clone();
    let facts = move || Facts {
        durability: *durability.borrow(),
        verified: *verified.borrow(),
        generation: generation.clone(),
    };
    let options = api::Options {
        page_key: page_key(&config.api)?,
        version: crate::VERSION.to_owned(),
        started_at: SystemClock::now(),
        facts: Box::new(facts),
    };
    Ok(Services::new(dependencies, options).await)
}

fn page_key(config: &config::Api) -> Result<Vec<u8>, BuildError> {
    match &config.page_key {
        Some(secret) => secret
            .text()
            .map(String::into_bytes)
            .map_err(|source| BuildError::PageKey { secret: secret.clone(), source }),
        None => Ok((0..4).flat_map(|_| random().to_be_bytes()).collect()),
    }
}

/// The standard library seeds its hash maps with the operating system's randomness.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
