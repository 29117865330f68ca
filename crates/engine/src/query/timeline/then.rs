//! A customer's timeline as of an earlier instant or position: which issues were theirs then is folded, once, and the
//! sorted references are kept for the pages after the first.

use std::sync::Arc;

use domain::{EventKey, LeafId, fold, limits, listed_under};

use super::{
    Answer, QueryError, Reader, TimelineCursor, TimelinePage, TimelineQuery,
    entries::{self, own_key},
    reference,
};
use crate::{
    TimelineRef,
    query::{cache, past::Past, refs::moment, rows::of_customer},
};

/// Whose timeline, as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::query) struct PastTimeline {
    /// Another store may be of another log.
    generation: Arc<str>,
    customer: LeafId,
    past: Past,
}

/// Its references, oldest first.
pub(in crate::query) struct PastRefs(Vec<TimelineRef>);

impl cache::Rows for PastRefs {
    fn rows(&self) -> usize {
        self.0.len()
    }
}

impl Reader {
    pub(super) fn timeline_then(
        &self,
        query: &TimelineQuery,
        customer: LeafId,
    ) -> Result<Answer<TimelinePage>, QueryError> {
        let made = query.after.and_then(|cursor| cursor.made).unwrap_or_else(|| self.projection.position());
        let past = Past::new(query.read, made);
        let key = PastTimeline { generation: self.projection.generation(), customer, past };
        let refs = self.timelines.get(key, self.now(), || self.make_timeline(customer, past))?;
        let (page, more) = refs.page(query);
        let items = self.view(|view| entries::items(view, &page, customer, Some(past)))?;
        Ok(Answer { value: TimelinePage::new(items, more, Some(past.position)), position: past.position })
    }

    fn make_timeline(&self, customer: LeafId, past: Past) -> Result<PastRefs, QueryError> {
        let candidates = self.view(|view| Ok(of_customer(view, customer, limits::CANDIDATES)?))?;
        let candidates = candidates.ok_or_else(|| too_many(limits::CANDIDATES + 1, "issues"))?;
        let mut refs = Vec::new();
        for id in candidates {
            self.view(|view| {
                let events = past.events(view, EventKey::Issue(id))?;
                let state = fold(&events, view.directory());
                let under = listed_under(state.as_ref(), &events).map(|customer| customer.leaf.id());
                if !events.is_empty() && under == customer {
                    refs.extend(events.iter().map(reference));
                }
                Ok(())
            })?;
            check(refs.len())?;
        }
        self.view(|view| {
            let own = past.events(view, own_key(customer))?;
            refs.extend(own.iter().map(reference));
            Ok(())
        })?;
        check(refs.len())?;
        refs.sort_unstable();
        Ok(PastRefs(refs))
    }
}

impl PastRefs {
    /// The references of a page in its order, and whether there are more.
    fn page(&self, query: &TimelineQuery) -> (Vec<TimelineRef>, bool) {
        let Self(refs) = self;
        let after = query.after.map(|TimelineCursor { time, position, made: _ }| (time, position));
        let page: Vec<_>;
        let more;
        match query.order {
            super::TimelineOrder::NewestFirst => {
                let end =
                    after.map_or(refs.len(), |after| refs.partition_point(|entry| moment(entry) < after));
                page = refs.iter().take(end).rev().take(query.page_size).copied().collect();
                more = end > page.len();
            }
            super::TimelineOrder::OldestFirst => {
                let start = after.map_or(0, |after| refs.partition_point(|entry| moment(entry) <= after));
                page = refs.iter().skip(start).take(query.page_size).copied().collect();
                more = refs.len() > start + page.len();
            }
        }
        (page, more)
    }
}

fn check(found: usize) -> Result<(), QueryError> {
    if found <= limits::CANDIDATES { Ok(()) } else { Err(too_many(found, "events")) }
}

const fn too_many(found: usize, what: &'static str) -> QueryError {
    QueryError::TooMany { found, what, limit: limits::CANDIDATES, instead: "ask for one issue's" }
}
