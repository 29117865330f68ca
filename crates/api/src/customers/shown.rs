//! Customers as answers show them.

use domain::{CustomerId, LeafId, identity::Tie};
use engine::query::WholeCustomer;
use proto::v1;
use wire::proto::NamedLeaf;

/// A customer with all of their leaves.
pub(super) fn customer(whole: &WholeCustomer) -> v1::Customer {
    let WholeCustomer { id: _, leaves, connected } = whole;
    let first = leaves.first();
    let leaf = first.and_then(|record| record.leaf.as_ref());
    let raw = first.and_then(|record| record.raw.as_deref());
    let mut shown = wire::proto::customer(leaf, raw, whole.counts());
    let named: Vec<NamedLeaf> =
        leaves.iter().filter_map(|record| Some((record.leaf.clone()?, record.raw.clone()))).collect();
    shown.leaves = named.iter().map(wire::proto::leaf).collect();
    shown.profile = first.and_then(|record| wire::proto::profile(&record.profile));
    if let Some(profile) = shown.profile.as_ref().filter(|profile| !profile.name.is_empty()) {
        shown.display_name.clone_from(&profile.name);
    }
    let mut contracts: Vec<_> =
        leaves.iter().flat_map(|record| &record.profile.contracts).map(|kept| &kept.value).collect();
    contracts.sort_by_key(|contract| contract.ends_on);
    shown.contracts = contracts.into_iter().map(wire::proto::contract).collect();
    let mut ties: Vec<&Tie> =
        connected.iter().flat_map(|connected| connected.joined_by()).map(|(_, tie)| tie).collect();
    ties.sort_by(|one, other| one.moment.cmp(&other.moment));
    shown.ties = ties.into_iter().map(|tie| between(tie, &named)).collect();
    shown
}

/// An assertion or a merge between some of these leaves.
fn between(tie: &Tie, named: &[NamedLeaf]) -> v1::CustomerTie {
    let find = |id: CustomerId| named.iter().find(|(leaf, _)| leaf.id() == id);
    let about = find(tie.home).map(|(leaf, _)| leaf);
    wire::proto::tie(tie, [find(tie.from), find(tie.to)], about)
}

/// The id that was asked for, where the customer goes by another one.
pub(super) fn redirected_from(asked: LeafId, found: LeafId) -> String {
    match asked {
        Some(asked) if found != Some(asked) => asked.to_string(),
        Some(_) | None => String::new(),
    }
}
