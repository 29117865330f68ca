//! What is done to the file system, a step each, so that the tests can crash between any two.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use super::GenerationsError;

/// The file system.
#[derive(Debug, Default)]
pub(super) struct Disk {
    #[cfg(test)]
    pub(super) crash: super::tests::Crash,
}

impl Disk {
    fn step(&self, path: &Path, step: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        #[cfg(test)]
        self.crash.before(path)?;
        let _ = path;
        step()
    }

    /// A directory, and those above it.
    pub(super) fn make(&self, path: &Path) -> Result<(), GenerationsError> {
        self.step(path, || fs::create_dir_all(path)).map_err(failed("make", path))
    }

    /// A file whose being there is what counts.
    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), GenerationsError> {
        self.step(path, || write_through(path, text)).map_err(failed("write", path))
    }

    /// A file that holds the old text or the new one, at whatever moment the power goes.
    pub(super) fn replace(&self, path: &Path, text: &str) -> Result<(), GenerationsError> {
        let temporary = path.with_extension("new");
        self.write(&temporary, text)?;
        self.rename(&temporary, path)?;
        let parent = path.parent().unwrap_or(path);
        self.step(parent, || File::open(parent)?.sync_all()).map_err(failed("sync", parent))
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> Result<(), GenerationsError> {
        self.step(from, || fs::rename(from, to)).map_err(failed("rename", from))
    }

    /// A file that may not be there.
    pub(super) fn remove_file(&self, path: &Path) -> Result<(), GenerationsError> {
        self.step(path, || absent_is_fine(fs::remove_file(path))).map_err(failed("remove", path))
    }

    /// A directory that may not be there.
    pub(super) fn remove_dir(&self, path: &Path) -> Result<(), GenerationsError> {
        self.step(path, || absent_is_fine(fs::remove_dir_all(path))).map_err(failed("remove", path))
    }

    /// Whatever it is, if it is there.
    pub(super) fn remove_any(&self, path: &Path) -> Result<(), GenerationsError> {
        if path.is_dir() { self.remove_dir(path) } else { self.remove_file(path) }
    }

    /// The names in a directory.
    pub(super) fn list(&self, path: &Path) -> Result<Vec<String>, GenerationsError> {
        let entries = fs::read_dir(path).map_err(failed("list", path))?;
        Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
    }
}

/// Bytes of the files in a directory and those below it.
pub(super) fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn write_through(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn absent_is_fine(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

pub(super) fn failed(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> GenerationsError {
    move |source| GenerationsError::Directory { operation, path: path.to_owned(), source }
}
