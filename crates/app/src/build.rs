//! From a configuration to an [`App`]: the store, the connection, the listeners and the services over them.

use std::{
    fs,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use api::{Dependencies, Facts, RebuildRefusal, Services};
use engine::{Clock, Projection, escalator::Escalator, query::Reader};
use jetstream::JetStreamLog;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
};

use crate::{
    AccessError, Addresses, App, Config, SystemClock,
    access::Doors,
    codec::CODEC,
    config::{self, Secret},
    connection::{self, LogError},
    room::{self, Measure, Room},
    stores::{self, OpenProjectionError, Opened},
    supervise::{Stated, Supervisor, Told, WISHES, Wish},
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
    /// Nobody could be let in safely.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The key of page tokens cannot be read.
    #[error("read the secret in {}", secret.file.display())]
    PageKey {
        /// Which.
        secret: Secret,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The key that lies beside the store cannot be read or made.
    #[error("read or write the secret in {}", path.display())]
    OwnKey {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Opening the store was cut short.
    #[error("open the projection: the thread was cancelled")]
    Cancelled,
}

/// What runs.
pub(crate) struct Parts {
    pub(crate) addresses: Addresses,
    pub(crate) grpc: TcpListener,
    pub(crate) http: TcpListener,
    pub(crate) services: Services,
    pub(crate) doors: Doors,
    pub(crate) log: Arc<JetStreamLog>,
    pub(crate) projection: Arc<Projection>,
    pub(crate) supervisor: Supervisor,
    pub(crate) stated: Stated,
    pub(crate) measuring: Measuring,
    /// Absent where this node does not escalate.
    pub(crate) escalator: Option<Escalator>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

/// How the room on the disk is looked at.
pub(crate) struct Measuring {
    pub(crate) measure: Measure,
    pub(crate) min_free_mb: u64,
    pub(crate) room: watch::Sender<Room>,
}

/// Takes the listeners, opens the store and begins to connect. Nothing is folded or answered before [`App::run`].
///
/// # Errors
/// If the addresses are taken, the store cannot be opened, or the log's options are wrong. That NATS is not there yet
/// is none.
pub async fn build(config: &Config) -> Result<App, BuildError> {
    build_by(config, Arc::new(SystemClock)).await
}

/// The same, by another clock than this machine's: for tests of clocks that are wrong. Deadlines, commands and queries go by it;
/// what only tells how long something took does not.
///
/// # Errors
/// As [`build`].
pub async fn build_by(config: &Config, clock: Arc<dyn Clock>) -> Result<App, BuildError> {
    // First of all: a second Davy ends here without having touched anything.
    let grpc = listen("gRPC", config.api.listen).await?;
    let http = listen("HTTP", config.web.listen).await?;
    let doors = Doors::open(config)?;
    let opened = open(&config.store).await?;
    let log = Arc::new(connection::connect(&config.nats).await?);
    let projection = Arc::clone(&opened.projection);
    let measure = room::of(config.store.directory.clone());
    let min_free_mb = config.store.min_free_mb;
    let (room, looked) = watch::channel(room::look(&measure, Room::default(), min_free_mb));
    let durability = watch::Sender::new(api::Durability::Unknown);
    let stated = Stated { durability, told: Arc::new(Told::default()), room: looked.clone() };
    let (wishes, asked) = mpsc::channel(WISHES);
    let services = services(config, &doors, &projection, &log, &clock, &stated, wishes).await?;
    let escalator = config.escalator.enabled.then(|| escalator(&projection, &log, clock));
    let supervisor = Supervisor::new(Arc::clone(&log), opened, asked, looked, Arc::clone(&stated.told));
    let measuring = Measuring { measure, min_free_mb, room };
    let addresses =
        Addresses { grpc: address(&grpc, config.api.listen), http: address(&http, config.web.listen) };
    let parts = Parts {
        addresses,
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
    };
    Ok(App { parts })
}

async fn listen(what: &'static str, address: SocketAddr) -> Result<TcpListener, BuildError> {
    TcpListener::bind(address).await.map_err(|source| BuildError::Listen { what, address, source })
}

fn address(listener: &TcpListener, asked: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(asked)
}

async fn open(config: &config::Store) -> Result<Opened, BuildError> {
    let config::Store { directory, cache_mb, min_free_mb: _ } = config.clone();
    let options = store::Options { cache_bytes: cache_mb << 20, ..store::Options::default() };
    let opening = tokio::task::spawn_blocking(move || stores::open(&directory, options));
    Ok(opening.await.map_err(|_| BuildError::Cancelled)??)
}

async fn services(
    config: &Config,
    doors: &Doors,
    projection: &Arc<Projection>,
    log: &Arc<JetStreamLog>,
    clock: &Arc<dyn Clock>,
    stated: &Stated,
    wishes: mpsc::Sender<Wish>,
) -> Result<Services, BuildError> {
    let clock = Arc::clone(clock);
    let reader = Reader::new(Arc::clone(projection), Arc::clone(&clock));
    let dependencies = Dependencies { reader, log: Arc::clone(log) as _, codec: Arc::new(CODEC), clock };
    let (stated, projection) = (stated.clone(), Arc::clone(projection));
    let facts = move || Facts {
        durability: *stated.durability.borrow(),
        verified: stated.told.is_verified(),
        generation: projection.generation().to_string(),
        rebuild: stated.told.rebuilding(),
        free_bytes: stated.room.borrow().free,
    };
    let options = api::Options {
        page_key: page_key(&config.api, &config.store.directory)?,
        version: crate::VERSION.to_owned(),
        started_at: SystemClock::now(),
        facts: Box::new(facts),
        rebuild: asking(wishes),
        access: Arc::clone(&doors.access),
        public_url: config.web.public_url.clone(),
    };
    Ok(Services::new(dependencies, options).await)
}

fn escalator(projection: &Arc<Projection>, log: &Arc<JetStreamLog>, clock: Arc<dyn Clock>) -> Escalator {
    let reader = Reader::new(Arc::clone(projection), clock);
    Escalator::new(reader, Arc::clone(log) as _, Arc::new(api::WireComposer))
}

/// Passes operators' wishes to the supervisor.
fn asking(wishes: mpsc::Sender<Wish>) -> api::Rebuild {
    Box::new(move |wish| {
        let wishes = wishes.clone();
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            let stopping = |_| RebuildRefusal::Stopping;
            wishes.send(Wish { wish, answer }).await.map_err(|_| RebuildRefusal::Stopping)?;
            answered.await.map_err(stopping)?
        })
    })
}

/// Without a key that several Davys share, one of this store's own: links in pings outlive a restart.
fn page_key(config: &config::Api, directory: &Path) -> Result<Vec<u8>, BuildError> {
    match &config.page_key {
        Some(secret) => secret
            .text()
            .map(String::into_bytes)
            .map_err(|source| BuildError::PageKey { secret: secret.clone(), source }),
        None => own_key(directory),
    }
}

/// The key that lies beside the store, made at the first start.
fn own_key(directory: &Path) -> Result<Vec<u8>, BuildError> {
    let path = directory.join("page-key");
    let failed = |source| BuildError::OwnKey { path: path.clone(), source };
    match fs::read(&path) {
        Ok(key) if key.len() >= 32 => return Ok(key),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let key: Vec<u8> = (0..4).flat_map(|_| random().to_be_bytes()).collect();
    write_secret(&path, &key).map_err(failed)?;
    Ok(key)
}

/// For its owner's eyes alone.
fn write_secret(path: &Path, key: &[u8]) -> io::Result<()> {
    let mut options = fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, key)
}

/// The standard library seeds its hash maps with the operating system's randomness.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_beside_the_store_outlives_restarts_so_that_links_do() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = own_key(one.path()).unwrap();
        assert!(key.len() >= 32);
        assert_eq!(own_key(one.path()).unwrap(), key);
        assert_ne!(own_key(other.path()).unwrap(), key);
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::MetadataExt::mode(&fs::metadata(one.path().join("page-key")).unwrap());
            assert_eq!(mode & 0o777, 0o600, "it is nobody else's");
        }
        // One that was cut off is no key.
        fs::write(one.path().join("page-key"), &key[..7]).unwrap();
        assert_ne!(own_key(one.path()).unwrap(), key);
    }
}
