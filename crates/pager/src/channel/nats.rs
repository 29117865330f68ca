//! Pings on NATS: `davy.pings.<person>`, or `davy.pings.<channel>`, with the JSON of webhooks. Outside the stream: whoever
//! wants pings listens while they come. A ping that nobody listens for is not delivered.

use std::fmt;

use async_nats::{Client, ConnectOptions, HeaderMap, StatusCode, connection::State};
use futures_util::StreamExt as _;
use tokio::sync::OnceCell;

use super::{Channel, OpenChannelError, Receipt, SendError, Sending, json};
use crate::{
    Message,
    config::{Nats, NatsLogin},
    ping::Recipient,
};

const SUBJECT: &str = "davy.pings";
const ECHO: &str = "seen";

/// NATS.
pub(super) struct NatsChannel {
    name: String,
    config: Nats,
    client: OnceCell<Client>,
}

impl fmt::Debug for NatsChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsChannel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl NatsChannel {
    pub(super) fn open(name: &str, config: &Nats) -> Result<Self, OpenChannelError> {
        if config.url.is_empty() || config.url.reveal().contains('@') {
            let why = "its url is not nats://host:port, without a user";
            return Err(OpenChannelError::Unusable { name: name.to_owned(), why });
        }
        Ok(Self { name: name.to_owned(), config: config.clone(), client: OnceCell::new() })
    }

    async fn connected(&self) -> Result<&Client, SendError> {
        let away = |_| SendError::temporary("NATS could not be connected to");
        let connect = || async {
            let Nats { url, login, ca, inbox_prefix } = &self.config;
            let options = ConnectOptions::new().name("davy-pager").custom_inbox_prefix(inbox_prefix);
            let options = match ca {
                Some(ca) => options.add_root_certificates(ca.clone()),
                None => options,
            };
            let options = match login {
                NatsLogin::None => options,
                NatsLogin::Password(user, password) => {
                    options.user_and_password(user.clone(), password.reveal().to_owned())
                }
                NatsLogin::Nkey(seed) => options.nkey(seed.reveal().trim().to_owned()),
                NatsLogin::Credentials(path) => options
                    .credentials_file(path)
                    .await
                    .map_err(|_| SendError::temporary("the credentials for NATS could not be read"))?,
            };
            options.connect(url.reveal().split(',').collect::<Vec<_>>()).await.map_err(away)
        };
        let client = self.client.get_or_try_init(connect).await?;
        // What is published without a connection would be sent later, beside the retry.
        match client.connection_state() {
            State::Connected => Ok(client),
            State::Pending | State::Disconnected => Err(SendError::temporary("NATS is away")),
        }
    }

    async fn publish(&self, message: &Message) -> Result<Receipt, SendError> {
        let lost = "NATS was lost before it took it";
        let client = self.connected().await?;
        let inbox = client.new_inbox();
        let mut answers = client.subscribe(inbox.clone()).await.map_err(|_| SendError::temporary(lost))?;
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", message.id().as_str());
        let (subject, body) = (subject(message), json::body(message));
        client
            .publish_with_reply_and_headers(subject, inbox.clone(), headers, body.into())
            .await
            .map_err(|_| SendError::temporary(lost))?;
        // A word to ourselves comes back after the server has seen the ping, and after its word that nobody listens.
        client.publish(inbox, ECHO.into()).await.map_err(|_| SendError::temporary(lost))?;
        match answers.next().await {
            Some(answer) if answer.status == Some(StatusCode::NO_RESPONDERS) => {
                Err(SendError::temporary("nobody listens for it on NATS"))
            }
            // Our own word, or that of a listener who answers.
            Some(_) => Ok(Receipt::new("published on NATS")),
            None => Err(SendError::temporary(lost)),
        }
    }
}

fn subject(message: &Message) -> String {
    let of = match &message.to.recipient {
        Recipient::Person { person, contact: _ } => person,
        Recipient::Channel(name) => name,
    };
    format!("{SUBJECT}.{}", token(of))
}

/// Everything outside `[A-Za-z0-9_-]` percent-encoded, as in the subjects of events (contract.md 1).
fn token(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

impl Channel for NatsChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn server(&self, _: &Message) -> Option<String> {
        Some(format!("nats/{}", self.name))
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.publish(message))
    }
}
