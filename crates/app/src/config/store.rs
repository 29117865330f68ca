//! `[store]`: where the projection lies. It is a cache: whoever deletes it has it rebuilt from the log.

use std::path::PathBuf;

use super::reader::{Reader, number, words};

/// Where the projection lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Holds `projection/` and what was moved aside. One Davy at a time.
    pub directory: PathBuf,
    /// Memory for cached pages, in MiB.
    pub cache_mb: u64,
    /// Folding stops below so much room on the disk, in MiB; on a small disk below a twentieth of it, but not below 32 MiB
    /// unless this says less.
    pub min_free_mb: u64,
}

impl Store {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            directory: reader.or("store.directory", "davy-data".to_owned(), words).into(),
            cache_mb: reader.or("store.cache_mb", 128, number(128..=65_536)),
            min_free_mb: reader.or("store.min_free_mb", 512, number(0..=1_048_576)),
        }
    }
}
