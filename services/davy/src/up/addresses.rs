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
    listeners: app::Addresses,
    /// For publishers.
    pub(super) nats: String,
    monitor: Option<String>,
    data_dir: PathBuf,
    log: PathBuf,
    is_temporary: bool,
    has_child: bool,
    /// `http` or `https`.
    grpc_scheme: &'static str,
    http_scheme: &'static str,
    asks_who: bool,
    /// The page of the built-in receiver of pings.
    pub(super) pings: Option<String>,
}

impl Addresses {
    pub(super) fn of(listeners: app::Addresses, config: &Config, nats: &Nats, place: &Place) -> Self {
        Self {
            listeners,
            nats: config.nats.url.clone(),
            monitor: nats.monitor().map(ToOwned::to_owned),
            data_dir: place.dir.clone(),
            log: place.log(),
            is_temporary: place.is_temporary(),
            has_child: matches!(nats, Nats::Child(_)),
            grpc_scheme: scheme(config.api.tls.is_some()),
            http_scheme: scheme(config.web.tls.is_some()),
            asks_who: config.auth.is_on(),
            pings: None,
        }
    }

    /// For `--server`.
    pub(super) fn grpc(&self) -> String {
        format!("{}://{}", self.grpc_scheme, self.listeners.grpc)
    }

    /// The demonstration writes only to a child of this process, and has no credential.
    pub(super) fn runs_demo(&self, args: &UpArgs) -> bool {
        self.has_child && !args.no_demo && !self.asks_who && self.grpc_scheme == "http"
    }

    pub(super) fn table(&self) -> Vec<String> {
        let kept = if self.is_temporary { "  (deleted at the end; --data-dir keeps one)" } else { "" };
        let http = format!("{}://{}", self.http_scheme, self.listeners.http);
        let health = format!("{http}/readyz  {http}/metrics");
        let child = if self.has_child { "" } else { "  (not ours; left running at the end)" };
        let pings = self.pings.iter().map(|url| format!("  pings  {url}  (what people are pinged with)"));
        let mut lines = vec![
            format!("Davy {} is up.", app::VERSION),
            String::new(),
            format!("  gRPC   {}", self.grpc()),
            format!("  HTTP   {health}"),
            format!("  NATS   {}{child}", self.nats),
            format!("  data   {}{kept}", self.data_dir.display()),
            format!("  log    {}", self.log.display()),
        ];
        lines.extend(pings.chain([String::new()]));
        lines
    }

    /// Writes `{"grpc", "http", "nats", "monitor", "data_dir", "pings"}`: whole or not at all.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let Self { listeners, nats, monitor, data_dir, pings, .. } = self;
        let (grpc, http) = (listeners.grpc.to_string(), listeners.http.to_string());
        let text = json!({ "grpc": grpc, "http": http, "nats": nats, "monitor": monitor, "data_dir": data_dir, "pings": pings });
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        fs::write(&unfinished, format!("{text}\n"))
            .and_then(|()| fs::rename(&unfinished, path))
            .with_context(|| format!("write the addresses to {}", path.display()))
    }
}

const fn scheme(is_secure: bool) -> &'static str {
    if is_secure { "https" } else { "http" }
}
