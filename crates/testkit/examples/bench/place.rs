//! A NATS server and a temporary directory to measure in.

use std::{env, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use devkit::{Finder, NatsServer};
use engine::{Codec, Projection};
use jetstream::JetStreamLog;
use store::SledStore;

/// A server of its own, and where stores go.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) server: NatsServer,
    pub(crate) dir: tempfile::TempDir,
}

impl Place {
    /// Starts the server. Acks are not synced: what is measured is reading.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::start_with(false)
    }

    /// The same, but an ack says that the message is on disk.
    pub(crate) fn start_durable() -> anyhow::Result<Self> {
        Self::start_with(true)
    }

    fn start_with(sync_always: bool) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let target = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
        let binary = Finder {
            explicit: env::var_os("NATS_SERVER_BIN").map(PathBuf::from),
            path_env: env::var_os("PATH"),
            tools_dir: target,
            allow_download: true,
            progress: |line| eprintln!("{line}"),
        }
        .find()?;
        let options = devkit::Options {
            binary,
            dir: dir.path().join("nats"),
            port: None,
            sync_always,
            extra_config: None,
        };
        Ok(Self { server: NatsServer::start(options)?, dir })
    }

    /// Of the server's process.
    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.server.pid().context("the server does not run")
    }

    /// The log on that server, with its stream.
    pub(crate) async fn log(&self) -> anyhow::Result<Arc<JetStreamLog>> {
        let log = jetstream::connect(jetstream::Options::new(self.server.url(), "davy-bench")).await?;
        log.provision(jiff::Timestamp::now()).await?;
        Ok(Arc::new(log))
    }

    /// A projection over an empty store.
    pub(crate) fn projection(&self, name: &str) -> anyhow::Result<Arc<Projection>> {
        let store = SledStore::open(&self.dir.path().join(name), store::Options::default())?;
        let codec: Arc<dyn Codec> = Arc::new(app::codec());
        Ok(Arc::new(Projection::open(Arc::new(store), codec, "bench")?))
    }
}
