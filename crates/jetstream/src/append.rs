//! Appending, all or nothing: one message as such, several as one atomic batch (NATS ADR-50).

use async_nats::{Client, HeaderMap, HeaderName, HeaderValue, PublishError, client::PublishErrorKind};
use bytes::Bytes;
use domain::{Position, limits::PUBLISH_EVENTS};
use engine::{Expected, LogError, NewMessage};
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{
    expect,
    link::{self, ANSWER, Failure, Link, Refusal},
};

/// Single messages on their way at once. The server stores everything that has come before it answers or hands out any of it,
/// so that more on their way do not come sooner: a crowd's messages become one lump, and while it is stored nobody has
/// anything to fold, decide or send. Against a server that syncs each message on a fast disk 32 to 64 gave about a twentieth more
/// commands a second than 512; on a slow one more, by how much is not known, since other work ran beside.
const SINGLES: usize = 48;
/// Batches on their way at once, for which the server keeps a place: it has 50 for a stream, shared by all publishers.
const BATCHES: usize = 8;

/// What may be tried again though the server said no. The codes are JetStream's: temporarily unavailable, no quorum yet,
/// the same id is being stored, too many requests, a batch that lost a message, too many batches at once.
const PASSING: [u64; 6] = [10008, 10009, 10158, 10167, 10176, 10210];

/// The expectation does not hold (told in two ways), or a batch of this id was stored before.
const CONFLICTS: [u64; 3] = [10071, 10164, 10201];

/// Appends, with a bounded number on the way.
#[derive(Debug)]
pub(crate) struct Appender {
    singles: Semaphore,
    batches: Semaphore,
}

impl Appender {
    pub(crate) fn new() -> Self {
        Self { singles: Semaphore::new(SINGLES), batches: Semaphore::new(BATCHES) }
    }

    /// The positions, in the order of the messages. After `Unreachable` they may be stored or not.
    pub(crate) async fn append(
        &self,
        link: &Link,
        mut messages: Vec<NewMessage>,
        expected: Vec<Expected>,
    ) -> Result<Vec<Position>, LogError> {
        expect::attach(&mut messages, expected)?;
        let stored = match messages.len() {
            0 => return Ok(Vec::new()),
            1 => self.single(link, messages).await,
            2..=PUBLISH_EVENTS => self.batch(link, messages).await,
            count => Err(refused(format!("{count} messages are more than the {PUBLISH_EVENTS} of a batch"))),
        };
        stored.map_err(as_append_error)
    }

    async fn single(&self, link: &Link, messages: Vec<NewMessage>) -> Result<Vec<Position>, Failure> {
        let _permit = permit(&self.singles).await?;
        let mut positions = Vec::with_capacity(1);
        for NewMessage { subject, headers, body } in messages {
            let answer = link.send(&subject, header_map(&headers)?, Bytes::from(body)).await?;
            positions.push(position(&link::accepted(&answer)?)?);
        }
        Ok(positions)
    }

    async fn batch(&self, link: &Link, messages: Vec<NewMessage>) -> Result<Vec<Position>, Failure> {
        let _permit = permit(&self.batches).await?;
        let count = u64::try_from(messages.len()).unwrap_or(u64::MAX);
        let mut breaks = link.events().breaks();
        let client = link.connected()?;
        let subjects = messages.iter().map(|message| message.subject.clone()).collect();
        let forbidden = link.events().forbidden(subjects);
        let answer = tokio::select! {
            answer = timeout(ANSWER * 2, commit(&client, messages)) => answer,
            // The rest of the batch is not sent on the next connection.
            _ = breaks.changed() => return Err(broke()),
            text = forbidden => return Err(refused(text)),
        };
        let last = match answer {
            Ok(answer) => position(&answer?)?,
            Err(_) => return Err(no_answer()),
        };
        let first = last.sequence().saturating_sub(count - 1);
        Ok((first..=last.sequence()).map(Position::new).collect())
    }
}

async fn permit(of: &Semaphore) -> Result<SemaphorePermit<'_>, Failure> {
    match timeout(ANSWER, of.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) | Err(_) => {
            Err(Failure::Unreachable("too many messages wait for their ack; nothing was sent".to_owned()))
        }
    }
}

/// Sends the messages of a batch, the last of which commits it. Every one asks for an answer, on one inbox: to those before
/// the last the server sends an empty one, or says what is wrong with it.
async fn commit(client: &Client, messages: Vec<NewMessage>) -> Result<Value, Failure> {
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

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad = |what: &str| refused(format!("header {name:?}: its {what} cannot be sent"));
        let name: HeaderName = name.parse().map_err(|_| bad("name"))?;
        let value: HeaderValue = value.parse().map_err(|_| bad("value"))?;
        map.append(name, value);
    }
    Ok(map)
}

fn position(answer: &Value) -> Result<Position, Failure> {
    let sequence = answer["seq"].as_u64();
    sequence.map(Position::new).ok_or_else(|| Failure::Unreachable("the ack has no sequence".to_owned()))
}

fn publish_failure(error: &PublishError) -> Failure {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded | PublishErrorKind::InvalidSubject => refused(error.to_string()),
        PublishErrorKind::Send => Failure::Unreachable(error.to_string()),
    }
}

fn no_answer() -> Failure {
    Failure::Unreachable(format!("no ack within {} s", 2 * ANSWER.as_secs()))
}

fn broke() -> Failure {
    Failure::Unreachable("the connection broke before the ack; the batch may be stored or not".to_owned())
}

fn refused(text: String) -> Failure {
    Failure::Refused(Refusal { code: 0, text })
}

fn as_append_error(failure: Failure) -> LogError {
    match failure {
        Failure::Refused(Refusal { code, .. }) if CONFLICTS.contains(&code) => LogError::Conflict,
        Failure::Refused(Refusal { code, text }) if !PASSING.contains(&code) => {
            LogError::Refused { detail: text }
        }
        Failure::Refused(Refusal { text: detail, .. }) | Failure::Unreachable(detail) => {
            LogError::Unreachable { detail }
        }
    }
}
