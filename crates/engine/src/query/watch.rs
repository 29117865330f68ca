//! Watches: what a list, an issue or a timeline holds, and every change to it, one bounded read at a time.
//!
//! Owns: snapshots, which rows a batch changed, and when to begin anew. A row is always read as it stands now, by the code
//! that the query of the same rows uses; the batches only tell which rows to read. Rows are sent whole, so one that is newer
//! than the batch that called for it does no harm, and the position told is never beyond what was sent. Deliberately absent:
//! waiting, pacing and the frames on the wire (all `api`'s).

mod issue;
mod point;
mod sent;
mod timeline;
mod unacknowledged;

use std::{collections::BTreeSet, fmt::Debug, hash::Hash};

use domain::Position;
use jiff::Timestamp;

use super::{QueryError, Reader};
use crate::{Touched, View};
use sent::Sent;

pub use issue::OneIssue;
pub use point::{Epoch, ParseResumePointError, ResumePoint};
pub use timeline::{Timeline, TimelineKey};
pub use unacknowledged::Unacknowledged;

/// Rows read by one step.
const ROWS: usize = if cfg!(test) { 3 } else { 32 };
/// Keys of batches looked through by one step, one batch at least.
const KEYS: usize = if cfg!(test) { 5 } else { 1_024 };

/// Rows of a snapshot, and what is left of it.
pub(super) type Page<W> = (Vec<<W as Watched>::Row>, Option<<W as Watched>::Rest>);
/// Rows by their keys, as far as they are among what is watched.
pub(super) type Looked<W> = Vec<(<W as Watched>::Key, Option<<W as Watched>::Row>)>;

/// What can be watched.
pub trait Watched: Debug + Sized + Send + 'static {
    /// Names a row.
    type Key: Clone + Debug + Ord + Hash + Send;
    /// A row as it is sent.
    type Row: Debug + Send;
    /// The rest of a snapshot.
    type Rest: Debug + Send;

    /// What names a row.
    fn key(row: &Self::Row) -> Self::Key;

    /// The first rows of a snapshot, or the next ones, and the rest. A row that changed since the first ones may be left
    /// out: it is among what the batches changed.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn page(
        &self,
        view: &View<'_>,
        rest: Option<Self::Rest>,
        now: Timestamp,
    ) -> Result<Page<Self>, QueryError>;

    /// The rows that a batch may have changed, in the same order each time; `None` if it may have changed any.
    fn touched<'a>(&'a self, batch: &'a Touched) -> Option<impl Iterator<Item = Self::Key> + 'a>;

    /// Rows as they stand; without a row, a key is not among what is watched.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn look(
        &self,
        view: &View<'_>,
        keys: BTreeSet<Self::Key>,
        now: Timestamp,
    ) -> Result<Looked<Self>, QueryError>;

    /// Whether looking at a row takes more than a few microseconds.
    fn is_slow(&self) -> bool;
}

/// What a watch sends.
#[derive(Debug)]
pub enum Frame<W: Watched> {
    /// Some of the rows that are there; with `reset`, nothing sent before counts any more.
    Snapshot {
        /// Begins anew.
        reset: bool,
        /// The rows.
        rows: Vec<W::Row>,
    },
    /// The rows sent so far are what is there.
    Complete(ResumePoint),
    /// A row is there and looks like this.
    Upsert(W::Row),
    /// A row is not there.
    Remove(W::Key),
}

/// What one step found.
#[derive(Debug)]
pub struct Step<W: Watched> {
    /// To be sent in this order.
    pub frames: Vec<Frame<W>>,
    /// What to do after that.
    pub next: Next,
}

/// What to do after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Step again: there is more.
    Step,
    /// Step again, best after a while: everything begins anew, and what made it so may come in a row.
    Anew,
    /// Step again once more is folded. Everything up to here was sent.
    Wait(ResumePoint),
}

/// A watch, to be driven step by step.
#[derive(Debug)]
pub struct Watch<W: Watched> {
    reader: Reader,
    subject: W,
    stage: Stage<W::Rest>,
    /// What changed up to here needs no look any more.
    seen: ResumePoint,
    /// Nor do so many keys of the batch after that.
    skip: usize,
    sent: Sent<W::Key>,
}

#[derive(Debug)]
enum Stage<R> {
    /// Nothing is sent; `reset` if something was before.
    Begin { reset: bool },
    /// Rows were sent, and these are left.
    Snapshot { rest: R },
    /// All rows were sent, but some changed meanwhile.
    Settling,
    /// What is watched was sent; changes follow.
    Changes,
}

impl<W: Watched> Watch<W> {
    pub(super) fn new(reader: &Reader, subject: W, epoch: Epoch, resume: Option<ResumePoint>) -> Self {
        let reader = reader.clone();
        let begin = ResumePoint { position: Position::START, epoch };
        let (stage, seen, sent) = match resume {
            Some(point) if point.position > Position::START => (Stage::Changes, point, Sent::Any),
            // Of a snapshot that was cut off; its rows are to be forgotten.
            Some(_) => (Stage::Begin { reset: true }, begin, Sent::nothing()),
            None => (Stage::Begin { reset: false }, begin, Sent::nothing()),
        };
        Self { reader, subject, stage, seen, skip: 0, sent }
    }

    /// Where whoever received all frames so far goes on. In the middle of a snapshot that is the start of the log, which means
    /// to begin anew.
    pub fn resume_point(&self) -> ResumePoint {
        match self.stage {
            Stage::Changes => self.seen,
            Stage::Begin { .. } | Stage::Snapshot { .. } | Stage::Settling => {
                ResumePoint { position: Position::START, ..self.seen }
            }
        }
    }

    /// Whether the next step may take more than a millisecond.
    ///
    /// # Errors
    /// While the log is being folded.
    pub fn is_long(&self) -> Result<bool, QueryError> {
        match self.stage {
            Stage::Begin { .. } | Stage::Snapshot { .. } => Ok(true),
            Stage::Settling | Stage::Changes if !self.subject.is_slow() => Ok(false),
            Stage::Settling | Stage::Changes => {
                self.reader.view(|view| Ok(self.gather(view).is_some_and(|changed| !changed.keys.is_empty())))
            }
        }
    }

    /// One bounded read, all of it between the same two batches.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read. The watch is over then.
    pub fn step(&mut self) -> Result<Step<W>, QueryError> {
        let reader = self.reader.clone();
        let now = reader.now();
        reader.view(|view| self.step_in(view, now))
    }

    fn step_in(&mut self, view: &View<'_>, now: Timestamp) -> Result<Step<W>, QueryError> {
        let epoch = Epoch::of(view);
        if self.seen.position == Position::START {
            // Nothing was there: a store gets its incarnation with the first batch.
            self.seen.epoch = epoch;
        }
        if self.seen.epoch != epoch || self.seen.position > view.position() {
            return Ok(self.begin_anew(epoch));
        }
        match std::mem::replace(&mut self.stage, Stage::Settling) {
            Stage::Begin { reset } => {
                self.seen.position = view.position();
                self.page(view, None, reset, now)
            }
            Stage::Snapshot { rest } => self.page(view, Some(rest), false, now),
            Stage::Settling => self.changes(view, true, now),
            Stage::Changes => {
                self.stage = Stage::Changes;
                self.changes(view, false, now)
            }
        }
    }

    fn begin_anew(&mut self, epoch: Epoch) -> Step<W> {
        let fresh = matches!(self.stage, Stage::Begin { reset: false });
        self.stage = Stage::Begin { reset: !fresh };
        self.seen = ResumePoint { position: Position::START, epoch };
        self.skip = 0;
        self.sent = Sent::nothing();
        Step { frames: Vec::new(), next: Next::Anew }
    }

    fn page(
        &mut self,
        view: &View<'_>,
        rest: Option<W::Rest>,
        reset: bool,
        now: Timestamp,
    ) -> Result<Step<W>, QueryError> {
        let first = rest.is_none();
        let (rows, rest) = self.subject.page(view, rest, now)?;
        rows.iter().for_each(|row| self.sent.send(W::key(row)));
        self.stage = rest.map_or(Stage::Settling, |rest| Stage::Snapshot { rest });
        // Also an empty list begins with a snapshot: whoever has rows of a watch that broke off learns that they are gone.
        let says_something = first || reset || !rows.is_empty();
        let frames = says_something.then_some(Frame::Snapshot { reset, rows }).into_iter().collect();
        Ok(Step { frames, next: Next::Step })
    }

    fn changes(&mut self, view: &View<'_>, settling: bool, now: Timestamp) -> Result<Step<W>, QueryError> {
        let Some(Changed { keys, position, skip, all }) = self.gather(view) else {
            return Ok(self.begin_anew(self.seen.epoch));
        };
        let rows = if keys.is_empty() { Vec::new() } else { self.subject.look(view, keys, now)? };
        let mut frames: Vec<_> = rows.into_iter().filter_map(|(key, row)| self.frame(key, row)).collect();
        self.seen.position = position;
        self.skip = skip;
        if !all {
            return Ok(Step { frames, next: Next::Step });
        }
        if settling {
            self.stage = Stage::Changes;
            frames.push(Frame::Complete(self.seen));
        }
        Ok(Step { frames, next: Next::Wait(self.seen) })
    }

    fn frame(&mut self, key: W::Key, row: Option<W::Row>) -> Option<Frame<W>> {
        match row {
            Some(row) => {
                self.sent.send(key);
                Some(Frame::Upsert(row))
            }
            None => self.sent.take(&key).then_some(Frame::Remove(key)),
        }
    }

    /// The next rows that may have changed; `None` if that may be any.
    fn gather(&self, view: &View<'_>) -> Option<Changed<W::Key>> {
        let batches = view.touched_since(self.seen.position, KEYS)?;
        let mut changed =
            Changed { keys: BTreeSet::new(), position: self.seen.position, skip: self.skip, all: false };
        for batch in &batches {
            for key in self.subject.touched(batch)?.skip(changed.skip) {
                if changed.keys.len() == ROWS && !changed.keys.contains(&key) {
                    return Some(changed);
                }
                changed.keys.insert(key);
                changed.skip += 1;
            }
            changed.position = batch.position;
            changed.skip = 0;
        }
        changed.all = batches.last().is_none_or(|last| last.position == view.position());
        Some(changed)
    }
}

/// Rows that may have changed, and how far the batches were gone through for them.
struct Changed<K> {
    keys: BTreeSet<K>,
    position: Position,
    skip: usize,
    /// Nothing else changed so far.
    all: bool,
}

impl Reader {
    /// Which store is read.
    ///
    /// # Errors
    /// While the log is being folded.
    pub fn epoch(&self) -> Result<Epoch, QueryError> {
        self.view(|view| Ok(Epoch::of(view)))
    }
}
