//! From the lines of a file to a stream of its own.

use std::path::Path;

use domain::{Losses, Position};
use engine::{EventLog as _, RawMessage};
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{Backup, BackupError, OnProgress, Summary, file::Backed};

/// Messages stored at once, all or nothing.
const BATCH_MESSAGES: usize = domain::limits::PUBLISH_EVENTS;
/// Bytes of bodies after which a batch ends.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Chunks on their way from the log.
const WAITING: usize = 2;

impl Backup {
    /// Reads a file to its end and holds it against its seal; nothing is written. `progress` is told of messages.
    ///
    /// # Errors
    /// If it is not whole, or has a hole.
    pub fn check(path: &Path, progress: OnProgress<'_>) -> Result<Summary, BackupError> {
        Backed::check(path, progress)
    }

    /// Puts the messages of a file that was checked into an empty stream or none, each at its position; goes on where an
    /// interrupted run ended. `now` gives a new stream its incarnation.
    ///
    /// # Errors
    /// If the stream holds anything else, somebody else publishes, or the log cannot be reached; the same call goes on then.
    pub async fn restore(
        &self,
        path: &Path,
        checked: &Summary,
        now: Timestamp,
        progress: OnProgress<'_>,
    ) -> Result<Summary, BackupError> {
        let Some((first, last)) = checked.range else { return Ok(checked.clone()) };
        let mut tail = self.log.begin_restore(first, last, now).await?;
        let mut file = Backed::open(path)?;
        let found = self.compare(&mut file, first, tail.min(last), progress).await?;
        loop {
            let batch = next_batch(&mut file)?;
            let Some(end) = batch.last().map(|message| message.position) else { break };
            let count = batch.len();
            self.log.restore(tail, batch).await?;
            tail = end;
            progress(u64::try_from(count).unwrap_or(u64::MAX));
        }
        self.log.end_restore().await?;
        Ok(Summary { found, ..file.summary })
    }

    /// Holds the messages that are there, up to `tail`, against those of the file; how many there are.
    async fn compare(
        &self,
        file: &mut Backed,
        first: Position,
        tail: Position,
        progress: OnProgress<'_>,
    ) -> Result<u64, BackupError> {
        if tail < first {
            return Ok(0);
        }
        let (into, chunks) = mpsc::channel(WAITING);
        let before = Position::new(first.sequence().saturating_sub(1));
        let reading = self.log.read(before, Losses::default(), into);
        let (read, compared) = tokio::join!(reading, compared(file, chunks, tail, progress));
        let count = compared?;
        read?;
        Ok(count)
    }
}

/// Listens up to `tail`, or to the first message that differs; so the reading ends.
async fn compared(
    file: &mut Backed,
    mut chunks: mpsc::Receiver<Vec<RawMessage>>,
    tail: Position,
    progress: OnProgress<'_>,
) -> Result<u64, BackupError> {
    let mut count = 0;
    while let Some(chunk) = chunks.recv().await {
        for there in chunk {
            let at = there.position;
            if file.next()?.as_ref() != Some(&there) {
                return Err(BackupError::Differs { at });
            }
            count += 1;
            progress(1);
            if at == tail {
                return Ok(count);
            }
        }
    }
    Ok(count)
}

fn next_batch(file: &mut Backed) -> Result<Vec<RawMessage>, BackupError> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < BATCH_MESSAGES && bytes < BATCH_BYTES {
        let Some(message) = file.next()? else { break };
        bytes += message.body.len();
        batch.push(message);
    }
    Ok(batch)
}
