//! What is decided before anything starts: the directory, and the configuration under the arguments.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use app::{
    Config,
    config::{Flag, Origin, ProcessEnv, Sources},
};
use tempfile::TempDir;

use super::{UpArgs, nats::Nats, screen::Screen};
use crate::exit::{Exit, Failure};

/// The directory that holds everything.
pub(super) struct Place {
    pub(super) dir: PathBuf,
    /// Deletes it in the end, unless it is to be kept.
    temporary: Option<TempDir>,
}

impl Place {
    pub(super) fn open(kept: Option<&Path>) -> anyhow::Result<Self> {
        match kept {
            Some(dir) => {
                fs::create_dir_all(dir).with_context(|| format!("make the directory {}", dir.display()))?;
                let dir = fs::canonicalize(dir).with_context(|| format!("find {}", dir.display()))?;
                Ok(Self { dir, temporary: None })
            }
            None => {
                let made = tempfile::Builder::new().prefix("davy-").tempdir();
                let temporary = made.context("make a temporary directory; name another with --data-dir")?;
                Ok(Self { dir: temporary.path().to_owned(), temporary: Some(temporary) })
            }
        }
    }

    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("davy.log")
    }

    pub(super) fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    pub(super) fn farewell(&self) -> String {
        if self.is_temporary() {
            "Stopped; the temporary directory is deleted.".to_owned()
        } else {
            format!("Stopped. Everything is in {}; start again with --data-dir to go on.", self.dir.display())
        }
    }
}

/// The configuration as file and environment have it, before the arguments.
pub(super) struct Settings(Config);

impl Settings {
    pub(super) fn read(args: &UpArgs) -> anyhow::Result<Self> {
        load(args, &[]).map(Self)
    }

    /// The NATS that is to be used instead of a child.
    pub(super) fn external_nats(&self, args: &UpArgs) -> Option<String> {
        args.nats_url.clone().or_else(|| self.is_given("nats.url").then(|| self.0.nats.url.clone()))
    }

    pub(super) fn is_given(&self, key: &str) -> bool {
        self.0.settings.iter().any(|setting| setting.key == key && setting.origin != Origin::Default)
    }

    /// Whether anything is given whose key begins so.
    pub(super) fn is_any_given(&self, beginning: &str) -> bool {
        let given = |key: &str, origin: &Origin| key.starts_with(beginning) && *origin != Origin::Default;
        self.0.settings.iter().any(|setting| given(&setting.key, &setting.origin))
    }

    /// The same with something decided over it.
    pub(super) fn with(&self, args: &UpArgs, flags: &[Flag]) -> anyhow::Result<Config> {
        load(args, flags)
    }

    /// With the arguments, the child's addresses, and free ports where default ones are taken.
    pub(super) fn config(
        &self,
        args: &UpArgs,
        place: &Place,
        nats: &Nats,
        screen: &Screen,
    ) -> anyhow::Result<Config> {
        let mut flags = Vec::new();
        let mut set = |name: &str, key: &str, value: String| {
            flags.push(Flag { name: name.to_owned(), key: key.to_owned(), value });
        };
        match nats {
            Nats::Child(child) => {
                set("davy up", "nats.url", child.url.clone());
                set("davy up", "nats.monitor_url", child.monitor.clone());
            }
            Nats::External { url } => set("--nats-url", "nats.url", url.clone()),
        }
        if args.data_dir.is_some() || !self.is_given("store.directory") {
            set("--data-dir", "store.directory", place.dir.display().to_string());
        }
        if let Some(url) = self.public_url(args) {
            set("davy up", "web.public_url", url);
        }
        for (name, key, asked, default) in [
            ("--grpc-addr", "api.listen", args.grpc_addr, self.0.api.listen),
            ("--http-addr", "web.listen", args.http_addr, self.0.web.listen),
        ] {
            match asked {
                Some(address) => set(name, key, address.to_string()),
                None if self.is_given(key) => {}
                None => set(name, key, free(name, default, screen).to_string()),
            }
        }
        load(args, &flags)
    }
}

impl Settings {
    /// For the links in pings: nobody said where people reach us, and nobody beyond this machine does.
    fn public_url(&self, args: &UpArgs) -> Option<String> {
        let address = args.http_addr.unwrap_or(self.0.web.listen);
        let is_known = args.http_addr.is_some() || self.is_given("web.listen") || is_free(address);
        let is_wanted = !self.is_given("web.public_url") && self.0.web.tls.is_none();
        let is_local = address.ip().is_loopback() && address.port() != 0;
        (is_wanted && is_known && is_local).then(|| format!("http://{address}"))
    }
}

fn load(args: &UpArgs, flags: &[Flag]) -> anyhow::Result<Config> {
    let insecure = args.insecure.then(Flag::insecure);
    let flags: Vec<_> = flags.iter().cloned().chain(insecure).collect();
    let sources = Sources { file: args.config.as_deref(), env: &ProcessEnv, flags: &flags };
    Config::load(&sources).map_err(|error| Failure::new(Exit::BadConfig, error.to_string()).into())
}

/// The default address, or one with a free port where somebody has taken it.
fn free(flag: &str, default: SocketAddr, screen: &Screen) -> SocketAddr {
    if is_free(default) {
        return default;
    }
    screen.line(&format!("{default} is taken; a free port is used ({flag} chooses one)"));
    SocketAddr::new(default.ip(), 0)
}

pub(super) fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}
