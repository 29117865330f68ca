//! Small file operations that say in their error what was done to which file.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::Error;

/// As much of the end of a log as an error message shows, in bytes.
const TAIL: u64 = 4 * 1024;

pub(crate) fn create_dir(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::file("create", path))
}

/// Removes `path` with all it holds; one that is not there is fine.
pub(crate) fn remove_dir(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file("remove", path)(source))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(Error::file("write", path))
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(Error::file("move into place", to))
}

/// Opens a lock file for writing, making it where it is missing.
pub(crate) fn open_lock(path: &Path) -> Result<fs::File, Error> {
    fs::File::options().create(true).truncate(false).write(true).open(path).map_err(Error::file("open", path))
}

/// The length in bytes; 0 for a file that is not there.
pub(crate) fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// The last 4 KiB written after byte `from`; empty where there is nothing to read.
pub(crate) fn tail(path: &Path, from: u64) -> String {
    let length = length(path);
    // A log that is shorter than it was has been rotated: all of it is new.
    let from = if from > length { 0 } else { from };
    let mut bytes = Vec::new();
    if let Ok(mut file) = fs::File::open(path)
        && file.seek(SeekFrom::Start(from.max(length.saturating_sub(TAIL)))).is_ok()
        && file.take(TAIL).read_to_end(&mut bytes).is_err()
    {
        bytes.clear();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
