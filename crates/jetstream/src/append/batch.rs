//! The wire of an atomic batch (NATS ADR-50): its headers, and the one answer that matters.

use async_nats::{Client, HeaderMap, HeaderValue, PublishError, client::PublishErrorKind};
use bytes::Bytes;
use engine::NewMessage;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::{header_map, no_answer, refused};
use crate::link::{self, Failure};

/// Sends the messages of a batch, the last of which commits it. Every one asks for an answer, on one inbox: to those before
/// the last the server sends an empty one, or says what is wrong with it.
pub(super) async fn commit(client: &Client, messages: Vec<NewMessage>) -> Result<Value, Failure> {
    let inbox = client.new_inbox();
    let id = inbox.rsplit('.').next().unwrap_or_default().to_owned();
    let prepared = batch_headers(&messages, &id)?;
    let mut answers =
        client.subscribe(inbox.clone()).await.map_err(|error| Failure::Unreachable(error.to_string()))?;
    for (NewMessage { subject, body, .. }, headers) in messages.into_iter().zip(prepared) {
        let sent =
            client.publish_with_reply_and_headers(subject, inbox.clone(), headers, Bytes::from(body)).await;
        sent.map_err(|error| publish_failure(&error))?;
    }
    while let Some(answer) = answers.next().await {
        if answer.status.is_some() || !answer.payload.is_empty() {
            return link::accepted(&answer);
        }
    }
    Err(no_answer())
}

fn batch_headers(messages: &[NewMessage], id: &str) -> Result<Vec<HeaderMap>, Failure> {
    let last = messages.len();
    let mut all = Vec::with_capacity(last);
    for (number, message) in (1..).zip(messages) {
        let mut headers = header_map(&message.headers)?;
        if message.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Nats-Msg-Id")) {
            // One duplicate would make the server reject the whole batch.
            return Err(refused("messages of a batch carry no Nats-Msg-Id".to_owned()));
        }
        headers.insert("Nats-Batch-Id", id);
        headers.insert("Nats-Batch-Sequence", HeaderValue::from(number));
        if number == last {
            headers.insert("Nats-Batch-Commit", "1");
        }
        all.push(headers);
    }
    Ok(all)
}

fn publish_failure(error: &PublishError) -> Failure {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded | PublishErrorKind::InvalidSubject => refused(error.to_string()),
        PublishErrorKind::Send => Failure::Unreachable(error.to_string()),
    }
}
