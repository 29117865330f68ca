//! Issues as present lists showed them lately, so that a list that is asked for again and again does not decode its rows
//! each time.
//!
//! An entry is put in behind the shared gate and taken out behind the exclusive one, by the batch that changes it: it
//! never outlives what it was made from. Deliberately absent: what is read once, such as WhoOwns and the past.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{EventKey, IssueId};

use super::{ReadAt, ShownIssue, past::Past};
use crate::{Batch, Change, StoreError, View};

/// Issues in each of two generations: a few kilobytes each.
const GENERATION: usize = if cfg!(test) { 3 } else { 2_048 };

type Issues = HashMap<IssueId, Arc<ShownIssue>>;

/// Issues by id, the longest unused go first.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: Issues,
    old: Issues,
}

impl Recent {
    fn find(&self, id: IssueId) -> Option<Arc<ShownIssue>> {
        let mut kept = self.lock();
        if let Some(shown) = kept.young.get(&id) {
            return Some(Arc::clone(shown));
        }
        let shown = kept.old.remove(&id)?;
        kept.keep(Arc::clone(&shown));
        Some(shown)
    }

    fn keep(&self, shown: Arc<ShownIssue>) {
        self.lock().keep(shown);
    }

    /// Drops what a batch is about to change; everything, if it changes the directory, which decides on the owner who
    /// is shown, or which leaves are one customer. Called with no reader between.
    pub(crate) fn forget(&self, batch: &Batch, directory_changes: bool) {
        let mut kept = self.lock();
        let identity_changes = || batch.changes.iter().any(|change| matches!(change, Change::Edge(_)));
        if directory_changes || identity_changes() {
            *kept = Generations::default();
        }
        if kept.young.is_empty() && kept.old.is_empty() {
            return;
        }
        for change in &batch.changes {
            if let Change::File(EventKey::Issue(id), _) = change {
                kept.young.remove(id);
                kept.old.remove(id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn keep(&mut self, shown: Arc<ShownIssue>) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(shown.issue.id, shown);
    }
}

impl View<'_> {
    /// An issue as it stands, with the owner who is shown.
    pub(super) fn shown(&self, id: IssueId) -> Result<Option<Arc<ShownIssue>>, StoreError> {
        if let Some(shown) = self.recent.find(id) {
            return Ok(Some(shown));
        }
        let Some(issue) = self.store.issue(id)? else { return Ok(None) };
        let now = Past::new(ReadAt::default(), self.position());
        let shown = Arc::new(ShownIssue::new(self, issue, now)?);
        self.recent.keep(Arc::clone(&shown));
        Ok(Some(shown))
    }
}
