//! Sets of leaves that grow by being joined, none beyond a size.

use std::collections::HashMap;

use crate::CustomerId;

/// What joining two leaves did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// They are in one set now.
    Now,
    /// They were before.
    Before,
    /// The set would be too large.
    TooLarge,
}

/// Every leaf is in one set, at first its own.
#[derive(Debug, Default)]
pub(super) struct Sets {
    above: HashMap<CustomerId, CustomerId>,
    sizes: HashMap<CustomerId, usize>,
}

impl Sets {
    /// What stands for the set of a leaf.
    pub(super) fn root(&self, leaf: CustomerId) -> CustomerId {
        let mut root = leaf;
        while let Some(above) = self.above.get(&root) {
            root = *above;
        }
        root
    }

    fn size(&self, root: CustomerId) -> usize {
        self.sizes.get(&root).copied().unwrap_or(1)
    }

    /// Joins the sets of two leaves, unless the result has more than `most` leaves.
    pub(super) fn join(&mut self, one: CustomerId, other: CustomerId, most: usize) -> Joined {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return Joined::Before;
        }
        let size = self.size(one) + self.size(other);
        if size > most {
            return Joined::TooLarge;
        }
        // The smaller hangs below, so that chains stay short.
        let (above, below) = if self.size(one) < self.size(other) { (other, one) } else { (one, other) };
        self.above.insert(below, above);
        self.sizes.insert(above, size);
        Joined::Now
    }
}
