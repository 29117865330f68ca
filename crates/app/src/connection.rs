//! The connection to NATS: who we are to it, what is logged of it, the stream, and whether it is durable.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::Durability as Stated;
use jetstream::{
    ConnectError, ConnectionEvent, Credentials, Durability, JetStreamLog, OnEvent, ProvisionError, Start,
};
use tokio::sync::watch;

use crate::{
    clock::SystemClock,
    config::{Nats, Secret, nats::Login},
};

/// How often durability is asked for again; a server may be restarted with another configuration.
const ASK_EVERY: Duration = Duration::from_secs(60);
/// Between two tries to reach the stream.
const RETRY: Duration = Duration::from_secs(2);

/// Why the log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A secret cannot be read any more.
    #[error("read the secret in {}", secret.file.display())]
    Secret {
        /// Which.
        secret: Secret,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The options are wrong.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The stream is not what it must be.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
}

/// Begins to connect. There may be no server yet: queries are answered from the store until there is one.
pub(crate) async fn connect(nats: &Nats) -> Result<JetStreamLog, LogError> {
    Ok(jetstream::connect(options(nats)?).await?)
}

/// Of a connection that may begin without a server, and logs what happens to it.
pub(crate) fn options(nats: &Nats) -> Result<jetstream::Options, LogError> {
    let Nats { url, login, tls, name, inbox_prefix, monitor_url, replicas } = nats;
    Ok(jetstream::Options {
        url: url.clone(),
        credentials: credentials(login)?,
        tls: tls.clone(),
        name: name.clone(),
        inbox_prefix: inbox_prefix.clone(),
        monitor_url: monitor_url.clone(),
        replicas: *replicas,
        start: Start::Unconnected,
        on_event: OnEvent::new(logged()),
    })
}

fn credentials(login: &Login) -> Result<Credentials, LogError> {
    let text =
        |secret: &Secret| secret.text().map_err(|source| LogError::Secret { secret: secret.clone(), source });
    Ok(match login {
        Login::None => Credentials::None,
        Login::Password { user, password } => {
            Credentials::Password { user: user.clone(), password: text(password)? }
        }
        // Other lines may say whose it is.
        Login::Nkey(seed) => {
            let text = text(seed)?;
            let line = text.lines().map(str::trim).find(|line| line.starts_with("SU"));
            Credentials::Nkey { seed: line.unwrap_or(&text).to_owned() }
        }
        Login::Credentials(path) => Credentials::File(path.clone()),
    })
}

/// Logs what happens to the connection; of tries that fail in a row the first alone.
fn logged() -> impl Fn(ConnectionEvent) + Send + Sync + 'static {
    let failing = AtomicBool::new(false);
    move |event| match event {
        ConnectionEvent::Connected => {
            failing.store(false, Ordering::Relaxed);
            tracing::info!("connected to NATS");
        }
        ConnectionEvent::Disconnected => {
            tracing::warn!("the connection to NATS broke; it is being made again")
        }
        ConnectionEvent::LameDuck => tracing::warn!("the NATS server is about to stop"),
        ConnectionEvent::Closed => tracing::info!("the connection to NATS is closed"),
        ConnectionEvent::SlowConsumer => tracing::debug!("messages were dropped and are read again"),
        ConnectionEvent::PermissionViolation { detail } => {
            tracing::error!(%detail, "the NATS server's permissions are in the way");
        }
        ConnectionEvent::ServerError { detail } => tracing::warn!(%detail, "the NATS server complains"),
        ConnectionEvent::ConnectFailed { detail } => {
            if failing.swap(true, Ordering::Relaxed) {
                tracing::debug!(%detail, "NATS cannot be reached");
            } else {
                tracing::warn!(%detail, "NATS cannot be reached; trying on");
            }
        }
    }
}

/// Compares the stream, or makes it where it may; goes on trying until there is one.
pub(crate) async fn provision(
    log: &JetStreamLog,
    may_create: impl Fn() -> bool,
) -> Result<(), ProvisionError> {
    loop {
        if log.is_connected() {
            let there = if may_create() {
                log.provision(SystemClock::now()).await.map(|_| true)
            } else {
                log.is_there().await
            };
            match there {
                Ok(true) => {
                    tracing::info!("stream DAVY is there");
                    return Ok(());
                }
                Ok(false) => {}
                Err(ProvisionError::Unreachable { detail }) => {
                    tracing::debug!(%detail, "stream DAVY cannot be asked for");
                }
                Err(error) => return Err(error),
            }
        }
        tokio::time::sleep(if log.is_connected() { RETRY } else { RETRY / 20 }).await;
    }
}

/// Keeps `stated` up to date and says loudly when it is bad.
pub(crate) async fn watch_durability(log: Arc<JetStreamLog>, stated: watch::Sender<Stated>) {
    let mut known = None;
    loop {
        if log.is_connected() {
            let durability = log.durability().await;
            if known.as_ref() != Some(&durability) {
                stated.send_replace(told(&durability));
                known = Some(durability);
            }
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

fn told(durability: &Durability) -> Stated {
    match durability {
        Durability::Durable => {
            tracing::info!("what the log confirms is on disk");
            Stated::Durable
        }
        Durability::NotDurable { why } => {
            tracing::warn!(%why, "the log may lose what it has confirmed");
            Stated::NotDurable
        }
        Durability::Unknown { why } => {
            tracing::warn!(%why, "whether the log is durable is unknown");
            Stated::Unknown
        }
    }
}
