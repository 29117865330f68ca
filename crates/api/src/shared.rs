//! What every service needs: the reads, the log, and how an answer says where it stands.

use std::{sync::Arc, time::Duration};

use domain::{Arrival, Position};
use engine::{
    Clock, Codec, EventLog, RawMessage,
    command::Commands,
    pings::Pings,
    query::{QueryError, Reader},
};
use jiff::Timestamp;
use proto::v1;
use tonic::Status;

use crate::{
    answers::AnswerTokens, auth::Access, publish::Publishing, rebuild::Rebuild, status, token::Tokens,
    watch::Watches,
};

/// Whether what the log confirmed survives a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The server syncs every write before it confirms it.
    Durable,
    /// It does not.
    NotDurable,
    /// Its settings could not be read.
    Unknown,
}

/// What only the parts around the engine know, asked anew for every GetStatus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Of the log.
    pub durability: Durability,
    /// Whether the store's row counts were checked since it was opened.
    pub verified: bool,
    /// Of the projection in the store.
    pub generation: String,
    /// The rebuild that is under way.
    pub rebuild: Option<Rebuilding>,
    /// On the disk of the store; `None` where it cannot be told.
    pub free_bytes: Option<u64>,
}

/// A projection in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilding {
    /// Why.
    pub reason: String,
    /// Messages folded so far.
    pub done: u64,
    /// Messages to fold.
    pub total: u64,
    /// When it was begun.
    pub started_at: Timestamp,
    /// Of the projection in the making.
    pub generation: String,
}

/// What every service needs.
pub(crate) struct Shared {
    pub(crate) reader: Reader,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) codec: Arc<dyn Codec>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tokens: Tokens,
    pub(crate) commands: Commands,
    pub(crate) pings: Pings,
    pub(crate) answers: AnswerTokens,
    /// Where browsers find the web listener.
    pub(crate) public_url: Option<String>,
    pub(crate) access: Arc<Access>,
    pub(crate) publishing: Publishing,
    pub(crate) watches: Watches,
    pub(crate) facts: Box<dyn Fn() -> Facts + Send + Sync>,
    pub(crate) rebuild: Rebuild,
    pub(crate) version: String,
    pub(crate) started_at: Timestamp,
}

impl Shared {
    /// Asks the store. Whatever may look at many rows runs beside the threads that serve connections.
    pub(crate) async fn ask<R: Send + 'static>(
        self: &Arc<Self>,
        cheap: bool,
        question: impl FnOnce(&Reader) -> Result<R, QueryError> + Send + 'static,
    ) -> Result<R, Status> {
        if cheap {
            return question(&self.reader).map_err(status::query);
        }
        let shared = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || question(&shared.reader));
        asked.await.map_err(|error| status::thread(&error))?.map_err(status::query)
    }

    /// Waits until a position is folded.
    pub(crate) async fn reach(&self, position: Option<Position>, patience: Duration) -> Result<(), Status> {
        let Some(position) = position else { return Ok(()) };
        let projection = self.reader.projection();
        if projection.position() >= position {
            return Ok(());
        }
        self.check_exists(position, patience).await?;
        let reached = tokio::time::timeout(patience, projection.reach(position)).await;
        reached.map_err(|_late| status::not_reached(position, projection.position()))
    }

    /// Whether the log holds the position. What is known of its end may be old, so the log is asked before a position is
    /// said not to exist; while it cannot be reached, waiting is all there is.
    async fn check_exists(&self, position: Position, patience: Duration) -> Result<(), Status> {
        let projection = self.reader.projection();
        if projection.sight().tail >= Some(position) {
            return Ok(());
        }
        match tokio::time::timeout(patience, self.log.state()).await {
            Ok(Ok(state)) if state.tail < position => Err(status::beyond_log(position, state.tail)),
            Ok(Ok(_)) | Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    /// Where an answer stands.
    pub(crate) fn read_state(&self, position: Position) -> Option<v1::ReadState> {
        let lag = self.reader.projection().lag(position);
        let lag = lag.map(|lag| i64::try_from(lag).unwrap_or(i64::MAX));
        Some(v1::ReadState { position: position.to_string(), lag })
    }

    /// Reads a message as the pipeline would.
    pub(crate) fn decode(&self, message: &RawMessage) -> Arrival {
        self.codec.decode(message)
    }
}
