//! The pager, of a process of its own or beside the API: it knows the API, and nothing of the log and the store.

use std::{fmt, pin::Pin, sync::Arc};

use pager::{
    ApiConnection, ConnectError, GrpcOwed, Owed, Pager, PagerError, Recipient, Secret, Trial, TrialError,
};
use tokio_util::sync::CancellationToken;

use crate::{App, Config, SystemClock, build};

type Run = Box<dyn FnOnce(CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A pager that runs when told to.
pub struct PagerApp(Run);

impl fmt::Debug for PagerApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PagerApp")
    }
}

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
    over(config, ApiConnection::connect(&config.pager.api)?)
}

impl App {
    /// A pager beside the API, which it asks in this process: no address, certificate or token is between them. It is to run,
    /// and to stop first.
    ///
    /// # Errors
    /// If something in the configuration is of no use.
    pub fn pager(&self, config: &Config) -> Result<PagerApp, BuildPagerError> {
        over(config, GrpcOwed::new(self.parts.services.pager_routes()))
    }
}

fn over(config: &Config, api: impl Owed) -> Result<PagerApp, BuildPagerError> {
    let config = &config.pager.pager;
    if config.channels.is_empty() {
        return Err(BuildPagerError::NoChannel);
    }
    // Two pagers may be configured alike, and a claim is one process's: another life of it makes the next attempt.
    let name = format!("{}-{:016x}", config.name, build::random());
    let config = pager::Config { name, ..config.clone() };
    let pager = Pager::new(config, api, Arc::new(SystemClock::now))?;
    Ok(PagerApp(Box::new(move |shutdown| Box::pin(pager.run(shutdown)))))
}

impl PagerApp {
    /// Runs until `shutdown`; then what is on its way ends, within 5 s.
    pub async fn run(self, shutdown: CancellationToken) {
        tracing::info!(version = crate::VERSION, "the pager watches what is owed");
        self.0(shutdown).await;
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
