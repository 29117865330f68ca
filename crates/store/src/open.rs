//! Opening a store's directory, and refusing what this Davy cannot go on with.
//!
//! sled holds a lock on the directory while it is open. On a directory that a crash or a bad disk left behind, sled may
//! fail, panic, or open with rows missing or old: the caller guards against the first two by where it calls this, and finds the
//! third by [`SledStore::verify`].

use std::{
    fmt, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use engine::StoreError;

use crate::{
    SledStore, Sum,
    codec::{self, FORMAT},
    error::failed,
    key,
    verify::Sums,
};

/// How a store is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Memory for sled's page cache. Below what the batches touch it costs more memory, not less: replaced nodes wait
    /// for the end of their batch. 128 MB at least; with batches of 2,000 files more is only faster.
    pub cache_bytes: u64,
    /// How often sled writes through in the background; 500 ms in a serving store, `None` in one that is being rebuilt.
    /// Nothing depends on it but how much is folded again after a crash.
    pub flush_every: Option<Duration>,
}

impl Default for Options {
    /// For a serving store.
    fn default() -> Self {
        Self { cache_bytes: 128 << 20, flush_every: Some(Duration::from_millis(500)) }
    }
}

/// Which Davy wrote a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Of keys and records.
    pub format: u8,
    /// [`domain::FOLD_VERSION`].
    pub fold: u32,
}

impl Version {
    /// What this Davy writes.
    pub const OURS: Self = Self { format: FORMAT, fold: domain::FOLD_VERSION };
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "format {}, fold {}", self.format, self.fold)
    }
}

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("open the store in {}: another process has it open; stop that one or use another directory", dir.display())]
    InUse {
        /// The store's directory.
        dir: PathBuf,
    },
    /// Another Davy wrote it; this one rebuilds its own from the log.
    #[error(
        "open the store in {}: it is of {found}, this Davy writes {}; move it aside and it is rebuilt from the log",
        dir.display(),
        Version::OURS
    )]
    OtherVersion {
        /// The store's directory.
        dir: PathBuf,
        /// Of which version it is.
        found: Version,
    },
    /// Its cursor is unreadable or missing.
    #[error("open the store in {}: move it aside and it is rebuilt from the log", dir.display())]
    Damaged {
        /// The store's directory.
        dir: PathBuf,
        /// What is wrong.
        #[source]
        source: StoreError,
    },
    /// sled, or the device, refused.
    #[error("open the store in {}", dir.display())]
    Open {
        /// The store's directory.
        dir: PathBuf,
        /// What sled said.
        #[source]
        source: sled::Error,
    },
}

impl OpenError {
    /// Whether another directory on the same device would fare no better: there is no room, no permission, or another
    /// process. Every other error may come of damage.
    pub(crate) fn is_of_the_device(&self) -> bool {
        match self {
            Self::InUse { .. } => true,
            Self::OtherVersion { .. } | Self::Damaged { .. } => false,
            Self::Open { source, .. } => self.is_out_of_space() || is_forbidden(source),
        }
    }

    /// Whether there is too little room on the disk.
    pub(crate) fn is_out_of_space(&self) -> bool {
        matches!(self, Self::Open { source: sled::Error::Io(error), .. }
            if error.kind() == io::ErrorKind::StorageFull)
    }
}

fn is_forbidden(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error)
        if [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem].contains(&error.kind()))
}

impl SledStore {
    /// Opens the store in `dir`, which is made where it is missing.
    ///
    /// # Errors
    /// [`OpenError::OtherVersion`] and [`OpenError::Damaged`] call for a rebuild in an empty directory, [`OpenError::InUse`]
    /// for a person; [`OpenError::Open`] may come of the device or of damage.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        let Options { cache_bytes, flush_every } = options;
        // sled 0.34.7 has a `mode`, and reads it nowhere. Compression would cost a C library and more time than it saves.
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(cache_bytes)
            .flush_every_ms(flush_every.map(|every| u64::try_from(every.as_millis()).unwrap_or(u64::MAX)));
        let db = open_unlocked(&config).map_err(|source| refused(dir, source))?;
        check_version(&db, dir)?;
        let sum = sum(&db, dir)?;
        Ok(Self::new(db, Sums::new(sum)))
    }
}

/// sled's threads hold the file for a moment after a store was dropped, so a lock is waited for: a second at most.
fn open_unlocked(config: &sled::Config) -> Result<sled::Db, sled::Error> {
    for _ in 0..100 {
        match config.open() {
            Err(error) if is_locked(&error) => thread::sleep(Duration::from_millis(10)),
            opened => return opened,
        }
    }
    config.open()
}

/// The only error of this kind with this text is the lock's (sled 0.34.7, `config.rs`).
fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error)
        if error.kind() == io::ErrorKind::Other && error.to_string().starts_with("could not acquire lock"))
}

fn refused(dir: &Path, source: sled::Error) -> OpenError {
    let dir = dir.to_owned();
    match &source {
        locked if is_locked(locked) => OpenError::InUse { dir },
        sled::Error::Corruption { .. } => OpenError::Damaged { dir, source: failed("open a store")(source) },
        sled::Error::Io(_)
        | sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_) => OpenError::Open { dir, source },
    }
}

fn check_version(db: &sled::Db, dir: &Path) -> Result<(), OpenError> {
    let unreadable = |source| OpenError::Damaged { dir: dir.to_owned(), source };
    match db.get(key::CURSOR).map_err(|source| refused(dir, source))? {
        Some(cursor) => match codec::cursor::version(&cursor).map_err(unreadable)? {
            Version::OURS => Ok(()),
            found => Err(OpenError::OtherVersion { dir: dir.to_owned(), found }),
        },
        None if db.is_empty() => Ok(()),
        None => Err(unreadable(crate::error::damaged("cursor", "it is missing, but there are rows"))),
    }
}

/// Of a fresh store, or as it was kept.
fn sum(db: &sled::Db, dir: &Path) -> Result<Sum, OpenError> {
    match db.get(key::SUM).map_err(|source| refused(dir, source))? {
        Some(sum) => Sum::from_bytes(&sum),
        None => db.is_empty().then(Sum::default),
    }
    .ok_or_else(|| OpenError::Damaged {
        dir: dir.to_owned(),
        source: crate::error::damaged("sum", "it is missing, or too long or short"),
    })
}
