//! Customers: their counts, their profiles, and what may begin their clocks.

use std::collections::{BTreeMap, BTreeSet};

use domain::{CustomerId, Effect, EventKey, Issue, LeafId, Payload, Position, identity::Profile, replay_own};

use super::{Model, named_customers, rows, unacknowledged};
use crate::{CustomerRecord, Row, RowRange, Store};

impl Model {
    /// What a leaf's own events say that are not struck out.
    pub(super) fn profile(&self, customer: CustomerId) -> Profile {
        let mut own: Vec<_> =
            self.events.iter().filter(|event| event.key() == EventKey::Customer(customer)).collect();
        own.sort_by(|one, other| one.order().cmp(&other.order()));
        let mut profile = Profile::default();
        replay_own(own, |event, applied| {
            if !matches!(applied.effect, Effect::Retracted { .. }) {
                profile.hear(event);
            }
        });
        profile
    }
}

pub(super) fn assert_customers(store: &dyn Store, model: &Model, issues: &[Issue]) {
    let mut expected: BTreeMap<LeafId, CustomerRecord> = BTreeMap::new();
    for event in &model.events {
        let corrected = if let Payload::CustomerCorrected { to } = &event.payload { Some(to) } else { None };
        if let Payload::Customer(fact) = &event.payload {
            for leaf in event.customer.iter().chain(fact.named()).map(|named| named.leaf.clone()) {
                let id = Some(leaf.id());
                expected.entry(id).or_insert_with(|| CustomerRecord::new(Some(leaf), event.position));
            }
        }
        for named in [Some(event.customer.as_ref()), corrected.map(Some)].into_iter().flatten() {
            let leaf = named.map(|customer| customer.leaf.clone());
            let id = leaf.as_ref().map(domain::Leaf::id);
            // Messages come in the order of their positions, so the first one that names a customer is their first.
            expected.entry(id).or_insert_with(|| CustomerRecord::new(leaf, event.position));
            if let Some(name) = &event.issue {
                let found = rows(store, RowRange::OfCustomer { customer: id, after: None });
                for tied in model.tied(name.id) {
                    assert!(found.contains(&Row::OfCustomer { customer: id, id: tied }));
                }
            }
        }
    }
    for issue in issues {
        let record = expected.get_mut(&issue.customer_id()).unwrap();
        record.issues += 1;
        record.open += u32::from(issue.lifecycle().is_open());
        record.unacknowledged += u32::from(unacknowledged(issue));
    }
    // Who is without a customer for a moment only may leave an empty record behind.
    let nobody = expected.remove(&None);
    let found = store.customer(None).unwrap();
    let empty = CustomerRecord::new(None, Position::START);
    let counts = |record: &CustomerRecord| [record.issues, record.open, record.unacknowledged];
    assert_eq!(counts(found.as_ref().unwrap_or(&empty)), counts(nobody.as_ref().unwrap_or(&empty)));
    assert_eq!(named_customers(store).count(), expected.len());
    let mut contacts: BTreeSet<_> = issues.iter().filter_map(contact).collect();
    for (id, mut record) in expected {
        record.profile = id.map(|id| model.profile(id)).unwrap_or_default();
        let begins = id.filter(|_| record.profile.contacts.begins());
        contacts.extend(begins.map(|customer| Row::Contact { customer, before: i64::MAX, issue: None }));
        assert_eq!(store.customer(id).unwrap(), Some(record));
    }
    let found: BTreeSet<_> = rows(store, RowRange::Contacts { after: None }).into_iter().collect();
    assert_eq!(found, contacts);
}

/// The last conversation about an issue, in its customer's name.
fn contact(issue: &Issue) -> Option<Row> {
    let before = -issue.contact.as_ref()?.moment.time.as_microsecond();
    Some(Row::Contact { customer: issue.customer_id()?, before, issue: Some(issue.id) })
}
