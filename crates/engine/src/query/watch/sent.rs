//! Which rows a watch has sent, so that whoever watches a few rows is not told of every other one that it is not among them.

use std::{collections::HashSet, hash::Hash};

/// Keys kept at most: what a table of 2,048 places holds, some 50 KB.
const KEPT: usize = if cfg!(test) { 4 } else { 1_792 };

/// The rows that the watcher holds, or may hold.
#[derive(Debug)]
pub(super) enum Sent<K> {
    These(HashSet<K>),
    /// There are too many, or they were sent by a watch before this one.
    Any,
}

impl<K: Eq + Hash> Sent<K> {
    pub(super) fn nothing() -> Self {
        Self::These(HashSet::new())
    }

    pub(super) fn send(&mut self, key: K) {
        let Self::These(keys) = self else { return };
        keys.insert(key);
        if keys.len() > KEPT {
            *self = Self::Any;
        }
    }

    /// Whether the watcher may hold the row, which it does not from now on.
    pub(super) fn take(&mut self, key: &K) -> bool {
        match self {
            Self::These(keys) => keys.remove(key),
            Self::Any => true,
        }
    }
}
