//! Lists that took long to make, kept for the pages after the first.
//!
//! They can be made again from what a page token holds, so losing one costs time and nothing else.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

/// How long a list is kept, in seconds.
const KEEP_SECONDS: i64 = 60;
/// Lists kept.
const LISTS: usize = 16;
/// Rows kept over all lists: about 40 bytes each.
const ROWS: usize = 400_000;

/// How much of the cache a list takes.
pub(super) trait Rows {
    /// How many rows.
    fn rows(&self) -> usize;
}

struct Kept<K, V> {
    key: K,
    made_at: Timestamp,
    list: Arc<V>,
}

/// Lists by what was asked.
pub(super) struct Cache<K, V> {
    kept: Mutex<VecDeque<Kept<K, V>>>,
    /// Held while a list is made, so that many who ask at once make one after the other, and equal ones once.
    making: Mutex<()>,
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self { kept: Mutex::default(), making: Mutex::default() }
    }
}

impl<K: PartialEq, V: Rows> Cache<K, V> {
    /// The list, made where it is not there.
    pub(super) fn get<E>(
        &self,
        key: K,
        now: Timestamp,
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        if let Some(list) = self.find(&key, now) {
            return Ok(list);
        }
        let _one_at_a_time = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = self.find(&key, now) {
            return Ok(list);
        }
        let list = Arc::new(make()?);
        self.keep(Kept { key, made_at: now, list: Arc::clone(&list) });
        Ok(list)
    }

    fn find(&self, key: &K, now: Timestamp) -> Option<Arc<V>> {
        let mut kept = self.lock();
        kept.retain(|list| now.duration_since(list.made_at).as_secs().abs() <= KEEP_SECONDS);
        kept.iter().find(|list| list.key == *key).map(|list| Arc::clone(&list.list))
    }

    fn keep(&self, list: Kept<K, V>) {
        let mut kept = self.lock();
        kept.push_back(list);
        while kept.len() > 1
            && (kept.len() > LISTS || kept.iter().map(|list| list.list.rows()).sum::<usize>() > ROWS)
        {
            kept.pop_front();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Kept<K, V>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
