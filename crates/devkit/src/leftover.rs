//! A server that an earlier, killed process left running on our directory is stopped before ours starts.
//!
//! A process id alone proves nothing, it may be another program's by now. The record therefore keeps the
//! server's own random id, and only a server that still greets with it is stopped.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Error, files, guard};

/// How long a server may take to greet one that has connected.
const GREETING_TIMEOUT: Duration = Duration::from_secs(1);
/// A greeting is about 400 bytes; a peer that sends more without an end of line is no server.
const MAX_GREETING: u64 = 64 * 1024;
/// How long a leftover may take to end: first asked, then killed.
const END_TIMEOUT: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

/// What is written down about a running server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) pid: u32,
    pub(crate) port: u16,
    pub(crate) server_id: String,
}

impl Record {
    pub(crate) fn save(&self, dir: &Path) -> Result<(), Error> {
        let record = json!({"pid": self.pid, "port": self.port, "server_id": self.server_id});
        files::write(&path_in(dir), &record.to_string())
    }

    /// A record that cannot be read is none: whatever wrote it did not get as far as a running server.
    fn load(dir: &Path) -> Option<Self> {
        let record: Value = serde_json::from_slice(&std::fs::read(path_in(dir)).ok()?).ok()?;
        Some(Self {
            pid: record["pid"].as_u64()?.try_into().ok()?,
            port: record["port"].as_u64()?.try_into().ok()?,
            server_id: record["server_id"].as_str()?.to_owned(),
        })
    }

    fn is_running(&self) -> bool {
        server_id(self.port).as_ref() == Some(&self.server_id)
    }
}

/// Ends the server that the record in `dir` names, if it still runs.
pub(crate) fn stop(dir: &Path) -> Result<(), Error> {
    let Some(record) = Record::load(dir) else { return Ok(()) };
    for force in [false, true] {
        if !record.is_running() || ends(&record, force) {
            return Ok(());
        }
    }
    Err(Error::StopLeftover { pid: record.pid })
}

fn ends(record: &Record, force: bool) -> bool {
    // A process that is gone already cannot be signalled; what counts is whether it still greets.
    guard::signal(record.pid, force).ok();
    let deadline = Instant::now() + END_TIMEOUT;
    while record.is_running() {
        if Instant::now() > deadline {
            return false;
        }
        sleep(POLL);
    }
    true
}

/// The random id in the greeting (`INFO {...}`) of the server on this port; `None` where none greets.
pub(crate) fn server_id(port: u16) -> Option<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, GREETING_TIMEOUT).ok()?;
    stream.set_read_timeout(Some(GREETING_TIMEOUT)).ok()?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_GREETING)).read_line(&mut line).ok()?;
    let info: Value = serde_json::from_str(line.strip_prefix("INFO ")?).ok()?;
    info["server_id"].as_str().map(str::to_owned)
}

fn path_in(dir: &Path) -> PathBuf {
    dir.join("server.json")
}
