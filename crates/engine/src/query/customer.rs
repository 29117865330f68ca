//! Customers and their counts, as things are.

use std::ops::ControlFlow;

use domain::{LeafId, limits};

use super::{Answer, QueryError, Reader};
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

/// A page of customers, in the order of their tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerPage {
    /// At most as many as were asked for; fewer do not mean that it is the last page.
    pub customers: Vec<CustomerRecord>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

impl Reader {
    /// A customer.
    ///
    /// # Errors
    /// If no event names them, while the log is being folded, or if the store cannot be read.
    pub fn customer(&self, id: LeafId) -> Result<Answer<CustomerRecord>, QueryError> {
        self.view(|view| {
            let record = match (view.store.customer(id)?, id) {
                (Some(record), _) => record,
                (None, Some(id)) => return Err(QueryError::UnknownCustomer(id)),
                (None, None) => {
                    CustomerRecord { leaf: None, raw: None, issues: 0, open: 0, unacknowledged: 0 }
                }
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
                    customers.extend(view.store.customer(id)?.filter(|record| query.takes(record)));
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

/// Rows of the index read at once.
const ROWS_READ: usize = 256;

fn rows(view: &View<'_>, after: Option<String>) -> Result<Vec<(String, LeafId)>, StoreError> {
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
    const fn takes(&self, record: &CustomerRecord) -> bool {
        (!self.with_open_issues || record.open > 0)
            && (!self.with_unacknowledged_issues || record.unacknowledged > 0)
    }
}
