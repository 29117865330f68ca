//! What the log folded to so far, and how far that is: written by the apply thread alone, read by every query.
//!
//! Owns the gate between the two: range scans of the store are no snapshots, so nobody reads while a batch is written.
//! Deliberately absent: what a batch holds (`pipeline`), and the questions (`query`).

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use domain::{Department, Directory, Position};
use tokio::sync::watch;

use crate::{Batch, Change, Codec, Cursor, DepartmentRecord, Store, StoreError, query::Recent};

/// What changes with a batch and is held in memory.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// How far the store has folded.
    pub cursor: Cursor,
    /// Every version of every directory document up to there.
    pub directory: Arc<Directory>,
    /// Every department that was seen.
    pub departments: BTreeMap<Department, DepartmentRecord>,
}

/// What the pipeline is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Folding the log from the start, or far behind it.
    CatchingUp {
        /// Folded so far.
        done: Position,
        /// The end of the log when this was last noted.
        total: Position,
    },
    /// At the end of the log, give or take a batch.
    Live,
    /// The stream is not the one that was folded; folding has stopped.
    Diverged {
        /// What was found, and what to do.
        problem: String,
    },
    /// Folding has stopped for another reason.
    Stalled {
        /// What was found, and what to do.
        problem: String,
    },
}

/// What is known of the log's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The last message, as far as it was heard of.
    pub tail: Option<Position>,
    /// Whether the log can be reached.
    pub connected: bool,
}

/// The store, and what is published of it.
pub struct Projection {
    store: Arc<dyn Store>,
    codec: Arc<dyn Codec>,
    /// Exclusive while a batch is written, shared while a query reads: range scans are no snapshots, and a file may
    /// lie under several keys.
    gate: RwLock<Published>,
    /// Changed behind the gate with the store.
    recent: Recent,
    applied: watch::Sender<Position>,
    phase: watch::Sender<Phase>,
    sight: watch::Sender<Sight>,
}

impl std::fmt::Debug for Projection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Projection")
            .field("applied", &self.applied)
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

impl Projection {
    /// Over a store, from where it stands. It is catching up until [`Projection::set_phase`] says otherwise.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn open(store: Arc<dyn Store>, codec: Arc<dyn Codec>) -> Result<Self, StoreError> {
        let mut directory = Directory::default();
        for change in store.directory()? {
            directory.record(&change);
        }
        let published = Published {
            cursor: store.cursor()?.unwrap_or_default(),
            directory: Arc::new(directory),
            departments: store.departments()?.into_iter().collect(),
        };
        let done = published.cursor.position;
        Ok(Self {
            store,
            codec,
            gate: RwLock::new(published),
            recent: Recent::default(),
            applied: watch::Sender::new(done),
            phase: watch::Sender::new(Phase::CatchingUp { done, total: done }),
            sight: watch::Sender::new(Sight::default()),
        })
    }

    /// Writes a batch and publishes it. For the one apply thread. `directory` is the one after the batch, where the
    /// batch changes it.
    ///
    /// # Errors
    /// If the store does not take the batch; nothing is published then.
    pub fn commit(&self, batch: &Batch, directory: Option<Arc<Directory>>) -> Result<(), StoreError> {
        {
            let mut published = self.gate.write().unwrap_or_else(PoisonError::into_inner);
            self.recent.forget(batch, directory.is_some());
            self.store.commit(batch)?;
            published.cursor = batch.cursor.clone();
            if let Some(directory) = directory {
                published.directory = directory;
            }
            for change in &batch.changes {
                if let Change::Department(department, record) = change {
                    published.departments.insert(department.clone(), record.clone());
                }
            }
        }
        self.applied.send_replace(batch.cursor.position);
        Ok(())
    }

    /// Reads between two batches. `read` holds up the next batch: it looks at no more than a page's worth of rows.
    pub fn read<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> R {
        let published: RwLockReadGuard<'_, Published> =
            self.gate.read().unwrap_or_else(PoisonError::into_inner);
        read(&View { store: &*self.store, codec: &*self.codec, published: &published, recent: &self.recent })
    }

    /// The store itself, for who writes the next batch: between two batches of its own, what it reads is whole.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// How events are read and kept.
    pub fn codec(&self) -> &Arc<dyn Codec> {
        &self.codec
    }

    /// A copy of what is published.
    pub fn published(&self) -> Published {
        self.gate.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last position folded, and its changes.
    pub fn applied(&self) -> watch::Receiver<Position> {
        self.applied.subscribe()
    }

    /// The last position folded.
    pub fn position(&self) -> Position {
        *self.applied.borrow()
    }

    /// What the pipeline is doing, and its changes.
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// What the pipeline is doing. Held only for as long as it takes to look.
    pub fn phase_now(&self) -> watch::Ref<'_, Phase> {
        self.phase.borrow()
    }

    /// Notes what the pipeline is doing.
    pub fn set_phase(&self, phase: Phase) {
        self.phase.send_if_modified(|known| {
            let other = *known != phase;
            *known = phase;
            other
        });
    }

    /// What is known of the log's end.
    pub fn sight(&self) -> Sight {
        *self.sight.borrow()
    }

    /// Notes that the log holds a message at `tail`; an earlier end than the one known is no news.
    pub fn saw_tail(&self, tail: Position) {
        self.sight.send_modify(|sight| {
            sight.tail = sight.tail.max(Some(tail));
            sight.connected = true;
        });
    }

    /// Notes whether the log can be reached.
    pub fn set_connected(&self, connected: bool) {
        self.sight.send_modify(|sight| sight.connected = connected);
    }

    /// Messages of the log after `position`; `None` while the log cannot be reached.
    pub fn lag(&self, position: Position) -> Option<u64> {
        let Sight { tail, connected } = self.sight();
        connected.then(|| tail.unwrap_or_default().sequence().saturating_sub(position.sequence()))
    }
}

/// The store between two batches.
pub struct View<'a> {
    /// Whole, as long as this lives.
    pub store: &'a dyn Store,
    /// To read what it holds.
    pub codec: &'a dyn Codec,
    /// As of the same batch.
    pub published: &'a Published,
    pub(crate) recent: &'a Recent,
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("published", self.published).finish_non_exhaustive()
    }
}

impl View<'_> {
    /// The last position folded.
    pub const fn position(&self) -> Position {
        self.published.cursor.position
    }

    /// The directory up to there.
    pub fn directory(&self) -> &Directory {
        &self.published.directory
    }
}
