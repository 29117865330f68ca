//! The files of a spool: their names, and changes to them that a crash leaves whole or undone.
//!
//! An event is `<nanoseconds>-<part of its checksum>.event`, so names sort by the time at which they were kept. `.refused`
//! and `.bad` stand behind the name of one that is set aside.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::SpoolError;

pub(super) const EVENT: &str = ".event";
const REFUSED: &str = ".refused";
const BAD: &str = ".bad";
const UNFINISHED: &str = ".tmp";
/// An unfinished file this old was left by a process that died; nobody was told that it was kept.
const LEFT_OVER: Duration = Duration::from_secs(3600);

/// How a kept event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// To be delivered.
    Waiting,
    /// The server refused it for good; it is set aside.
    Refused,
    /// The file is damaged; it is set aside.
    Unreadable,
}

/// A file of the spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique in the spool; sorts by when it was kept.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// Of the file.
    pub bytes: u64,
}

impl Entry {
    pub(super) fn path(&self, dir: &Path) -> PathBuf {
        path(dir, &self.name, self.standing)
    }
}

pub(super) fn path(dir: &Path, name: &str, standing: Standing) -> PathBuf {
    let aside = match standing {
        Standing::Waiting => "",
        Standing::Refused => REFUSED,
        Standing::Unreadable => BAD,
    };
    dir.join(format!("{name}{EVENT}{aside}"))
}

/// What the spool holds, the oldest first. One who delivers may take files away meanwhile.
pub(super) fn list(dir: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in fs::read_dir(dir)? {
        let file = file?;
        let name = file.file_name();
        let Some((name, standing)) = name.to_str().and_then(parse) else { continue };
        match file.metadata() {
            Ok(metadata) => entries.push(Entry { name, standing, bytes: metadata.len() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

fn parse(file: &str) -> Option<(String, Standing)> {
    let (rest, standing) = if let Some(rest) = file.strip_suffix(REFUSED) {
        (rest, Standing::Refused)
    } else if let Some(rest) = file.strip_suffix(BAD) {
        (rest, Standing::Unreadable)
    } else {
        (file, Standing::Waiting)
    };
    rest.strip_suffix(EVENT).map(|name| (name.to_owned(), standing))
}

/// When an event of this name was kept, in nanoseconds since 1970.
pub(super) fn nanos_of(name: &str) -> u64 {
    name.split('-').next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// Writes a file so that it is there as a whole, on the disk, or not at all.
pub(super) fn write(dir: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(UNFINISHED.trim_start_matches('.'));
    let written = write_new(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // What could not be written takes no room; the error that counts is the one above.
        fs::remove_file(&unfinished).ok();
    }
    written?;
    sync(dir)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // What customers said is nobody else's business on this machine.
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    File::create(path)
}

/// A new name is on the disk once its directory is.
#[cfg(unix)]
fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes what processes that died left half written.
pub(super) fn clear_unfinished(dir: &Path, now: SystemTime) -> io::Result<()> {
    for file in fs::read_dir(dir)? {
        let file = file?;
        let unfinished = file.file_name().to_str().is_some_and(|name| name.ends_with(UNFINISHED));
        let modified = file.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|modified| now.duration_since(modified).ok()).unwrap_or_default();
        if unfinished && age > LEFT_OVER {
            remove(&file.path())?;
        }
    }
    Ok(())
}

/// What is gone already is removed.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Changes how an event stands.
pub(super) fn mark(dir: &Path, name: &str, from: Standing, to: Standing) -> Result<(), SpoolError> {
    let old = path(dir, name, from);
    let failed = |source| SpoolError::Change { operation: "set aside", path: old.clone(), source };
    match fs::rename(&old, path(dir, name, to)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(failed),
    }
}
