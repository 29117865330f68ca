//! How to reach NATS, and as whom.

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use app::config::{Login, Secret};
use clap::Args;
use client::{Credentials, PublisherOptions};

use crate::exit::{Exit, Failure};

/// File systems take names of 255 bytes.
const LONGEST_PLACE: usize = 200;

#[derive(Debug, Args)]
#[command(next_help_heading = "NATS")]
pub(crate) struct NatsArgs {
    /// Server, or several of a cluster separated by commas
    #[arg(long, env = "DAVY_NATS_URL", value_name = "URL", default_value = "nats://127.0.0.1:4222")]
    nats_url: String,
    /// Credentials file (JWT and seed)
    #[arg(long, value_name = "FILE", group = "who")]
    creds: Option<PathBuf>,
    /// File with the seed of an nkey
    #[arg(long, value_name = "FILE", group = "who")]
    nkey: Option<PathBuf>,
    /// User; named after the department
    #[arg(long, value_name = "NAME", group = "who", requires = "password_file")]
    user: Option<String>,
    /// File with the user's password
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
    /// What subjects of acks begin with, where the user may subscribe below it only; _INBOX_<user> with --user
    #[arg(long, value_name = "PREFIX")]
    inbox_prefix: Option<String>,
}

impl NatsArgs {
    pub(crate) fn options(&self, timeout: Duration) -> anyhow::Result<PublisherOptions> {
        let by_default =
            self.user.as_ref().map_or_else(|| "_INBOX".to_owned(), |user| format!("_INBOX_{user}"));
        Ok(PublisherOptions {
            credentials: self.credentials()?,
            name: "davy publish".to_owned(),
            inbox_prefix: self.inbox_prefix.clone().unwrap_or(by_default),
            connect_timeout: timeout,
            ..PublisherOptions::new(&self.nats_url)
        })
    }

    /// The server and the user in letters that a directory may have: what is kept for one is not sent to another.
    pub(crate) fn place(&self) -> String {
        let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let in_url = |url: &str| Some(url.rsplit_once('@')?.0.split(':').next()?.to_owned());
        let bare = |url: &str| {
            let url = url.trim().split_once("//").map_or(url, |(_, rest)| rest);
            (in_url(url), url.rsplit('@').next().unwrap_or_default().to_owned())
        };
        let (users, servers): (Vec<_>, Vec<_>) = self.nats_url.split(',').map(bare).unzip();
        let file = self.creds.as_ref().or(self.nkey.as_ref()).and_then(stem);
        let user = self.user.clone().or(file).or_else(|| users.into_iter().flatten().next());
        let place = user.into_iter().chain(servers).collect::<Vec<_>>().join("_");
        let fit = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let place: String = place.chars().map(|letter| if fit(letter) { letter } else { '_' }).collect();
        place.trim_start_matches('.').chars().take(LONGEST_PLACE).collect()
    }

    /// For what works on the log itself.
    pub(crate) fn config(&self, replicas: u8) -> app::config::Nats {
        let by_default =
            self.user.as_ref().map_or_else(|| "_INBOX".to_owned(), |user| format!("_INBOX_{user}"));
        app::config::Nats {
            url: self.nats_url.clone(),
            login: self.login(),
            name: "davy log".to_owned(),
            inbox_prefix: self.inbox_prefix.clone().unwrap_or(by_default),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_and_user_has_a_place_of_its_own() {
        let place = |url: &str, user: Option<&str>, nkey: Option<&str>| {
            let (nkey, user) = (nkey.map(PathBuf::from), user.map(ToOwned::to_owned));
            NatsArgs {
                nats_url: url.to_owned(),
                creds: None,
                nkey,
                user,
                password_file: None,
                inbox_prefix: None,
            }
            .place()
        };
        assert_eq!(place("nats://127.0.0.1:4222", None, None), "127.0.0.1_4222");
        assert_eq!(place("nats://127.0.0.1:4222", Some("sales"), None), "sales_127.0.0.1_4222");
        assert_eq!(place("nats://sales:secret@a:1,nats://b:2", None, None), "sales_a_1_b_2");
        assert_eq!(place("tls://a", None, Some("/etc/davy/sales.nk")), "sales_a");
        assert_eq!(place("../../etc", None, None), "_.._etc");
    }
}
