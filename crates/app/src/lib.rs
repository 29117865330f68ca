//! From a configuration to a running Davy: [`Config`] -> [`build`] -> [`App`].
//!
//! Owns: the configuration, the wall clock, opening (and where need be replacing) the projection's directory, the order
//! of starting and stopping, and what is logged where. Deliberately absent: rules, arguments, and ending the process, which
//! are the services'.

mod access;
mod app;
pub mod backup;
mod build;
mod clock;
mod codec;
pub mod config;
mod connection;
mod pager;
mod progress;
mod room;
mod signals;
mod snapshot;
mod stores;
mod supervise;
pub mod telemetry;

pub use self::pager::{BuildPagerError, PagerApp, TestOf, build_pager, test_channel};
pub use access::{
    AccessError,
    tokens::{self, TokenError, Wanted as WantedToken},
};
pub use app::{Addresses, App, RunError};
pub use build::{BuildError, build, build_by};
pub use clock::SystemClock;
pub use codec::codec;
pub use config::{Config, ConfigError};
pub use connection::LogError;
pub use engine::Clock;
pub use progress::{Progress, Rebuild, Stage};
pub use signals::Signals;
pub use store::Unusable;
pub use stores::OpenProjectionError;
pub use supervise::SuperviseError;

pub(crate) use app::chain;

/// Of this Davy.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
