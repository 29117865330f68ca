//! Customers.

use domain::{AsReported, Leaf};
use proto::v1;

use super::count;
use crate::{TokenError, token};

/// What stands where no customer is known.
const NOBODY: &str = "_";

/// A customer by the leaf that they go by, and how many issues they have, how many of them open, how many unacknowledged.
pub fn customer(
    leaf: Option<&Leaf>,
    raw: Option<&str>,
    [issues, open, unacknowledged]: [u32; 3],
) -> v1::Customer {
    let id = leaf.map(|leaf| raw.map_or_else(|| leaf.decoded(), ToOwned::to_owned));
    v1::Customer {
        id: leaf.map(|leaf| leaf.id().to_string()).unwrap_or_default(),
        display_name: id.clone().unwrap_or_else(|| NOBODY.to_owned()),
        leaves: leaf
            .zip(id)
            .map(|(leaf, id)| v1::Reference { system: leaf.system().to_owned(), id })
            .into_iter()
            .collect(),
        token: leaf.map_or_else(|| NOBODY.to_owned(), ToString::to_string),
        open_issues: count(open),
        unacknowledged_issues: count(unacknowledged),
        issues: count(issues),
        ..v1::Customer::default()
    }
}

/// The leaf of a token in a request, such as `crm:4711`; `None` if it is malformed. Personal ids are read as their hash,
/// as in subjects.
pub fn customer_leaf(text: &str) -> Option<Leaf> {
    token::read(text).map(|read| read.leaf)
}

/// The leaf of an id as its system writes it, and the id where the leaf holds only its hash.
///
/// # Errors
/// If the system is no slug or the id is empty.
pub fn named_leaf(system: &str, id: &str) -> Result<AsReported, TokenError> {
    let leaf = token::leaf(system, id)?;
    let raw = (leaf.decoded() != id).then(|| id.to_owned());
    Ok(AsReported { leaf, raw })
}
