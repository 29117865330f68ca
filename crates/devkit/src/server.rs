//! A `nats-server` child on a directory of its own, from its start to its end.
//!
//! Ports are chosen by the operating system once and kept over restarts, so that clients find the server
//! again. What one start consists of is in `launch`.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::launch::{Ports, launch};
use crate::process::Process;
use crate::{Error, files, leftover};

/// How long a restart waits for its old ports, which the system may have lent to somebody meanwhile.
const PORT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a directory may stay locked: a child that another thread has just forked holds the lock of its
/// parent until it runs its own program.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(10);

/// How a [`NatsServer`] is to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The program, as [`crate::Finder::find`] gives it.
    pub binary: PathBuf,
    /// The directory of this server, made if missing; its JetStream store outlives the server.
    pub dir: PathBuf,
    /// The port on 127.0.0.1; `None`: a free one.
    pub port: Option<u16>,
    /// Whether a publish is acked only when it is on disk (`sync_interval: always`); design.md 4 wants it.
    pub sync_always: bool,
    /// Text put at the end of the configuration as it is, e.g. `authorization { ... }`.
    pub extra_config: Option<String>,
}

/// A `nats-server` child with JetStream; it ends when this value is dropped or this process dies.
#[derive(Debug)]
pub struct NatsServer {
    options: Options,
    ports: Ports,
    url: String,
    monitoring_url: String,
    process: Option<Process>,
    /// Keeps other processes from this directory; released by the operating system however we end.
    _lock: fs::File,
}

impl NatsServer {
    /// Starts a server and waits until it greets: at most 10 s, or 120 s where a store is there already.
    /// A server that a killed process left on the same directory is stopped first.
    ///
    /// # Errors
    /// [`Error::InUse`] while another process runs a server on the directory, [`Error::NotReady`] with the
    /// end of its log when the server does not come up, [`Error::File`] for files.
    pub fn start(options: Options) -> Result<Self, Error> {
        files::create_dir(&options.dir)?;
        let lock = lock(&options.dir)?;
        leftover::stop(&options.dir)?;
        let (process, ports) = launch(&options, None)?;
        Ok(Self {
            url: format!("nats://127.0.0.1:{}", ports.nats),
            monitoring_url: format!("http://127.0.0.1:{}", ports.monitoring),
            options,
            ports,
            process: Some(process),
            _lock: lock,
        })
    }

    /// Where clients connect, e.g. `nats://127.0.0.1:42377`; stays the same over restarts.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the server answers `/varz` and the like, e.g. `http://127.0.0.1:37305`; stays the same too.
    pub fn monitoring_url(&self) -> &str {
        &self.monitoring_url
    }

    /// The process id; `None` after [`NatsServer::kill9`].
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Whether the process still runs. One that has ended is brought back by [`NatsServer::restart`].
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.ended().is_none())
    }

    /// Ends the server if it runs and starts it again, on the same ports and the same store.
    ///
    /// # Errors
    /// As [`NatsServer::start`]; a port that somebody has taken meanwhile is waited for.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.end()?;
        let deadline = Instant::now() + PORT_TIMEOUT;
        loop {
            match launch(&self.options, Some(self.ports)) {
                Ok((process, ports)) => {
                    self.process = Some(process);
                    self.ports = ports;
                    return Ok(());
                }
                Err(error) if port_is_taken(&error) && Instant::now() < deadline => sleep(POLL),
                Err(error) => return Err(error),
            }
        }
    }

    /// Ends the server as a crash would; [`NatsServer::restart`] brings it back.
    ///
    /// # Errors
    /// If the operating system does not let us.
    pub fn kill9(&mut self) -> Result<(), Error> {
        let Some(process) = self.process.take() else { return Ok(()) };
        process.kill().map_err(Error::file("kill the server in", &self.options.dir))
    }

    /// Ends the server in order and waits until it is gone.
    ///
    /// # Errors
    /// If the operating system does not let us.
    pub fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some(process) = self.process.take() else { return Ok(()) };
        process.terminate().map_err(Error::file("end the server in", &self.options.dir))
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        // Whoever wants to know calls `stop`; here nobody is left to be told.
        self.end().ok();
    }
}

fn lock(dir: &Path) -> Result<fs::File, Error> {
    let path = dir.join("lock");
    let file = files::open_lock(&path)?;
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if Instant::now() < deadline => sleep(POLL),
            Err(fs::TryLockError::WouldBlock) => return Err(Error::InUse { dir: dir.to_owned() }),
            Err(fs::TryLockError::Error(source)) => return Err(Error::file("lock", &path)(source)),
        }
    }
}

fn port_is_taken(error: &Error) -> bool {
    matches!(error, Error::NotReady { log, .. } if log.contains("address already in use"))
}

#[cfg(test)]
mod tests;
