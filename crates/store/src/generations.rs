//! The directory of the projection: which generation of the store is in use, which one is being built, and which one is
//! kept.
//!
//! ```text
//! projection.lock           held for as long as a Davy uses the directory
//! projection/CURRENT        the name of the generation that answers
//! projection/KEPT           the name of a replaced one that may hold what the log has lost
//! projection/v2-3/          a generation: a store of fold 2
//! projection/v2-3.building  it has not reached the end of the log yet
//! projection/v2-3.suspect   it is being opened, or was found to be damaged
//! ```
//!
//! Owns: these names, the order in which they change (a crash between any two steps leaves a usable directory), and
//! opening a store under guard. Deliberately absent: when a generation is built or replaced, which is the application's. A
//! generation that neither file names is rubbish of a run that ended, and deleted at the next start.

mod disk;
mod guard;
mod lock;
mod name;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use engine::StoreError;

use crate::{OpenError, Options, SledStore};
use disk::Disk;
use guard::Refusal;
pub use guard::Unusable;
use lock::Lock;
pub use name::Generation;

const PROJECTION: &str = "projection";
const LOCK: &str = "projection.lock";
const CURRENT: &str = "CURRENT";
const KEPT: &str = "KEPT";
/// Where a store of the layout before this one is moved to, whose directory was `projection` itself.
const OLD_LAYOUT: &str = "projection.old";

/// The generations in a directory. Cheap to clone; the directory is locked for as long as one of them lives.
#[derive(Clone, Debug)]
pub struct Generations(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    disk: Disk,
    _lock: Lock,
}

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GenerationsError {
    /// The file system refuses.
    #[error("{operation} {}", path.display())]
    Directory {
        /// Such as `make`.
        operation: &'static str,
        /// Which file or directory.
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
    /// The device refuses, which a rebuild would not help.
    #[error(transparent)]
    Store(#[from] OpenError),
}

impl GenerationsError {
    /// Whether there is too little room on the disk.
    pub fn is_out_of_space(&self) -> bool {
        match self {
            Self::Directory { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            Self::Store(error) => error.is_out_of_space(),
            Self::InUse { .. } => false,
        }
    }
}

impl Generations {
    /// Takes the directory, which is made where it is missing, and deletes what an earlier run left behind.
    ///
    /// # Errors
    /// [`GenerationsError::InUse`] if another process has it.
    pub fn open(dir: &Path) -> Result<Self, GenerationsError> {
        Self::on(Disk::default(), dir)
    }

    fn on(disk: Disk, dir: &Path) -> Result<Self, GenerationsError> {
        disk.make(dir)?;
        let lock = Lock::take(&dir.join(LOCK), dir)?;
        let generations = Self(Arc::new(Inner { dir: dir.to_owned(), disk, _lock: lock }));
        generations.settle_old_layout()?;
        generations.disk().make(&generations.path(""))?;
        generations.sweep()?;
        Ok(generations)
    }

    /// The generation that answers, if there is one. A file that names none is as good as no file: the log has everything.
    pub fn current(&self) -> Option<Generation> {
        self.named(CURRENT)
    }

    /// The replaced generation that is kept, if there is one.
    pub fn kept(&self) -> Option<Generation> {
        self.named(KEPT)
    }

    /// Where a generation lies.
    pub fn directory(&self, generation: &Generation) -> PathBuf {
        self.path(&generation.to_string())
    }

    /// Begins a new generation, of this Davy's fold. It is deleted at the next start unless [`Generations::make_current`] names it.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn begin(&self) -> Result<Generation, GenerationsError> {
        let known = self.entries()?.into_iter().filter_map(|name| Generation::of_entry(&name));
        let last = known.chain(self.current()).chain(self.kept()).map(|it| it.number()).max();
        let next = Generation::ours(last.unwrap_or(0).saturating_add(1));
        self.disk().write(&self.building(&next), "")?;
        Ok(next)
    }

    /// Whether a generation has not reached the end of the log yet since it was begun.
    pub fn is_building(&self, generation: &Generation) -> bool {
        self.building(generation).exists()
    }

    /// Notes that a generation has reached the end of the log.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn finish(&self, generation: &Generation) -> Result<(), GenerationsError> {
        self.disk().remove_file(&self.building(generation))
    }

    /// Answers from a generation from the next start on. `keep` is one that it replaces and that is not deleted; the one kept
    /// before is deleted at the next start. With `None` what is kept stays.
    ///
    /// # Errors
    /// If the file system refuses; the former one is still named then.
    pub fn make_current(
        &self,
        generation: &Generation,
        keep: Option<&Generation>,
    ) -> Result<(), GenerationsError> {
        if let Some(keep) = keep {
            self.disk().replace(&self.path(KEPT), &keep.to_string())?;
        }
        self.disk().replace(&self.path(CURRENT), &generation.to_string())
    }

    /// Notes that a generation is not to be opened again.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn suspect(&self, generation: &Generation) -> Result<(), GenerationsError> {
        self.disk().write(&self.marker(generation), "")
    }

    /// Opens the store of a generation in a thread that may panic or hang, and reads from it what `read` wants. The outer
    /// error is for a person, the inner one calls for another generation. Blocks for as long as that takes, 2 minutes at most.
    ///
    /// # Errors
    /// If another process has the store open, or the device refuses.
    pub fn open_store<T: Send + 'static>(
        &self,
        generation: &Generation,
        options: Options,
        read: impl FnOnce(Arc<SledStore>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Result<T, Unusable>, GenerationsError> {
        let marker = self.marker(generation);
        if marker.exists() {
            return Ok(Err(Unusable::Suspect));
        }
        self.disk().write(&marker, "")?;
        let opened = guard::in_thread(self.directory(generation), options, read);
        match opened {
            // Whoever hangs in there still has it.
            Err(Refusal::Unusable(unusable @ Unusable::Slow)) => Ok(Err(unusable)),
            other => {
                self.disk().remove_file(&marker)?;
                match other {
                    Ok(read) => Ok(Ok(read)),
                    Err(Refusal::Unusable(unusable)) => Ok(Err(unusable)),
                    Err(Refusal::Device(error)) => Err(error.into()),
                }
            }
        }
    }

    /// Deletes a generation. Its store must not be open.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn remove(&self, generation: &Generation) -> Result<(), GenerationsError> {
        self.disk().remove_dir(&self.directory(generation))?;
        self.disk().remove_file(&self.building(generation))?;
        self.disk().remove_file(&self.marker(generation))
    }

    /// Bytes of a generation on the disk; 0 where that cannot be told.
    pub fn size(&self, generation: &Generation) -> u64 {
        disk::size(&self.directory(generation))
    }

    /// Deletes what neither file names.
    fn sweep(&self) -> Result<(), GenerationsError> {
        let (current, kept) = (self.current(), self.kept());
        for name in self.entries()? {
            let generation = Generation::of_entry(&name);
            let named = generation.is_some() && (generation == current || generation == kept);
            if !named && ![CURRENT, KEPT].contains(&name.as_str()) {
                self.disk().remove_any(&self.path(&name))?;
            }
        }
        if current.is_some() {
            self.disk().remove_any(&self.0.dir.join(OLD_LAYOUT))?;
        }
        Ok(())
    }

    /// Moves a store aside whose directory is `projection` itself. Its records are of another version; it is deleted at the
    /// start after this one.
    fn settle_old_layout(&self) -> Result<(), GenerationsError> {
        let (old, aside) = (self.path(""), self.0.dir.join(OLD_LAYOUT));
        if !old.join("conf").is_file() && !old.join("db").is_file() {
            return Ok(());
        }
        self.disk().remove_any(&aside)?;
        self.disk().rename(&old, &aside)?;
        tracing::warn!(moved_to = %aside.display(), "the projection is of an older layout and is rebuilt from the log");
        Ok(())
    }

    fn named(&self, file: &str) -> Option<Generation> {
        let text = std::fs::read_to_string(self.path(file)).ok()?;
        Generation::parse(text.trim())
    }

    fn entries(&self) -> Result<Vec<String>, GenerationsError> {
        self.disk().list(&self.path(""))
    }

    fn building(&self, generation: &Generation) -> PathBuf {
        self.path(&format!("{generation}.building"))
    }

    fn marker(&self, generation: &Generation) -> PathBuf {
        self.path(&format!("{generation}.suspect"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.dir.join(PROJECTION).join(name)
    }

    fn disk(&self) -> &Disk {
        &self.0.disk
    }
}
