//! Reading the log in order, without gaps and without repetition, through everything that can be waited out.
//!
//! The rules (`design.md` 4): skip what is not after the cursor; whatever is not exactly the next message puts the consumer
//! in doubt, and a doubtful consumer is made anew from the cursor. If that does not help, the next message is asked for
//! by its position: a consumer can be kept from delivering a message that is there (by headers that break the connection),
//! and only the leader can say that one is not.

use std::time::Duration;

use domain::Position;
use engine::{LogError, RawMessage};
use tokio::{sync::mpsc, time::sleep};

use crate::{
    backoff,
    link::SharedLink,
    message,
    pull::{Arrived, Pull},
    read,
};

/// Messages in a chunk, at most.
const CHUNK_MESSAGES: usize = 1_000;
/// Bytes of bodies after which a chunk ends.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// Reads on from a cursor.
pub(crate) struct Reader {
    link: SharedLink,
    cursor: Position,
    into: mpsc::Sender<Vec<RawMessage>>,
}

/// Why a consumer was left.
enum Ended {
    NobodyListens,
    InDoubt(String),
}

/// Messages on their way to the receiver.
#[derive(Default)]
struct Chunk {
    messages: Vec<RawMessage>,
    bytes: usize,
}

impl Chunk {
    fn is_full(&self) -> bool {
        self.messages.len() >= CHUNK_MESSAGES || self.bytes >= CHUNK_BYTES
    }

    fn push(&mut self, message: RawMessage) {
        self.bytes += message.body.len();
        self.messages.push(message);
    }
}

impl Reader {
    pub(crate) fn new(link: SharedLink, after: Position, into: mpsc::Sender<Vec<RawMessage>>) -> Self {
        Self { link, cursor: after, into }
    }

    /// Reads until nobody listens, or messages are missing for good.
    pub(crate) async fn run(mut self) -> Result<(), LogError> {
        let mut fruitless = 0_u32;
        while self.is_connected_and_heard().await {
            let start = self.cursor;
            match self.consume().await {
                Ended::NobodyListens => break,
                Ended::InDoubt(why) => {
                    tracing::debug!(why, cursor = %self.cursor, "left a consumer of the log")
                }
            }
            if self.cursor > start {
                fruitless = 0;
                continue;
            }
            if !self.move_otherwise(fruitless).await? {
                self.wait(backoff::pause(fruitless, self.link.salt())).await;
            }
            fruitless = fruitless.saturating_add(1);
        }
        Ok(())
    }

    /// Waits for a connection; false if nobody listens any more.
    async fn is_connected_and_heard(&self) -> bool {
        tokio::select! {
            biased;
            () = self.into.closed() => false,
            () = self.link.wait_until_connected() => true,
        }
    }

    /// Reads by position after a consumer brought nothing. The first time may be chance; after that ever more messages, so
    /// that many bad ones in a row do not cost a connection each. Whether it helped.
    async fn move_otherwise(&mut self, fruitless: u32) -> Result<bool, LogError> {
        if fruitless == 0 || !self.is_connected_and_heard().await {
            return Ok(false);
        }
        self.step(1 << (fruitless - 1).min(10)).await
    }

    async fn wait(&self, pause: Duration) {
        tokio::select! {
            () = sleep(pause) => {}
            () = self.into.closed() => {}
        }
    }

    /// Reads with one consumer, until it is in doubt.
    async fn consume(&mut self) -> Ended {
        let mut pull = match Pull::open(&self.link, self.cursor).await {
            Ok(pull) => pull,
            Err(why) => return Ended::InDoubt(why),
        };
        let ended = loop {
            if let Err(ended) = self.deliver_chunk(&mut pull).await {
                break ended;
            }
        };
        pull.close(&self.link).await;
        ended
    }

    /// Waits for messages and passes on what is there, up to a chunk.
    async fn deliver_chunk(&mut self, pull: &mut Pull) -> Result<(), Ended> {
        pull.request_more().await.map_err(Ended::InDoubt)?;
        let first = tokio::select! {
            arrived = pull.next() => arrived,
            () = self.into.closed() => return Err(Ended::NobodyListens),
        };
        let mut chunk = Chunk::default();
        let filled = self.take(first, &mut chunk).and_then(|()| self.fill(&mut chunk, pull));
        if !chunk.messages.is_empty() {
            self.into.send(chunk.messages).await.map_err(|_| Ended::NobodyListens)?;
        }
        filled.map_err(Ended::InDoubt)
    }

    fn fill(&mut self, chunk: &mut Chunk, pull: &mut Pull) -> Result<(), String> {
        while !chunk.is_full() {
            match pull.ready() {
                Some(arrived) => self.take(arrived, chunk)?,
                None => break,
            }
        }
        Ok(())
    }

    /// Puts the next message into the chunk, skips one before it, and refuses any other.
    fn take(&mut self, arrived: Arrived, chunk: &mut Chunk) -> Result<(), String> {
        let message = match arrived {
            Arrived::Message(message) => message,
            Arrived::Word => return Ok(()),
            Arrived::Doubt(why) => return Err(why),
        };
        let message = message::delivered(message).ok_or("what came is not a message of a stream")?;
        let found = message.position;
        let expected = self.cursor.next();
        if found > expected {
            return Err(format!("{found} came instead of {expected}"));
        }
        if found == expected {
            self.cursor = found;
            chunk.push(message);
        }
        Ok(())
    }

    /// Reads up to `count` messages by position; whether there was any.
    async fn step(&mut self, count: u32) -> Result<bool, LogError> {
        let start = self.cursor;
        for _ in 0..count {
            match read::message(&self.link, self.cursor.next()).await {
                Ok(Some(message)) => {
                    tracing::warn!(position = %message.position, "read a message that the consumer did not bring");
                    self.cursor = message.position;
                    if self.into.send(vec![message]).await.is_err() {
                        break;
                    }
                }
                Ok(None) => {
                    self.look_for_gap().await?;
                    break;
                }
                Err(error) => {
                    tracing::debug!(%error, "could not read a message by its position");
                    break;
                }
            }
        }
        Ok(self.cursor > start)
    }

    /// The next message is not there: either it is yet to come, or it is missing for good.
    async fn look_for_gap(&self) -> Result<(), LogError> {
        let expected = self.cursor.next();
        match read::message_from(&self.link, expected).await {
            Ok(Some(later)) if later.position > expected => {
                Err(LogError::Gap { expected, found: later.position })
            }
            Ok(Some(_) | None) => Ok(()),
            Err(error) => {
                tracing::debug!(%error, "could not look for a gap in the log");
                Ok(())
            }
        }
    }
}
