//! How much room is left on the disk of the store.
//!
//! sled is not to be trusted after a write that found no room (`log-and-store.md` 2.1), so folding stops before. It grows by
//! segments of 512 KiB, and a batch on the way to the end of the log writes some 30 MiB.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::watch;

/// How often is looked. A rebuild writes some 30 MB a second.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const MIB: u64 = 1 << 20;
/// The mark of a disk however small, unless the operator sets a lower one.
const LEAST: u64 = 32 * MIB;

/// What a disk says of itself, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disk {
    pub(crate) free: u64,
    pub(crate) size: u64,
}

/// Asks the disk.
pub(crate) type Measure = Arc<dyn Fn() -> io::Result<Disk> + Send + Sync>;

/// How much room there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Room {
    /// Bytes; `None` where the disk does not say.
    pub(crate) free: Option<u64>,
    /// Below so much, nothing is folded.
    pub(crate) mark: u64,
    /// It fell below the mark, and has not risen well above it since.
    pub(crate) is_low: bool,
}

impl Room {
    /// After another look. Folding goes on an eighth above the mark, so that it does not stop again at once.
    fn then(self, disk: Disk, most: u64) -> Self {
        let mark = most.min((disk.size / 20).max(LEAST));
        let needed = if self.is_low { mark.saturating_add(mark / 8) } else { mark };
        Self { free: Some(disk.free), mark, is_low: disk.free < needed }
    }

    /// Whether so much more can be written.
    pub(crate) fn holds(self, bytes: u64) -> bool {
        self.free.is_none_or(|free| free >= self.mark.saturating_add(bytes))
    }

    /// For a person.
    pub(crate) fn told(self) -> String {
        let free = self.free.map_or_else(|| "too little".to_owned(), |free| format!("{} MB", free / MIB));
        format!(
            "{free} is free on the disk of the store, {} MB is needed to fold on (store.min_free_mb); queries are answered from \
             what is folded, and folding goes on when there is room",
            self.mark / MIB
        )
    }
}

/// The disk of a directory.
pub(crate) fn of(directory: PathBuf) -> Measure {
    Arc::new(move || {
        let said = rustix::fs::statvfs(&directory)?;
        Ok(Disk {
            free: said.f_bavail.saturating_mul(said.f_frsize),
            size: said.f_blocks.saturating_mul(said.f_frsize),
        })
    })
}

/// Looks once, so that the first batch is not written into a full disk.
pub(crate) fn look(measure: &Measure, before: Room, min_free_mb: u64) -> Room {
    match measure() {
        Ok(disk) => before.then(disk, min_free_mb.saturating_mul(MIB)),
        Err(error) => {
            tracing::debug!(%error, "the disk does not say how much room there is");
            Room { free: None, ..before }
        }
    }
}

/// Keeps `room` up to date for as long as somebody cares.
pub(crate) async fn watch(measure: Measure, min_free_mb: u64, room: watch::Sender<Room>) {
    while !room.is_closed() {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = look(&measure, *room.borrow(), min_free_mb);
        room.send_if_modified(|known| {
            let other = *known != now;
            *known = now;
            other
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_the_smaller_one_and_going_on_needs_more_than_stopping() {
        let disk = |free: u64, size: u64| Disk { free: free * MIB, size: size * MIB };
        let most = 512 * MIB;
        let low = |room: Room| (room.mark / MIB, room.is_low);
        let start = Room::default();
        assert_eq!(low(start.then(disk(600, 100_000), most)), (512, false));
        assert_eq!(low(start.then(disk(500, 100_000), most)), (512, true));
        assert_eq!(low(start.then(disk(500, 2_000), most)), (100, false), "a twentieth of a small disk");
        assert_eq!(
            low(start.then(disk(20, 64), most)),
            (32, true),
            "but never so little that a batch fills it"
        );
        assert_eq!(low(start.then(disk(20, 64), 8 * MIB)), (8, false), "unless it is asked for");
        let full = start.then(disk(500, 100_000), most);
        assert_eq!(low(full.then(disk(520, 100_000), most)), (512, true));
        assert_eq!(low(full.then(disk(576, 100_000), most)), (512, false));
        assert!(!full.holds(0) && Room { free: None, ..full }.holds(1));
    }
}
