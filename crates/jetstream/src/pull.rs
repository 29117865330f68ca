//! One consumer of the stream and the requests that keep its messages coming.
//!
//! async-nats has a loop of its own for this; it looks at the status of a message without asking who sent it, so that a
//! publisher's `NATS/1.0 100` line makes a message vanish. Here only what comes on our own inbox is the server's.

use std::time::Duration;

use async_nats::{Client, Message, StatusCode, Subscriber};
use bytes::Bytes;
use domain::Position;
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tokio::{sync::watch, task::unconstrained, time::timeout};

use crate::{
    link::Link,
    stream::{self, STREAM},
};

/// Messages asked for at once, at most. Another request follows when half of them have come, so that the server never
/// waits; far below the 65,536 that async-nats keeps for a reader before it drops some.
const REQUEST_MESSAGES: usize = 4_000;
/// Fewer are asked for when they are large, so that about so many bytes are under way. (The server's own limit of bytes,
/// `max_bytes`, makes it deliver about half as fast.)
const REQUEST_BYTES: usize = 8 * 1024 * 1024;
/// The share of a message in the running mean of sizes.
const MEAN_OVER: usize = 64;
const EXPIRES: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(2);
/// Without a message or heartbeat for so long, something is wrong.
const SILENCE: Duration = Duration::from_millis(4_500);
/// The server removes a consumer that nobody asks for so long.
const INACTIVE: Duration = Duration::from_secs(60);
const CLOSING: Duration = Duration::from_secs(1);

/// A consumer of everything after a position.
pub(crate) struct Pull {
    client: Client,
    subscriber: Subscriber,
    breaks: watch::Receiver<u64>,
    inbox: String,
    consumer: String,
    restored_through: Position,
    outstanding: usize,
    mean_bytes: usize,
}

/// What came.
pub(crate) enum Arrived {
    /// A message of the stream.
    Message(Message),
    /// Word from the server that changes nothing.
    Word,
    /// The consumer cannot be relied on any more.
    Doubt(String),
}

impl Pull {
    /// Makes a consumer: no ack, no filter, in the server's memory.
    pub(crate) async fn open(link: &Link, after: Position) -> Result<Self, String> {
        let breaks = link.events().breaks();
        let client = link.connected().map_err(|failure| failure.to_string())?;
        let inbox = client.new_inbox();
        let subscriber = client.subscribe(inbox.clone()).await.map_err(|error| error.to_string())?;
        let token = inbox.rsplit('.').next().unwrap_or_default();
        let consumer = format!("davy-{token}");
        let config = json!({
            "stream_name": STREAM,
            "action": "create",
            "config": {
                "name": consumer,
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": after.next().sequence(),
                "ack_policy": "none",
                "replay_policy": "instant",
                "mem_storage": true,
                "num_replicas": 1,
                "inactive_threshold": nanoseconds(INACTIVE),
            },
        });
        link.ask(&format!("CONSUMER.CREATE.{STREAM}.{consumer}"), &config)
            .await
            .map_err(|failure| format!("create a consumer: {failure}"))?;
        // Asked after the consumer was made, which does not outlive the stream: so it is this stream's.
        let info = stream::info(link).await.map_err(|failure| failure.to_string())?;
        Ok(Self {
            client,
            subscriber,
            breaks,
            inbox,
            consumer,
            restored_through: stream::restored_through(&info),
            outstanding: 0,
            mean_bytes: REQUEST_BYTES / REQUEST_MESSAGES,
        })
    }

    /// Up to where the stream was restored from a backup.
    pub(crate) fn restored_through(&self) -> Position {
        self.restored_through
    }

    /// Asks for more messages if fewer than half of those asked for are still to come.
    pub(crate) async fn request_more(&mut self) -> Result<(), String> {
        let batch = (REQUEST_BYTES / self.mean_bytes.max(1)).clamp(1, REQUEST_MESSAGES);
        if self.outstanding > batch / 2 {
            return Ok(());
        }
        let request = json!({
            "batch": batch,
            "expires": nanoseconds(EXPIRES),
            "idle_heartbeat": nanoseconds(HEARTBEAT),
        });
        let subject = format!("$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{}", self.consumer);
        let request = Bytes::from(request.to_string());
        let asked = self.client.publish_with_reply(subject, self.inbox.clone(), request).await;
        self.outstanding += batch;
        asked.map_err(|error| format!("ask for messages: {error}"))
    }

    /// Waits for whatever comes next.
    pub(crate) async fn next(&mut self) -> Arrived {
        tokio::select! {
            biased;
            _ = self.breaks.changed() => Arrived::Doubt("the connection broke".to_owned()),
            next = timeout(SILENCE, self.subscriber.next()) => match next {
                Ok(Some(message)) => self.sorted(message),
                Ok(None) => Arrived::Doubt("the connection ended".to_owned()),
                Err(_) => Arrived::Doubt("neither messages nor heartbeats came".to_owned()),
            },
        }
    }

    /// What has come already. Not stopped by tokio's budget of 128 messages a turn: chunks are to be large.
    pub(crate) fn ready(&mut self) -> Option<Arrived> {
        let message = unconstrained(self.subscriber.next()).now_or_never()??;
        Some(self.sorted(message))
    }

    fn sorted(&mut self, message: Message) -> Arrived {
        if message.subject.as_str() == self.inbox {
            return self.word(&message);
        }
        self.outstanding = self.outstanding.saturating_sub(1);
        self.mean_bytes = (self.mean_bytes * (MEAN_OVER - 1) + message.length) / MEAN_OVER;
        Arrived::Message(message)
    }

    /// The server says that it lives, that a request is over, or that there will be nothing more.
    fn word(&mut self, message: &Message) -> Arrived {
        let words = message.description.as_deref().unwrap_or_default();
        if message.status == Some(StatusCode::IDLE_HEARTBEAT) {
            return Arrived::Word;
        }
        let unsent = message.headers.as_ref().and_then(|headers| headers.get("Nats-Pending-Messages"));
        match unsent.and_then(|unsent| unsent.as_str().parse::<usize>().ok()) {
            Some(unsent) if message.status == Some(StatusCode::TIMEOUT) => {
                self.outstanding = self.outstanding.saturating_sub(unsent);
                Arrived::Word
            }
            Some(_) | None => {
                Arrived::Doubt(format!("the server ended the request: {:?} {words}", message.status))
            }
        }
    }

    /// Removes the consumer; should that fail, the server does it after a minute.
    pub(crate) async fn close(self, link: &Link) {
        let what = format!("CONSUMER.DELETE.{STREAM}.{}", self.consumer);
        if let Ok(Err(failure)) = timeout(CLOSING, link.ask(&what, &json!({}))).await {
            tracing::debug!(%failure, consumer = self.consumer, "left a consumer to the server");
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
