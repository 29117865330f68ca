//! Single messages and the ends of the log, from the stream's leader: a follower may lag behind.

use domain::Position;
use engine::{LogError, LogState, RawMessage};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    link::{Failure, Link, Refusal},
    message,
    stream::{self, STREAM},
};

const NO_MESSAGE_FOUND: u64 = 10037;

/// What the log says of itself.
pub(crate) async fn state(link: &Link) -> Result<LogState, LogError> {
    let info = stream::info(link).await?;
    let incarnation = stream::incarnation_in(&info)?;
    let (first, tail) = ends(&info)?;
    Ok(LogState { incarnation, first, tail })
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
    get(link, &json!({ "seq": at.sequence(), "next_by_subj": ">" })).await
}

async fn get(link: &Link, which: &Value) -> Result<Option<RawMessage>, LogError> {
    match link.ask(&format!("STREAM.MSG.GET.{STREAM}"), which).await {
        Ok(answer) => message::stored(&answer).map(Some).ok_or_else(|| LogError::Unreachable {
            detail: format!("the server's answer to {which} is not a message"),
        }),
        Err(Failure::Refused(Refusal { code: NO_MESSAGE_FOUND, .. })) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
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
