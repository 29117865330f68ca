//! A `nats-server` for one test.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use devkit::{Finder, NatsServer, Options};

/// Starts a server on `dir`; a publish is confirmed when it is on disk.
///
/// # Errors
/// If none is found or it does not start.
pub async fn nats_server(dir: &Path) -> anyhow::Result<NatsServer> {
    let dir = dir.to_owned();
    let started = tokio::task::spawn_blocking(move || {
        let binary = finder().find()?;
        NatsServer::start(Options { binary, dir, port: None, sync_always: true, extra_config: None })
    });
    started.await?.context("start nats-server")
}

/// The one that a person names, that of the `PATH`, or one in `target/tools`.
pub(crate) fn finder() -> Finder {
    Finder {
        explicit: std::env::var_os("NATS_SERVER_BIN").map(PathBuf::from),
        path_env: std::env::var_os("PATH"),
        tools_dir: tools_dir(),
        allow_download: true,
        progress: |_| {},
    }
}

/// Beside the tests' own binaries, in the build directory; otherwise in the workspace's.
fn tools_dir() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|dir| dir.join("CACHEDIR.TAG").is_file());
    let target = target.map(Path::to_owned);
    target
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")))
        .join("tools")
}
