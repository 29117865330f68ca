//! From the log to the lines of a file.

use std::io::Write;

use domain::{Loss, Losses, Position};
use engine::{EventLog as _, LogState, RawMessage};
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{Backup, BackupError, OnProgress, Summary, event, seal::Lines};

/// Chunks on their way from the log.
const WAITING: usize = 2;

/// A part of the log. Without an end, that of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first message.
    pub from: Option<Position>,
    /// The last message.
    pub to: Option<Position>,
}

/// Writes lines, gzipped or not.
enum Writer<W: Write> {
    Plain(W),
    Gzip(GzEncoder<W>),
}

impl<W: Write> Writer<W> {
    fn line(&mut self, line: &str) -> Result<(), BackupError> {
        match self {
            Self::Plain(to) => writeln!(to, "{line}"),
            Self::Gzip(to) => writeln!(to, "{line}"),
        }
        .map_err(BackupError::Write)
    }

    fn finish(self) -> Result<W, BackupError> {
        let mut to = match self {
            Self::Plain(to) => to,
            Self::Gzip(to) => to.finish().map_err(BackupError::Write)?,
        };
        to.flush().map_err(BackupError::Write)?;
        Ok(to)
    }
}

impl Backup {
    /// How many messages an export of this range writes at most.
    ///
    /// # Errors
    /// If the range is not one of the log's, or the log cannot be asked.
    pub async fn count(&self, range: Range) -> Result<u64, BackupError> {
        let (from, to) = self.bounds(range, &self.log.state().await?).await?;
        Ok(to.next().sequence().saturating_sub(from.sequence()))
    }

    /// Writes a range of the log as it is now, as lines, and then a seal.
    ///
    /// # Errors
    /// If the log cannot be asked, or not written to `to`; what was written is then not whole.
    pub async fn export<W: Write>(
        &self,
        range: Range,
        gzip: bool,
        to: W,
        progress: OnProgress<'_>,
    ) -> Result<(Summary, W), BackupError> {
        let state = self.log.state().await?;
        let (from, last) = self.bounds(range, &state).await?;
        let mut writer =
            if gzip { Writer::Gzip(GzEncoder::new(to, Compression::default())) } else { Writer::Plain(to) };
        let mut export = Export { summary: Summary::default(), lines: Lines::default(), last };
        if from <= last {
            let (into, mut chunks) = mpsc::channel(WAITING);
            let before = Position::new(from.sequence().saturating_sub(1));
            // What is missing is written down, and for whoever restores the file to judge.
            let everything = Losses::new([Loss { from: Position::START, to: last }]);
            let writing = async {
                while let Some(chunk) = chunks.recv().await {
                    if export.take(chunk, &mut writer, progress)? {
                        break;
                    }
                }
                drop(chunks);
                Ok::<_, BackupError>(())
            };
            let (read, written) = tokio::join!(self.log.read(before, everything, into), writing);
            written?;
            read?;
        }
        writer.line(&export.lines.sealed(&export.summary))?;
        if self.log.state().await?.incarnation != state.incarnation {
            return Err(BackupError::Replaced);
        }
        Ok((export.summary, writer.finish()?))
    }

    /// The first and the last message to write.
    async fn bounds(&self, range: Range, state: &LogState) -> Result<(Position, Position), BackupError> {
        let from = range.from.unwrap_or(state.first).max(Position::START.next());
        if let Some(to) = range.to {
            if from > to {
                return Err(BackupError::Reversed { from, to });
            }
            if to > state.tail {
                return Err(BackupError::Beyond { to, tail: state.tail });
            }
            if to < state.tail {
                return Ok((from, to));
            }
        }
        // The last messages may be gone: nothing would come for them.
        Ok((from, self.log.position_at(Timestamp::MAX).await?))
    }
}

struct Export {
    summary: Summary,
    lines: Lines,
    last: Position,
}

impl Export {
    /// Writes messages; whether these were the last.
    fn take<W: Write>(
        &mut self,
        chunk: Vec<RawMessage>,
        to: &mut Writer<W>,
        progress: OnProgress<'_>,
    ) -> Result<bool, BackupError> {
        let mut count = 0;
        for message in chunk.iter().filter(|message| message.position <= self.last) {
            let line = event::line(message);
            self.lines.add(&line);
            to.line(&line)?;
            self.summary.add(message.position);
            count += 1;
        }
        progress(count);
        Ok(chunk.last().is_some_and(|message| message.position >= self.last))
    }
}
