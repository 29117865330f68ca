//! Who is seen in events: customers and departments, whatever becomes of the events.

use domain::{AsReported, Event, EventKey, IssueId, LeafId, Payload};

use super::{file::OpenFile, folder::Folder};
use crate::{Change, Row, StoreError};

impl Folder {
    /// Lists an issue under every customer that any of its events names: a query of the past may find it there.
    pub(super) fn list_under(&mut self, key: EventKey, id: IssueId, event: &Event) -> Result<(), StoreError> {
        let named = self.leaves.id(event.customer.as_ref());
        let corrected = if let Payload::CustomerCorrected { to } = &event.payload {
            Some(Some(to.leaf.id()))
        } else {
            None
        };
        self.list(key, id, [Some(named), corrected].into_iter().flatten())
    }

    /// Lists an issue under some customers.
    pub(super) fn list(
        &mut self,
        key: EventKey,
        id: IssueId,
        customers: impl Iterator<Item = LeafId>,
    ) -> Result<(), StoreError> {
        let Self { store, files, directory, changes, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key, directory))?;
        for customer in customers {
            if !open.listed_under.contains(&customer) {
                open.listed_under.push(customer);
                changes.push(Change::Put(Row::OfCustomer { customer, id }));
            }
        }
        Ok(())
    }

    /// Notes the department that speaks and the one it gives the issue to. The latter may own it for a moment only:
    /// what is known of departments must not depend on where a batch ends.
    pub(super) fn see_departments(&mut self, event: &Event) {
        self.tally.see_department(event.origin.department());
        let named = if let Payload::Assigned(assignment) = &event.payload {
            assignment.department.as_ref()
        } else if let Payload::Accepted { department, .. } = &event.payload {
            department.as_ref()
        } else {
            None
        };
        if let Some(department) = named {
            self.tally.see_department(department);
        }
    }

    /// Notes every customer that an event about an issue names, and the issue's: who exists must not depend on the
    /// order in which events arrive.
    pub(super) fn see_customers(
        &mut self,
        event: &Event,
        of_issue: Option<&AsReported>,
    ) -> Result<(), StoreError> {
        self.see_customer(of_issue)?;
        if event.customer.is_some() || !event.origin.is_own() {
            self.see_customer(event.customer.as_ref())?;
        }
        if let Payload::CustomerCorrected { to } = &event.payload {
            self.see_customer(Some(to))?;
        }
        Ok(())
    }

    pub(super) fn see_customer(&mut self, customer: Option<&AsReported>) -> Result<(), StoreError> {
        let id = self.leaves.id(customer);
        let at = self.cursor.position;
        self.tally.see_customer(&*self.store, id, customer, (at, self.number))
    }
}
