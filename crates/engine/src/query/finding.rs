//! What should be looked at about customers: ids that may be one customer's, sayings that contradict each other, and what one
//! customer told several people that nobody put together. Found customer by customer, in the order of their tokens.

use std::{collections::BTreeSet, ops::ControlFlow};

use domain::{
    CustomerId, Department, EventKey, Issue, Leaf, LeafId, LinkKind, Payload,
    identity::{Conflict, Doors, Hint, NotCompared, OpenIssue, Then, doors, is_blocked, not_compared},
    limits,
};

use super::{
    Answer, QueryError, Reader, WholeCustomer,
    customer::{ROWS_READ, rows},
    rows::of_customers,
};
use crate::{Row, RowRange, StoreError, View};

/// Customers and issues looked at for one page before it ends with a token: a batch has to wait meanwhile.
const LOOKS: usize = 4_000;
/// Whoever has more issues than this has too many for them to be compared.
const ISSUES: usize = 2_000;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sought {
    /// Leaves and issues that may belong together.
    Suggestions,
    /// Assertions and merges that contradict each other.
    Conflicts,
    /// Open issues of one customer that different departments have, and nobody compared.
    NotCompared,
}

/// What is looked for, and about whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingsQuery {
    /// What.
    pub sought: Sought,
    /// About this leaf's customer alone.
    pub customer: Option<LeafId>,
    /// Of [`Sought::NotCompared`]: only what concerns this department.
    pub department: Option<Department>,
    /// Rows wanted, at least 1 and at most [`limits::PAGE_MAX`].
    pub page_size: usize,
    /// Where the page before ended.
    pub after: Option<FindingsCursor>,
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingsCursor {
    /// The token of the last customer of whom all was told; empty before the first.
    pub after: String,
    /// The token of the next one, and how many of their findings were told.
    pub within: Option<(String, u32)>,
}

/// Something that should be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The id of the leaf by which the customer goes.
    pub customer: LeafId,
    /// That leaf.
    pub leaf: Option<Leaf>,
    /// What was found.
    pub found: Found,
}

/// What was found about a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An assertion that only suggests; its leaves, as far as they are known.
    Hint(Box<Hint>, [Option<Leaf>; 2]),
    /// Another customer has the same hashed id in another system.
    SameId {
        /// This customer's.
        leaf: Leaf,
        /// The other's.
        other: Leaf,
    },
    /// Issues that came through several doors.
    Doors(Doors),
    /// Sayings that contradict each other; the leaves of the one that does not count.
    Conflict(Box<Conflict>, [Option<Leaf>; 2]),
    /// Two issues that nobody compared.
    NotCompared(NotCompared),
}

/// A page of findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingsPage {
    /// At most as many as were asked for; fewer do not mean that it is the last page.
    pub findings: Vec<Finding>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<FindingsCursor>,
}

impl Reader {
    /// A page of findings.
    ///
    /// # Errors
    /// If no event names the customer that is asked for, while the log is being folded, or if the store cannot be read.
    pub fn findings(&self, query: &FindingsQuery) -> Result<Answer<FindingsPage>, QueryError> {
        self.view(|view| {
            let mut page = Making { query, findings: Vec::new(), next: None };
            match query.customer {
                Some(leaf) => {
                    let customer = view.whole_customer(leaf)?;
                    let unknown = leaf.map_or(QueryError::UnknownEvent, QueryError::UnknownCustomer);
                    let told = page.look(view, "_", &customer.ok_or(unknown)?, false)?;
                    let within = told.map(|told| ("_".to_owned(), told));
                    page.next =
                        within.map(|within| FindingsCursor { after: String::new(), within: Some(within) });
                }
                None => page.walk(view)?,
            }
            let Making { findings, next, .. } = page;
            Ok(Answer { value: FindingsPage { findings, next }, position: view.position() })
        })
    }
}

/// A page in the making.
struct Making<'q> {
    query: &'q FindingsQuery,
    findings: Vec<Finding>,
    next: Option<FindingsCursor>,
}

impl Making<'_> {
    /// Every customer after the page before.
    fn walk(&mut self, view: &View<'_>) -> Result<(), QueryError> {
        let before = self.query.after.as_ref().map(|cursor| cursor.after.clone());
        let mut last = before.filter(|token| !token.is_empty());
        let mut looks = 0;
        loop {
            let rows = rows(view, last.clone())?;
            let ended = rows.len() < ROWS_READ;
            for (token, id) in rows {
                if looks >= LOOKS {
                    self.next = last.map(|after| FindingsCursor { after, within: None });
                    return Ok(());
                }
                looks += 1;
                if let Some(customer) = view.customer_at(id)? {
                    looks += self.cost(&customer);
                    if let Some(told) = self.look(view, &token, &customer, true)? {
                        let after = last.unwrap_or_default();
                        self.next = Some(FindingsCursor { after, within: Some((token, told)) });
                        return Ok(());
                    }
                }
                last = Some(token);
            }
            if ended {
                return Ok(());
            }
        }
    }

    /// How many issues have to be read of a customer.
    fn cost(&self, customer: &WholeCustomer) -> usize {
        let [issues, open, _] = customer.counts();
        match self.query.sought {
            Sought::Conflicts => 0,
            Sought::Suggestions | Sought::NotCompared if open < 2 => 0,
            Sought::Suggestions | Sought::NotCompared => {
                usize::try_from(issues).unwrap_or(usize::MAX).min(ISSUES)
            }
        }
    }

    /// What is to be told about a customer; if the page is full before that is all, how many of it were told so far.
    fn look(
        &mut self,
        view: &View<'_>,
        token: &str,
        customer: &WholeCustomer,
        once: bool,
    ) -> Result<Option<u32>, QueryError> {
        let within = self.query.after.as_ref().and_then(|after| after.within.as_ref());
        let told = within.filter(|(customer, _)| customer == token).map_or(0, |(_, told)| *told);
        let leaf = customer.leaves.first().and_then(|record| record.leaf.clone());
        for (number, found) in (0_u32..).zip(found(view, customer, self.query, once)?) {
            if number < told {
                continue;
            }
            if self.findings.len() == self.query.page_size {
                return Ok(Some(number));
            }
            self.findings.push(Finding { customer: customer.id, leaf: leaf.clone(), found });
        }
        Ok(None)
    }
}

/// Everything of one sort about a customer. `once`: what two customers share is told at one of them alone.
fn found(
    view: &View<'_>,
    customer: &WholeCustomer,
    query: &FindingsQuery,
    once: bool,
) -> Result<Vec<Found>, QueryError> {
    match query.sought {
        Sought::Suggestions => {
            let mut all = hints(view, customer, once)?;
            all.extend(same_ids(view, customer, once)?);
            all.extend(doors(&open_issues(view, customer)?).into_iter().map(Found::Doors));
            Ok(all)
        }
        Sought::Conflicts => conflicts(view, customer),
        Sought::NotCompared => {
            let issues = open_issues(view, customer)?;
            let concerns = |pair: &NotCompared| {
                let of = |issue: &&OpenIssue| issue.id == pair.one || issue.id == pair.other;
                query.department.as_ref().is_none_or(|department| {
                    let has = |issue: &OpenIssue| issue.heard_in == *department || issue.owner == *department;
                    issues.iter().filter(of).any(has)
                })
            };
            Ok(not_compared(&issues).into_iter().filter(concerns).map(Found::NotCompared).collect())
        }
    }
}

fn hints(view: &View<'_>, customer: &WholeCustomer, once: bool) -> Result<Vec<Found>, QueryError> {
    let Some(connected) = &customer.connected else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    // The one that an assertion leads to is asked whether it is theirs.
    for hint in connected.hints().filter(|hint| !once || connected.has(hint.tie.to)) {
        let ends = [leaf_of(view, hint.tie.from)?, leaf_of(view, hint.tie.to)?];
        all.push(Found::Hint(Box::new(hint), ends));
    }
    Ok(all)
}

fn conflicts(view: &View<'_>, customer: &WholeCustomer) -> Result<Vec<Found>, QueryError> {
    let Some(connected) = &customer.connected else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for conflict in connected.conflicts() {
        let (Conflict::TwoCustomers { other, .. } | Conflict::MergedTwice(other)) = &conflict;
        let ends = [leaf_of(view, other.from)?, leaf_of(view, other.to)?];
        all.push(Found::Conflict(Box::new(conflict), ends));
    }
    Ok(all)
}

fn leaf_of(view: &View<'_>, id: CustomerId) -> Result<Option<Leaf>, StoreError> {
    Ok(view.store.customer(Some(id))?.and_then(|record| record.leaf))
}

/// Leaves of other customers that have the same hashed id, but for ids that many share.
fn same_ids(view: &View<'_>, customer: &WholeCustomer, once: bool) -> Result<Vec<Found>, QueryError> {
    let Some(connected) = &customer.connected else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for record in &customer.leaves {
        let Some(leaf) = record.leaf.as_ref().filter(|leaf| leaf.encoded().starts_with('~')) else {
            continue;
        };
        if record.raw.as_deref().is_some_and(is_blocked) {
            continue;
        }
        for id in same_id(view, leaf)? {
            let told_there = once && id < leaf.id();
            if let Some(other) = leaf_of(view, id)?.filter(|_| !connected.has(id) && !told_there) {
                all.push(Found::SameId { leaf: leaf.clone(), other });
            }
        }
    }
    Ok(all)
}

fn same_id(view: &View<'_>, leaf: &Leaf) -> Result<Vec<CustomerId>, StoreError> {
    let mut ids = Vec::new();
    view.store.rows(RowRange::SameId { encoded: leaf.encoded().to_owned() }, &mut |row| {
        if let Row::SameId { encoded: _, customer } = row {
            ids.push(customer);
        }
        if ids.len() < limits::CUSTOMER_LEAVES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(ids)
}

/// The customer's open issues, the first [`limits::COMPARED_ISSUES`] by id; none where there are too many to look at.
/// Whoever has fewer than two has none that belong together.
fn open_issues(view: &View<'_>, customer: &WholeCustomer) -> Result<Vec<OpenIssue>, QueryError> {
    let [_, open, _] = customer.counts();
    let (Some(id), 2..) = (customer.id, open) else { return Ok(Vec::new()) };
    let leaves = view.leaves(Some(id), Then::default())?;
    let Some(ids) = of_customers(view, &leaves, ISSUES)? else { return Ok(Vec::new()) };
    let mut issues = Vec::new();
    for id in ids {
        let Some(issue) = view.store.issue(id)? else { continue };
        if issue.lifecycle().is_open() && leaves.contains(&issue.customer_id()) {
            issues.push(open_issue(view, &issue)?);
        }
        if issues.len() == limits::COMPARED_ISSUES {
            break;
        }
    }
    Ok(issues)
}

fn open_issue(view: &View<'_>, issue: &Issue) -> Result<OpenIssue, QueryError> {
    let report = view.report(EventKey::Issue(issue.id))?;
    let missed = report
        .and_then(|report| if let Payload::Reported(report) = report.payload { report.missed } else { None });
    let owner = issue.custody.owner.shown(view.directory(), view.position()).owner.department;
    let clears = |kind: LinkKind| match kind {
        LinkKind::DuplicateOf | LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct => true,
        LinkKind::BlockedBy => false,
    };
    let linked = issue.links.iter().filter(|link| clears(link.kind)).map(|link| view.standing(link.other));
    let linked = linked.collect::<Result<BTreeSet<_>, _>>()?;
    Ok(OpenIssue {
        id: issue.id,
        since: issue.since(),
        heard_in: issue.heard_in.clone(),
        owner,
        missed: missed.is_some(),
        mailbox: missed.and_then(|missed| missed.mailbox),
        linked,
    })
}
