//! From a configuration to a running Davy: [`Config`] -> [`build`] -> [`App`].
//!
//! Owns: the configuration, the wall clock, opening (and where need be replacing) the projection's directory, the order
//! of starting and stopping, and what is logged where. Deliberately absent: rules, arguments, and ending the process, which
//! are the services'.

mod app;
mod build;
mod clock;
mod codec;
pub mod config;
mod connection;
mod progress;
mod projection;
mod signals;
mod snapshot;
pub mod telemetry;

pub use app::{Addresses, App, RunError};
pub use build::{BuildError, build};
pub use clock::SystemClock;
pub use codec::codec;
pub use config::{Config, ConfigError};
pub use connection::LogError;
pub use progress::{Progress, Stage};
pub use projection::{OpenProjectionError, Unusable};
pub use signals::Signals;

/// Of this Davy.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
