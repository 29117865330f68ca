//! The pager of a process of its own: it knows the API, and nothing of the log and the store.

use std::sync::Arc;

use pager::{ApiConnection, ConnectError, Pager, PagerError, Recipient, Secret, Trial, TrialError};
use tokio_util::sync::CancellationToken;

use crate::{Config, SystemClock, build};

/// A pager that runs when told to.
#[derive(Debug)]
pub struct PagerApp(Pager<ApiConnection>);

/// Why there is no pager.
#[derive(Debug, thiserror::Error)]
pub enum BuildPagerError {
    /// It has no channel.
    #[error(
        "find a channel to send pings through; give one as [pager.channels.<name>], deploy/example.toml shows how"
    )]
    NoChannel,
    /// The API cannot be asked.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A channel cannot be used.
    #[error(transparent)]
    Channel(#[from] PagerError),
}

/// The pager that `config` describes. Nothing is connected to yet.
///
/// # Errors
/// If something in the configuration is of no use.
pub fn build_pager(config: &Config) -> Result<PagerApp, BuildPagerError> {
    let config = &config.pager;
    if config.pager.channels.is_empty() {
        return Err(BuildPagerError::NoChannel);
    }
    let api = ApiConnection::connect(&config.api)?;
    // Two pagers may be configured alike, and a claim is one process's: another life of it makes the next attempt.
    let name = format!("{}-{:016x}", config.pager.name, build::random());
    let config = pager::Config { name, ..config.pager.clone() };
    Ok(PagerApp(Pager::new(config, api, Arc::new(SystemClock::now))?))
}

impl PagerApp {
    /// Runs until `shutdown`; then what is on its way ends, within 5 s.
    pub async fn run(self, shutdown: CancellationToken) {
        tracing::info!(version = crate::VERSION, "the pager watches what is owed");
        self.0.run(shutdown).await;
        tracing::info!("stopped");
    }
}

/// Where a test of a channel goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestOf {
    /// To the channel's own receiver, by its name.
    Channel(String),
    /// To a contact of a person.
    Contact {
        /// Their id in the directory.
        person: String,
        /// Their name.
        name: String,
        /// The name of the contact.
        contact: String,
        /// Its kind.
        kind: String,
        /// Its address.
        address: String,
    },
}

/// Sends one message that says it is a test. Answers with the channel that took it, and with what its receiver said.
///
/// # Errors
/// Why it did not arrive.
pub async fn test_channel(config: &Config, to: TestOf) -> Result<(String, String), TrialError> {
    let to = match to {
        TestOf::Channel(name) => Trial {
            recipient: Recipient::Channel(name),
            name: String::new(),
            kind: String::new(),
            address: Secret::default(),
        },
        TestOf::Contact { person, name, contact, kind, address } => Trial {
            recipient: Recipient::Person { person, contact },
            name,
            kind,
            address: Secret::new(address),
        },
    };
    let (channel, receipt) = pager::send_trial(&config.pager.pager, to, Arc::new(SystemClock::now)).await?;
    Ok((channel, receipt.detail.into_owned()))
}
