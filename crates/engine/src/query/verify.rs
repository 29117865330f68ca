//! Whether the store holds what the log says about a customer: their messages are folded anew, from the log alone, and
//! every record, row, reference and count that should follow is compared with the one that is there.
//!
//! Deliberately absent: reading the log, which is the caller's: it asks which messages the store knows of
//! ([`Reader::held`]), reads those and whatever else bears the customer's token, and hands all of them over.

mod compare;
mod model;

use std::collections::BTreeSet;

use domain::{Arrival, EventKey, IssueId, LeafId, Position, limits};

use super::{
    Answer, QueryError, Reader,
    refs::Refs,
    rows::of_customers,
    timeline::{TimelineOrder, own_key},
};
use crate::View;
use compare::Comparison;
use model::Model;

/// Something that the store and the log tell differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Such as `issue 03ef809f-... owner`.
    pub what: String,
    /// In the store; empty where it is missing there.
    pub stored: String,
    /// By the log; empty where it is missing there.
    pub folded: String,
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// At most [`limits::DIFFERENCES`].
    pub differences: Vec<Difference>,
    /// Issues compared.
    pub issues: usize,
    /// Events compared.
    pub events: usize,
}

impl Reader {
    /// Where the messages stand that the store knows of a customer: of the events in their timeline, of those that name no
    /// issue, and of every issue that is or was theirs, `also` these.
    ///
    /// # Errors
    /// If they are more than [`limits::VERIFIED_EVENTS`], while the log is being folded, or if the store cannot be read.
    pub fn held(
        &self,
        customer: LeafId,
        also: &BTreeSet<IssueId>,
    ) -> Result<Answer<BTreeSet<Position>>, QueryError> {
        self.view(|view| {
            let mut held = BTreeSet::new();
            let mut refs = Refs::new(view, customer, TimelineOrder::OldestFirst, None)?;
            while let Some(reference) = refs.next()? {
                held.insert(reference.position);
                check(held.len())?;
            }
            let issues = issues_of(view, customer, also)?.into_iter().map(EventKey::Issue);
            for key in issues.chain([own_key(customer)]) {
                held.extend(view.events(key)?.iter().map(|event| event.position));
                check(held.len())?;
            }
            Ok(Answer { value: held, position: view.position() })
        })
    }

    /// Compares what the store holds of a customer with what these messages say. Those that are not folded yet, and those
    /// that are quarantined, are left out. The store is read in one go, so that no batch comes between.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn verify(&self, customer: LeafId, messages: &[Arrival]) -> Result<Answer<Verified>, QueryError> {
        self.view(|view| {
            let model = Model::of(view, customer, messages)?;
            let mut comparison = Comparison::new(view, customer);
            let named = model.issues().collect();
            for id in issues_of(view, customer, &named)? {
                comparison.issue(id, &model)?;
            }
            comparison.own(model.events(own_key(customer)))?;
            comparison.customer()?;
            Ok(Answer { value: comparison.verified(), position: view.position() })
        })
    }
}

/// Every issue of which some event names the customer, by the store or by `also`, and those that it was ever one with.
fn issues_of(
    view: &View<'_>,
    customer: LeafId,
    also: &BTreeSet<IssueId>,
) -> Result<BTreeSet<IssueId>, QueryError> {
    let known = of_customers(view, &[customer], limits::VERIFIED_EVENTS)?;
    let mut issues: BTreeSet<_> =
        known.ok_or_else(|| too_many(limits::VERIFIED_EVENTS + 1))?.into_iter().collect();
    issues.extend(also);
    let mut kin = BTreeSet::new();
    for id in &issues {
        kin.extend(view.tied(*id)?);
    }
    issues.extend(kin);
    Ok(issues)
}

const fn check(found: usize) -> Result<(), QueryError> {
    if found <= limits::VERIFIED_EVENTS { Ok(()) } else { Err(too_many(found)) }
}

/// There is no way to ask for less of a customer.
const fn too_many(found: usize) -> QueryError {
    let instead = "rebuild the projection instead, which compares everything";
    QueryError::TooMany { found, what: "events", limit: limits::VERIFIED_EVENTS, instead }
}
