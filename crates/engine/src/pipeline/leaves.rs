//! The ids of customers, as the fold thread asks for them: each is a SHA-1 of its leaf, and one event asks for the same
//! one again and again.

use domain::{AsReported, CustomerId, Leaf, LeafId};

/// The id that was asked for last.
#[derive(Debug, Default)]
pub(crate) struct Leaves(Option<(Leaf, CustomerId)>);

impl Leaves {
    /// The id of a customer; `None` for what names none.
    pub(crate) fn id(&mut self, customer: Option<&AsReported>) -> LeafId {
        let leaf = &customer?.leaf;
        match &self.0 {
            Some((known, id)) if known == leaf => Some(*id),
            Some(_) | None => {
                let id = leaf.id();
                self.0 = Some((leaf.clone(), id));
                Some(id)
            }
        }
    }
}
