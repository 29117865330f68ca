//! Files that may change: looked at now and then, by length, time of change and, where there is one, number.

use std::{fs, path::PathBuf, time::SystemTime};

/// What tells one state of a file from another.
type Mark = Option<(u64, Option<SystemTime>, u64)>;

/// Files that belong together.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    files: Vec<PathBuf>,
    marks: Vec<Mark>,
}

impl Watched {
    /// As they are now.
    pub(super) fn new(files: Vec<PathBuf>) -> Self {
        let marks = files.iter().map(mark).collect();
        Self { files, marks }
    }

    /// Whether one has changed since it was looked at last.
    pub(super) fn changed(&mut self) -> bool {
        let marks: Vec<_> = self.files.iter().map(mark).collect();
        let changed = marks != self.marks;
        self.marks = marks;
        changed
    }
}

fn mark(file: &PathBuf) -> Mark {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.len(), metadata.modified().ok(), number(&metadata)))
}

/// A file that is moved over another has a number of its own, whatever its time.
#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
const fn number(_: &fs::Metadata) -> u64 {
    0
}
