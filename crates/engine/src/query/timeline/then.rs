//! A customer's timeline as of an earlier instant or position: which issues were theirs then is folded, once, and the
//! sorted references are kept for the pages after the first.

use std::sync::Arc;

use domain::{LeafId, limits};

use super::{
    Answer, QueryError, Reader, TimelineCursor, TimelinePage, TimelineQuery,
    entries::{self, own_key},
    reference,
};
use crate::query::{cache, past::Past, refs::moment, rows::of_customers, union::Placed};

/// Whose timeline, as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::query) struct PastTimeline {
    /// Another store may be of another log.
    generation: Arc<str>,
    leaves: Vec<LeafId>,
    past: Past,
}

/// Its references, oldest first.
pub(in crate::query) struct PastRefs(Vec<Placed>);

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
        let leaves = self.view(|view| Ok(view.leaves(customer, past.then())?))?;
        let key = PastTimeline { generation: self.projection.generation(), leaves: leaves.clone(), past };
        let refs = self.timelines.get(key, self.now(), || self.make_timeline(&leaves, past))?;
        let (page, more) = refs.page(query);
        let items = self.view(|view| entries::items(view, &page, Some(past)))?;
        Ok(Answer { value: TimelinePage::new(items, more, Some(past.position)), position: past.position })
    }

    fn make_timeline(&self, leaves: &[LeafId], past: Past) -> Result<PastRefs, QueryError> {
        let candidates = self.view(|view| Ok(of_customers(view, leaves, limits::CANDIDATES)?))?;
        let candidates = candidates.ok_or_else(|| too_many(limits::CANDIDATES + 1, "issues"))?;
        let mut refs = Vec::new();
        for id in candidates {
            self.view(|view| {
                let whole = view.whole(id, Some(past))?;
                let under = whole.under(whole.state(view.directory()).as_ref());
                if leaves.contains(&under) {
                    refs.extend(
                        whole.naming(id).map(|event| Placed { reference: reference(event), leaf: under }),
                    );
                }
                Ok(())
            })?;
            check(refs.len())?;
        }
        for leaf in leaves.iter().copied() {
            let own = self.view(|view| past.events(view, own_key(leaf)))?;
            refs.extend(own.iter().map(|event| Placed { reference: reference(event), leaf }));
            check(refs.len())?;
        }
        refs.sort_unstable();
        Ok(PastRefs(refs))
    }
}

impl PastRefs {
    /// The references of a page in its order, and whether there are more.
    fn page(&self, query: &TimelineQuery) -> (Vec<Placed>, bool) {
        let Self(refs) = self;
        let after = query.after.map(|TimelineCursor { time, position, made: _ }| (time, position));
        let page: Vec<_>;
        let more;
        match query.order {
            super::TimelineOrder::NewestFirst => {
                let end = after.map_or(refs.len(), |after| {
                    refs.partition_point(|entry| moment(&entry.reference) < after)
                });
                page = refs.iter().take(end).rev().take(query.page_size).copied().collect();
                more = end > page.len();
            }
            super::TimelineOrder::OldestFirst => {
                let start =
                    after.map_or(0, |after| refs.partition_point(|entry| moment(&entry.reference) <= after));
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
