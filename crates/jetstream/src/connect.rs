//! Connecting to NATS, and staying connected.
//!
//! Absent: what is asked over the connection (`link`), and anything about the stream.

use std::{
    error::Error as _,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_nats::{Client, ConnectErrorKind, ConnectOptions, ServerAddr};
use tokio::time::{Instant, sleep};

use crate::{
    Credentials, Identity, JetStreamLog, Options, Start, Tls, backoff,
    event::Events,
    link::Link,
    options::without_password,
    version::{TooOld, Version},
};

/// How long one try to connect may take, name lookup and TLS included.
const TRY: Duration = Duration::from_secs(5);
/// After two pings without an answer a connection counts as broken.
const PING: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is not one of a NATS server.
    #[error("read the NATS url `{url}`; write it as nats://host:4222")]
    ParseUrl {
        /// Without a password.
        url: String,
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
    /// The credentials file cannot be used.
    #[error("read the NATS credentials in {}", path.display())]
    ReadCredentials {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file with a certificate or a key cannot be used.
    #[error("read the certificate or key for NATS in {}", path.display())]
    ReadTls {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// One of the two does not accept the other's certificate.
    #[error(
        "agree on TLS with NATS at {url}; does the CA file vouch for the server's certificate and its name?"
    )]
    Tls {
        /// Without a password.
        url: String,
        /// What the connection said.
        #[source]
        source: async_nats::ConnectError,
    },
    /// The server does not know us.
    #[error("log in to NATS at {url}; check user, password, nkey or credentials file")]
    LogIn {
        /// Without a password.
        url: String,
        /// What the connection said.
        #[source]
        source: async_nats::ConnectError,
    },
    /// Nothing answered in time.
    #[error("reach NATS at {url} within {} s; is nats-server running there?", waited.as_secs_f32())]
    Reach {
        /// Without a password.
        url: String,
        /// How long was tried.
        waited: Duration,
        /// What the last try said.
        #[source]
        source: async_nats::ConnectError,
    },
    /// The server is older than 2.12.
    #[error(transparent)]
    TooOld(#[from] TooOld),
}

/// Connects to NATS. The stream is looked at only by [`JetStreamLog::provision`].
///
/// # Errors
/// When the options are wrong; when the server is too old; and, with [`Start::Within`], when none answers in time.
pub async fn connect(options: Options) -> Result<JetStreamLog, ConnectError> {
    let dialer = Dialer::new(&options).await?;
    let client = match options.start {
        Start::Within(patience) => dialer.within(patience).await?,
        Start::Unconnected => dialer.unconnected().await?,
    };
    if let Some(info) = client.try_server_info() {
        Version::check(&info.version)?;
    }
    Ok(JetStreamLog::new(Link::new(client, dialer), options.replicas, options.monitor_url))
}

/// Makes connections.
pub(crate) struct Dialer {
    addresses: Vec<ServerAddr>,
    shown: String,
    options: ConnectOptions,
    salt: u64,
    pub(crate) events: Arc<Events>,
}

impl fmt::Debug for Dialer {
    /// Without the addresses, in which a password may stand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dialer({})", self.shown)
    }
}

impl Dialer {
    async fn new(options: &Options) -> Result<Self, ConnectError> {
        let addresses = addresses(&options.url)?;
        let shown: Vec<_> = addresses.iter().map(|at| format!("{}:{}", at.host(), at.port())).collect();
        let events = Arc::new(Events::new(options.on_event.clone(), &options.inbox_prefix));
        let salt = backoff::salt(&options.name);
        let connect = connect_options(options, salt, Arc::clone(&events)).await?;
        Ok(Self { addresses, shown: shown.join(","), options: connect, salt, events })
    }

    /// Tries until `patience` is over.
    async fn within(&self, patience: Duration) -> Result<Client, ConnectError> {
        let deadline = Instant::now() + patience;
        let options = self.options.clone().connection_timeout(TRY.min(patience));
        let mut attempt = 0;
        loop {
            let source = match options.clone().connect(self.addresses.as_slice()).await {
                Ok(client) => return Ok(client),
                Err(source) => source,
            };
            let url = self.shown.clone();
            if is_about_us(source.kind()) {
                return Err(ConnectError::LogIn { url, source });
            }
            let pause = backoff::pause(attempt, self.salt);
            if Instant::now() + pause >= deadline {
                return Err(unreached(url, patience, source));
            }
            sleep(pause).await;
            attempt += 1;
        }
    }

    /// Gives a client at once; it connects when it can.
    pub(crate) async fn unconnected(&self) -> Result<Client, ConnectError> {
        let options = self.options.clone().retry_on_initial_connect();
        let connecting = options.connect(self.addresses.as_slice()).await;
        connecting.map_err(|source| unreached(self.shown.clone(), Duration::ZERO, source))
    }

    /// Differs between clients of different names.
    pub(crate) fn salt(&self) -> u64 {
        self.salt
    }
}

fn addresses(urls: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    let parse = |url: &str| {
        url.trim().parse().map_err(|source| ConnectError::ParseUrl { url: without_password(url), source })
    };
    urls.split(',').map(parse).collect()
}

fn unreached(url: String, waited: Duration, source: async_nats::ConnectError) -> ConnectError {
    // What TLS refuses comes as an error of TLS or of the socket, depending on who refuses.
    let of_tls = |error: &(dyn std::error::Error + 'static)| error.to_string().contains("certificate");
    let mut causes = std::iter::successors(source.source(), |&error| error.source());
    if source.kind() == ConnectErrorKind::Tls || causes.any(of_tls) {
        ConnectError::Tls { url, source }
    } else {
        ConnectError::Reach { url, waited, source }
    }
}

fn is_about_us(kind: ConnectErrorKind) -> bool {
    matches!(kind, ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation)
}

async fn connect_options(
    options: &Options,
    salt: u64,
    events: Arc<Events>,
) -> Result<ConnectOptions, ConnectError> {
    let tell = move |event| {
        events.told(event);
        std::future::ready(())
    };
    let connect = ConnectOptions::new()
        .name(&options.name)
        .custom_inbox_prefix(&options.inbox_prefix)
        .connection_timeout(TRY)
        .ping_interval(PING)
        .reconnect_delay_callback(move |attempts| reconnect_delay(attempts, salt))
        .event_callback(tell);
    let connect = sealed(connect, &options.tls)?;
    Ok(match &options.credentials {
        Credentials::None => connect,
        Credentials::Password { user, password } => connect.user_and_password(user.clone(), password.clone()),
        Credentials::Nkey { seed } => connect.nkey(seed.clone()),
        Credentials::File(path) => connect
            .credentials_file(path)
            .await
            .map_err(|source| ConnectError::ReadCredentials { path: path.clone(), source })?,
    })
}

/// The files are looked at here, once: the client would only ever say that it cannot connect.
fn sealed(mut connect: ConnectOptions, tls: &Tls) -> Result<ConnectOptions, ConnectError> {
    let Tls { ca, identity, required } = tls;
    if let Some(ca) = ca {
        check_pem(ca)?;
        connect = connect.add_root_certificates(ca.clone());
    }
    if let Some(Identity { certificate, key }) = identity {
        check_pem(certificate)?;
        check_pem(key)?;
        connect = connect.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(if *required { connect.require_tls(true) } else { connect })
}

fn check_pem(path: &Path) -> Result<(), ConnectError> {
    let checked = fs::read_to_string(path).and_then(|text| {
        if text.contains("-----BEGIN ") { Ok(()) } else { Err(io::Error::other("it is not in PEM format")) }
    });
    checked.map_err(|source| ConnectError::ReadTls { path: path.to_owned(), source })
}

/// The first try comes at once.
fn reconnect_delay(attempts: usize, salt: u64) -> Duration {
    let repeated = u32::try_from(attempts.saturating_sub(2)).unwrap_or(u32::MAX);
    if attempts <= 1 { Duration::ZERO } else { backoff::pause(repeated, salt) }
}
