//! One issue: its state, its report, and who answers for it.

use domain::{Directory, Event, EventKey, Issue, IssueId, Position, ShownOwner};

use super::{Answer, QueryError, ReadAt, Reader, events::report_among, past::Past};
use crate::View;

/// An issue and the owner who is shown (`contract.md` 4, last row).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownIssue {
    /// What its events say.
    pub issue: Issue,
    /// The owner as the reader's directory lets them stand.
    pub owner: ShownOwner,
}

impl ShownIssue {
    pub(super) fn new(issue: Issue, directory: &Directory, at: Position) -> Self {
        let owner = issue.custody.owner.shown(directory, at);
        Self { issue, owner }
    }
}

/// An issue with the event that reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDetail {
    /// Its state.
    pub shown: ShownIssue,
    /// The report that counts; absent while unreported.
    pub report: Option<Event>,
}

impl Reader {
    /// The state of an issue.
    ///
    /// # Errors
    /// If no event names it, while the log is being folded, or if the store cannot be read.
    pub fn issue(&self, id: IssueId, read: ReadAt) -> Result<Answer<ShownIssue>, QueryError> {
        self.view(|view| {
            let past = Past::new(read, view.position());
            let issue = if read.is_present() { view.store.issue(id)? } else { past.issue(view, id)? };
            let issue = issue.ok_or(QueryError::UnknownIssue(id))?;
            let shown = ShownIssue::new(issue, view.directory(), past.position);
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
        let report =
            self.view(|view| Ok(report_among(&past.events(view, EventKey::Issue(id))?, view.directory())))?;
        Ok(Answer { value: IssueDetail { shown, report }, position })
    }
}

/// An issue and its report as things are; `None` if no event names it.
pub(super) fn detail_now(view: &View<'_>, id: IssueId) -> Result<Option<IssueDetail>, QueryError> {
    let Some(shown) = view.shown(id)? else { return Ok(None) };
    let report = view.report(EventKey::Issue(id))?;
    Ok(Some(IssueDetail { shown: ShownIssue::clone(&shown), report }))
}
