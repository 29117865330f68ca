//! Appending, all or nothing: several messages as one atomic batch (NATS ADR-50), one that something is expected with
//! together with those of others ([`together`]), any other as such.

mod batch;
mod together;

use async_nats::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use domain::{Position, limits::PUBLISH_EVENTS};
use engine::{Expected, LogError, NewMessage};
use serde_json::Value;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use self::together::Together;
use crate::{
    expect,
    link::{self, ANSWER, Failure, Link, Refusal, SharedLink},
};

/// Messages that are alone and expect nothing, on their way at once.
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
    link: SharedLink,
    together: Together,
    singles: Semaphore,
    batches: Semaphore,
}

impl Appender {
    /// Within a runtime, on which it keeps a task until it is dropped.
    pub(crate) fn new(link: SharedLink) -> Self {
        let together = Together::start(SharedLink::clone(&link));
        Self { link, together, singles: Semaphore::new(SINGLES), batches: Semaphore::new(BATCHES) }
    }

    /// The positions, in the order of the messages. After `Unreachable` they may be stored or not.
    pub(crate) async fn append(
        &self,
        mut messages: Vec<NewMessage>,
        expected: Vec<Expected>,
    ) -> Result<Vec<Position>, LogError> {
        let filter = match expected.as_slice() {
            [only] => Some(only.filter.clone()),
            [] | [..] => None,
        };
        expect::attach(&mut messages, expected)?;
        let stored = match (<[NewMessage; 1]>::try_from(messages), filter) {
            (Ok([message]), Some(filter)) => self.together.append(message, filter).await.map(|at| vec![at]),
            (Ok([message]), None) => self.single(message).await.map(|at| vec![at]),
            (Err(messages), _) => self.several(messages).await,
        };
        stored.map_err(as_append_error)
    }

    async fn single(&self, message: NewMessage) -> Result<Position, Failure> {
        let _permit = permit(&self.singles).await?;
        single(&self.link, message).await
    }

    async fn several(&self, messages: Vec<NewMessage>) -> Result<Vec<Position>, Failure> {
        match messages.len() {
            0 => return Ok(Vec::new()),
            1..=PUBLISH_EVENTS => {}
            count => {
                return Err(refused(format!(
                    "{count} messages are more than the {PUBLISH_EVENTS} of a batch"
                )));
            }
        }
        let _permit = permit(&self.batches).await?;
        batch(&self.link, messages).await
    }
}

async fn single(link: &Link, message: NewMessage) -> Result<Position, Failure> {
    let NewMessage { subject, headers, body } = message;
    let answer = link.send(&subject, header_map(&headers)?, Bytes::from(body)).await?;
    position(&link::accepted(&answer)?)
}

async fn batch(link: &Link, messages: Vec<NewMessage>) -> Result<Vec<Position>, Failure> {
    let count = u64::try_from(messages.len()).unwrap_or(u64::MAX);
    let mut breaks = link.events().breaks();
    let client = link.connected()?;
    let subjects = messages.iter().map(|message| message.subject.clone()).collect();
    let forbidden = link.events().forbidden(subjects);
    let answer = tokio::select! {
        answer = timeout(ANSWER * 2, batch::commit(&client, messages)) => answer,
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

async fn permit(of: &Semaphore) -> Result<SemaphorePermit<'_>, Failure> {
    match timeout(ANSWER, of.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) | Err(_) => {
            Err(Failure::Unreachable("too many messages wait for their ack; nothing was sent".to_owned()))
        }
    }
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
