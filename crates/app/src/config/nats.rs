//! `[nats]`: how to reach the log.

use std::{fs, path::PathBuf};

pub use jetstream::{Identity as NatsIdentity, Tls as NatsTls};

use super::{
    Secret,
    reader::{Reader, words},
};

/// How to reach the log.
#[derive(Clone, Debug)]
pub struct Nats {
    /// One server or several of a cluster, separated by commas.
    pub url: String,
    /// Who we are to it.
    pub login: Login,
    /// How the connection is sealed.
    pub tls: NatsTls,
    /// The name that the server shows for our connection.
    pub name: String,
    /// What the subjects of answers begin with.
    pub inbox_prefix: String,
    /// Where the server answers `/varz`; without it durability is unknown.
    pub monitor_url: Option<String>,
    /// Copies of each event.
    pub replicas: u8,
}

/// Who we are to NATS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// Nobody in particular.
    None,
    /// A user with a password.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// The seed of an nkey.
    Nkey(Secret),
    /// A `.creds` file.
    Credentials(PathBuf),
}

impl Nats {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            url: url(reader),
            login: login(reader),
            tls: tls(reader),
            name: reader.or("nats.name", "davy".to_owned(), words),
            inbox_prefix: reader.or("nats.inbox_prefix", "_INBOX".to_owned(), words),
            monitor_url: reader.optional("nats.monitor_url", monitor_url),
            replicas: reader.or("nats.replicas", 1, replicas),
        }
    }
}

fn url(reader: &mut Reader) -> String {
    // What stands before an @ may be a password and is not shown.
    if reader.peek("nats.url").is_some_and(|url| url.contains('@')) {
        reader
            .refuse("nats.url", "user and password do not stand in the URL; use nats.user and nats.password");
    }
    reader.or("nats.url", "nats://127.0.0.1:4222".to_owned(), |text| {
        let known = |url: &str| ["nats://", "tls://"].iter().any(|scheme| url.trim().starts_with(scheme));
        if text.split(',').all(known) {
            Ok(text.to_owned())
        } else {
            Err("nats://host:port is expected, or several separated by commas".to_owned())
        }
    })
}

fn login(reader: &mut Reader) -> Login {
    let user = reader.optional("nats.user", words);
    let password = Secret::read(reader, "nats.password");
    let nkey = Secret::read(reader, "nats.nkey");
    let credentials = reader.optional("nats.credentials", |path| words(path).map(PathBuf::from));
    match (user, password, nkey, credentials) {
        (None, None, None, None) => Login::None,
        (Some(user), Some(password), None, None) => Login::Password { user, password },
        (None, None, Some(seed), None) => Login::Nkey(seed),
        (None, None, None, Some(path)) => Login::Credentials(path),
        (Some(_), None, None, None) => {
            reader.object("nats.user", "a user needs a password; give nats.password = { file = \"...\" }");
            Login::None
        }
        (None, Some(_), None, None) => {
            reader.object("nats.password.file", "a password needs a user; give nats.user");
            Login::None
        }
        _ => {
            reader.object("nats.credentials", "give only one of user and password, nkey, and credentials");
            Login::None
        }
    }
}

fn tls(reader: &mut Reader) -> NatsTls {
    let ca = reader.optional("nats.tls.ca", pem);
    let certificate = reader.optional("nats.tls.cert", pem);
    let key = reader.optional("nats.tls.key", pem);
    let required = reader.or("nats.tls.required", false, truth);
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(NatsIdentity { certificate, key }),
        (None, None) => None,
        (Some(_), None) => {
            reader.object("nats.tls.cert", "a certificate needs its key; give nats.tls.key");
            None
        }
        (None, Some(_)) => {
            reader.object("nats.tls.key", "a key needs its certificate; give nats.tls.cert");
            None
        }
    };
    NatsTls { ca, identity, required }
}

pub(super) fn truth(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "true or false is expected".to_owned())
}

/// A file that is there.
pub(super) fn pem(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(words(path)?);
    fs::metadata(&path).map(|_| path).map_err(|error| format!("read the file: {error}"))
}

fn monitor_url(text: &str) -> Result<String, String> {
    if text.starts_with("http://") {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("http://host:port is expected, where nats-server answers /varz".to_owned())
    }
}

fn replicas(text: &str) -> Result<u8, String> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        "5" => Ok(5),
        _ => {
            Err("1, 3 or 5 is expected: an even number of copies survives no more than one fewer".to_owned())
        }
    }
}
