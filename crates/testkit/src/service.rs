//! A service of its own process, such as `davy-aggregator`, which can be killed and started again.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

use anyhow::{Context as _, ensure};

use crate::process::send_signal;

/// A running service. It is killed when this is dropped.
#[derive(Debug)]
pub struct Service {
    binary: PathBuf,
    arguments: Vec<String>,
    log: PathBuf,
    child: Option<Child>,
}

impl Service {
    /// Starts a binary with settings such as `nats.url=nats://127.0.0.1:4222`, and does not wait for anything. What it says
    /// goes to the file `log`.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn start(binary: &str, settings: Vec<String>, log: PathBuf) -> anyhow::Result<Self> {
        let arguments = settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]).collect();
        Self::run(binary, arguments, log)
    }

    /// The same with arguments of any kind.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn run(binary: &str, arguments: Vec<String>, log: PathBuf) -> anyhow::Result<Self> {
        let mut service = Self { binary: binary.into(), arguments, log, child: None };
        service.restart()?;
        Ok(service)
    }

    /// Starts it again with the same arguments.
    ///
    /// # Errors
    /// If it runs, or cannot be run.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        ensure!(self.child.is_none(), "it is running");
        let log = File::options().create(true).append(true).open(&self.log).context("open a log")?;
        let mut command = Command::new(&self.binary);
        command.args(&self.arguments);
        command.stdin(Stdio::null()).stdout(log.try_clone().context("share a log")?).stderr(log);
        let child = command.spawn().with_context(|| format!("start {}", self.binary.display()))?;
        self.child = Some(child);
        Ok(())
    }

    /// Its process; `None` while it does not run.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// How it ended, if it did by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut().and_then(|child| child.try_wait().ok()).flatten()
    }

    /// Ends it as a service manager does, waits for that, and answers with how it ended.
    ///
    /// # Errors
    /// If it is not running, or cannot be waited for.
    pub fn terminate(&mut self) -> anyhow::Result<ExitStatus> {
        let mut child = self.child.take().context("it is not running")?;
        send_signal(child.id(), "TERM")?;
        child.wait().context("wait for it")
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

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }
}
