//! `[pager]`: what `davy-pager` asks, and the channels that it sends through. Credentials of channels stand here and nowhere
//! else, in files of their own.

use std::{path::PathBuf, time::Duration};

use ::pager::{
    ApiOptions, ChannelConfig, ChannelKind, Config, Email, EmailTls, Http, Nats, NatsLogin, Ntfy, PagerDuty,
    Slack, Throttle, Webhook,
};

use super::{
    Secret,
    nats::{pem, truth},
    reader::{Reader, number, words},
};

/// Where PagerDuty takes events.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";
const NTFY: &str = "https://ntfy.sh";
const CHANNELS: &str = "pager.channels";

/// What `davy-pager` asks and sends through.
#[derive(Clone, Debug)]
pub struct Pager {
    /// Where the API is, and who we are to it.
    pub api: ApiOptions,
    /// The channels, and how many messages one contact gets.
    pub pager: Config,
}

impl Pager {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let api = ApiOptions {
            url: reader.or("pager.api", "http://127.0.0.1:50051".to_owned(), api),
            token: secret(reader, "pager.token"),
            ca: reader.optional("pager.ca", pem),
        };
        let throttle = Throttle {
            burst: reader.or("pager.burst", 5, number(1..=1_000)),
            every: Duration::from_secs(reader.or("pager.every_seconds", 60, number(1..=3_600))),
        };
        let name = reader.or("pager.name", "pager".to_owned(), words);
        let channels =
            reader.names_below(CHANNELS).into_iter().filter_map(|name| channel(reader, name)).collect();
        Self { api, pager: Config { name, throttle, channels } }
    }
}

fn channel(reader: &mut Reader, name: String) -> Option<ChannelConfig> {
    let mut section = Section { at: format!("{CHANNELS}.{name}"), reader };
    let kind = section.optional("kind", words);
    let kind = match kind.as_deref() {
        Some("webhook") => section.webhook()?,
        Some("slack") => ChannelKind::Slack(Slack { url: section.secret("url"), http: section.http() }),
        Some("email") => section.email()?,
        Some("ntfy") => section.ntfy(),
        Some("pagerduty") => section.pagerduty()?,
        Some("nats") => section.nats()?,
        Some("log") => ChannelKind::Log,
        Some(_) | None => {
            section.object("kind", "one of webhook, slack, email, ntfy, pagerduty, nats, log is expected");
            return None;
        }
    };
    Some(ChannelConfig { name, kind })
}

/// The keys of one channel.
struct Section<'a> {
    at: String,
    reader: &'a mut Reader,
}

impl Section<'_> {
    fn optional<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        self.reader.optional(&format!("{}.{key}", self.at), parse)
    }

    fn or<T: ToString>(&mut self, key: &str, default: T, parse: impl FnOnce(&str) -> Result<T, String>) -> T {
        self.reader.or(&format!("{}.{key}", self.at), default, parse)
    }

    fn secret(&mut self, key: &str) -> Option<::pager::Secret> {
        secret(self.reader, &format!("{}.{key}", self.at))
    }

    fn object(&mut self, key: &str, reason: &str) {
        self.reader.object(&format!("{}.{key}", self.at), reason);
    }

    /// Says that `key` is missing where it is.
    fn needed<T>(&mut self, key: &str, value: Option<T>, reason: &str) -> Option<T> {
        if value.is_none() {
            self.object(key, reason);
        }
        value
    }

    fn http(&mut self) -> Http {
        Http { allow_private: self.or("allow_private", false, truth), ca: self.optional("ca", pem) }
    }

    fn webhook(&mut self) -> Option<ChannelKind> {
        let url = self.optional("url", http_url).map(::pager::Secret::new);
        let (secret, http) = (self.secret("secret"), self.http());
        let reason =
            "a webhook is signed; give secret = { file = \"...\" } with whsec_ and 24 to 64 bytes in base64";
        let secret = self.needed("secret.file", secret, reason)?;
        Some(ChannelKind::Webhook(Webhook { url, secret, http }))
    }

    fn ntfy(&mut self) -> ChannelKind {
        ChannelKind::Ntfy(Ntfy {
            url: ::pager::Secret::new(self.or("url", NTFY.to_owned(), http_url)),
            topic: self.secret("topic"),
            token: self.secret("token"),
            http: self.http(),
        })
    }

    fn pagerduty(&mut self) -> Option<ChannelKind> {
        let url = ::pager::Secret::new(self.or("url", PAGERDUTY.to_owned(), http_url));
        let (key, http) = (self.secret("routing_key"), self.http());
        let reason =
            "PagerDuty asks for the integration key of a service; give routing_key = { file = \"...\" }";
        let routing_key = self.needed("routing_key.file", key, reason)?;
        Some(ChannelKind::PagerDuty(PagerDuty { url, routing_key, http }))
    }

    fn email(&mut self) -> Option<ChannelKind> {
        let host = self.optional("host", words);
        let (tls, default_port) = self.or_tls();
        let port = self.or("port", default_port, number(1..=65_535));
        let (ca, from, to) =
            (self.optional("ca", pem), self.optional("from", words), self.optional("to", words));
        let login = self.login();
        let host = self.needed("host", host, "mail goes through a server; give its host");
        let from = self.needed("from", from, "mail is from somebody; give an address");
        let to = to.map(::pager::Secret::new);
        Some(ChannelKind::Email(Email { host: host?, port, tls, ca, login, from: from?, to }))
    }

    fn or_tls(&mut self) -> (EmailTls, u16) {
        let chosen = self.or("tls", "starttls".to_owned(), |text| match text {
            "starttls" | "implicit" | "none" => Ok(text.to_owned()),
            _ => Err("starttls, implicit or none is expected".to_owned()),
        });
        match chosen.as_str() {
            "implicit" => (EmailTls::Implicit, 465),
            "none" => (EmailTls::None, 25),
            _ => (EmailTls::StartTls, 587),
        }
    }

    fn login(&mut self) -> Option<(String, ::pager::Secret)> {
        match (self.optional("user", words), self.secret("password")) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => {
                self.object("user", "a user needs a password; give password = { file = \"...\" }");
                None
            }
            (None, Some(_)) => {
                self.object("password.file", "a password needs a user; give user");
                None
            }
        }
    }

    fn nats(&mut self) -> Option<ChannelKind> {
        let url = self.optional("url", words).map(::pager::Secret::new);
        let inbox_prefix = self.or("inbox_prefix", "_INBOX".to_owned(), words);
        let ca = self.optional("ca", pem);
        let nkey = self.secret("nkey");
        let credentials = self.optional("credentials", |path| words(path).map(PathBuf::from));
        let login = match (self.login(), nkey, credentials) {
            (None, None, None) => NatsLogin::None,
            (Some((user, password)), None, None) => NatsLogin::Password(user, password),
            (None, Some(seed), None) => NatsLogin::Nkey(seed),
            (None, None, Some(path)) => NatsLogin::Credentials(path),
            _ => {
                self.object("credentials", "give only one of user and password, nkey, and credentials");
                NatsLogin::None
            }
        };
        let url = self.needed("url", url, "nats://host:port is expected")?;
        Some(ChannelKind::Nats(Nats { url, login, ca, inbox_prefix }))
    }
}

/// Read at once: what it is used for takes the text, not the file.
fn secret(reader: &mut Reader, key: &str) -> Option<::pager::Secret> {
    Secret::read(reader, key).and_then(|secret| secret.text().ok()).map(::pager::Secret::new)
}

fn api(text: &str) -> Result<String, String> {
    http_url(text).map_err(|_| "http://host:port or https://host:port is expected".to_owned())
}

fn http_url(text: &str) -> Result<String, String> {
    let is_web = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    if is_web && !text.contains('@') {
        Ok(text.to_owned())
    } else {
        Err("https://host/... or http://host/... is expected, without a user".to_owned())
    }
}
