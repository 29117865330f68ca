//! The counts that the fold thread keeps: customers and departments.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AsReported, CustomerId, Department, LeafId, Position, identity::Profile};

use super::{cache::Cache, rows::Sketch};
use crate::{Change, CustomerRecord, DepartmentRecord, Row, Store, StoreError};

/// Customers and departments that are at hand.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    customers: Cache<LeafId, OpenCustomer>,
    departments: BTreeMap<Department, DepartmentRecord>,
    changed_departments: BTreeSet<Department>,
}

#[derive(Debug)]
struct OpenCustomer {
    record: CustomerRecord,
    /// Not in the index of customers yet.
    is_new: bool,
    /// Whether an index says that something of the leaf's own may begin the customer's clock.
    begins: bool,
}

impl OpenCustomer {
    /// As the store has it.
    const fn of(record: CustomerRecord, is_new: bool) -> Self {
        let begins = record.profile.contacts.begins();
        Self { record, is_new, begins }
    }

    /// Notes in the index whether anything begins their clock, where that is news.
    fn list_contacts(&mut self, id: LeafId) -> Option<Change> {
        let begins = self.record.profile.contacts.begins();
        let is_news = std::mem::replace(&mut self.begins, begins) != begins;
        let row = Row::Contact { customer: id.filter(|_| is_news)?, before: i64::MAX, issue: None };
        Some(if begins { Change::Put(row) } else { Change::Remove(row) })
    }
}

/// Counts up or down.
#[derive(Clone, Copy, Debug)]
enum By {
    One,
    MinusOne,
}

impl By {
    const fn change(self, count: &mut u32, counts: bool) {
        if counts {
            *count = match self {
                Self::One => count.saturating_add(1),
                Self::MinusOne => count.saturating_sub(1),
            };
        }
    }
}

impl Tally {
    pub(crate) fn load(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self { departments: store.departments()?.into_iter().collect(), ..Self::default() })
    }

    /// Notes that a department exists.
    pub(crate) fn see_department(&mut self, department: &Department) {
        if !self.departments.contains_key(department) {
            self.departments.insert(department.clone(), DepartmentRecord::default());
            self.changed_departments.insert(department.clone());
        }
    }

    /// Notes that a customer exists, whose leaf is `id`: the message at this position names them.
    pub(crate) fn see_customer(
        &mut self,
        store: &dyn Store,
        id: LeafId,
        named: Option<&AsReported>,
        (at, batch): (Position, u64),
    ) -> Result<(), StoreError> {
        let customer = self.customers.open(id, || {
            let known = store.customer(id)?;
            let is_new = known.is_none();
            let record =
                known.unwrap_or_else(|| CustomerRecord::new(named.map(|customer| customer.leaf.clone()), at));
            Ok::<_, StoreError>(OpenCustomer::of(record, is_new))
        })?;
        let raw = named.and_then(|customer| customer.raw.as_ref());
        let learns = customer.record.raw.is_none() && raw.is_some();
        if learns {
            customer.record.raw = raw.cloned();
        }
        if customer.is_new || learns {
            self.customers.touch(id, batch);
        }
        Ok(())
    }

    /// Changes what is known of a customer who was seen by the same event; `change` tells whether it did.
    pub(crate) fn change_profile(
        &mut self,
        id: CustomerId,
        batch: u64,
        change: impl FnOnce(&mut Profile) -> bool,
    ) {
        let changed = self.customers.peek_mut(Some(id)).is_some_and(|open| change(&mut open.record.profile));
        if changed {
            self.customers.touch(Some(id), batch);
        }
    }

    /// What is known of a customer who was seen by the same event.
    pub(crate) fn profile(&mut self, id: CustomerId) -> Option<&Profile> {
        self.customers.peek_mut(Some(id)).map(|open| &open.record.profile)
    }

    /// Counts an issue as it is now instead of as it was.
    pub(crate) fn recount(
        &mut self,
        store: &dyn Store,
        was: Option<&Sketch>,
        is: Option<&Sketch>,
        batch: u64,
    ) -> Result<(), StoreError> {
        for (sketch, by) in was.map(|was| (was, By::MinusOne)).into_iter().chain(is.map(|is| (is, By::One))) {
            self.count_customer(store, sketch, by, batch)?;
            self.count_department(sketch, by);
        }
        Ok(())
    }

    fn count_customer(
        &mut self,
        store: &dyn Store,
        sketch: &Sketch,
        by: By,
        batch: u64,
    ) -> Result<(), StoreError> {
        let id = sketch.customer;
        let open = self.customers.open(id, || {
            // Whose issue it is was seen before.
            let nobody = CustomerRecord::new(None, Position::START);
            let known = store.customer(id)?;
            let is_new = known.is_none();
            Ok::<_, StoreError>(OpenCustomer::of(known.unwrap_or(nobody), is_new))
        })?;
        let CustomerRecord { issues, open, unacknowledged, .. } = &mut open.record;
        by.change(issues, true);
        by.change(open, sketch.open);
        by.change(unacknowledged, sketch.unacknowledged);
        self.customers.touch(id, batch);
        Ok(())
    }

    fn count_department(&mut self, sketch: &Sketch, by: By) {
        self.see_department(&sketch.department);
        if !sketch.unacknowledged {
            return;
        }
        if let Some(record) = self.departments.get_mut(&sketch.department)
            && let Some(count) = record.unacknowledged.get_mut(sketch.severity)
        {
            by.change(count, true);
            self.changed_departments.insert(sketch.department.clone());
        }
    }

    /// What is not in a batch yet, and how many customers are new in it.
    pub(crate) fn drain(&mut self, changes: &mut Vec<Change>) -> u64 {
        let mut new_customers = 0;
        self.customers.drain_changed(|id, customer| {
            if std::mem::take(&mut customer.is_new) {
                new_customers += u64::from(id.is_some());
                let token = customer.record.leaf.as_ref().map_or_else(|| "_".to_owned(), ToString::to_string);
                changes.push(Change::Put(Row::Customer { token, customer: id }));
                changes.extend(same_id(id, &customer.record).map(Change::Put));
            }
            changes.extend(customer.list_contacts(id));
            changes.push(Change::Customer(id, Box::new(customer.record.clone())));
        });
        for department in std::mem::take(&mut self.changed_departments) {
            let record = self.departments.get(&department).cloned().unwrap_or_default();
            changes.push(Change::Department(department, record));
        }
        new_customers
    }

    pub(crate) fn trim(&mut self, limit: usize) {
        self.customers.trim(limit);
    }
}

/// Where a customer is found whose id is hashed: others of the same id may be the same one.
fn same_id(id: LeafId, record: &CustomerRecord) -> Option<Row> {
    let encoded = record.leaf.as_ref()?.encoded();
    encoded.starts_with('~').then_some(Row::SameId { encoded: encoded.to_owned(), customer: id? })
}
