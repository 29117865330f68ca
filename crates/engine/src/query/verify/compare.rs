//! Comparing records, rows, references and counts with what the events say.

use std::{collections::BTreeSet, fmt::Debug, ops::ControlFlow};

use domain::{Event, EventKey, Issue, IssueId, LeafId, limits};

use super::{Difference, Verified, model::Model};
use crate::{
    CustomerRecord, Row, RowRange, StoreError, TimelineRef, View,
    pipeline::{index::reference, rows::Indexed},
    query::{
        QueryError,
        kin::Whole,
        refs::Refs,
        timeline::{TimelineOrder, own_key},
    },
};

/// What was compared so far.
pub(super) struct Comparison<'a> {
    view: &'a View<'a>,
    customer: LeafId,
    verified: Verified,
    /// What should stand in the customer's timeline.
    timeline: BTreeSet<TimelineRef>,
    /// Issues of the customer, how many of them open, how many unacknowledged.
    counts: [u32; 3],
}

impl<'a> Comparison<'a> {
    pub(super) fn new(view: &'a View<'a>, customer: LeafId) -> Self {
        let verified = Verified::default();
        Self { view, customer, verified, timeline: BTreeSet::new(), counts: [0; 3] }
    }

    pub(super) fn verified(self) -> Verified {
        self.verified
    }

    /// An issue, and those that it is one with.
    pub(super) fn issue(&mut self, id: IssueId, model: &Model) -> Result<(), QueryError> {
        self.verified.issues += 1;
        let tied = self.view.tied(id)?;
        let events = model.events(EventKey::Issue(id));
        let all = tied.iter().flat_map(|id| model.events(EventKey::Issue(*id))).cloned();
        let whole = Whole::of(id, &tied, all.collect());
        let state = whole.state(self.view.directory());
        let folded = state.as_ref().filter(|_| whole.root == id);
        let stored = self.view.store.issue(id)?;
        let into = self.view.store.kin(id)?.into;
        self.compare(format!("issue {id} part of"), &into, &(whole.root != id).then_some(whole.root));
        self.state(id, stored.as_ref(), folded);
        self.events(EventKey::Issue(id), events)?;
        let unknown = events.is_empty() && tied.len() == 1;
        self.rows(id, unknown, stored.as_ref(), folded)?;
        let own = |event: &Event| event.customer.as_ref().map(|customer| customer.leaf.id()) == self.customer;
        if events.iter().any(own) {
            self.row(&Row::OfCustomer { customer: self.customer, id }, true)?;
        }
        if whole.under(state.as_ref()) == self.customer {
            self.timeline.extend(events.iter().map(reference));
        }
        self.count(folded);
        Ok(())
    }

    /// The rows of an issue; one that no event names, and none ever named together with another, has none.
    fn rows(
        &mut self,
        id: IssueId,
        unknown: bool,
        stored: Option<&Issue>,
        folded: Option<&Issue>,
    ) -> Result<(), StoreError> {
        let directory = self.view.directory();
        let indexed = |issue: Option<&Issue>| match issue {
            None if unknown => Indexed::Unknown,
            issue => Indexed::of(issue, directory),
        };
        let wanted: Vec<_> = indexed(folded).rows(id).collect();
        let known: Vec<_> = indexed(stored).rows(id).collect();
        for row in &wanted {
            self.row(row, true)?;
        }
        for row in known.iter().filter(|row| !wanted.contains(row)) {
            self.row(row, false)?;
        }
        Ok(())
    }

    /// The events of the customer that name no issue.
    pub(super) fn own(&mut self, events: &[Event]) -> Result<(), QueryError> {
        self.timeline.extend(events.iter().map(reference));
        self.events(own_key(self.customer), events)
    }

    /// Their timeline and their counts, once every issue was compared.
    pub(super) fn customer(&mut self) -> Result<(), QueryError> {
        let mut stored = BTreeSet::new();
        let mut refs = Refs::new(self.view, self.customer, TimelineOrder::OldestFirst, None)?;
        while let Some(reference) = refs.next()? {
            stored.insert(reference);
        }
        let wanted = std::mem::take(&mut self.timeline);
        for reference in wanted.symmetric_difference(&stored) {
            let text = format!("{reference:?}");
            let (is, should) =
                if stored.contains(reference) { (text, String::new()) } else { (String::new(), text) };
            self.differs(format!("timeline entry of the event at {}", reference.position), is, should);
        }
        let record = self.view.store.customer(self.customer)?;
        let known = record.map_or([0; 3], |record| {
            let CustomerRecord { issues, open, unacknowledged, .. } = record;
            [issues, open, unacknowledged]
        });
        for ((name, known), counted) in
            ["issues", "open issues", "unacknowledged issues"].into_iter().zip(known).zip(self.counts)
        {
            self.compare(format!("count of {name}"), &known, &counted);
        }
        Ok(())
    }

    /// Part by part, so that it reads which one differs.
    fn state(&mut self, id: IssueId, stored: Option<&Issue>, folded: Option<&Issue>) {
        let (Some(is), Some(should)) = (stored, folded) else {
            let text = |issue: Option<&Issue>| issue.map(|issue| format!("{issue:?}")).unwrap_or_default();
            if stored.is_some() || folded.is_some() {
                self.differs(format!("issue {id}"), text(stored), text(folded));
            }
            return;
        };
        let before = self.verified.differences.len();
        let mut part = |name, is: &dyn Debug, should: &dyn Debug| {
            self.compare(format!("issue {id} {name}"), &format_args!("{is:?}"), &format_args!("{should:?}"));
        };
        part("title", &is.title(), &should.title());
        part("customer", &is.customer, &should.customer);
        part("lifecycle", &is.lifecycle(), &should.lifecycle());
        part("severity", &is.severity(), &should.severity());
        part("acknowledgement", &is.acknowledged, &should.acknowledged);
        part("owner", &is.custody.owner, &should.custody.owner);
        part("offer", &is.custody.offer, &should.custody.offer);
        part("home", &is.home, &should.home);
        part("event count", &is.event_count, &should.event_count);
        part("position", &is.position, &should.position);
        if is != should && self.verified.differences.len() == before {
            self.compare(format!("issue {id}"), is, should);
        }
    }

    /// The stored events of a file.
    fn events(&mut self, key: EventKey, folded: &[Event]) -> Result<(), QueryError> {
        let stored = self.view.events(key)?;
        self.verified.events += folded.len();
        let find = |events: &'_ [Event], of: &Event| {
            events.iter().find(|event| event.position == of.position).cloned()
        };
        for should in folded {
            let what = format!("event at {}", should.position);
            match find(&stored, should) {
                Some(is) => self.compare(what, &is, should),
                None => self.differs(what, String::new(), format!("{should:?}")),
            }
        }
        for is in stored.iter().filter(|is| find(folded, is).is_none()) {
            self.differs(format!("event at {}", is.position), format!("{is:?}"), String::new());
        }
        Ok(())
    }

    /// A row that should be there, or should not.
    fn row(&mut self, row: &Row, wanted: bool) -> Result<(), StoreError> {
        let mut found = false;
        self.view.store.rows(holding(row), &mut |known| {
            found = known == *row;
            if known < *row { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if found != wanted {
            let text = |there: bool| if there { format!("{row:?}") } else { String::new() };
            self.differs("row of an index".to_owned(), text(found), text(wanted));
        }
        Ok(())
    }

    fn count(&mut self, issue: Option<&Issue>) {
        let Some(issue) = issue.filter(|issue| issue.customer_id() == self.customer) else { return };
        let open = issue.lifecycle().is_open();
        let [issues, opened, unacknowledged] = &mut self.counts;
        *issues += 1;
        *opened += u32::from(open);
        *unacknowledged += u32::from(open && issue.acknowledged.is_none());
    }

    fn compare<T: Debug>(&mut self, what: String, stored: &T, folded: &T) {
        let (stored, folded) = (format!("{stored:?}"), format!("{folded:?}"));
        if stored != folded {
            self.differs(what, stored, folded);
        }
    }

    fn differs(&mut self, what: String, stored: String, folded: String) {
        if self.verified.differences.len() < limits::DIFFERENCES {
            let cut = |text: String| domain::cut(&text, limits::WORD_BYTES).into_owned();
            let difference = Difference { what, stored: cut(stored), folded: cut(folded) };
            self.verified.differences.push(difference);
        }
    }
}

/// Where a row is looked for, from its own rank, time or issue on.
fn holding(row: &Row) -> RowRange {
    match row {
        Row::Issue { rank, since, .. } => {
            let after = (since.saturating_sub(1), IssueId::from_bytes([u8::MAX; 16]));
            RowRange::Issues { rank: *rank, after: Some(after) }
        }
        Row::Unacknowledged { rank, since, .. } => {
            let last = crate::Entry::Quarantined(domain::Position::new(u64::MAX));
            RowRange::Unacknowledged { rank: *rank, after: Some((since.saturating_sub(1), last)) }
        }
        Row::OfCustomer { customer, id } => RowRange::OfCustomer { customer: *customer, after: before(*id) },
        Row::Customer { .. } => RowRange::Customers { after: None },
        Row::Duplicate { of, id } => RowRange::Duplicates { of: *of, after: before(*id) },
        Row::Gone { id } => RowRange::Gone { after: before(*id) },
        Row::Concern { department, rank, since, .. } => {
            let after = (*rank, since.saturating_sub(1), IssueId::from_bytes([u8::MAX; 16]));
            RowRange::Concerns { department: department.clone(), after: Some(after) }
        }
        Row::SameId { encoded, .. } => RowRange::SameId { encoded: encoded.clone() },
        Row::Timer { at, .. } => {
            let after = (at.saturating_sub(1), IssueId::from_bytes([u8::MAX; 16]));
            RowRange::Timers { after: Some(after), until: *at }
        }
        Row::Owed { id } => RowRange::Owed { after: before(*id) },
        Row::Contact { customer, .. } => RowRange::ContactsOf { customer: *customer },
        Row::Ping { ping, issue: _ } => RowRange::Ping { ping: *ping },
    }
}

/// The id that sorts right before another; `None` before the first.
fn before(id: IssueId) -> Option<IssueId> {
    let number = u128::from_be_bytes(id.to_bytes()).checked_sub(1)?;
    Some(IssueId::from_bytes(number.to_be_bytes()))
}
