//! Reading the log in order, without gaps and without repetition, through everything that can be waited out.
//!
//! The rules (`design.md` 4): skip what is not after the cursor; whatever is not exactly the next message puts the consumer
//! in doubt, and a doubtful consumer is made anew from the cursor. If that does not help, the next message is asked for
//! by its position: a consumer can be kept from delivering a message that is there (by headers that break the connection),
//! and only the leader can say that one is not. So it is asked too before messages that were given up are passed over.

use std::time::Duration;

use domain::{Losses, Position};
use engine::{LogError, RawMessage};
use tokio::{sync::mpsc, time::sleep};

use crate::{
    backoff,
    chunk::Chunk,
    link::SharedLink,
    message,
    pull::{Arrived, Pull},
    read, restored, stream,
};

/// Reads on from a cursor.
pub(crate) struct Reader {
    link: SharedLink,
    cursor: Position,
    losses: Losses,
    /// Up to where the stream of the present consumer was restored from a backup.
    restored_through: Position,
    into: mpsc::Sender<Vec<RawMessage>>,
}

/// Why a consumer was left.
enum Ended {
    NobodyListens,
    /// It went past messages that were given up.
    AtLoss,
    InDoubt(String),
}

impl Reader {
    pub(crate) fn new(
        link: SharedLink,
        after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Self {
        Self { link, cursor: after, losses, restored_through: Position::START, into }
    }

    /// Reads until nobody listens, or messages are missing for good.
    pub(crate) async fn run(mut self) -> Result<(), LogError> {
        let mut fruitless = 0_u32;
        while self.is_connected_and_heard().await {
            let start = self.cursor;
            match self.consume().await {
                Ended::NobodyListens => break,
                Ended::AtLoss => {
                    self.step(1).await?;
                }
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
        self.restored_through = pull.restored_through();
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
        let filled = match self.take(first, &mut chunk).await {
            Ok(()) => self.fill(&mut chunk, pull).await,
            Err(ended) => Err(ended),
        };
        if !chunk.is_empty() {
            self.into.send(chunk.take()).await.map_err(|_| Ended::NobodyListens)?;
        }
        filled
    }

    async fn fill(&mut self, chunk: &mut Chunk, pull: &mut Pull) -> Result<(), Ended> {
        while !chunk.is_full() {
            match pull.ready() {
                Some(arrived) => self.take(arrived, chunk).await?,
                None => break,
            }
        }
        Ok(())
    }

    /// Puts the next message into the chunk, skips one before it, and refuses any other.
    async fn take(&mut self, arrived: Arrived, chunk: &mut Chunk) -> Result<(), Ended> {
        let message = match arrived {
            Arrived::Message(message) => message,
            Arrived::Word => return Ok(()),
            Arrived::Doubt(why) => return Err(Ended::InDoubt(why)),
        };
        let message = message::delivered(message)
            .ok_or_else(|| Ended::InDoubt("what came is not a message of a stream".to_owned()))?;
        let found = message.position;
        let expected = self.cursor.next();
        if found > expected && self.losses.cover(expected, found) {
            return Err(Ended::AtLoss);
        }
        if found > expected {
            return Err(Ended::InDoubt(format!("{found} came instead of {expected}")));
        }
        if found == expected {
            let message = self.as_first_stored(message).await?;
            self.cursor = found;
            chunk.push(message);
        }
        Ok(())
    }

    /// The message as it was before it was restored, if it was. Restoring may have begun after this consumer was made.
    async fn as_first_stored(&mut self, message: RawMessage) -> Result<RawMessage, Ended> {
        if message.position > self.restored_through && restored::is_marked(&message) {
            let info = stream::info(&self.link).await;
            let info = info.map_err(|failure| Ended::InDoubt(failure.to_string()))?;
            self.restored_through = stream::restored_through(&info);
        }
        Ok(restored::unpacked(message, self.restored_through))
    }

    /// Reads up to `count` messages by position; whether there was any.
    async fn step(&mut self, count: u32) -> Result<bool, LogError> {
        let start = self.cursor;
        for _ in 0..count {
            let Some(message) = self.look_up().await? else { break };
            self.cursor = message.position;
            if self.into.send(vec![message]).await.is_err() {
                break;
            }
        }
        Ok(self.cursor > start)
    }

    /// The next message by its position, or, if it was given up and is not there, the first after the loss. None if it is yet
    /// to come or the server does not answer.
    async fn look_up(&self) -> Result<Option<RawMessage>, LogError> {
        let expected = self.cursor.next();
        match read::message_from(&self.link, expected).await {
            Ok(Some(message)) if message.position == expected => {
                tracing::warn!(position = %expected, "read a message that the consumer did not bring");
                Ok(Some(message))
            }
            Ok(Some(message)) if self.losses.cover(expected, message.position) => {
                tracing::info!(%expected, found = %message.position, "passed over messages that were given up");
                Ok(Some(message))
            }
            Ok(Some(later)) => Err(LogError::Gap { expected, found: later.position }),
            Ok(None) => Ok(None),
            Err(error) => {
                tracing::debug!(%error, "could not read a message by its position");
                Ok(None)
            }
        }
    }
}
