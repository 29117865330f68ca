//! Davy in this process: the same `App` as `main`, on a real `nats-server`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use app::{
    Addresses, Config, Progress, RunError, Stage,
    config::{Flag, Sources},
};
use client::{Api, ApiOptions, Publisher, PublisherOptions, v1};
use devkit::NatsServer;
use tempfile::TempDir;
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{PATIENCE, RawPublisher, Stored, eventually, nats_server};

/// How a [`System`] is to start.
#[derive(Clone, Debug, Default)]
pub struct SystemOptions {
    /// More configuration, as `section.key` and value.
    pub settings: Vec<(String, String)>,
    /// Return before everything is folded, or if folding has stopped.
    pub do_not_wait: bool,
}

/// A running Davy with its NATS. Dropped, everything ends and is deleted.
#[derive(Debug)]
pub struct System {
    running: Option<Running>,
    options: SystemOptions,
    nats: NatsServer,
    dir: TempDir,
}

#[derive(Debug)]
struct Running {
    addresses: Addresses,
    progress: Progress,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), RunError>>,
}

impl System {
    /// With everything folded.
    ///
    /// # Errors
    /// If anything does not start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(SystemOptions::default()).await
    }

    /// As the options say.
    ///
    /// # Errors
    /// If anything does not start.
    pub async fn start_with(options: SystemOptions) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir().context("make a directory")?;
        let nats = nats_server(&dir.path().join("nats")).await?;
        let mut system = Self { running: None, options, nats, dir };
        system.restart().await?;
        Ok(system)
    }

    /// Starts Davy again, on the same directories, after [`System::stop`] or [`System::crash`]. Its ports are others.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.running.is_none(), "it runs already");
        let config = self.config()?;
        // The threads of one that crashed hold the store until they notice.
        let app = eventually("the store of an earlier Davy", || async {
            match app::build(&config).await {
                Err(app::BuildError::Projection(error)) if error.is_in_use() => None,
                other => Some(other),
            }
        });
        let app = app.await?.context("build Davy")?;
        let (addresses, progress, shutdown) = (app.addresses(), app.progress(), CancellationToken::new());
        let task = tokio::spawn(app.run(shutdown.clone()));
        self.running = Some(Running { addresses, progress: progress.clone(), shutdown, task });
        if self.options.do_not_wait {
            return Ok(());
        }
        match timeout(PATIENCE, progress.settled(|_| {})).await.context("wait until everything is folded")? {
            Stage::Stopped { problem } => anyhow::bail!("folding has stopped: {problem}"),
            Stage::Ready | Stage::Connecting | Stage::Folding { .. } => Ok(()),
        }
    }

    fn config(&self) -> anyhow::Result<Config> {
        let mut settings = vec![
            ("nats.url".to_owned(), self.nats.url().to_owned()),
            ("nats.monitor_url".to_owned(), self.nats.monitoring_url().to_owned()),
            ("store.directory".to_owned(), self.store_dir().display().to_string()),
            ("store.cache_mb".to_owned(), "128".to_owned()),
            ("api.listen".to_owned(), "127.0.0.1:0".to_owned()),
            ("web.listen".to_owned(), "127.0.0.1:0".to_owned()),
        ];
        settings.extend(self.options.settings.iter().cloned());
        let flag = |(key, value)| Flag { name: "testkit".to_owned(), key, value };
        let flags: Vec<_> = settings.into_iter().map(flag).collect();
        let sources = Sources { file: None, env: &BTreeMap::new(), flags: &flags };
        Config::load(&sources).context("configure Davy")
    }

    /// Changes what the next [`System::restart`] starts with.
    pub const fn options(&mut self) -> &mut SystemOptions {
        &mut self.options
    }

    fn running(&self) -> anyhow::Result<&Running> {
        self.running.as_ref().context("Davy does not run")
    }

    /// Where it listens.
    ///
    /// # Errors
    /// If it does not run.
    pub fn addresses(&self) -> anyhow::Result<Addresses> {
        Ok(self.running()?.addresses)
    }

    /// How it is doing.
    ///
    /// # Errors
    /// If it does not run.
    pub fn progress(&self) -> anyhow::Result<Progress> {
        Ok(self.running()?.progress.clone())
    }

    /// The API; calls wait up to [`PATIENCE`].
    ///
    /// # Errors
    /// If it does not run.
    pub fn api(&self) -> anyhow::Result<Api> {
        let server = format!("http://{}", self.addresses()?.grpc);
        Ok(Api::connect(ApiOptions { deadline: PATIENCE, ..ApiOptions::new(server) })?)
    }

    /// A URL of the HTTP listener.
    ///
    /// # Errors
    /// If it does not run.
    pub fn url(&self, path: &str) -> anyhow::Result<String> {
        Ok(format!("http://{}{path}", self.addresses()?.http))
    }

    /// Publishes as a department's tool does.
    ///
    /// # Errors
    /// If NATS is not there.
    pub async fn nats(&self) -> anyhow::Result<Publisher> {
        Ok(Publisher::connect(PublisherOptions::new(self.nats.url())).await?)
    }

    /// Publishes bytes as they are, over a connection of its own.
    ///
    /// # Errors
    /// If there is no ack.
    pub async fn publish_raw(
        &self,
        subject: &str,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> anyhow::Result<Stored> {
        RawPublisher::connect(self.nats.url()).await?.publish(subject, headers, body).await
    }

    /// Waits until a position is folded and answered.
    ///
    /// # Errors
    /// If it is not in time, or lies beyond the end of the log.
    pub async fn await_position(&self, position: &str) -> anyhow::Result<()> {
        let read = v1::ReadOptions { min_position: position.to_owned(), ..v1::ReadOptions::default() };
        let request =
            v1::ListIssuesRequest { page_size: 1, read: Some(read), ..v1::ListIssuesRequest::default() };
        self.api()?.list_issues(request).await.with_context(|| format!("wait for {position}"))?;
        Ok(())
    }

    /// Its NATS, to be killed, restarted or written to.
    pub const fn nats_server(&mut self) -> &mut NatsServer {
        &mut self.nats
    }

    /// Where its NATS is.
    pub fn nats_url(&self) -> &str {
        self.nats.url()
    }

    /// The directory of the store; `projection/` lies in it.
    pub fn store_dir(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// The directory of everything.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Stops Davy in order; NATS goes on.
    ///
    /// # Errors
    /// If it does not run, fails, or takes longer than its 10 s of grace.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Running { shutdown, task, .. } = self.running.take().context("Davy does not run")?;
        shutdown.cancel();
        timeout(Duration::from_secs(12), task).await.context("stop within the time of grace")???;
        Ok(())
    }

    /// Drops Davy where it stands, without a last batch or flush; NATS goes on.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn crash(&mut self) -> anyhow::Result<()> {
        let Running { task, .. } = self.running.take().context("Davy does not run")?;
        task.abort();
        match task.await {
            Err(error) if error.is_cancelled() => Ok(()),
            Ok(ended) => Ok(ended?),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes the projection of a Davy that does not run.
    ///
    /// # Errors
    /// If it runs.
    pub async fn delete_store(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.running.is_none(), "it runs and writes");
        let projection = self.store_dir().join("projection");
        // The threads of one that crashed may still write a file.
        eventually("the projection to be deletable", || async {
            fs::remove_dir_all(&projection)
                .is_ok()
                .then_some(())
                .or_else(|| (!projection.exists()).then_some(()))
        })
        .await
    }
}
