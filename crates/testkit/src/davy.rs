//! A running `davy up`: the binary of today's build, its own `nats-server`, and a directory that outlives it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use client::{Api, ApiOptions, Publisher, PublisherOptions, v1};
use serde::Deserialize;
use tempfile::TempDir;

/// How long the system may take to come up, with a log to fold.
const START: Duration = Duration::from_secs(120);
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

/// A running Davy. It is killed when this is dropped; its directory goes with it.
#[derive(Debug)]
pub struct Davy {
    binary: PathBuf,
    dir: TempDir,
    child: Option<Child>,
    addresses: Addresses,
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
        let dir = tempfile::tempdir().context("make a directory")?;
        let addresses = Addresses { grpc: String::new(), http: String::new(), nats: String::new() };
        let mut davy = Self { binary: binary.into(), dir, child: None, addresses };
        davy.restart()?;
        Ok(davy)
    }

    /// Starts it again on the same directory.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        ensure!(self.child.is_none(), "it is running");
        let file = self.dir.path().join("addresses.json");
        let _absent = fs::remove_file(&file);
        let output = File::create(self.dir.path().join("up.log")).context("make a log")?;
        let child = Command::new(&self.binary)
            .args([
                "up",
                "--no-demo",
                "--grpc-addr",
                "127.0.0.1:0",
                "--http-addr",
                "127.0.0.1:0",
                "--nats-port",
                "0",
            ])
            .arg("--data-dir")
            .arg(self.data_dir())
            .arg("--addresses-file")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(output.try_clone().context("share a log")?)
            .stderr(output)
            .spawn()
            .context("start davy up")?;
        self.child = Some(child);
        self.addresses = self.await_addresses(&file)?;
        Ok(())
    }

    fn await_addresses(&mut self, file: &Path) -> anyhow::Result<Addresses> {
        for _ in 0..START.as_millis() / POLL.as_millis() {
            if let Ok(text) = fs::read_to_string(file) {
                return serde_json::from_str(&text).context("read the addresses");
            }
            let ended = self.child.as_mut().and_then(|child| child.try_wait().ok()).flatten();
            if let Some(status) = ended {
                bail!("davy up ended with {status}: {}", self.log());
            }
            std::thread::sleep(POLL);
        }
        bail!("davy up is not ready after {START:?}: {}", self.log())
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
        self.dir.path().join("data")
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
        let mut child = self.child.take().context("it is not running")?;
        let pid = child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().context("signal it")?;
        Ok(child.wait().context("wait for it")?.code())
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
