//! The timelines that the fold thread has open: pages of references in the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use domain::{IssueId, LeafId, Position};

use crate::{Change, Page, Store, StoreError, TimelineRef};

/// The pages of one timeline that are at hand.
#[derive(Debug, Default)]
pub(crate) struct OpenTimeline {
    /// The number of the last page.
    last: u32,
    /// Always the last page; and those changed lately, which may not be in the store yet.
    pages: BTreeMap<u32, Page>,
    changed: BTreeSet<u32>,
}

impl OpenTimeline {
    pub(crate) fn load(store: &dyn Store, leaf: LeafId) -> Result<Self, StoreError> {
        let last = store.last_page(leaf)?.unwrap_or_default();
        let page = store.page(leaf, last)?.unwrap_or_default();
        Ok(Self { last, pages: BTreeMap::from([(last, page)]), changed: BTreeSet::new() })
    }

    /// Adds a reference at the end.
    pub(crate) fn push(&mut self, reference: TimelineRef) {
        let full = self.pages.get(&self.last).is_some_and(|page| page.entries.len() >= Page::ENTRIES);
        if full {
            let earlier = self.pages.get(&self.last).and_then(greatest);
            self.last = self.last.saturating_add(1);
            self.pages.insert(self.last, Page { earlier, entries: Vec::new() });
        }
        self.pages.entry(self.last).or_default().entries.push(reference);
        self.changed.insert(self.last);
    }

    /// Takes every reference of an issue out. The pages' marks stay what they were: upper bounds.
    pub(crate) fn take(
        &mut self,
        store: &dyn Store,
        leaf: LeafId,
        issue: IssueId,
    ) -> Result<Vec<TimelineRef>, StoreError> {
        let mut taken = Vec::new();
        for number in 0..=self.last {
            let at_hand = self.pages.remove(&number);
            let was_at_hand = at_hand.is_some();
            let mut page = match at_hand {
                Some(page) => page,
                None => store.page(leaf, number)?.unwrap_or_default(),
            };
            let before = taken.len();
            taken.extend(page.entries.extract_if(.., |entry| entry.issue == Some(issue)));
            let changed = taken.len() > before;
            if changed {
                self.changed.insert(number);
            }
            if changed || was_at_hand {
                self.pages.insert(number, page);
            }
        }
        Ok(taken)
    }

    /// What of the timeline is not in a batch yet. Every batch before is in the store by now, so other pages than the
    /// last need not be at hand any longer.
    pub(crate) fn drain(&mut self, leaf: LeafId, changes: &mut Vec<Change>) {
        let Self { last, pages, changed } = self;
        pages.retain(|number, _| number == last || changed.contains(number));
        for number in std::mem::take(&mut self.changed) {
            if let Some(page) = self.pages.get(&number) {
                changes.push(Change::Page(leaf, number, page.clone()));
            }
        }
    }
}

/// The greatest time and position on a page or before it.
fn greatest(page: &Page) -> Option<(i64, Position)> {
    page.entries.iter().map(|entry| (entry.time, entry.position)).max().max(page.earlier)
}
