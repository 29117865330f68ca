//! How to reach NATS, and as whom.

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use clap::Args;
use client::{Credentials, PublisherOptions};

use crate::exit::{Exit, Failure};

#[derive(Debug, Args)]
#[command(next_help_heading = "NATS")]
pub(super) struct NatsArgs {
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
    pub(super) fn options(&self, timeout: Duration) -> anyhow::Result<PublisherOptions> {
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
