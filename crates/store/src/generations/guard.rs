//! Opening a store that may be damaged: sled may panic or hang then. It is done in a thread that can be left behind.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use engine::StoreError;

use crate::{OpenError, Options, SledStore};

/// A store of many gigabytes opens within seconds; one that takes longer is damaged.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Why a generation cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// An earlier process ended while it opened the store, or found it damaged.
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

pub(super) enum Refusal {
    /// Another generation helps.
    Unusable(Unusable),
    /// It would not help.
    Device(OpenError),
}

pub(super) fn in_thread<T: Send + 'static>(
    path: PathBuf,
    options: Options,
    read: impl FnOnce(Arc<SledStore>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Refusal> {
    let (done, outcome) = mpsc::channel();
    let opening = move || {
        let open = || {
            let store = SledStore::open(&path, options).map_err(refusal)?;
            read(Arc::new(store)).map_err(|error| Refusal::Unusable(Unusable::Records(error)))
        };
        let opened = catch_unwind(AssertUnwindSafe(open));
        // Nobody listens any more after the time limit.
        done.send(opened.unwrap_or(Err(Refusal::Unusable(Unusable::Panicked)))).ok();
    };
    let thread = thread::Builder::new().name("davy-open".to_owned()).spawn(opening);
    thread.map_err(|_| Refusal::Unusable(Unusable::Panicked))?;
    outcome.recv_timeout(TIME_LIMIT).map_err(|_| Refusal::Unusable(Unusable::Slow))?
}

fn refusal(error: OpenError) -> Refusal {
    if error.is_of_the_device() { Refusal::Device(error) } else { Refusal::Unusable(Unusable::Store(error)) }
}
