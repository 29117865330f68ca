//! One start of a server: its configuration, the ports it got, and the wait until it greets.
//!
//! The directory holds all there is: `nats-server.conf`, `store/`, `nats-server.log`, `nats-server.err` (what
//! it said before it had a log), `ports/`, and the record of `leftover`.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::NotReady;
use crate::leftover::{Record, server_id};
use crate::process::Process;
use crate::{Error, Options, files};

/// How long a server with an empty store may take until it greets.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one may take that reads a store first: about 2 s for each million messages after a crash.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(10);

const CONFIG: &str = "nats-server.conf";
const LOG: &str = "nats-server.log";
const STDERR: &str = "nats-server.err";
const PORTS: &str = "ports";
const STORE: &str = "store";

/// The ports of a running server on 127.0.0.1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) nats: u16,
    pub(crate) monitoring: u16,
}

/// Starts a server, on `ports` or on those of the options, and waits until it greets.
pub(crate) fn launch(options: &Options, ports: Option<Ports>) -> Result<(Process, Ports), Error> {
    let dir = &options.dir;
    // The server writes the ports it got into a file here; an old one would be taken for its.
    files::remove_dir(&dir.join(PORTS))?;
    files::create_dir(&dir.join(PORTS))?;
    files::write(&dir.join(CONFIG), &config(options, ports))?;
    let patience = if dir.join(STORE).exists() { RECOVERY_TIMEOUT } else { START_TIMEOUT };
    let log_start = files::length(&dir.join(LOG));
    let stderr = fs::File::create(dir.join(STDERR)).map_err(Error::file("create", &dir.join(STDERR)))?;
    let mut process = Process::spawn(&options.binary, dir, CONFIG, stderr)
        .map_err(|source| Error::RunProgram { program: options.binary.clone(), source })?;
    match wait_until_ready(&mut process, dir, patience) {
        Ok(Greeting { ports, server_id }) => {
            Record { pid: process.id(), port: ports.nats, server_id }.save(dir)?;
            Ok((process, ports))
        }
        Err(what) => {
            process.terminate().map_err(Error::file("end the server in", dir))?;
            let log = files::tail(&dir.join(LOG), log_start) + &files::tail(&dir.join(STDERR), 0);
            Err(Error::NotReady { dir: dir.clone(), what, log })
        }
    }
}

/// Paths are relative to the directory the server runs in, so none has to be quoted.
fn config(options: &Options, ports: Option<Ports>) -> String {
    let or_free = |port: Option<u16>| port.map_or_else(|| "-1".to_owned(), |port| port.to_string());
    let listen = or_free(ports.map(|ports| ports.nats).or(options.port));
    let monitoring = or_free(ports.map(|ports| ports.monitoring));
    let sync = if options.sync_always { ", sync_interval: always" } else { "" };
    format!(
        "# Written at each start.\n\
         listen: \"127.0.0.1:{listen}\"\n\
         http: \"127.0.0.1:{monitoring}\"\n\
         ports_file_dir: \"{PORTS}\"\n\
         log_file: \"{LOG}\"\n\
         logfile_size_limit: 16MB\n\
         logfile_max_num: 3\n\
         jetstream {{ store_dir: \"{STORE}\"{sync} }}\n\
         {}\n",
        options.extra_config.as_deref().unwrap_or_default()
    )
}

struct Greeting {
    ports: Ports,
    server_id: String,
}

fn wait_until_ready(process: &mut Process, dir: &Path, patience: Duration) -> Result<Greeting, NotReady> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = process.ended() {
            return Err(NotReady::Ended { status });
        }
        if let Some(ports) = read_ports(&dir.join(PORTS))
            && let Some(server_id) = server_id(ports.nats)
        {
            return Ok(Greeting { ports, server_id });
        }
        if Instant::now() > deadline {
            return Err(NotReady::Silent { waited: patience });
        }
        sleep(POLL);
    }
}

/// Reads `{"nats": ["nats://127.0.0.1:42377"], "monitoring": [...]}`; `None` until it is there and whole.
fn read_ports(dir: &Path) -> Option<Ports> {
    let file = fs::read_dir(dir).ok()?.filter_map(Result::ok).next()?;
    let ports: Value = serde_json::from_slice(&fs::read(file.path()).ok()?).ok()?;
    let port = |name: &str| ports[name][0].as_str()?.rsplit_once(':')?.1.parse().ok();
    Some(Ports { nats: port("nats")?, monitoring: port("monitoring")? })
}
