//! Single messages, those of some subjects, and the ends of the log, from the stream's leader: a follower may lag behind.

use domain::Position;
use engine::{LogError, LogState, RawMessage};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    chunk::Chunk,
    link::{Failure, Link, Refusal},
    message, restored,
    stream::{self, STREAM},
};

const NO_MESSAGE_FOUND: u64 = 10037;

/// What the log says of itself.
pub(crate) async fn state(link: &Link) -> Result<LogState, LogError> {
    let info = stream::info(link).await?;
    let incarnation = stream::incarnation_in(&info)?;
    let (first, tail) = ends(&info)?;
    let now = info["ts"].as_str().and_then(|text| text.parse().ok());
    Ok(LogState { incarnation, first, tail, now })
}

/// The first and the last position. Of an empty log, the first is the one that will come next.
pub(crate) fn ends(info: &Value) -> Result<(Position, Position), LogError> {
    let number = |name: &str| info["state"][name].as_u64();
    let (Some(first), Some(last), Some(count)) =
        (number("first_seq"), number("last_seq"), number("messages"))
    else {
        return Err(LogError::Unreachable {
            detail: "the server's answer has no state of the stream".to_owned(),
        });
    };
    let tail = Position::new(last);
    Ok((if count == 0 { tail.next() } else { Position::new(first) }, tail))
}

/// The message at a position.
pub(crate) async fn message(link: &Link, at: Position) -> Result<Option<RawMessage>, LogError> {
    get(link, &json!({ "seq": at.sequence() })).await
}

/// The first message at a position or after it.
pub(crate) async fn message_from(link: &Link, at: Position) -> Result<Option<RawMessage>, LogError> {
    next_match(link, at, ">").await
}

async fn next_match(link: &Link, at: Position, filter: &str) -> Result<Option<RawMessage>, LogError> {
    get(link, &json!({ "seq": at.sequence(), "next_by_subj": filter })).await
}

/// Delivers the messages of some subjects up to the present tail. One question each: what is asked for here is rare, every
/// answer is the leader's, and no message can break it.
pub(crate) async fn matching(
    link: &Link,
    filter: String,
    after: Position,
    into: mpsc::Sender<Vec<RawMessage>>,
) -> Result<(), LogError> {
    let tail = state(link).await?.tail;
    let mut cursor = after;
    loop {
        let mut chunk = Chunk::default();
        let ended = fill_matching(link, &filter, &mut cursor, tail, &mut chunk).await;
        if !chunk.is_empty() && into.send(chunk.take()).await.is_err() {
            return Ok(());
        }
        if ended? {
            return Ok(());
        }
    }
}

/// Fills a chunk with the matching messages after the cursor; whether these were the last.
async fn fill_matching(
    link: &Link,
    filter: &str,
    cursor: &mut Position,
    tail: Position,
    chunk: &mut Chunk,
) -> Result<bool, LogError> {
    while !chunk.is_full() {
        match next_match(link, cursor.next(), filter).await? {
            Some(message) if message.position <= tail => {
                *cursor = message.position;
                chunk.push(message);
            }
            Some(_) | None => return Ok(true),
        }
    }
    Ok(false)
}

async fn get(link: &Link, which: &Value) -> Result<Option<RawMessage>, LogError> {
    match link.ask(&format!("STREAM.MSG.GET.{STREAM}"), which).await {
        Ok(answer) => {
            let message = message::stored(&answer).ok_or_else(|| LogError::Unreachable {
                detail: format!("the server's answer to {which} is not a message"),
            })?;
            as_first_stored(link, message).await.map(Some)
        }
        Err(Failure::Refused(Refusal { code: NO_MESSAGE_FOUND, .. })) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// The message as it was before it was restored, if it was.
async fn as_first_stored(link: &Link, message: RawMessage) -> Result<RawMessage, LogError> {
    if !restored::is_marked(&message) {
        return Ok(message);
    }
    let through = stream::restored_through(&stream::info(link).await?);
    Ok(restored::unpacked(message, through))
}

/// The last position stored at or before a time, by halving: the server stamps messages in the order of their
/// positions.
pub(crate) async fn position_at(link: &Link, time: Timestamp) -> Result<Position, LogError> {
    let LogState { first, tail, .. } = state(link).await?;
    let mut known = Position::START;
    let (mut low, mut high) = (first, tail);
    while low <= high {
        let middle = Position::new(low.sequence().midpoint(high.sequence()));
        match message_from(link, middle).await? {
            Some(message) if message.stored_at <= time => {
                known = message.position;
                low = message.position.next();
            }
            Some(_) | None => high = Position::new(middle.sequence().saturating_sub(1)),
        }
    }
    Ok(known)
}
