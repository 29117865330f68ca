//! The clocks of customers: how long nobody has spoken with them, worked out from all of their leaves, and who has waited
//! longest.

use std::ops::ControlFlow;

use domain::{
    Contacts, CustomerId, Department, LastContact, LeafId, Silence, identity::Profile, limits, silence,
};
use jiff::{SignedDuration, Timestamp};

use super::{Answer, QueryError, Reader, WholeCustomer};
use crate::{Row, RowRange, StoreError, View};

/// Which customers are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SilentQuery {
    /// Those, too, whose time is over within so long.
    pub within: SignedDuration,
    /// Rows wanted, at least 1 and at most [`limits::PAGE_MAX`].
    pub page_size: usize,
    /// The last one that was given: its deadline in microseconds since 1970, and the leaf by which they go.
    pub after: Option<(i64, CustomerId)>,
}

/// A customer whom nobody has spoken with for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SilentCustomer {
    /// Who.
    pub customer: WholeCustomer,
    /// Their clock.
    pub silence: Silence,
}

/// A page of them, those first whose time was over first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SilentPage {
    /// At most as many as were asked for.
    pub customers: Vec<SilentCustomer>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<(i64, CustomerId)>,
}

/// Customers looked at before others may write.
const SLICE: usize = 500;

impl Reader {
    /// The clock of a leaf's customer; none where nobody looks after them.
    ///
    /// # Errors
    /// If no event names them, while the log is being folded, or if the store cannot be read.
    pub fn silence(&self, id: CustomerId) -> Result<Answer<Option<Silence>>, QueryError> {
        self.view(|view| {
            let customer = view.whole_customer(Some(id))?.ok_or(QueryError::UnknownCustomer(id))?;
            Ok(Answer { value: view.silence_of(&customer)?, position: view.position() })
        })
    }

    /// Customers whose time is over, or soon will be. All are looked at for each page, in slices between which what is new
    /// may be folded.
    ///
    /// # Errors
    /// [`QueryError::TooMany`] if more than [`limits::CANDIDATES`] would have to be looked at, while the log is being folded,
    /// or if the store cannot be read.
    pub fn silent(&self, query: SilentQuery) -> Result<Answer<SilentPage>, QueryError> {
        let until = self.now().checked_add(query.within).unwrap_or(Timestamp::MAX);
        let mut found = self.overdue(until)?;
        found.sort_unstable();
        found.retain(|place| query.after.is_none_or(|after| *place > after));
        let more = found.len() > query.page_size;
        found.truncate(query.page_size);
        self.view(|view| {
            let mut customers = Vec::new();
            for (_, id) in &found {
                // Somebody may have spoken with them by now.
                customers.extend(view.silent(*id)?.filter(|silent| silent.silence.deadline <= until));
            }
            let next = found.last().copied().filter(|_| more);
            Ok(Answer { value: SilentPage { customers, next }, position: view.position() })
        })
    }

    /// Everybody whose time is over by then.
    fn overdue(&self, until: Timestamp) -> Result<Vec<(i64, CustomerId)>, QueryError> {
        let (mut found, mut after, mut looks) = (Vec::new(), None, 0);
        loop {
            let slice = self.view(|view| view.clocks(after, SLICE))?;
            looks += slice.len();
            if looks > limits::CANDIDATES {
                return Err(QueryError::TooMany {
                    found: looks,
                    what: "customers",
                    limit: limits::CANDIDATES,
                    instead: "ask for one customer's clock",
                });
            }
            let Some((last, _)) = slice.last() else { return Ok(found) };
            after = Some(*last);
            let over = slice.into_iter().filter_map(|(_, silent)| silent);
            let over = over.filter(|SilentCustomer { silence, .. }| silence.deadline <= until);
            found.extend(over.filter_map(|SilentCustomer { customer, silence }| {
                Some((silence.deadline.as_microsecond(), customer.id?))
            }));
        }
    }
}

impl SilentCustomer {
    /// In whose name Davy speaks of their clock: the department of who is accountable for them, else the one that spoke with
    /// them last.
    pub(crate) fn department(&self, view: &View<'_>) -> Department {
        let profile = self.customer.leaves.first().map(|record| &record.profile);
        let owner = profile.and_then(|profile| profile.account_owner.as_ref());
        let owner = owner.and_then(|kept| view.directory().person(&kept.value.account, view.position()));
        let theirs = owner.and_then(|person| person.departments.first());
        theirs.unwrap_or(&self.silence.began.department).clone()
    }
}

impl View<'_> {
    /// Leaves that something begins a clock by, after one, in the order of their ids; with the clock of the customer at the
    /// first of their leaves, and without at the others.
    pub(crate) fn clocks(
        &self,
        after: Option<CustomerId>,
        most: usize,
    ) -> Result<Vec<(CustomerId, Option<SilentCustomer>)>, QueryError> {
        let (mut found, mut after) = (Vec::new(), after);
        while found.len() < most {
            let Some(leaf) = self.next_leaf(after)? else { break };
            after = Some(leaf);
            let silent = self.silent(leaf)?;
            let first = match &silent {
                Some(SilentCustomer { customer, .. }) => self.first_leaf(customer)? == Some(leaf),
                None => false,
            };
            found.push((leaf, silent.filter(|_| first)));
        }
        Ok(found)
    }

    /// The customer of a leaf with their clock, if they have one.
    pub(crate) fn silent(&self, leaf: CustomerId) -> Result<Option<SilentCustomer>, QueryError> {
        let Some(customer) = self.whole_customer(Some(leaf))? else { return Ok(None) };
        let silence = self.silence_of(&customer)?;
        Ok(silence.map(|silence| SilentCustomer { customer, silence }))
    }

    fn silence_of(&self, customer: &WholeCustomer) -> Result<Option<Silence>, StoreError> {
        let mut leaves: Vec<(&Contacts, Option<LastContact>)> = Vec::new();
        for record in &customer.leaves {
            let Some(leaf) = &record.leaf else { continue };
            leaves.push((&record.profile.contacts, self.last_about_issues(leaf.id())?));
        }
        let unknown = Profile::default();
        let profile = customer.leaves.first().map_or(&unknown, |record| &record.profile);
        Ok(silence(leaves.iter().map(|(contacts, last)| (*contacts, last.as_ref())), profile))
    }

    /// The last conversation about any issue of a leaf.
    fn last_about_issues(&self, customer: CustomerId) -> Result<Option<LastContact>, StoreError> {
        let mut last = None;
        self.store.rows(RowRange::ContactsOf { customer }, &mut |row| {
            if let Row::Contact { issue, .. } = row {
                last = issue;
            }
            ControlFlow::Break(())
        })?;
        let Some(id) = last else { return Ok(None) };
        Ok(self.store.issue(id)?.and_then(|issue| issue.contact))
    }

    fn next_leaf(&self, after: Option<CustomerId>) -> Result<Option<CustomerId>, StoreError> {
        let mut next = None;
        self.store.rows(RowRange::Contacts { after }, &mut |row| {
            if let Row::Contact { customer, .. } = row {
                next = Some(customer);
            }
            ControlFlow::Break(())
        })?;
        Ok(next)
    }

    /// Of the leaves that something begins a clock by, the first one in the order of their ids.
    fn first_leaf(&self, customer: &WholeCustomer) -> Result<Option<CustomerId>, StoreError> {
        let mut ids: Vec<LeafId> =
            customer.leaves.iter().map(|record| record.leaf.as_ref().map(domain::Leaf::id)).collect();
        ids.sort_unstable();
        for id in ids.into_iter().flatten() {
            let mut begins = false;
            self.store.rows(RowRange::ContactsOf { customer: id }, &mut |_| {
                begins = true;
                ControlFlow::Break(())
            })?;
            if begins {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}
