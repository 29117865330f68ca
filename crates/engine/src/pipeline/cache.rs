//! What the fold thread has at hand, in two generations: the longest unused go once both are full. An entry that changed
//! stays until its batch is in the store.

use std::{
    collections::{HashMap, hash_map},
    hash::Hash,
};

/// A value and the batch that last changed it.
#[derive(Debug)]
struct Slot<V> {
    value: V,
    /// The batch that changed it last; 0 for none.
    changed_in: u64,
}

#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    /// In boxes, as values are large and maps move them.
    young: HashMap<K, Box<Slot<V>>>,
    old: HashMap<K, Box<Slot<V>>>,
    /// Keys changed in the present batch, in the order of their first change.
    changed: Vec<K>,
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), changed: Vec::new() }
    }
}

impl<K: Eq + Hash + Copy, V> Cache<K, V> {
    /// The entry, loaded if it is not at hand.
    pub(crate) fn open<E>(&mut self, key: K, load: impl FnOnce() -> Result<V, E>) -> Result<&mut V, E> {
        let slot = match self.young.entry(key) {
            hash_map::Entry::Occupied(known) => known.into_mut(),
            hash_map::Entry::Vacant(place) => place.insert(match self.old.remove(&key) {
                Some(slot) => slot,
                None => Box::new(Slot { value: load()?, changed_in: 0 }),
            }),
        };
        Ok(&mut slot.value)
    }

    /// The entry, if it was opened a moment ago.
    pub(crate) fn peek_mut(&mut self, key: K) -> Option<&mut V> {
        self.young.get_mut(&key).map(|slot| &mut slot.value)
    }

    /// Notes that the open entry `key` changed in `batch`.
    pub(crate) fn touch(&mut self, key: K, batch: u64) {
        if let Some(slot) = self.young.get_mut(&key)
            && slot.changed_in != batch
        {
            slot.changed_in = batch;
            self.changed.push(key);
        }
    }

    /// How many entries changed in the present batch.
    pub(crate) const fn changes(&self) -> usize {
        self.changed.len()
    }

    /// Hands every entry that changed in the present batch to `visit`, and begins the next one.
    pub(crate) fn drain_changed(&mut self, mut visit: impl FnMut(K, &mut V)) {
        for key in std::mem::take(&mut self.changed) {
            let slot = self.young.get_mut(&key).or_else(|| self.old.get_mut(&key));
            if let Some(slot) = slot {
                visit(key, &mut slot.value);
            }
        }
    }

    /// Lets the longest unused entries go, if there are more than `limit`. Called once a batch, after
    /// [`Cache::drain_changed`]: what changed in the batch is kept until the next call, and by then it is in the store.
    pub(crate) fn trim(&mut self, limit: usize) {
        if self.young.len() >= limit {
            // The emptied map keeps its room, so that it need not grow again.
            std::mem::swap(&mut self.old, &mut self.young);
            self.young.clear();
        }
    }
}
