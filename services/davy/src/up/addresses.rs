//! Where everything is: as a table for people, as a file for scripts.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use app::Config;
use serde_json::json;

use super::{UpArgs, nats::Nats, settings::Place};

/// Where everything is.
pub(super) struct Addresses {
    /// For `--server`.
    pub(super) grpc: String,
    http: String,
    /// For publishers.
    pub(super) nats: String,
    monitor: Option<String>,
    data_dir: PathBuf,
    log: PathBuf,
    is_temporary: bool,
    has_child: bool,
}

impl Addresses {
    pub(super) fn of(config: &Config, nats: &Nats, place: &Place) -> Self {
        Self {
            grpc: String::new(),
            http: String::new(),
            nats: config.nats.url.clone(),
            monitor: nats.monitor().map(ToOwned::to_owned),
            data_dir: place.dir.clone(),
            log: place.log(),
            is_temporary: place.is_temporary(),
            has_child: matches!(nats, Nats::Child(_)),
        }
    }

    /// Fills in what is known only once the listeners are taken.
    pub(super) fn listening(&mut self, listeners: app::Addresses) {
        self.grpc = format!("http://{}", listeners.grpc);
        self.http = format!("http://{}", listeners.http);
    }

    /// The demonstration writes only to a child of this process.
    pub(super) const fn runs_demo(&self, args: &UpArgs) -> bool {
        self.has_child && !args.no_demo
    }

    pub(super) fn table(&self) -> Vec<String> {
        let kept = if self.is_temporary { "  (deleted at the end; --data-dir keeps one)" } else { "" };
        let health = format!("{}/readyz  {}/metrics", self.http, self.http);
        let child = if self.has_child { "" } else { "  (not ours; left running at the end)" };
        vec![
            format!("Davy {} is up.", app::VERSION),
            String::new(),
            format!("  gRPC   {}", self.grpc),
            format!("  HTTP   {health}"),
            format!("  NATS   {}{child}", self.nats),
            format!("  data   {}{kept}", self.data_dir.display()),
            format!("  log    {}", self.log.display()),
            String::new(),
        ]
    }

    /// Writes `{"grpc", "http", "nats", "monitor", "data_dir"}`: whole or not at all.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let Self { grpc, http, nats, monitor, data_dir, log, .. } = self;
        let text = json!({
            "grpc": grpc, "http": http, "nats": nats, "monitor": monitor, "data_dir": data_dir, "log": log,
        });
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        fs::write(&unfinished, format!("{text}\n"))
            .and_then(|()| fs::rename(&unfinished, path))
            .with_context(|| format!("write the addresses to {}", path.display()))
    }
}
