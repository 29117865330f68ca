//! Davy as a program: `davy up` as a child, started, asked, and killed.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use anyhow::Context as _;
use client::{Api, ApiOptions};
use serde_json::Value;

use crate::{PATIENCE, eventually, nats::finder};

/// How a [`Binary`] is to run.
#[derive(Clone, Debug)]
pub struct BinaryOptions {
    /// The program: `env!("CARGO_BIN_EXE_davy-under-test")` of the test.
    pub program: PathBuf,
    /// Holds the log and the store, and outlives the program.
    pub data_dir: PathBuf,
    /// More arguments of `davy up`.
    pub args: Vec<OsString>,
}

impl BinaryOptions {
    /// `davy up` without a demonstration, on free ports.
    pub fn new(program: impl Into<PathBuf>, data_dir: impl Into<PathBuf>) -> Self {
        let args = ["--no-demo", "--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0", "--nats-port", "0"];
        Self { program: program.into(), data_dir: data_dir.into(), args: args.map(OsString::from).to_vec() }
    }
}

/// `davy up` as a child. Dropped, it is killed, and takes its NATS along.
#[derive(Debug)]
pub struct Binary {
    child: Child,
    output: PathBuf,
    addresses: Value,
}

impl Binary {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// If it ends before, with what it said.
    pub async fn start(options: &BinaryOptions) -> anyhow::Result<Self> {
        let mut binary = Self::spawn(options).await?;
        let addresses = options.data_dir.join("addresses.json");
        let ready = eventually("davy up to be ready", || {
            let outcome = binary.ended_or_ready(&addresses);
            async { outcome }
        });
        binary.addresses = ready.await??;
        Ok(binary)
    }

    async fn spawn(options: &BinaryOptions) -> anyhow::Result<Self> {
        let BinaryOptions { program, data_dir, args } = options;
        fs::create_dir_all(data_dir).context("make the data directory")?;
        let addresses = data_dir.join("addresses.json");
        if addresses.exists() {
            fs::remove_file(&addresses).context("remove old addresses")?;
        }
        let nats = tokio::task::spawn_blocking(|| finder().find()).await?.context("find nats-server")?;
        let output = data_dir.join("output.txt");
        let file = File::create(&output).context("make a file for what it says")?;
        let mut command = Command::new(program);
        command.arg("up").arg("--data-dir").arg(data_dir).arg("--addresses-file").arg(&addresses).args(args);
        command.arg("--nats-server").arg(nats);
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().with_context(|| format!("run {}", program.display()))?;
        Ok(Self { child, output, addresses: Value::Null })
    }

    fn ended_or_ready(&mut self, addresses: &Path) -> Option<anyhow::Result<Value>> {
        match self.child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => return Some(Err(anyhow::anyhow!("it ended with {status}:\n{}", self.output()))),
            Err(error) => return Some(Err(error.into())),
        }
        let text = fs::read(addresses).ok()?;
        Some(serde_json::from_slice(&text).context("read the addresses"))
    }

    /// What it has said so far, on standard output and standard error.
    pub fn output(&self) -> String {
        let mut text = String::new();
        let read = File::open(&self.output).and_then(|mut file| file.read_to_string(&mut text));
        read.map_or_else(|error| error.to_string(), |_| text)
    }

    /// One of `grpc`, `http`, `nats`, `monitor`, `data_dir`.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn address(&self, name: &str) -> anyhow::Result<&str> {
        self.addresses[name].as_str().with_context(|| format!("{} has no {name}", self.addresses))
    }

    /// The API; calls wait up to [`PATIENCE`].
    ///
    /// # Errors
    /// If the address is none.
    pub fn api(&self) -> anyhow::Result<Api> {
        Ok(Api::connect(ApiOptions { deadline: PATIENCE, ..ApiOptions::new(self.address("grpc")?) })?)
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would; its NATS goes along.
    ///
    /// # Errors
    /// If the operating system does not let us.
    pub fn kill9(&mut self) -> anyhow::Result<()> {
        self.child.kill().context("kill it")?;
        self.child.wait().context("wait for it")?;
        Ok(())
    }

    /// Ends it as Ctrl-C or systemd would, with `INT` or `TERM`, and waits.
    ///
    /// # Errors
    /// If it does not end.
    pub async fn signal(&mut self, signal: &str) -> anyhow::Result<ExitStatus> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(pid).status().context("run kill")?;
        anyhow::ensure!(sent.success(), "kill -{signal} ended with {sent}");
        eventually("it to end", || {
            let ended = self.child.try_wait();
            async { ended.transpose() }
        })
        .await?
        .context("wait for it")
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        // Nobody is left to be told.
        self.kill9().ok();
    }
}
