//! The channels that are configured, and which of them a ping goes through.

use std::{collections::BTreeMap, io, sync::Arc};

use super::{
    Channel, email::EmailChannel, log::LogChannel, nats::NatsChannel, ntfy::NtfyChannel,
    pagerduty::PagerDutyChannel, slack::SlackChannel, webhook::WebhookChannel,
};
use crate::{
    config::{ChannelConfig, ChannelKind},
    message::Destination,
    pager::Clock,
    ping::Recipient,
};

/// Why a channel cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenChannelError {
    /// Two have one name.
    #[error("open channel {0}: another one has that name")]
    Twice(String),
    /// Something in its configuration is of no use.
    #[error("open channel {name}: {why}")]
    Unusable {
        /// Which.
        name: String,
        /// Why, without the value.
        why: &'static str,
    },
    /// Its certificates cannot be read.
    #[error("read the certificates of channel {name}")]
    Certificates {
        /// Which.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

#[derive(Debug)]
struct Configured {
    kind: &'static str,
    channel: Arc<dyn Channel>,
}

/// The channels by name.
#[derive(Debug)]
pub(crate) struct Channels(BTreeMap<String, Configured>);

impl Channels {
    pub(crate) fn open(configs: &[ChannelConfig], clock: &Clock) -> Result<Self, OpenChannelError> {
        let mut channels = BTreeMap::new();
        for config in configs {
            let configured = Configured { kind: config.kind.name(), channel: open(config, clock)? };
            if channels.insert(config.name.clone(), configured).is_some() {
                return Err(OpenChannelError::Twice(config.name.clone()));
            }
        }
        Ok(Self(channels))
    }

    /// A channel by its name; a person's contact by its kind: the channel of that name and kind, else the first of that kind.
    pub(crate) fn for_destination(&self, to: &Destination) -> Option<Arc<dyn Channel>> {
        let found = match &to.recipient {
            Recipient::Channel(name) => self.0.get(name),
            Recipient::Person { person: _, contact: _ } => {
                let kind = kind(&to.kind);
                self.0
                    .get(&to.kind)
                    .filter(|configured| configured.kind == kind)
                    .or_else(|| self.0.values().find(|configured| configured.kind == kind))
                    // A kind of the operator's own: a channel that is called so.
                    .or_else(|| self.0.get(&to.kind))
            }
        };
        found.map(|configured| Arc::clone(&configured.channel))
    }

    /// These, in a test.
    #[cfg(test)]
    pub(crate) fn of(channels: impl IntoIterator<Item = (&'static str, Arc<dyn Channel>)>) -> Self {
        let configured = |(kind, channel): (_, Arc<dyn Channel>)| {
            (channel.name().to_owned(), Configured { kind, channel })
        };
        Self(channels.into_iter().map(configured).collect())
    }

    /// A channel by its name.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<dyn Channel>> {
        self.0.get(name).map(|configured| Arc::clone(&configured.channel))
    }
}

/// What people call a kind.
fn kind(kind: &str) -> &str {
    match kind {
        "mail" | "e-mail" | "smtp" => "email",
        "http" | "https" => "webhook",
        other => other,
    }
}

fn open(config: &ChannelConfig, clock: &Clock) -> Result<Arc<dyn Channel>, OpenChannelError> {
    let ChannelConfig { name, kind } = config;
    Ok(match kind {
        ChannelKind::Webhook(config) => Arc::new(WebhookChannel::open(name, config, clock)?),
        ChannelKind::Slack(config) => Arc::new(SlackChannel::open(name, config, clock)?),
        ChannelKind::Email(config) => Arc::new(EmailChannel::open(name, config)?),
        ChannelKind::Ntfy(config) => Arc::new(NtfyChannel::open(name, config, clock)?),
        ChannelKind::PagerDuty(config) => Arc::new(PagerDutyChannel::open(name, config, clock)?),
        ChannelKind::Nats(config) => Arc::new(NatsChannel::open(name, config)?),
        ChannelKind::Log => Arc::new(LogChannel::open(name)),
    })
}

/// What the channels over HTTP open alike.
pub(super) mod http {
    use super::OpenChannelError;
    use crate::{
        Secret,
        channel::SendError,
        config::Http,
        net::{HttpClient, Url},
    };

    pub(in crate::channel) fn client(name: &str, http: &Http) -> Result<HttpClient, OpenChannelError> {
        HttpClient::new(http.allow_private, http.ca.as_deref())
            .map_err(|source| OpenChannelError::Certificates { name: name.to_owned(), source })
    }

    pub(in crate::channel) fn url(name: &str, url: &Secret) -> Result<Url, OpenChannelError> {
        Url::parse(url.reveal()).ok_or_else(|| OpenChannelError::Unusable {
            name: name.to_owned(),
            why: "its url is not https://host/... or http://host/..., without a user",
        })
    }

    /// The contact's address, or the channel's own.
    pub(in crate::channel) fn target(address: &Secret, own: Option<&Url>) -> Result<Url, SendError> {
        if address.is_empty() {
            return own.cloned().ok_or_else(|| SendError::permanent("there is no address to send it to"));
        }
        Url::parse(address.reveal())
            .ok_or_else(|| SendError::permanent("its address is not https://host/... or http://host/..."))
    }
}
