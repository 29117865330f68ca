//! Messages as any program may publish them, however wrong.

use anyhow::Context as _;
use async_nats::{HeaderMap, jetstream};
use bytes::Bytes;

/// Where a message was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Such as `0-18446`.
    pub position: String,
    /// The stream knew its `Nats-Msg-Id` and stored nothing.
    pub duplicate: bool,
}

impl Stored {
    /// The sequence in the stream.
    ///
    /// # Errors
    /// If the position is none.
    pub fn sequence(&self) -> anyhow::Result<u64> {
        let digits = self.position.strip_prefix("0-").context("a position begins with 0-")?;
        digits.parse().with_context(|| format!("read the position {}", self.position))
    }
}

/// Publishes bytes as they are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RawPublisher(jetstream::Context);

impl RawPublisher {
    /// Connects without credentials.
    ///
    /// # Errors
    /// If the server is not there.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let client = async_nats::connect(url).await.with_context(|| format!("connect to {url}"))?;
        Ok(Self(jetstream::new(client)))
    }

    /// Publishes and waits for the ack.
    ///
    /// # Errors
    /// If there is none.
    pub async fn publish(
        &self,
        subject: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> anyhow::Result<Stored> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, *value);
        }
        let sent = self.0.publish_with_headers(subject.to_owned(), map, body.into()).await;
        let ack = sent.context("publish")?.await.with_context(|| format!("store a message on {subject}"))?;
        Ok(Stored { position: format!("0-{}", ack.sequence), duplicate: ack.duplicate })
    }

    /// The stream's client, for what else a test does to the stream.
    pub const fn jetstream(&self) -> &jetstream::Context {
        &self.0
    }
}
