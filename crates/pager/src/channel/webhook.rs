//! Standard Webhooks: a JSON body, signed with a key that the receiver shares.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue};
use ring::hmac;

use super::{
    Channel, OpenChannelError, Receipt, SendError, Sending,
    channels::http::{client, target, url},
    json,
};
use crate::{
    Message,
    config::Webhook,
    net::{HttpClient, Post, Url, judge},
    pager::Clock,
};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
/// What a key begins with where it is written down.
const PREFIX: &str = "whsec_";

/// A signed webhook.
pub(super) struct WebhookChannel {
    name: String,
    own: Option<Url>,
    /// Each signs, so that a receiver may know either while one replaces the other.
    keys: Vec<hmac::Key>,
    http: HttpClient,
    clock: Clock,
}

impl fmt::Debug for WebhookChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookChannel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl WebhookChannel {
    pub(super) fn open(name: &str, config: &Webhook, clock: &Clock) -> Result<Self, OpenChannelError> {
        let keys: Option<Vec<_>> = config.secret.reveal().split_whitespace().map(key).collect();
        let keys = keys.filter(|keys| !keys.is_empty()).ok_or_else(|| OpenChannelError::Unusable {
            name: name.to_owned(),
            why: "its secret is not whsec_ and 24 to 64 bytes in base64",
        })?;
        Ok(Self {
            name: name.to_owned(),
            own: config.url.as_ref().map(|own| url(name, own)).transpose()?,
            keys,
            http: client(name, &config.http)?,
            clock: clock.clone(),
        })
    }

    async fn post(&self, message: &Message) -> Result<Receipt, SendError> {
        let url = target(&message.to.address, self.own.as_ref())?;
        let (id, body, now) = (message.id(), json::body(message), (self.clock)());
        let timestamp = now.as_second().to_string();
        let signature = self.sign(&id, &timestamp, &body);
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| SendError::permanent("its id cannot stand in a header"))
        };
        let headers =
            vec![(ID, value(&id)?), (TIMESTAMP, value(&timestamp)?), (SIGNATURE, value(&signature)?)];
        let post = Post { url: &url, headers, content_type: "application/json", body };
        let answer = self.http.post(post, now).await?;
        judge(&answer).map(|()| Receipt::new(format!("it answered {}", answer.status.as_u16())))
    }

    /// `v1,<base64>` by each key, separated by spaces.
    fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let sign = |key: &hmac::Key| {
            let mut context = hmac::Context::with_key(key);
            for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
                context.update(part);
            }
            format!("v1,{}", STANDARD.encode(context.sign()))
        };
        self.keys.iter().map(sign).collect::<Vec<_>>().join(" ")
    }
}

fn key(text: &str) -> Option<hmac::Key> {
    let bytes = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
    (24..=64).contains(&bytes.len()).then(|| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

impl Channel for WebhookChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn server(&self, message: &Message) -> Option<String> {
        target(&message.to.address, self.own.as_ref()).ok().map(|url| url.server())
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.post(message))
    }
}
