//! What the log folded to so far, and how far that is: written by the apply thread alone, read by every query.
//!
//! Owns the gate between the two: range scans of the store are no snapshots, so nobody reads while a batch is written.
//! Deliberately absent: what a batch holds (`pipeline`), and the questions (`query`).

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{Department, Directory, Position};
use tokio::sync::watch;

use crate::{
    Batch, Change, Codec, Cursor, DepartmentRecord, Store, StoreError, Touched, TouchedEntry, feed::Feed,
    query::Recent, reached::Reached,
};

/// How often a reader who does not hold up a thread is too late for the moment between two batches, before it does. The next
/// batch waits for it then.
const PASSED_OVER: u32 = 4;

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

impl Published {
    fn follow(&mut self, batch: &Batch, directory: Option<Arc<Directory>>) {
        self.cursor = batch.cursor.clone();
        if let Some(directory) = directory {
            self.directory = directory;
        }
        for change in &batch.changes {
            if let Change::Department(department, record) = change {
                self.departments.insert(department.clone(), record.clone());
            }
        }
    }
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
    /// The stream is another one, which holds as much. It is folded anew, and what was folded before answers until then.
    Replaced {
        /// What was found, and what is done about it.
        problem: String,
    },
    /// Folding has stopped for another reason.
    Stalled {
        /// What was found, and what to do.
        problem: String,
    },
    /// There is too little room on the disk. Folding goes on when there is more.
    OutOfSpace {
        /// How much there is, and how much is needed.
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
    codec: Arc<dyn Codec>,
    /// Exclusive while a batch is written, shared while a query reads: range scans are no snapshots, and a file may
    /// lie under several keys.
    gate: RwLock<Content>,
    /// Changes whenever the gate was exclusive and is not any more.
    opened: watch::Sender<()>,
    applied: watch::Sender<Position>,
    /// Told of what is applied, after it is.
    reached: Reached,
    phase: watch::Sender<Phase>,
    sight: watch::Sender<Sight>,
    suspect: watch::Sender<Option<String>>,
    /// The store has not reached the end of the log since it was made, so that nothing is answered from it.
    unfinished: AtomicBool,
}

/// What is behind the gate. It changes whole when another store takes the place of this one.
struct Content {
    store: Arc<dyn Store>,
    published: Published,
    /// Tells one store from another, whatever both have folded.
    generation: Arc<str>,
    recent: Recent,
    feed: Arc<Feed>,
}

impl Content {
    fn view<'a>(&'a self, codec: &'a dyn Codec) -> View<'a> {
        let Self { store, published, generation, recent, feed } = self;
        View { store: &**store, codec, published, generation, recent, feed }
    }
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
    /// Over a store, from where it stands. It is catching up until [`Projection::set_phase`] says otherwise. `generation`
    /// tells this store from others that this process or another one has had.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn open(store: Arc<dyn Store>, codec: Arc<dyn Codec>, generation: &str) -> Result<Self, StoreError> {
        let mut directory = Directory::default();
        for change in store.directory()? {
            directory.record(&change);
        }
        for change in store.calendars()? {
            directory.record_calendar(&change);
        }
        let published = Published {
            cursor: store.cursor()?.unwrap_or_default(),
            directory: Arc::new(directory),
            departments: store.departments()?.into_iter().collect(),
        };
        let done = published.cursor.position;
        let feed = Arc::new(Feed::starting(done));
        let content =
            Content { store, published, generation: generation.into(), recent: Recent::default(), feed };
        Ok(Self {
            codec,
            gate: RwLock::new(content),
            opened: watch::Sender::new(()),
            applied: watch::Sender::new(done),
            reached: Reached::default(),
            phase: watch::Sender::new(Phase::CatchingUp { done, total: done }),
            sight: watch::Sender::new(Sight::default()),
            suspect: watch::Sender::new(None),
            unfinished: AtomicBool::new(false),
        })
    }

    /// Writes a batch and publishes it. For the one apply thread. `directory` is the one after the batch, where the
    /// batch changes it; `touched` are the entries of timelines that it changes, `None` if they were not gathered.
    ///
    /// # Errors
    /// If the store does not take the batch; nothing is published then.
    pub fn commit(
        &self,
        batch: &Batch,
        directory: Option<Arc<Directory>>,
        touched: Option<Vec<TouchedEntry>>,
    ) -> Result<(), StoreError> {
        // Nobody watches what is still being folded.
        let touched = touched.filter(|_| !matches!(*self.phase_now(), Phase::CatchingUp { .. }));
        let store = self.store();
        let touched = touched.map(|entries| Touched::by(batch, directory.is_some(), entries, &*store));
        let touched = touched.transpose()?;
        let write = store.stage(batch)?;
        {
            let mut content = self.close();
            content.recent.forget(batch, directory.is_some());
            write()?;
            content.published.follow(batch, directory);
            match touched {
                Some(touched) => content.feed.record(touched),
                None => content.feed.pass_over(batch.cursor.position),
            }
        }
        self.note_applied(batch.cursor.position);
        Ok(())
    }

    /// Answers from the store of `other` from now on, and goes on from where that one stands. Whoever writes the old store
    /// must have stopped, and begins again with [`Projection::store`].
    pub fn adopt(&self, other: &Self) {
        if other.is_unfinished() {
            self.set_unfinished();
        }
        let position = {
            let mut content = self.close();
            let theirs = other.gate.read().unwrap_or_else(PoisonError::into_inner);
            let position = theirs.published.cursor.position;
            *content = Content {
                store: Arc::clone(&theirs.store),
                published: theirs.published.clone(),
                generation: Arc::clone(&theirs.generation),
                recent: Recent::default(),
                feed: Arc::clone(&theirs.feed),
            };
            position
        };
        self.unfinished.store(other.is_unfinished(), Ordering::Release);
        // The log may be another one, and shorter.
        let Sight { tail, connected } = other.sight();
        self.sight.send_modify(|sight| *sight = Sight { tail, connected: connected || sight.connected });
        self.suspect.send_replace(None);
        self.note_applied(position);
    }

    fn note_applied(&self, position: Position) {
        self.applied.send_replace(position);
        self.reached.wake(position);
    }

    /// Reads between two batches. `read` holds up the next batch: it looks at no more than a page's worth of rows.
    pub fn read<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> R {
        let content = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        read(&content.view(&*self.codec))
    }

    /// The same, and the thread is free for others while a batch is written.
    pub async fn read_between<R>(&self, read: impl FnOnce(&View<'_>) -> R) -> R {
        for _ in 0..PASSED_OVER {
            // Before the gate is tried, so that it does not open in between unnoticed.
            let mut opened = self.opened.subscribe();
            if let Some(content) = self.try_enter() {
                return read(&content.view(&*self.codec));
            }
            // The sender lives as long as the projection.
            let _opened = opened.changed().await;
        }
        self.read(read)
    }

    fn try_enter(&self) -> Option<RwLockReadGuard<'_, Content>> {
        match self.gate.try_read() {
            Ok(content) => Some(content),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Nobody reads from now on, until what comes back is dropped.
    fn close(&self) -> Closed<'_> {
        Closed {
            content: self.gate.write().unwrap_or_else(PoisonError::into_inner),
            _then: Opens(&self.opened),
        }
    }

    /// The store itself, for who writes the next batch: between two batches of its own, what it reads is whole.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.gate.read().unwrap_or_else(PoisonError::into_inner).store)
    }

    /// Tells the store in use from others.
    pub fn generation(&self) -> Arc<str> {
        Arc::clone(&self.gate.read().unwrap_or_else(PoisonError::into_inner).generation)
    }

    /// Notes that the store cannot be relied on: what is wrong with it. Somebody rebuilds it.
    pub fn suspect(&self, problem: String) {
        self.suspect.send_if_modified(|known| {
            let first = known.is_none();
            if first {
                tracing::error!(%problem, "the store cannot be relied on");
                *known = Some(problem);
            }
            first
        });
    }

    /// Why the store cannot be relied on, and changes to that.
    pub fn suspected(&self) -> watch::Receiver<Option<String>> {
        self.suspect.subscribe()
    }

    /// How events are read and kept.
    pub fn codec(&self) -> &Arc<dyn Codec> {
        &self.codec
    }

    /// A copy of what is published.
    pub fn published(&self) -> Published {
        self.gate.read().unwrap_or_else(PoisonError::into_inner).published.clone()
    }

    /// The last position folded, and its changes.
    pub fn applied(&self) -> watch::Receiver<Position> {
        self.applied.subscribe()
    }

    /// Waits until a position is folded.
    pub async fn reach(&self, position: Position) {
        self.reached.wait(position, || self.position() >= position).await;
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

    /// Nothing is to be answered before the end of the log is reached, whatever the phase.
    pub fn set_unfinished(&self) {
        self.unfinished.store(true, Ordering::Release);
    }

    /// Whether the store has yet to reach the end of the log for the first time.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished.load(Ordering::Acquire)
    }

    /// Notes what the pipeline is doing. Once it is live, the store is whole.
    pub fn set_phase(&self, phase: Phase) {
        if phase == Phase::Live {
            self.unfinished.store(false, Ordering::Release);
        }
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

/// The gate, closed. Fields are dropped in their order: it is open when those who wait are told.
struct Closed<'a> {
    content: RwLockWriteGuard<'a, Content>,
    _then: Opens<'a>,
}

impl Deref for Closed<'_> {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.content
    }
}

impl DerefMut for Closed<'_> {
    fn deref_mut(&mut self) -> &mut Content {
        &mut self.content
    }
}

/// Tells those who wait for the gate, however it came to be left.
struct Opens<'a>(&'a watch::Sender<()>);

impl Drop for Opens<'_> {
    fn drop(&mut self) {
        self.0.send_replace(());
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
    /// Tells this store from others.
    pub generation: &'a Arc<str>,
    pub(crate) recent: &'a Recent,
    feed: &'a Feed,
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

    /// What changed after `position`, oldest first, until `keys` are gathered; `None` if that is not known any more.
    pub(crate) fn touched_since(&self, position: Position, keys: usize) -> Option<Vec<Arc<Touched>>> {
        self.feed.since(position, keys)
    }

    /// The directory up to there.
    pub fn directory(&self) -> &Directory {
        &self.published.directory
    }
}
