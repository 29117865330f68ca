//! Connecting to NATS as a department.

use std::{
    error::Error as _,
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr, ServerError};
use tokio::time::{Instant, sleep};

use super::{PublishError, violation::Violations};

/// How long one try to connect may take.
const TRY: Duration = Duration::from_secs(5);
/// Between tries.
const PAUSE: Duration = Duration::from_millis(250);

/// How to publish.
#[derive(Clone, Debug)]
pub struct PublisherOptions {
    /// One server or several of a cluster, separated by commas.
    pub url: String,
    /// Who we are to the server.
    pub credentials: Credentials,
    /// How the connection is sealed.
    pub tls: Tls,
    /// The name that the server shows for this connection.
    pub name: String,
    /// What the subjects of acks begin with. A department's user may often subscribe below a prefix of its own only,
    /// `_INBOX_<department>`.
    pub inbox_prefix: String,
    /// Events on their way at once.
    pub max_in_flight: usize,
    /// How long an ack may take.
    pub ack_timeout: Duration,
    /// How long to try to connect at first; later outages are survived.
    pub connect_timeout: Duration,
}

impl PublisherOptions {
    /// Without credentials, 256 events on their way, 5 s for each ack and for connecting.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            credentials: Credentials::None,
            tls: Tls::default(),
            name: "davy publisher".to_owned(),
            inbox_prefix: "_INBOX".to_owned(),
            max_in_flight: 256,
            ack_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
        }
    }

    /// Whom a refusal speaks of. A user is named after their department, and so is their inbox.
    pub(super) fn user(&self) -> String {
        let in_url = self.url.split_once("//").and_then(|(_, rest)| rest.rsplit_once('@'));
        let in_url = in_url.and_then(|(user, _)| user.split(':').next()).filter(|user| !user.is_empty());
        let of_inbox = self.inbox_prefix.strip_prefix("_INBOX_");
        match (&self.credentials, in_url.or(of_inbox)) {
            (Credentials::Password { user, .. }, _) => format!("department {user}"),
            (Credentials::Nkey { .. } | Credentials::File { .. } | Credentials::None, Some(user)) => {
                format!("department {user}")
            }
            (Credentials::Nkey { path } | Credentials::File { path }, None) => {
                format!("the user of {}", path.display())
            }
            (Credentials::None, None) => "a user without credentials".to_owned(),
        }
    }
}

/// Who we are to the server. A user and password may also stand in the URL.
#[derive(Clone)]
pub enum Credentials {
    /// Nobody in particular.
    None,
    /// A user, named after their department, with a password.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// A file with the seed of a user's nkey, `SU...`.
    Nkey {
        /// The file.
        path: PathBuf,
    },
    /// A `.creds` file with a JWT and its seed.
    File {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Password { user, password: _ } => write!(f, "Password({user})"),
            Self::Nkey { path } => write!(f, "Nkey({})", path.display()),
            Self::File { path } => write!(f, "File({})", path.display()),
        }
    }
}

/// How the connection is sealed. Whether it is, is the server's to say, unless `required` or a `tls://` URL says so too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificates (PEM) that vouch for the server's; without them the system's are taken.
    pub ca: Option<PathBuf>,
    /// Our own certificate and its key (PEM), where the server asks for one.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Whether a server without TLS is refused.
    pub required: bool,
}

/// Tries until it is connected or the time is over.
pub(super) async fn connect(
    options: &PublisherOptions,
    violations: &Violations,
) -> Result<Client, PublishError> {
    let addresses = addresses(&options.url)?;
    let shown: Vec<_> = addresses.iter().map(|at| format!("{}:{}", at.host(), at.port())).collect();
    let connect = connect_options(options, violations.clone()).await?;
    let deadline = Instant::now() + options.connect_timeout;
    loop {
        let source = match connect.clone().connect(addresses.as_slice()).await {
            Ok(client) => return Ok(client),
            Err(source) => source,
        };
        let url = shown.join(",");
        if matches!(
            source.kind(),
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation
        ) {
            return Err(PublishError::LogIn { url, source });
        }
        if Instant::now() + PAUSE >= deadline {
            return Err(unreached(url, options.connect_timeout, source));
        }
        sleep(PAUSE).await;
    }
}

fn unreached(url: String, waited: Duration, source: async_nats::ConnectError) -> PublishError {
    // What TLS refuses comes as an error of TLS or of the socket, depending on who refuses.
    let of_tls = |error: &(dyn std::error::Error + 'static)| error.to_string().contains("certificate");
    let mut causes = std::iter::successors(source.source(), |&error| error.source());
    if source.kind() == ConnectErrorKind::Tls || causes.any(of_tls) {
        PublishError::Tls { url, source }
    } else {
        PublishError::Reach { url, waited, source }
    }
}

/// The files are looked at here, once: the client would only ever say that it cannot connect.
fn sealed(mut connect: ConnectOptions, tls: &Tls) -> Result<ConnectOptions, PublishError> {
    let Tls { ca, identity, required } = tls;
    if let Some(ca) = ca {
        check_pem(ca)?;
        connect = connect.add_root_certificates(ca.clone());
    }
    if let Some((certificate, key)) = identity {
        check_pem(certificate)?;
        check_pem(key)?;
        connect = connect.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(if *required { connect.require_tls(true) } else { connect })
}

fn check_pem(path: &Path) -> Result<(), PublishError> {
    let checked = fs::read_to_string(path).and_then(|text| {
        if text.contains("-----BEGIN ") { Ok(()) } else { Err(io::Error::other("it is not in PEM format")) }
    });
    checked.map_err(|source| PublishError::ReadCredentials { path: path.to_owned(), source })
}

async fn connect_options(
    options: &PublisherOptions,
    violations: Violations,
) -> Result<ConnectOptions, PublishError> {
    let tell = move |event| {
        told(&violations, event);
        std::future::ready(())
    };
    let connect = ConnectOptions::new()
        .name(&options.name)
        .custom_inbox_prefix(&options.inbox_prefix)
        .connection_timeout(TRY.min(options.connect_timeout))
        .event_callback(tell);
    let connect = sealed(connect, &options.tls)?;
    Ok(match &options.credentials {
        // async-nats leaves what stands in the URL alone.
        Credentials::None => match addresses(&options.url)?.iter().find_map(user_and_password) {
            Some((user, password)) => connect.user_and_password(user, password),
            None => connect,
        },
        Credentials::Password { user, password } => connect.user_and_password(user.clone(), password.clone()),
        Credentials::Nkey { path } => connect.nkey(seed(path).await?),
        Credentials::File { path } => connect
            .credentials_file(path)
            .await
            .map_err(|source| PublishError::ReadCredentials { path: path.clone(), source })?,
    })
}

fn told(violations: &Violations, event: Event) {
    match event {
        Event::ServerError(ServerError::Other(text))
            if text.to_lowercase().contains("permissions violation") =>
        {
            violations.tell(text);
        }
        Event::Connected => violations.connected(),
        Event::Disconnected
        | Event::LameDuckMode
        | Event::Draining
        | Event::Closed
        | Event::SlowConsumer(_)
        | Event::ServerError(_)
        | Event::ClientError(_) => tracing::debug!(%event, "NATS connection"),
    }
}

/// The line of a file that is a seed; others are comments.
async fn seed(path: &PathBuf) -> Result<String, PublishError> {
    let fail = |source| PublishError::ReadCredentials { path: path.clone(), source };
    let text = tokio::fs::read_to_string(path).await.map_err(fail)?;
    let seed = text.lines().map(str::trim).find(|line| line.starts_with("SU"));
    seed.map(ToOwned::to_owned).ok_or_else(|| {
        fail(io::Error::new(io::ErrorKind::InvalidData, "no line begins with SU, as the seed of a user does"))
    })
}

fn addresses(urls: &str) -> Result<Vec<ServerAddr>, PublishError> {
    let parse = |url: &str| {
        url.trim().parse().map_err(|source| PublishError::ParseUrl { url: without_password(url), source })
    };
    urls.split(',').map(parse).collect()
}

fn user_and_password(address: &ServerAddr) -> Option<(String, String)> {
    address.username().map(|user| (user.to_owned(), address.password().unwrap_or_default().to_owned()))
}

fn without_password(url: &str) -> String {
    url.rsplit_once('@').map_or_else(|| url.to_owned(), |(_, host)| format!("...@{host}"))
}
