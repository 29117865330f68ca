//! The log as anybody with access to its stream can read it.

use anyhow::Context as _;
use async_nats::jetstream::{
    self,
    consumer::{AckPolicy, pull},
};
use client::v1::EventMessage;
use futures_util::StreamExt as _;

/// Every message of stream `DAVY`, in order.
///
/// # Errors
/// If the stream cannot be read.
pub async fn messages(nats: &str) -> anyhow::Result<Vec<EventMessage>> {
    let context = jetstream::new(async_nats::connect(nats).await.context("connect to NATS")?);
    let mut stream = context.get_stream("DAVY").await.context("find the stream")?;
    let last = stream.info().await.context("ask the stream")?.state.last_sequence;
    let config = pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() };
    let consumer = stream.create_consumer(config).await.context("make a consumer")?;
    let mut incoming = consumer.stream().max_messages_per_batch(1_000).messages().await.context("read")?;
    let mut messages = Vec::new();
    for _ in 0..last {
        let message = incoming.next().await.context("the stream ended")?.context("read a message")?;
        messages.push(EventMessage {
            subject: message.subject.to_string(),
            body: message.payload.clone(),
            headers: message
                .headers
                .iter()
                .flat_map(|headers| headers.iter())
                .filter_map(|(name, values)| Some((name.to_string(), values.first()?.to_string())))
                .filter(|(name, _)| !name.starts_with("Nats-"))
                .collect(),
        });
    }
    Ok(messages)
}
