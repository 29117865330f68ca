//! What a caller says about the server and about us.
//!
//! Absent: reading it from a file or the environment.

use std::{fmt, path::PathBuf, time::Duration};

use crate::OnEvent;

/// How to reach NATS.
#[derive(Clone)]
pub struct Options {
    /// One server or several of a cluster, separated by commas, e.g. `nats://10.0.0.1:4222,nats://10.0.0.2:4222`.
    pub url: String,
    /// Who we are to the server.
    pub credentials: Credentials,
    /// How the connection is sealed.
    pub tls: Tls,
    /// The name the server shows for this connection.
    pub name: String,
    /// What the subjects of answers begin with; `_INBOX` unless the server's permissions ask for another.
    pub inbox_prefix: String,
    /// Where the server answers `/varz`, e.g. `http://127.0.0.1:8222`; without it durability is unknown.
    pub monitor_url: Option<String>,
    /// Copies of each message the stream is to keep: 1 alone, 3 in a cluster.
    pub replicas: u8,
    /// What to do while there is no server at the start.
    pub start: Start,
    /// Who is told what happens to the connection.
    pub on_event: OnEvent,
}

impl Options {
    /// A server without authentication that must be there within 5 s, one copy, and nobody told of events.
    pub fn new(url: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            credentials: Credentials::None,
            tls: Tls::default(),
            name: name.into(),
            inbox_prefix: "_INBOX".to_owned(),
            monitor_url: None,
            replicas: 1,
            start: Start::Within(Duration::from_secs(5)),
            on_event: OnEvent::new(|_| {}),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, credentials, tls, name, inbox_prefix, monitor_url, replicas, start, on_event: _ } =
            self;
        f.debug_struct("Options")
            .field("url", &without_password(url))
            .field("credentials", credentials)
            .field("tls", tls)
            .field("name", name)
            .field("inbox_prefix", inbox_prefix)
            .field("monitor_url", monitor_url)
            .field("replicas", replicas)
            .field("start", start)
            .finish_non_exhaustive()
    }
}

/// The end of a URL, or of several, after any password.
pub(crate) fn without_password(url: &str) -> String {
    url.rsplit_once('@').map_or_else(|| url.to_owned(), |(_, host)| format!("...@{host}"))
}

/// Who we are to the server. A user and password may also stand in the URL.
#[derive(Clone)]
pub enum Credentials {
    /// Nobody in particular.
    None,
    /// A user with a password.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// The seed of a user's nkey, `SU...`.
    Nkey {
        /// The seed.
        seed: String,
    },
    /// A `.creds` file with a JWT and its seed.
    File(PathBuf),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Password { user, password: _ } => write!(f, "Password({user})"),
            Self::Nkey { seed: _ } => f.write_str("Nkey"),
            Self::File(path) => write!(f, "File({})", path.display()),
        }
    }
}

/// How the connection is sealed. Whether it is, is the server's to say, unless `required` or a `tls://` URL says so too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificates (PEM) that vouch for the server's; without them the system's are taken.
    pub ca: Option<PathBuf>,
    /// Our own certificate (PEM), where the server asks for one.
    pub identity: Option<Identity>,
    /// Whether a server without TLS is refused.
    pub required: bool,
}

/// A client's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificate and those that vouch for it (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
}

/// What to do while there is no server at the start. Later outages are always survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Try again for so long, then give up.
    Within(Duration),
    /// Begin unconnected and go on trying; what is asked meanwhile is `Unreachable`.
    Unconnected,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let password = "lamp".to_owned();
        let options = Options {
            credentials: Credentials::Password { user: "davy".to_owned(), password },
            ..Options::new("nats://davy:lamp@10.0.0.1:4222,nats://davy:lamp@10.0.0.2:4222", "test")
        };
        assert!(!format!("{options:?}").contains("lamp"));
    }
}
