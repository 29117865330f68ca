//! How to reach NATS, and as whom.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use app::config::{Login, NatsIdentity, NatsTls, Secret};
use clap::Args;
use client::{Credentials, PublisherOptions};

use crate::exit::{Exit, Failure};

/// File systems take names of 255 bytes.
const LONGEST_PLACE: usize = 200;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "NATS")]
pub(crate) struct NatsArgs {
    /// Server, or several of a cluster separated by commas
    #[arg(long, env = "DAVY_NATS_URL", value_name = "URL", default_value = "nats://127.0.0.1:4222")]
    nats_url: String,
    /// Credentials file (JWT and seed)
    #[arg(long = "nats-creds", alias = "creds", env = "DAVY_NATS_CREDS", value_name = "FILE", group = "who")]
    creds: Option<PathBuf>,
    /// File with the seed of an nkey, as `davy nats user` makes it
    #[arg(long = "nats-nkey", alias = "nkey", env = "DAVY_NATS_NKEY", value_name = "FILE", group = "who")]
    nkey: Option<PathBuf>,
    /// User; named after the department
    #[arg(
        long = "nats-user",
        alias = "user",
        env = "DAVY_NATS_USER",
        value_name = "NAME",
        group = "who",
        requires = "password_file"
    )]
    user: Option<String>,
    /// File with the user's password
    #[arg(
        long = "nats-password-file",
        alias = "password-file",
        env = "DAVY_NATS_PASSWORD_FILE",
        value_name = "FILE",
        requires = "user"
    )]
    password_file: Option<PathBuf>,
    /// What subjects of acks begin with; by default _INBOX_<user>, or _INBOX_<name of the nkey's or credentials' file>
    #[arg(
        long = "nats-inbox-prefix",
        alias = "inbox-prefix",
        env = "DAVY_NATS_INBOX_PREFIX",
        value_name = "PREFIX"
    )]
    inbox_prefix: Option<String>,
    /// Certificates (PEM) that vouch for the server's; by default the system's
    #[arg(long = "nats-ca", env = "DAVY_NATS_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Our own certificate (PEM), where the server asks for one
    #[arg(long = "nats-cert", env = "DAVY_NATS_CERT", value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The key (PEM) of that certificate
    #[arg(long = "nats-key", env = "DAVY_NATS_KEY", value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
}

impl NatsArgs {
    pub(crate) fn options(&self, timeout: Duration) -> anyhow::Result<PublisherOptions> {
        let identity = self.cert.clone().zip(self.key.clone());
        Ok(PublisherOptions {
            credentials: self.credentials()?,
            tls: client::Tls { ca: self.ca.clone(), identity, required: self.ca.is_some() },
            name: "davy publish".to_owned(),
            inbox_prefix: self.inbox_prefix(),
            connect_timeout: timeout,
            ..PublisherOptions::new(&self.nats_url)
        })
    }

    /// A user of Davy's own server configuration may subscribe below their own name only; where there are no permissions
    /// any prefix will do.
    fn inbox_prefix(&self) -> String {
        let file = || self.creds.as_ref().or(self.nkey.as_ref()).and_then(|path| stem(path));
        let is_name = |name: &String| {
            let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
            !name.is_empty() && name.chars().all(fits)
        };
        let name = self.user.clone().or_else(file).filter(is_name);
        let by_default = || name.map_or_else(|| "_INBOX".to_owned(), |name| format!("_INBOX_{name}"));
        self.inbox_prefix.clone().unwrap_or_else(by_default)
    }

    /// The server and the user in letters that a directory may have: what is kept for one is not sent to another.
    pub(crate) fn place(&self) -> String {
        let in_url = |url: &str| Some(url.rsplit_once('@')?.0.split(':').next()?.to_owned());
        let bare = |url: &str| {
            let url = url.trim().split_once("//").map_or(url, |(_, rest)| rest);
            (in_url(url), url.rsplit('@').next().unwrap_or_default().to_owned())
        };
        let (users, servers): (Vec<_>, Vec<_>) = self.nats_url.split(',').map(bare).unzip();
        let file = self.creds.as_ref().or(self.nkey.as_ref()).and_then(|path| stem(path));
        let user = self.user.clone().or(file).or_else(|| users.into_iter().flatten().next());
        let place = user.into_iter().chain(servers).collect::<Vec<_>>().join("_");
        let fit = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let place: String = place.chars().map(|letter| if fit(letter) { letter } else { '_' }).collect();
        place.trim_start_matches('.').chars().take(LONGEST_PLACE).collect()
    }

    /// For what works on the log itself.
    pub(crate) fn config(&self, replicas: u8) -> app::config::Nats {
        let pair = self.cert.clone().zip(self.key.clone());
        let identity = pair.map(|(certificate, key)| NatsIdentity { certificate, key });
        app::config::Nats {
            url: self.nats_url.clone(),
            login: self.login(),
            tls: NatsTls { ca: self.ca.clone(), identity, required: self.ca.is_some() },
            name: "davy log".to_owned(),
            inbox_prefix: self.inbox_prefix(),
            monitor_url: None,
            replicas,
        }
    }

    fn login(&self) -> Login {
        match (&self.creds, &self.nkey, &self.user, &self.password_file) {
            (Some(path), _, _, _) => Login::Credentials(path.clone()),
            (_, Some(path), _, _) => Login::Nkey(Secret { file: path.clone() }),
            (_, _, Some(user), Some(path)) => {
                Login::Password { user: user.clone(), password: Secret { file: path.clone() } }
            }
            (None, None, _, _) => Login::None,
        }
    }

    fn credentials(&self) -> anyhow::Result<Credentials> {
        Ok(match (&self.creds, &self.nkey, &self.user, &self.password_file) {
            (Some(path), _, _, _) => Credentials::File { path: path.clone() },
            (_, Some(path), _, _) => Credentials::Nkey { path: path.clone() },
            (_, _, Some(user), Some(path)) => {
                let wrong =
                    || Failure::new(Exit::BadConfig, format!("read the password in {}", path.display()));
                let text = std::fs::read_to_string(path).with_context(wrong)?;
                let password = text.trim_end_matches(['\r', '\n']).to_owned();
                Credentials::Password { user: user.clone(), password }
            }
            (None, None, _, _) => Credentials::None,
        })
    }
}

fn stem(path: &Path) -> Option<String> {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_and_user_has_a_place_of_its_own() {
        let place = |url: &str, user: Option<&str>, nkey: Option<&str>| {
            let (nkey, user) = (nkey.map(PathBuf::from), user.map(ToOwned::to_owned));
            let args = NatsArgs { nats_url: url.to_owned(), nkey, user, ..NatsArgs::default() };
            args.place()
        };
        assert_eq!(place("nats://127.0.0.1:4222", None, None), "127.0.0.1_4222");
        assert_eq!(place("nats://127.0.0.1:4222", Some("sales"), None), "sales_127.0.0.1_4222");
        assert_eq!(place("nats://sales:secret@a:1,nats://b:2", None, None), "sales_a_1_b_2");
        assert_eq!(place("tls://a", None, Some("/etc/davy/sales.nk")), "sales_a");
        assert_eq!(place("../../etc", None, None), "_.._etc");
    }

    #[test]
    fn answers_come_below_the_name_of_the_user() {
        let prefix = |args: NatsArgs| args.inbox_prefix();
        let file = |path: &str| Some(PathBuf::from(path));
        assert_eq!(prefix(NatsArgs::default()), "_INBOX");
        assert_eq!(
            prefix(NatsArgs { user: Some("sales".to_owned()), ..NatsArgs::default() }),
            "_INBOX_sales"
        );
        assert_eq!(
            prefix(NatsArgs { nkey: file("/etc/davy/field-service.nk"), ..NatsArgs::default() }),
            "_INBOX_field-service"
        );
        assert_eq!(prefix(NatsArgs { creds: file("a b.creds"), ..NatsArgs::default() }), "_INBOX");
        let given = Some("_X".to_owned());
        assert_eq!(prefix(NatsArgs { nkey: file("a.nk"), inbox_prefix: given, ..NatsArgs::default() }), "_X");
    }
}
