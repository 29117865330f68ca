//! The stores of this process: opening the one that answers, beginning another, and getting rid of those that are replaced.
//!
//! Nothing is lost by deleting a store: the log is the truth. Deliberately absent: when one is replaced (`supervise`), and
//! the names on the disk (`store::Generations`).

mod dispose;
mod nothing;
#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use engine::{Projection, StoreError};
use store::{Generation, Generations, GenerationsError, OpenError, Options, SledStore, Unusable};

use crate::codec::CODEC;
use nothing::Nothing;

/// Where stores are opened.
#[derive(Clone, Debug)]
pub(crate) struct Stores {
    pub(crate) generations: Generations,
    options: Options,
}

/// An open store.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) generation: Generation,
    pub(crate) store: Arc<SledStore>,
}

/// What is answered from at first.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) stores: Stores,
    pub(crate) projection: Arc<Projection>,
    /// `None` where there is no room for a store.
    pub(crate) held: Option<Held>,
}

/// Why there is no projection.
#[derive(Debug, thiserror::Error)]
pub enum OpenProjectionError {
    /// The directory cannot be used.
    #[error(transparent)]
    Directory(#[from] GenerationsError),
    /// A fresh store cannot be read either.
    #[error("open a fresh projection; is the disk failing?")]
    Fresh(#[source] Unusable),
}

impl OpenProjectionError {
    /// Whether another process, or a thread of one that crashed, has the store.
    pub const fn is_in_use(&self) -> bool {
        matches!(
            self,
            Self::Directory(
                GenerationsError::InUse { .. } | GenerationsError::Store(OpenError::InUse { .. })
            )
        )
    }
}

/// Opens the projection under `dir`, or a fresh one where the one that is there is of no use. Blocks.
pub(crate) fn open(dir: &Path, options: Options) -> Result<Opened, OpenProjectionError> {
    let stores = Stores { generations: Generations::open(dir)?, options };
    match stores.open_current() {
        Ok((held, projection)) => Ok(Opened { stores, projection: Arc::new(projection), held: Some(held) }),
        Err(OpenProjectionError::Directory(error)) if error.is_out_of_space() => {
            tracing::error!(error = %crate::chain(&error), "there is no room to open the projection");
            let projection =
                nothing().map_err(|error| OpenProjectionError::Fresh(Unusable::Records(error)))?;
            Ok(Opened { stores, projection: Arc::new(projection), held: None })
        }
        Err(error) => Err(error),
    }
}

/// Answers for no store.
pub(crate) fn nothing() -> Result<Projection, StoreError> {
    let projection = Projection::open(Arc::new(Nothing), Arc::new(CODEC), "none")?;
    projection.set_unfinished();
    Ok(projection)
}

impl Stores {
    fn open_current(&self) -> Result<(Held, Projection), OpenProjectionError> {
        let Some(current) = self.generations.current() else { return self.first() };
        let unusable = match self.open(&current)? {
            Ok(opened) => return Ok(opened),
            Err(unusable) => unusable,
        };
        let (held, projection) = self.fresh()?;
        // Another version's records may hold what the log has lost, and an older Davy could read them.
        let keep = matches!(unusable, Unusable::Store(OpenError::OtherVersion { .. })).then_some(&current);
        self.generations.make_current(&held.generation, keep)?;
        tracing::warn!(
            reason = %unusable,
            generation = %held.generation,
            kept = keep.map(|kept| self.generations.directory(kept).display().to_string()),
            "the projection is rebuilt from the log"
        );
        if keep.is_none() && !matches!(unusable, Unusable::Slow) {
            self.generations.remove(&current)?;
        }
        Ok((held, projection))
    }

    fn first(&self) -> Result<(Held, Projection), OpenProjectionError> {
        let (held, projection) = self.fresh()?;
        self.generations.make_current(&held.generation, None)?;
        Ok((held, projection))
    }

    /// Begins a generation. It answers nothing before it has reached the end of the log. Blocks.
    pub(crate) fn fresh(&self) -> Result<(Held, Projection), OpenProjectionError> {
        let generation = self.generations.begin()?;
        self.open(&generation)?.map_err(OpenProjectionError::Fresh)
    }

    fn open(
        &self,
        generation: &Generation,
    ) -> Result<Result<(Held, Projection), Unusable>, GenerationsError> {
        let name = generation.to_string();
        let read = move |store: Arc<SledStore>| {
            let projection = Projection::open(Arc::clone(&store) as _, Arc::new(CODEC), &name)?;
            Ok((store, projection))
        };
        let opened = self.generations.open_store(generation, self.options, read)?;
        Ok(opened.map(|(store, projection)| {
            if self.generations.is_building(generation) {
                projection.set_unfinished();
            }
            (Held { generation: generation.clone(), store }, projection)
        }))
    }

    /// Closes a store in a thread of its own, as sled may hang, and deletes it. What is left is deleted at the next start.
    pub(crate) fn dispose(&self, held: Held) {
        dispose::delete(self.generations.clone(), held);
    }

    /// Closes a store in a thread of its own, and leaves it on the disk.
    pub(crate) fn close(held: Held) {
        dispose::close(held);
    }
}
