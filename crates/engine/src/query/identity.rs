//! Which leaves are one customer, and by what name they go: worked out from the edges at a reader's leaves, as of any
//! instant and position.

use std::collections::BTreeSet;

use domain::{
    AsReported, CustomerId, LeafId, Position,
    identity::{Connected, Then},
    limits,
};

use super::{Answer, QueryError, ReadAt, Reader, past::Past};
use crate::{CustomerRecord, Store, StoreError, View};

/// A customer who goes by another leaf than the one that was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    /// The id of the leaf by which they go.
    pub id: CustomerId,
    /// That leaf.
    pub named: AsReported,
}

/// A customer who was asked for by one of their leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeCustomer {
    /// The id of the leaf by which they go; `None` for what names no customer.
    pub id: LeafId,
    /// Their leaves; the one by which they go is first. A leaf that only a merge names by its id has no record.
    pub leaves: Vec<CustomerRecord>,
    /// How the leaves hang together; absent for what names no customer.
    pub connected: Option<Connected>,
}

impl WholeCustomer {
    /// Issues, open ones, unacknowledged ones.
    pub fn counts(&self) -> [u32; 3] {
        self.leaves.iter().fold([0; 3], |[issues, open, unacknowledged], leaf| {
            [
                issues.saturating_add(leaf.issues),
                open.saturating_add(leaf.open),
                unacknowledged.saturating_add(leaf.unacknowledged),
            ]
        })
    }
}

impl Past {
    pub(super) const fn then(&self) -> Then {
        Then { as_of: self.as_of, known_at: Some(self.position) }
    }
}

/// The customer of a leaf.
pub(crate) fn connected(store: &dyn Store, leaf: CustomerId, then: Then) -> Result<Connected, StoreError> {
    Connected::of(leaf, then, |leaf| store.edges(leaf, limits::LEAF_EDGES))
}

impl View<'_> {
    /// The customer of a leaf.
    pub(crate) fn connected(&self, leaf: CustomerId, then: Then) -> Result<Connected, StoreError> {
        connected(self.store, leaf, then)
    }

    /// Every leaf of a leaf's customer, in the order of their ids.
    pub(super) fn leaves(&self, leaf: LeafId, then: Then) -> Result<Vec<LeafId>, StoreError> {
        let Some(id) = leaf else { return Ok(vec![None]) };
        Ok(self.connected(id, then)?.leaves().iter().copied().map(Some).collect())
    }

    /// The leaf by whose id a customer goes, and the records of all of them.
    fn records(
        &self,
        connected: &Connected,
        then: Then,
    ) -> Result<(CustomerId, Vec<(CustomerId, CustomerRecord)>), StoreError> {
        let mut records = Vec::new();
        for leaf in connected.leaves() {
            records.extend(self.store.customer(Some(*leaf))?.map(|record| (*leaf, record)));
        }
        let known = |record: &CustomerRecord| then.known_at.is_none_or(|at| record.first_position <= at);
        let seen = |leaf: CustomerId| -> Option<Position> {
            let (_, record) = records.iter().find(|(id, _)| *id == leaf)?;
            known(record).then_some(record.first_position)
        };
        Ok((connected.canonical(seen), records))
    }

    /// By what other leaf the customer of a leaf goes; `None` if by this one.
    pub(crate) fn canonical(&self, leaf: CustomerId, then: Then) -> Result<Option<Canonical>, StoreError> {
        let connected = self.connected(leaf, then)?;
        if connected.leaves().len() == 1 {
            return Ok(None);
        }
        let (id, records) = self.records(&connected, then)?;
        let other = records.into_iter().find(|(known, _)| *known == id && id != leaf);
        Ok(other.and_then(|(id, CustomerRecord { leaf, raw, .. })| {
            Some(Canonical { id, named: AsReported { leaf: leaf?, raw } })
        }))
    }

    /// A customer with all of their leaves; `None` if no event names the leaf.
    pub(super) fn whole_customer(&self, leaf: LeafId) -> Result<Option<WholeCustomer>, StoreError> {
        let Some(asked) = leaf else {
            let record = self.store.customer(None)?;
            let record = record.unwrap_or_else(|| CustomerRecord::new(None, Position::START));
            return Ok(Some(WholeCustomer { id: None, leaves: vec![record], connected: None }));
        };
        if self.store.customer(leaf)?.is_none() {
            return Ok(None);
        }
        let connected = self.connected(asked, Then::default())?;
        let (id, mut records) = self.records(&connected, Then::default())?;
        records.sort_by_key(|(leaf, record)| (*leaf != id, record.first_position));
        let leaves = records.into_iter().map(|(_, record)| record).collect();
        Ok(Some(WholeCustomer { id: Some(id), leaves, connected: Some(connected) }))
    }
}

impl Reader {
    /// The leaf by whose id the customer of a leaf goes. A leaf that nobody named goes by its own.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn canonical(&self, leaf: LeafId, read: ReadAt) -> Result<Answer<LeafId>, QueryError> {
        self.view(|view| {
            let past = Past::new(read, view.position());
            let other = leaf.map(|leaf| view.canonical(leaf, past.then())).transpose()?;
            let id = other.flatten().map(|other| other.id).or(leaf);
            Ok(Answer { value: id, position: past.position })
        })
    }

    /// Whether two leaves are one customer's, and what else is known of how the leaves of each hang together.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn connected(&self, leaf: CustomerId) -> Result<Answer<Connected>, QueryError> {
        self.view(|view| {
            let connected = view.connected(leaf, Then::default())?;
            Ok(Answer { value: connected, position: view.position() })
        })
    }
}

/// Leaves whose customer may change with these: every leaf that hangs together with one of them as things are.
pub(crate) fn affected(
    store: &dyn Store,
    ends: impl IntoIterator<Item = CustomerId>,
) -> Result<BTreeSet<CustomerId>, StoreError> {
    let mut all = BTreeSet::new();
    for end in ends {
        if !all.contains(&end) {
            all.extend(connected(store, end, Then::default())?.leaves().iter().copied());
        }
    }
    Ok(all)
}
