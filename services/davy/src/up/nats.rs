//! The NATS under Davy: a child of this process, kept alive; or one that runs already, left alone.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use anyhow::Context as _;
use devkit::{Finder, NatsServer, Options};

use super::{
    UpArgs,
    screen::Screen,
    settings::{Place, Settings, is_free},
};

/// NATS's own default.
const PORT: u16 = 4222;
/// How often it is looked whether the child lives.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Between restarts that fail, growing from the first to the last.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(10)];
/// A child that ran longer than this did not die of its start.
const STEADY_LOOKS: u32 = 50;

/// The NATS under Davy.
pub(super) enum Nats {
    Child(Child),
    External { url: String },
}

/// A `nats-server` child with the thread that keeps it alive.
pub(super) struct Child {
    pub(super) url: String,
    pub(super) monitor: String,
    /// Dropping it ends the child.
    stop: Sender<()>,
    keeper: thread::JoinHandle<Result<(), devkit::Error>>,
}

impl Nats {
    pub(super) async fn start(
        args: &UpArgs,
        settings: &Settings,
        place: &Place,
        screen: &Arc<Screen>,
    ) -> anyhow::Result<Self> {
        if let Some(url) = settings.external_nats(args) {
            return Ok(Self::External { url });
        }
        let finder = Finder {
            explicit: args.nats_server.clone(),
            path_env: std::env::var_os("PATH"),
            tools_dir: tools_dir(),
            allow_download: true,
            progress: crate::output::say,
        };
        let (dir, port) = (place.dir.join("nats"), port(args, screen));
        let started = tokio::task::spawn_blocking(move || {
            let binary = finder.find()?;
            NatsServer::start(Options { binary, dir, port, sync_always: true, extra_config: None })
        });
        let server = started.await.context("start nats-server")??;
        Child::keep(server, Arc::clone(screen)).map(Self::Child)
    }

    /// Where the server answers `/varz`, if that is known.
    pub(super) fn monitor(&self) -> Option<&str> {
        match self {
            Self::Child(child) => Some(&child.monitor),
            Self::External { .. } => None,
        }
    }

    /// Ends the child and waits until it is gone.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        let Self::Child(Child { stop, keeper, .. }) = self else { return Ok(()) };
        drop(stop);
        match tokio::task::spawn_blocking(|| keeper.join()).await {
            Ok(Ok(ended)) => ended.context("stop nats-server"),
            Ok(Err(_)) | Err(_) => anyhow::bail!("stop nats-server: its thread panicked"),
        }
    }
}

impl Child {
    fn keep(server: NatsServer, screen: Arc<Screen>) -> anyhow::Result<Self> {
        let (url, monitor) = (server.url().to_owned(), server.monitoring_url().to_owned());
        let (stop, stopped) = channel();
        let keeper = thread::Builder::new().name("nats".to_owned());
        let keeper = keeper.spawn(move || keep_alive(server, &stopped, &screen));
        Ok(Self {
            url,
            monitor,
            stop,
            keeper: keeper.context("start the thread that keeps nats-server alive")?,
        })
    }
}

fn keep_alive(mut server: NatsServer, stop: &Receiver<()>, screen: &Screen) -> Result<(), devkit::Error> {
    let [first, last] = PAUSES;
    let (mut pause, mut steady) = (first, 0);
    while stop.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        if server.is_running() {
            steady += 1;
            if steady > STEADY_LOOKS {
                pause = first;
            }
            continue;
        }
        steady = 0;
        screen.warn("nats-server ended by itself; it is started again on the same port and store");
        if stop.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            break;
        }
        pause = last.min(pause * 2);
        if let Err(error) = server.restart() {
            screen.warn(&format!("nats-server does not start: {error}; trying on"));
        }
    }
    server.stop()
}

fn port(args: &UpArgs, screen: &Screen) -> Option<u16> {
    match args.nats_port {
        Some(0) => None,
        Some(port) => Some(port),
        None if is_free(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT))) => Some(PORT),
        None => {
            screen.line(&format!(
                "127.0.0.1:{PORT} is taken; a free port is used for NATS (--nats-port chooses one)"
            ));
            None
        }
    }
}

/// Beside the program where that is a build directory (`target/debug/davy`), so that the tests find it too; else where
/// temporary files go.
fn tools_dir() -> PathBuf {
    let program = std::env::current_exe().ok();
    let target =
        program.iter().flat_map(|program| program.ancestors()).find(|dir| dir.join("CACHEDIR.TAG").is_file());
    target.map_or_else(|| std::env::temp_dir().join("davy-tools"), |target| target.join("tools"))
}
