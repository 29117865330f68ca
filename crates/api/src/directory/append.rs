//! The end of the directory in the log, and appending behind it.

use std::{sync::Arc, time::Duration};

use domain::{Position, limits};
use engine::{Expected, LogError, NewMessage};
use tokio::sync::{MutexGuard, mpsc};
use tonic::Status;
use wire::operator::Composed;

use crate::{shared::Shared, status};

/// Every message of the directory, of whatever kind.
const FILTER: &str = "davy.directory.>";

impl Shared {
    /// Where the last message of the directory stands, once it is folded. Messages that changed nothing count: duplicates,
    /// kinds that this Davy does not know, and those in quarantine.
    pub(super) async fn end_of_directory(&self, patience: Duration) -> Result<Position, Status> {
        let known = self.reader.projection().published().directory.last_change();
        let (into, mut chunks) = mpsc::channel::<Vec<engine::RawMessage>>(1);
        let find = async {
            let mut last = known;
            while let Some(chunk) = chunks.recv().await {
                last = chunk.last().map_or(last, |message| message.position);
            }
            last
        };
        let (read, last) = tokio::join!(self.log.matching(FILTER.to_owned(), known, into), find);
        read.map_err(|error| status::log(&error))?;
        self.caught_up(Some(last), patience).await?;
        Ok(last)
    }

    /// Appends events behind `end`, by the thousand, each thousand all or nothing; `None` if somebody was faster. Where that
    /// happens between two of them, what is left is found when it is judged again.
    pub(super) async fn append_documents(
        self: &Arc<Self>,
        last: &mut MutexGuard<'_, Option<Position>>,
        events: Vec<Composed>,
        end: Position,
    ) -> Result<Option<Vec<Position>>, Status> {
        let mut end = end;
        let mut appended = Vec::with_capacity(events.len());
        for batch in events.chunks(limits::PUBLISH_EVENTS) {
            let message =
                |Composed { subject, body, identity: _ }| NewMessage { subject, headers: Vec::new(), body };
            let messages = batch.iter().cloned().map(message).collect();
            let expected = vec![Expected { filter: FILTER.to_owned(), last: end }];
            // Whoever gives up waiting here leaves it unknown what was appended.
            **last = None;
            let positions = match self.log.append(messages, expected).await {
                Ok(positions) => positions,
                Err(LogError::Conflict) => return Ok(None),
                Err(error) => return Err(status::log(&error)),
            };
            end = positions.last().copied().unwrap_or(end);
            **last = Some(end);
            self.reader.projection().saw_tail(end);
            appended.extend(positions);
        }
        Ok(Some(appended))
    }
}
