//! One issue: its state, its report, and who answers for it.

use std::sync::Arc;

use domain::{Clock, Directory, Event, EventKey, Issue, IssueId, Position, ShownOwner};

use super::{Answer, Canonical, QueryError, ReadAt, Reader, past::Past};
use crate::{StoreError, View};

/// An issue and the owner who is shown (`contract.md` 4, last row).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownIssue {
    /// What its events say.
    pub issue: Issue,
    /// The owner as the reader's directory lets them stand.
    pub owner: ShownOwner,
    /// By what other leaf than the issue's its customer goes.
    pub canonical: Option<Canonical>,
}

impl ShownIssue {
    pub(super) fn new(view: &View<'_>, issue: Issue, past: Past) -> Result<Self, StoreError> {
        let customer = issue.customer_id();
        let canonical = customer.map(|leaf| view.canonical(leaf, past.then())).transpose()?.flatten();
        Ok(Self { canonical, ..Self::unplaced(issue, view.directory(), past.position) })
    }

    /// Without a look at whom the customer was merged with: for what is only judged, not shown.
    pub(super) fn unplaced(issue: Issue, directory: &Directory, at: Position) -> Self {
        let owner = issue.custody.owner.shown(directory, at);
        Self { issue, owner, canonical: None }
    }
}

/// An issue with the event that reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDetail {
    /// The id that was asked for; the issue's own, or of one that is part of it.
    pub asked: IssueId,
    /// Its state.
    pub shown: ShownIssue,
    /// The report that counts; absent while unreported.
    pub report: Option<Event>,
    /// The clocks that run.
    pub clocks: Vec<Clock>,
}

impl Reader {
    /// The state of an issue: of the one that it is part of, where it is part of another one.
    ///
    /// # Errors
    /// If no event names it, while the log is being folded, or if the store cannot be read.
    pub fn issue(&self, id: IssueId, read: ReadAt) -> Result<Answer<ShownIssue>, QueryError> {
        self.view(|view| {
            let past = Past::new(read, view.position());
            let issue =
                if read.is_present() { now(view, id)? } else { past.issue(view, past.standing(view, id)?)? };
            let issue = issue.ok_or(QueryError::UnknownIssue(id))?;
            let shown = ShownIssue::new(view, issue, past)?;
            Ok(Answer { value: shown, position: past.position })
        })
    }

    /// The state of an issue and its report.
    ///
    /// # Errors
    /// As [`Reader::issue`].
    pub fn issue_detail(&self, id: IssueId, read: ReadAt) -> Result<Answer<IssueDetail>, QueryError> {
        if read.is_present() {
            return self.view(|view| {
                let detail = detail_now(view, id)?.ok_or(QueryError::UnknownIssue(id))?;
                Ok(Answer { value: detail, position: view.position() })
            });
        }
        let Answer { value: shown, position } = self.issue(id, read)?;
        let past = Past { as_of: read.as_of, position };
        // Between the two reads only later events can have come, which `past` leaves out.
        let value = self.view(|view| {
            let report = view.whole(id, Some(past))?.report(view.directory());
            let clocks = shown.issue.running_clocks(view.directory());
            Ok(IssueDetail { asked: id, shown, report, clocks })
        })?;
        Ok(Answer { value, position })
    }
}

/// An issue as it stands, or the one that it is part of. Nearly every issue is part of no other one, so it is looked for
/// first.
fn now(view: &View<'_>, id: IssueId) -> Result<Option<Issue>, StoreError> {
    if let Some(issue) = view.store.issue(id)? {
        return Ok(Some(issue));
    }
    let root = view.standing(id)?;
    if root == id { Ok(None) } else { view.store.issue(root) }
}

fn shown_now(view: &View<'_>, id: IssueId) -> Result<Option<Arc<ShownIssue>>, StoreError> {
    if let Some(shown) = view.shown(id)? {
        return Ok(Some(shown));
    }
    let root = view.standing(id)?;
    if root == id { Ok(None) } else { view.shown(root) }
}

/// An issue and its report as things are; `None` if no event names it.
pub(super) fn detail_now(view: &View<'_>, id: IssueId) -> Result<Option<IssueDetail>, QueryError> {
    let Some(shown) = shown_now(view, id)? else { return Ok(None) };
    let report = view.report(EventKey::Issue(shown.issue.id))?;
    let clocks = shown.issue.running_clocks(view.directory());
    Ok(Some(IssueDetail { asked: id, shown: ShownIssue::clone(&shown), report, clocks }))
}
