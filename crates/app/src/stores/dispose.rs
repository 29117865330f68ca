//! Closing stores that are not answered from any more.

use std::{
    sync::{Arc, Weak},
    thread,
    time::Duration,
};

use store::{Generation, Generations, SledStore};

use super::Held;

/// How often it is looked whether the last query has let go.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often that is done: 10 s.
const LOOKS: u32 = 200;

/// Deletes a store when nobody reads it any more.
pub(super) fn delete(generations: Generations, held: Held) {
    let Held { generation, store } = held;
    in_thread(store, move |store| {
        if is_gone(store) && !removed(&generations, &generation) {
            tracing::warn!(%generation, "a replaced store was not deleted; it is at the next start");
        }
    });
}

/// Lets go of a store.
pub(super) fn close(held: Held) {
    in_thread(held.store, |_| {});
}

/// sled writes a last time when it is dropped, and waits for its threads, which in a damaged one may be for ever.
fn in_thread(store: Arc<SledStore>, then: impl FnOnce(&Weak<SledStore>) + Send + 'static) {
    let weak = Arc::downgrade(&store);
    let work = move || {
        drop(store);
        then(&weak);
    };
    // Without a thread it is dropped here and now.
    let _detached = thread::Builder::new().name("davy-dispose".to_owned()).spawn(work);
}

fn is_gone(store: &Weak<SledStore>) -> bool {
    (0..LOOKS).any(|_| {
        let gone = store.strong_count() == 0;
        if !gone {
            thread::sleep(LOOK_EVERY);
        }
        gone
    })
}

/// sled's threads may write a file while its directory is being deleted.
fn removed(generations: &Generations, generation: &Generation) -> bool {
    (0..5).any(|_| {
        let removed = generations.remove(generation).is_ok();
        if !removed {
            thread::sleep(LOOK_EVERY);
        }
        removed
    })
}
