//! The spool: a directory that keeps the events that NATS did not confirm until they are delivered.
//!
//! One file per event, written whole before anybody is told that it is kept. Several processes may keep into one spool;
//! one at a time delivers it, in the order in which it was kept. An event may be sent again although it is stored already:
//! it has the same identity and content then, so it is folded once.
//!
//! Deliberately absent: any judgement about the events, and several destinations: a spool belongs to one NATS server and
//! one user of it.

use std::{
    fmt,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use proto::v1::EventMessage;

use crate::publisher;

mod dated;
mod deliver;
mod error;
mod files;
mod keeping;
mod record;

pub use deliver::{Delivered, Refusal};
pub use error::{DeliveryError, SpoolError};
pub use files::{Entry, Standing};
pub use keeping::{Delivery, SpoolingPublisher, StartError};
pub use record::KeptEvent;

/// Whoever holds it delivers.
const LOCK: &str = "lock";

/// Where to keep events, and how many.
#[derive(Clone, Debug)]
pub struct SpoolOptions {
    /// Made if missing; for one NATS server and user.
    pub dir: PathBuf,
    /// The most events, those that are set aside included.
    pub max_messages: u64,
    /// The most bytes of all files.
    pub max_bytes: u64,
    /// What says when an event was kept.
    pub clock: Clock,
}

impl SpoolOptions {
    /// At most 100,000 events and 256 MB, by the clock of the machine.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            max_messages: 100_000,
            max_bytes: 256_000_000,
            clock: Clock::of_the_machine(),
        }
    }
}

/// What time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// One of your own.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the default of the SDK; whoever needs another clock gives one"
    )]
    fn of_the_machine() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A directory of kept events. Clones are the same spool. Its methods wait for the disk.
#[derive(Clone, Debug)]
pub struct Spool {
    options: Arc<SpoolOptions>,
    state: Arc<Mutex<State>>,
}

/// What this process knows of the directory; other processes change it too.
#[derive(Debug, Default)]
struct State {
    /// To be delivered.
    waiting: u64,
    /// All, those set aside too.
    messages: u64,
    bytes: u64,
    /// That of the last name, in nanoseconds since 1970: names sort as events were kept, also when the clock is put back.
    last_name: u64,
    /// The last time given to a message, in nanoseconds since 1970.
    last_time: u64,
}

impl Spool {
    /// Opens a spool, and makes it where there is none.
    ///
    /// # Errors
    /// If the directory cannot be made or read.
    pub fn open(options: SpoolOptions) -> Result<Self, SpoolError> {
        let failed = |operation| {
            let dir = options.dir.clone();
            move |source| SpoolError::Directory { operation, dir, source }
        };
        fs::create_dir_all(&options.dir).map_err(failed("make"))?;
        files::clear_unfinished(&options.dir, (options.clock.0)()).map_err(failed("tidy"))?;
        let spool = Self { options: Arc::new(options), state: Arc::default() };
        spool.recount(&mut spool.state())?;
        Ok(spool)
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.options.dir
    }

    /// How many events wait to be delivered, as far as this process knows; those set aside do not wait.
    pub fn waiting(&self) -> u64 {
        self.state().waiting
    }

    /// The event as it should be sent from the first time on, where it may have to be kept: a bare message gets an identity
    /// and the present time, since its time would else be that of its late delivery. Any other stays as it is.
    #[must_use]
    pub fn dated(&self, event: EventMessage) -> EventMessage {
        let now = record::nanos((self.options.clock.0)());
        let now = self.state().own_instant(now);
        dated::dated(event, SystemTime::UNIX_EPOCH + Duration::from_nanos(now))
    }

    /// Keeps an event behind those that are kept already, and gives its name. It is on the disk when this returns.
    ///
    /// # Errors
    /// If the event could never be sent, or the spool is full or cannot be written to; the event is not kept then.
    pub fn keep(&self, event: EventMessage, reason: impl Into<String>) -> Result<String, SpoolError> {
        publisher::check(&event).map_err(SpoolError::Unsendable)?;
        let mut state = self.state();
        let kept_at = (self.options.clock.0)();
        let bytes = KeptEvent { message: event, kept_at, reason: reason.into() }.encode();
        let added = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.make_sure_of_room(&mut state, added)?;
        state.last_name = record::nanos(kept_at).max(state.last_name.saturating_add(1));
        let name =
            format!("{:020}-{}", state.last_name, record::checksum(&bytes).get(..8).unwrap_or_default());
        let path = files::path(self.dir(), &name, Standing::Waiting);
        files::write(self.dir(), &path, &bytes).map_err(|source| SpoolError::Keep { path, source })?;
        state.waiting += 1;
        state.messages += 1;
        state.bytes += added;
        Ok(name)
    }

    /// What it holds, the oldest first, with those that are set aside.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, SpoolError> {
        files::list(self.dir()).map_err(|source| self.failed("read", source))
    }

    /// Reads a kept event.
    ///
    /// # Errors
    /// If the file cannot be read, or is damaged.
    pub fn read(&self, entry: &Entry) -> Result<KeptEvent, SpoolError> {
        let path = entry.path(self.dir());
        match fs::read(&path) {
            Err(source) => Err(SpoolError::Read { path, source }),
            Ok(bytes) => KeptEvent::decode(&bytes).map_err(|detail| SpoolError::Damaged { path, detail }),
        }
    }

    /// Removes an event for good, delivered or not.
    ///
    /// # Errors
    /// If there is none of this name, or it cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), SpoolError> {
        let unknown = || SpoolError::Unknown { name: name.to_owned() };
        // A name is no way out of the directory.
        if name.contains(['/', '\\']) {
            return Err(unknown());
        }
        let standings = [Standing::Waiting, Standing::Refused, Standing::Unreadable];
        let found = standings.into_iter().find_map(|standing| {
            let path = files::path(self.dir(), name, standing);
            fs::metadata(&path).ok().map(|metadata| (standing, path, metadata.len()))
        });
        let (standing, path, bytes) = found.ok_or_else(unknown)?;
        let mut state = self.state();
        files::remove(&path).map_err(|source| SpoolError::Change { operation: "remove", path, source })?;
        state.messages = state.messages.saturating_sub(1);
        state.waiting = state.waiting.saturating_sub(u64::from(standing == Standing::Waiting));
        state.bytes = state.bytes.saturating_sub(bytes);
        Ok(())
    }

    /// Has the events that the server refused wait for delivery again, and says how many they are: who asks for that has
    /// seen to the reason.
    ///
    /// # Errors
    /// If the directory cannot be changed.
    pub fn readmit_refused(&self) -> Result<u64, SpoolError> {
        let mut readmitted = 0;
        for entry in self.entries()?.into_iter().filter(|entry| entry.standing == Standing::Refused) {
            files::mark(self.dir(), &entry.name, Standing::Refused, Standing::Waiting)?;
            readmitted += 1;
        }
        self.recount(&mut self.state())?;
        Ok(readmitted)
    }

    /// What this process believes to be full may have been delivered by another.
    fn make_sure_of_room(&self, state: &mut State, added: u64) -> Result<(), SpoolError> {
        let SpoolOptions { max_messages, max_bytes, .. } = *self.options;
        let fits =
            |state: &State| state.messages < max_messages && state.bytes.saturating_add(added) <= max_bytes;
        // And what it believes to have room may have been filled by others; looking each time would cost too much.
        if !fits(state) || state.messages.is_multiple_of(RECOUNT_EVERY) {
            self.recount(state)?;
        }
        if fits(state) {
            return Ok(());
        }
        Err(SpoolError::Full { dir: self.dir().to_owned(), messages: state.messages, bytes: state.bytes })
    }

    fn recount(&self, state: &mut State) -> Result<(), SpoolError> {
        let entries = self.entries()?;
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        state.messages = count(entries.len());
        state.waiting = count(entries.iter().filter(|entry| entry.standing == Standing::Waiting).count());
        state.bytes = entries.iter().map(|entry| entry.bytes).sum();
        let latest = entries.last().map(|entry| files::nanos_of(&entry.name)).unwrap_or_default();
        state.last_name = state.last_name.max(latest);
        Ok(())
    }

    /// Held for as long as the spool is delivered; the operating system releases it however we end.
    fn lock(&self) -> Result<File, SpoolError> {
        let file = File::options().create(true).truncate(false).write(true).open(self.dir().join(LOCK));
        let file = file.map_err(|source| self.failed("lock", source))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(SpoolError::Busy { dir: self.dir().to_owned() }),
            Err(TryLockError::Error(source)) => Err(self.failed("lock", source)),
        }
    }

    fn failed(&self, operation: &'static str, source: std::io::Error) -> SpoolError {
        SpoolError::Directory { operation, dir: self.dir().to_owned(), source }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The counts are made anew from the directory; a panic elsewhere spoils nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that goes back by more, in nanoseconds, was put right; it is believed.
const CLOCK_STEP: u64 = 1_000_000_000;
/// In so many events other processes cannot overfill a spool by more than they keep meanwhile.
const RECOUNT_EVERY: u64 = 1_000;

impl State {
    /// This instant, or one right behind it that no other message of this process has: equal words at one instant would be
    /// one event.
    const fn own_instant(&mut self, now: u64) -> u64 {
        let just_given = self.last_time >= now && self.last_time - now < CLOCK_STEP;
        self.last_time = if just_given { self.last_time + 1 } else { now };
        self.last_time
    }
}
