//! A running `davy up`: the binary of today's build, a `nats-server`, and a directory that outlives it.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use client::{Api, ApiOptions, Publisher, PublisherOptions, v1};
use serde::Deserialize;
use tempfile::TempDir;

use crate::{
    ports::free_port,
    process::{self, send_signal},
};

/// How long the system may take to come up, with a log to fold.
const START: Duration = Duration::from_secs(120);
/// How long it may take to end in order: longer than its own time of grace, which a test that wants to know measures.
const END: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Where it answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Addresses {
    /// `127.0.0.1:port`.
    pub grpc: String,
    /// `127.0.0.1:port`.
    pub http: String,
    /// `nats://127.0.0.1:port`.
    pub nats: String,
}

/// How a [`Davy`] is to run.
#[derive(Clone, Debug, Default)]
pub struct DavyOptions {
    /// A NATS that runs already, and whose end is not Davy's; by default a child of Davy's own.
    pub nats_url: Option<String>,
    /// Where everything lies; by default in the directory that is deleted in the end.
    pub data_dir: Option<PathBuf>,
    /// Environment for Davy, as names and values.
    pub env: Vec<(String, String)>,
}

/// A running Davy. It is killed when this is dropped; its directory goes with it.
///
/// gRPC and HTTP have the same ports at every start, so that clients find it again.
#[derive(Debug)]
pub struct Davy {
    binary: PathBuf,
    options: DavyOptions,
    dir: TempDir,
    child: Option<Child>,
    addresses: Addresses,
    /// The most memory that any of its lives had when it ended.
    peak_memory: u64,
}

/// What a subcommand left behind.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its exit code; -1 if it was killed.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Davy {
    /// Starts `binary up --no-demo` in a directory of its own.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn start(binary: &str) -> anyhow::Result<Self> {
        Self::start_with(binary, DavyOptions::default())
    }

    /// Starts it as the options say, and waits until it answers.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn start_with(binary: &str, options: DavyOptions) -> anyhow::Result<Self> {
        let mut davy = Self::prepare(binary, options)?;
        davy.restart()?;
        Ok(davy)
    }

    /// One that [`Davy::spawn`] or [`Davy::restart`] starts.
    ///
    /// # Errors
    /// If there is no directory or port for it.
    pub fn prepare(binary: &str, options: DavyOptions) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir().context("make a directory")?;
        let local = |port: u16| format!("127.0.0.1:{port}");
        let nats = options.nats_url.clone().unwrap_or_default();
        let addresses = Addresses { grpc: local(free_port()?), http: local(free_port()?), nats };
        Ok(Self { binary: binary.into(), options, dir, child: None, addresses, peak_memory: 0 })
    }

    /// Starts it again on the same directory, and waits until it answers or folding has stopped.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.spawn()?;
        self.await_up()
    }

    /// Starts it without waiting for anything.
    ///
    /// # Errors
    /// If it runs, or cannot be run.
    pub fn spawn(&mut self) -> anyhow::Result<()> {
        ensure!(self.child.is_none(), "it is running");
        let _absent = fs::remove_file(self.addresses_file());
        let log = File::options().create(true).append(true).open(self.dir.path().join("up.log"));
        let log = log.context("open a log")?;
        let mut command = Command::new(&self.binary);
        command.args(["up", "--no-demo", "--grpc-addr", &self.addresses.grpc]);
        command.args(["--http-addr", &self.addresses.http]);
        match &self.options.nats_url {
            Some(url) => command.args(["--nats-url", url]),
            None => command.args(["--nats-port", "0"]),
        };
        command.arg("--data-dir").arg(self.data_dir());
        command.arg("--addresses-file").arg(self.addresses_file());
        command.envs(self.options.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(log.try_clone().context("share a log")?).stderr(log);
        self.child = Some(command.spawn().context("start davy up")?);
        Ok(())
    }

    /// Waits until it answers or folding has stopped.
    ///
    /// # Errors
    /// If it ends instead, or takes two minutes.
    pub fn await_up(&mut self) -> anyhow::Result<()> {
        let file = self.addresses_file();
        for _ in 0..START.as_millis() / POLL.as_millis() {
            if let Ok(text) = fs::read_to_string(&file) {
                self.addresses = serde_json::from_str(&text).context("read the addresses")?;
                return Ok(());
            }
            if let Some(status) = self.ended() {
                bail!("davy up ended with {status}: {}", self.log());
            }
            std::thread::sleep(POLL);
        }
        bail!("davy up is not ready after {START:?}: {}", self.log())
    }

    /// How it ended, if it did by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut().and_then(|child| child.try_wait().ok()).flatten()
    }

    fn addresses_file(&self) -> PathBuf {
        self.dir.path().join("addresses.json")
    }

    /// What `davy up` printed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("up.log")).unwrap_or_default()
    }

    /// Where it answers.
    pub const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Where its data lie.
    pub fn data_dir(&self) -> PathBuf {
        self.options.data_dir.clone().unwrap_or_else(|| self.dir.path().join("data"))
    }

    /// Its process; `None` while it does not run.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The most memory in bytes that it ever had, in all its lives.
    pub fn peak_memory(&mut self) -> u64 {
        let now = self.pid().and_then(process::peak_memory).unwrap_or(0);
        self.peak_memory = self.peak_memory.max(now);
        self.peak_memory
    }

    /// A file of the test's own beside the data.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> anyhow::Result<PathBuf> {
        let path = self.dir.path().join(name);
        fs::write(&path, text).with_context(|| format!("write {name}"))?;
        Ok(path)
    }

    /// Ends it with SIGKILL.
    ///
    /// # Errors
    /// If it is not running.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.peak_memory();
        let mut child = self.child.take().context("it is not running")?;
        child.kill().context("kill it")?;
        child.wait().context("wait for it")?;
        Ok(())
    }

    /// Ends it as Ctrl-C does, and answers with its exit code.
    ///
    /// # Errors
    /// If it is not running, or does not end.
    pub fn interrupt(&mut self) -> anyhow::Result<Option<i32>> {
        self.end("INT").map(|(code, _)| code)
    }

    /// Ends it as a service manager does, and answers with its exit code and how long it took.
    ///
    /// # Errors
    /// If it is not running, or does not end.
    pub fn terminate(&mut self) -> anyhow::Result<(Option<i32>, Duration)> {
        self.end("TERM")
    }

    fn end(&mut self, signal: &str) -> anyhow::Result<(Option<i32>, Duration)> {
        self.peak_memory();
        let mut child = self.child.take().context("it is not running")?;
        let asked = Instant::now();
        send_signal(child.id(), signal)?;
        loop {
            if let Some(status) = child.try_wait().context("wait for it")? {
                return Ok((status.code(), asked.elapsed()));
            }
            if asked.elapsed() > END {
                child.kill().context("kill it")?;
                child.wait().context("wait for it")?;
                bail!("it did not end within {END:?} of SIG{signal}: {}", self.log());
            }
            std::thread::sleep(POLL);
        }
    }

    /// Runs a subcommand of the same binary against it.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> anyhow::Result<Ran> {
        let Output { status, stdout, stderr } = Command::new(&self.binary)
            .args(arguments)
            .env("DAVY_SERVER", format!("http://{}", self.addresses.grpc))
            .env("DAVY_NATS_URL", &self.addresses.nats)
            .stdin(Stdio::null())
            .output()
            .context("run davy")?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Ran { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) })
    }

    /// A client of its API.
    ///
    /// # Errors
    /// If the address is none.
    pub async fn api(&self) -> anyhow::Result<Api> {
        Ok(Api::connect(ApiOptions::new(format!("http://{}", self.addresses.grpc)))?)
    }

    /// A department's tool, connected to its NATS server.
    ///
    /// # Errors
    /// If it cannot connect.
    pub async fn publisher(&self) -> anyhow::Result<Publisher> {
        Ok(Publisher::connect(PublisherOptions::new(&self.addresses.nats)).await?)
    }

    /// Publishes a message as it is and answers with its position.
    ///
    /// # Errors
    /// If NATS does not take it.
    pub async fn publish(
        &self,
        subject: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> anyhow::Result<String> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let event = v1::EventMessage { subject: subject.to_owned(), body: body.to_vec().into(), headers };
        Ok(self.publisher().await?.publish(event).await?.position)
    }
}

impl Drop for Davy {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }
}
