//! Customers and their counts, as things are.

use std::ops::ControlFlow;

use domain::{LeafId, Position, limits};

use super::{Answer, QueryError, Reader, WholeCustomer};
use crate::{CustomerRecord, Row, RowRange, StoreError, View};

/// Which customers are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomersQuery {
    /// Only those with open issues.
    pub with_open_issues: bool,
    /// Only those with issues that no human acknowledged.
    pub with_unacknowledged_issues: bool,
    /// Rows wanted, at least 1 and at most [`limits::PAGE_MAX`].
    pub page_size: usize,
    /// The last token that was looked at.
    pub after: Option<String>,
}

/// A page of customers, in the order of the tokens of the leaves that they go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerPage {
    /// At most as many as were asked for; fewer do not mean that it is the last page.
    pub customers: Vec<WholeCustomer>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

impl Reader {
    /// The customer of a leaf, with all of their leaves.
    ///
    /// # Errors
    /// If no event names them, while the log is being folded, or if the store cannot be read.
    pub fn customer(&self, id: LeafId) -> Result<Answer<WholeCustomer>, QueryError> {
        self.view(|view| {
            let unknown = || id.map_or(QueryError::UnknownEvent, QueryError::UnknownCustomer);
            let customer = view.whole_customer(id)?.ok_or_else(unknown)?;
            Ok(Answer { value: customer, position: view.position() })
        })
    }

    /// One leaf alone, whoever it was merged with.
    ///
    /// # Errors
    /// As [`Reader::customer`].
    pub fn leaf(&self, id: LeafId) -> Result<Answer<CustomerRecord>, QueryError> {
        self.view(|view| {
            let record = match (view.store.customer(id)?, id) {
                (Some(record), _) => record,
                (None, Some(id)) => return Err(QueryError::UnknownCustomer(id)),
                (None, None) => CustomerRecord::new(None, Position::START),
            };
            Ok(Answer { value: record, position: view.position() })
        })
    }

    /// A page of customers.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn customers(&self, query: &CustomersQuery) -> Result<Answer<CustomerPage>, QueryError> {
        self.view(|view| {
            let (mut customers, mut last, mut looks) = (Vec::new(), query.after.clone(), 0);
            loop {
                let rows = rows(view, last.clone())?;
                let ended = rows.len() < ROWS_READ;
                for (token, id) in rows {
                    if customers.len() == query.page_size || looks == limits::PAGE_LOOKS {
                        return Ok(Answer {
                            value: CustomerPage { customers, next: last },
                            position: view.position(),
                        });
                    }
                    looks += 1;
                    last = Some(token);
                    customers.extend(view.customer_at(id)?.filter(|customer| query.takes(customer)));
                }
                if ended {
                    return Ok(Answer {
                        value: CustomerPage { customers, next: None },
                        position: view.position(),
                    });
                }
            }
        })
    }
}

impl View<'_> {
    /// The customer who stands in lists at the token of this leaf: the one who goes by it.
    pub(super) fn customer_at(&self, leaf: LeafId) -> Result<Option<WholeCustomer>, StoreError> {
        Ok(self.whole_customer(leaf)?.filter(|customer| customer.id == leaf))
    }
}

/// Rows of the index read at once.
pub(super) const ROWS_READ: usize = 256;

/// Tokens after one, and whose they are.
pub(super) fn rows(view: &View<'_>, after: Option<String>) -> Result<Vec<(String, LeafId)>, StoreError> {
    let mut rows = Vec::new();
    view.store.rows(RowRange::Customers { after }, &mut |row| {
        if let Row::Customer { token, customer } = row {
            rows.push((token, customer));
        }
        if rows.len() < ROWS_READ { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(rows)
}

impl CustomersQuery {
    fn takes(&self, customer: &WholeCustomer) -> bool {
        let [_, open, unacknowledged] = customer.counts();
        (!self.with_open_issues || open > 0) && (!self.with_unacknowledged_issues || unacknowledged > 0)
    }
}
