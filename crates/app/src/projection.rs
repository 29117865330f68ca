//! The projection's directory: opened under guard, and moved aside for a rebuild where it cannot be gone on with.
//!
//! A damaged sled panics, errs, hangs, or opens with rows missing (`log-and-store.md` 2). The first three are caught here;
//! rows are counted by `verify`. Nothing is lost by moving a projection aside: the log is the truth.

use std::{
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use engine::{Projection, StoreError};
use store::{OpenError, Options, SledStore};

use crate::codec::CODEC;

/// A store of many gigabytes opens within seconds; one that takes longer is damaged.
const TIME_LIMIT: Duration = Duration::from_secs(120);
const CURRENT: &str = "projection";
const LOCK: &str = "projection.lock";
/// There while a store is being opened, and after it was found to be damaged.
const MARKER: &str = "projection.suspect";

/// An open projection.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Arc<SledStore>,
    pub(crate) projection: Arc<Projection>,
    /// Of which fold, and how many projections were moved aside before it, e.g. `v1-0`.
    pub(crate) generation: String,
    dir: PathBuf,
    /// Keeps other processes from the directory; the operating system releases it however we end.
    _lock: File,
}

/// Why there is no projection.
#[derive(Debug, thiserror::Error)]
pub enum OpenProjectionError {
    /// The directory cannot be used.
    #[error("{operation} {}", path.display())]
    Directory {
        /// Such as `make`.
        operation: &'static str,
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Another process has it.
    #[error("open the projection in {}: another Davy uses this directory; stop it or choose another", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The device refuses: nothing that a rebuild would help.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A fresh store cannot be read either.
    #[error("open the projection in {}; is the disk full or failing?", path.display())]
    Fresh {
        /// Where.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Unusable,
    },
}

/// Why a projection cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// An earlier process ended while it opened the store, or found rows missing.
    #[error("an earlier run left it suspect")]
    Suspect,
    /// sled panicked.
    #[error("the store panicked while it was opened")]
    Panicked,
    /// sled hangs.
    #[error("the store did not open within {} s", TIME_LIMIT.as_secs())]
    Slow,
    /// Another Davy wrote it, or it is damaged.
    #[error(transparent)]
    Store(OpenError),
    /// Its records cannot be read.
    #[error(transparent)]
    Records(StoreError),
}

/// Opens the projection under `dir`, or a fresh one where the one that is there is of no use.
pub(crate) fn open(dir: &Path, options: Options) -> Result<Opened, OpenProjectionError> {
    fs::create_dir_all(dir).map_err(failed("make", dir))?;
    let lock = lock(dir)?;
    let unusable = match guarded(dir, options)? {
        Ok(parts) => return opened(dir, parts, lock),
        Err(unusable) => unusable,
    };
    let aside = move_aside(dir)?;
    tracing::warn!(
        reason = %unusable,
        moved_to = %aside.display(),
        "the projection is rebuilt from the log; the old one was moved aside"
    );
    match guarded(dir, options)? {
        Ok(parts) => opened(dir, parts, lock),
        Err(source) => Err(OpenProjectionError::Fresh { path: dir.join(CURRENT), source }),
    }
}

fn opened(dir: &Path, parts: Parts, lock: File) -> Result<Opened, OpenProjectionError> {
    let (store, projection) = parts;
    let generation = format!("v{}-{}", domain::FOLD_VERSION, last_aside(dir)?);
    Ok(Opened { store, projection, generation, dir: dir.to_owned(), _lock: lock })
}

fn lock(dir: &Path) -> Result<File, OpenProjectionError> {
    let path = dir.join(LOCK);
    let file = File::create(&path).map_err(failed("create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenProjectionError::InUse { path: dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed("lock", &path)(source)),
    }
}

impl Opened {
    /// Notes that it is to be rebuilt at the next start.
    pub(crate) fn suspect(&self) -> Result<(), OpenProjectionError> {
        suspect(&self.dir)
    }
}

fn suspect(dir: &Path) -> Result<(), OpenProjectionError> {
    let marker = dir.join(MARKER);
    fs::write(&marker, "").map_err(failed("write", &marker))
}

/// The outer error is for a person, the inner one calls for a rebuild.
fn guarded(dir: &Path, options: Options) -> Result<Result<Parts, Unusable>, OpenProjectionError> {
    let marker = dir.join(MARKER);
    if marker.exists() {
        return Ok(Err(Unusable::Suspect));
    }
    suspect(dir)?;
    let outcome = in_thread(dir.join(CURRENT), options);
    fs::remove_file(&marker).map_err(failed("remove", &marker))?;
    match outcome {
        Err(Unusable::Store(error @ (OpenError::InUse { .. } | OpenError::Open { .. }))) => Err(error.into()),
        other => Ok(other),
    }
}

type Parts = (Arc<SledStore>, Arc<Projection>);

fn in_thread(path: PathBuf, options: Options) -> Result<Parts, Unusable> {
    let (done, outcome) = mpsc::channel();
    let opening = move || {
        let outcome =
            catch_unwind(AssertUnwindSafe(|| parts(&path, options))).unwrap_or(Err(Unusable::Panicked));
        // Nobody listens any more after the time limit.
        done.send(outcome).ok();
    };
    thread::Builder::new().name("open".to_owned()).spawn(opening).map_err(|_| Unusable::Panicked)?;
    outcome.recv_timeout(TIME_LIMIT).map_err(|_| Unusable::Slow)?
}

fn parts(path: &Path, options: Options) -> Result<Parts, Unusable> {
    let store = Arc::new(SledStore::open(path, options).map_err(Unusable::Store)?);
    let projection = Projection::open(Arc::clone(&store) as _, Arc::new(CODEC)).map_err(Unusable::Records)?;
    Ok((store, Arc::new(projection)))
}

/// Renames the projection to `projection.<n>.old` and removes the one that was moved before.
fn move_aside(dir: &Path) -> Result<PathBuf, OpenProjectionError> {
    let last = last_aside(dir)?;
    let aside = dir.join(aside_name(last + 1));
    let current = dir.join(CURRENT);
    if current.exists() {
        fs::rename(&current, &aside).map_err(failed("move aside", &current))?;
    }
    let marker = dir.join(MARKER);
    match fs::remove_file(&marker) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed("remove", &marker)(error));
        }
        Ok(()) | Err(_) => {}
    }
    let before = dir.join(aside_name(last));
    if before.exists() {
        fs::remove_dir_all(&before).map_err(failed("remove", &before))?;
    }
    Ok(aside)
}

fn aside_name(number: u32) -> String {
    format!("{CURRENT}.{number}.old")
}

/// The greatest number of a projection that was moved aside; 0 if none was.
fn last_aside(dir: &Path) -> Result<u32, OpenProjectionError> {
    let entries = fs::read_dir(dir).map_err(failed("list", dir))?;
    let numbers = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.strip_prefix(CURRENT)?.strip_prefix('.')?.strip_suffix(".old")?.parse().ok()
    });
    Ok(numbers.max().unwrap_or(0))
}

fn failed(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenProjectionError {
    move |source| OpenProjectionError::Directory { operation, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use domain::Position;
    use engine::{Batch, Cursor, Store as _};

    use super::*;

    const OPTIONS: Options = Options { cache_bytes: 128 << 20, flush_every: None };

    fn written(dir: &Path, fold_version: u32) {
        let opened = open(dir, OPTIONS).unwrap();
        let cursor = Cursor { position: Position::new(7), fold_version, ..Cursor::default() };
        opened.store.commit(&Batch { changes: Vec::new(), cursor }).unwrap();
        opened.store.flush().unwrap();
    }

    fn position(dir: &Path) -> Position {
        open(dir, OPTIONS).unwrap().projection.position()
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_projection_of_this_fold_is_gone_on_with() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), domain::FOLD_VERSION);
        assert_eq!(position(dir.path()), Position::new(7));
        assert_eq!(names(dir.path()), ["projection", "projection.lock"]);
    }

    #[test]
    fn one_of_another_fold_is_moved_aside_and_one_old_one_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        for number in 1..=2 {
            written(dir.path(), domain::FOLD_VERSION + 1);
            let opened = open(dir.path(), OPTIONS).unwrap();
            assert_eq!(opened.projection.position(), Position::START);
            assert_eq!(opened.generation, format!("v{}-{number}", domain::FOLD_VERSION));
            drop(opened);
            assert_eq!(
                names(dir.path()),
                ["projection".to_owned(), format!("projection.{number}.old"), "projection.lock".to_owned()]
            );
        }
    }

    #[test]
    fn a_suspect_one_is_rebuilt_even_if_it_opens() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), domain::FOLD_VERSION);
        suspect(dir.path()).unwrap();
        assert_eq!(position(dir.path()), Position::START);
    }

    #[test]
    fn garbage_is_moved_aside() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), domain::FOLD_VERSION);
        let current = dir.path().join(CURRENT);
        for entry in fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let length = fs::metadata(&path).unwrap().len();
                fs::write(&path, vec![0x5a; usize::try_from(length).unwrap()]).unwrap();
            }
        }
        assert_eq!(position(dir.path()), Position::START);
        assert!(names(dir.path()).contains(&"projection.1.old".to_owned()));
    }

    #[test]
    fn one_in_use_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let first = open(dir.path(), OPTIONS).unwrap();
        let told = open(dir.path(), OPTIONS).unwrap_err().to_string();
        assert!(told.contains("another Davy uses this directory"), "{told}");
        drop(first);
        assert_eq!(names(dir.path()), ["projection", "projection.lock"]);
        open(dir.path(), OPTIONS).unwrap();
    }
}
