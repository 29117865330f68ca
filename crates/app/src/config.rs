//! What the operator decides: a TOML file, over it the environment (`DAVY_<SECTION>__<KEY>`), over that flags.
//!
//! Everything is parsed into its final type once, and every mistake is told in one report. Deliberately absent: what is done
//! with the values, and the flags themselves, which belong to the services.

mod api;
mod auth;
mod env;
mod escalator;
mod layers;
mod log;
pub(crate) mod nats;
mod pager;
mod reader;
mod report;
mod secret;
mod store;
mod tls;
mod web;

use std::{
    io::{self, Write},
    path::Path,
};

pub use api::Api;
pub use auth::{Auth, Jwt};
pub use env::{Env, ProcessEnv};
pub use escalator::Escalator;
pub use log::{Format, Log};
pub use nats::{Login, Nats, NatsIdentity, NatsTls};
pub use pager::Pager;
pub use report::{ConfigError, Mistake, Origin, Setting};
pub use secret::Secret;
pub use store::Store;
pub use web::Web;

use layers::Layers;
use reader::Reader;

/// Where values come from, later ones over earlier ones.
pub struct Sources<'a> {
    /// The file, if one was named; it must exist then.
    pub file: Option<&'a Path>,
    /// Variables such as `DAVY_NATS__URL`.
    pub env: &'a dyn Env,
    /// Pairs of `section.key` and value, with the flag that gave them.
    pub flags: &'a [Flag],
}

impl std::fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources")
            .field("file", &self.file)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

/// A value given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// As the user knows it, such as `--nats-url`.
    pub name: String,
    /// Such as `nats.url`.
    pub key: String,
    /// As text.
    pub value: String,
}

impl Flag {
    /// What `--insecure` says.
    pub fn insecure() -> Self {
        Self { name: "--insecure".to_owned(), key: "auth.insecure".to_owned(), value: "true".to_owned() }
    }

    /// From `section.key=value`, as it follows `--set`.
    ///
    /// # Errors
    /// If there is no `=`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, value) =
            text.split_once('=').ok_or("write it as section.key=value, e.g. nats.replicas=3")?;
        Ok(Self { name: "--set".to_owned(), key: key.trim().to_owned(), value: value.to_owned() })
    }
}

/// Everything an operator can decide. A section each.
#[derive(Clone, Debug)]
pub struct Config {
    /// How to reach the log.
    pub nats: Nats,
    /// Where the projection lies.
    pub store: Store,
    /// The gRPC listener.
    pub api: Api,
    /// The HTTP listener.
    pub web: Web,
    /// Who may call.
    pub auth: Auth,
    /// Whether this node escalates.
    pub escalator: Escalator,
    /// What a pager asks and sends through.
    pub pager: Pager,
    /// What is logged, and how.
    pub log: Log,
    /// Every value that is in force and where it came from, secrets by their file names.
    pub settings: Vec<Setting>,
}

impl Config {
    /// Reads all sources.
    ///
    /// # Errors
    /// With every mistake there is.
    pub fn load(sources: &Sources<'_>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(Layers::gather(sources)?);
        let parsed = (
            Nats::read(&mut reader),
            Store::read(&mut reader),
            Api::read(&mut reader),
            Web::read(&mut reader),
            Auth::read(&mut reader),
            Escalator::read(&mut reader),
            Pager::read(&mut reader),
            Log::read(&mut reader),
        );
        let (nats, store, api, web, auth, escalator, pager, log) = parsed;
        auth.check(&mut reader, &api, &web);
        let settings = reader.finish()?;
        Ok(Self { nats, store, api, web, auth, escalator, pager, log, settings })
    }

    /// Writes every option in force, one a line, with where it came from.
    ///
    /// # Errors
    /// As the writer.
    pub fn write_settings(&self, mut out: impl Write) -> io::Result<()> {
        self.settings.iter().try_for_each(|setting| writeln!(out, "{setting}"))
    }
}

#[cfg(test)]
mod tests;
