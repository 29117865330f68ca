//! One issue, watched.

use std::collections::BTreeSet;

use domain::IssueId;
use jiff::Timestamp;

use super::{Epoch, Looked, Page, ResumePoint, Watch, Watched};
use crate::{
    Touched, View,
    query::{IssueDetail, QueryError, Reader, issue},
};

/// One issue and its report.
#[derive(Debug)]
pub struct OneIssue(IssueId);

impl Reader {
    /// Watches an issue.
    ///
    /// # Errors
    /// If no event names it and `resume` does not say that one did, while the log is being folded, or if the store cannot be
    /// read.
    pub fn watch_issue(
        &self,
        id: IssueId,
        resume: Option<ResumePoint>,
    ) -> Result<Watch<OneIssue>, QueryError> {
        let epoch = self.view(|view| {
            let epoch = Epoch::of(view);
            let known =
                resume.is_some_and(|point| point.epoch == epoch) || issue::detail_now(view, id)?.is_some();
            if known { Ok(epoch) } else { Err(QueryError::UnknownIssue(id)) }
        })?;
        Ok(Watch::new(self, OneIssue(id), epoch, resume))
    }
}

impl Watched for OneIssue {
    type Key = IssueId;
    type Row = IssueDetail;
    type Rest = ();

    fn key(row: &IssueDetail) -> IssueId {
        row.asked
    }

    fn page(&self, view: &View<'_>, _rest: Option<()>, _now: Timestamp) -> Result<Page<Self>, QueryError> {
        Ok((issue::detail_now(view, self.0)?.into_iter().collect(), None))
    }

    /// The directory decides on the owner who is shown.
    fn touched<'a>(&'a self, batch: &'a Touched) -> Option<impl Iterator<Item = IssueId> + 'a> {
        let touched = batch.directory || batch.issues.contains(&self.0);
        Some(touched.then_some(self.0).into_iter())
    }

    fn look(
        &self,
        view: &View<'_>,
        keys: BTreeSet<IssueId>,
        _now: Timestamp,
    ) -> Result<Looked<Self>, QueryError> {
        keys.into_iter().map(|id| Ok((id, issue::detail_now(view, id)?))).collect()
    }

    fn is_slow(&self) -> bool {
        false
    }
}
