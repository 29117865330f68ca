//! What the operator decides about the pager, parsed already. Credentials stand here and nowhere else.

use std::path::PathBuf;

use crate::{Secret, Throttle};

/// Everything.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name that claims are made in, the same after a restart; one for each pager that runs.
    pub name: String,
    /// How many messages one contact gets.
    pub throttle: Throttle,
    /// The channels, each under a name of its own.
    pub channels: Vec<ChannelConfig>,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct ChannelConfig {
    /// What policies call it by.
    pub name: String,
    /// What it speaks.
    pub kind: ChannelKind,
}

/// What a channel speaks.
#[derive(Clone, Debug)]
pub enum ChannelKind {
    /// Standard Webhooks.
    Webhook(Webhook),
    /// Slack's incoming webhooks.
    Slack(Slack),
    /// SMTP.
    Email(Email),
    /// ntfy.
    Ntfy(Ntfy),
    /// PagerDuty's Events v2.
    PagerDuty(PagerDuty),
    /// `davy.pings.<person>` on NATS.
    Nats(Nats),
    /// Lines of the pager's own log.
    Log,
}

impl ChannelKind {
    /// As contacts and the configuration write it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::Email(_) => "email",
            Self::Ntfy(_) => "ntfy",
            Self::PagerDuty(_) => "pagerduty",
            Self::Nats(_) => "nats",
            Self::Log => "log",
        }
    }
}

/// What all channels over HTTP have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Http {
    /// Whether private addresses are connected to: those of this machine and of the local network.
    pub allow_private: bool,
    /// Certificates (PEM) that are trusted beside the system's.
    pub ca: Option<PathBuf>,
}

/// Standard Webhooks: a contact's address is the URL.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where to, for pings of the channel itself.
    pub url: Option<Secret>,
    /// `whsec_` and the key in base64, 24 to 64 bytes; several separated by spaces while one replaces another.
    pub secret: Secret,
    /// How it is connected to.
    pub http: Http,
}

/// Slack's incoming webhooks: a contact's address is the URL, which is as good as a password.
#[derive(Clone, Debug)]
pub struct Slack {
    /// Where to, for pings of the channel itself.
    pub url: Option<Secret>,
    /// How it is connected to.
    pub http: Http,
}

/// ntfy: a contact's address is a topic of `url`, or a URL that ends in a topic.
#[derive(Clone, Debug)]
pub struct Ntfy {
    /// The server.
    pub url: Secret,
    /// The topic, for pings of the channel itself.
    pub topic: Option<Secret>,
    /// An access token; sent to `url` only.
    pub token: Option<Secret>,
    /// How it is connected to.
    pub http: Http,
}

/// PagerDuty's Events v2: one service of PagerDuty's, whoever the ping is for.
#[derive(Clone, Debug)]
pub struct PagerDuty {
    /// Where events go.
    pub url: Secret,
    /// The integration key of the service.
    pub routing_key: Secret,
    /// How it is connected to.
    pub http: Http,
}

/// SMTP: a contact's address is a mail address.
#[derive(Clone, Debug)]
pub struct Email {
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is sealed.
    pub tls: EmailTls,
    /// Certificates (PEM) that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// A user and a password, where the server asks for them.
    pub login: Option<(String, Secret)>,
    /// Whom mails are from, such as `Davy <davy@example.com>`.
    pub from: String,
    /// Where to, for pings of the channel itself.
    pub to: Option<Secret>,
}

/// How a connection to a mail server is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailTls {
    /// From the first byte.
    Implicit,
    /// After a word in the clear, without which nothing is sent.
    StartTls,
    /// Not at all.
    None,
}

/// NATS.
#[derive(Clone, Debug)]
pub struct Nats {
    /// One server, or several separated by commas.
    pub url: Secret,
    /// Who we are to it.
    pub login: NatsLogin,
    /// Certificates (PEM) that are trusted beside the system's.
    pub ca: Option<PathBuf>,
    /// What subjects of answers begin with.
    pub inbox_prefix: String,
}

/// Who we are to NATS.
#[derive(Clone, Debug)]
pub enum NatsLogin {
    /// Nobody in particular.
    None,
    /// A user with a password.
    Password(String, Secret),
    /// The seed of an nkey.
    Nkey(Secret),
    /// A `.creds` file.
    Credentials(PathBuf),
}
