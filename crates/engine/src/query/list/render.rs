//! From a row of the index to what is shown, if it is wanted.

use domain::{Issue, IssueId};

use super::{IssuesQuery, Shown, Which};
use crate::{
    Entry, View,
    query::{QueryError, ShownIssue, duplicate, filter::Viewpoint},
};

/// What a row shows as things are; `None` if the filter does not want it.
pub(super) fn row(
    view: &View<'_>,
    query: &IssuesQuery,
    entry: Entry,
    viewpoint: Viewpoint<'_>,
) -> Result<Option<Shown>, QueryError> {
    match entry {
        Entry::Issue(id) => {
            let Some(issue) = view.store.issue(id)? else { return Ok(None) };
            let shown = wanted(query, issue, viewpoint, |other| {
                Ok(view.store.issue(other)?.map(|issue| issue.duplicate_of))
            })?;
            Ok(shown.map(|shown| Shown::Issue(Box::new(shown))))
        }
        Entry::Quarantined(position) => {
            let message = view.store.quarantined(position)?;
            let wanted = message.filter(|message| query.filter.takes_quarantined(message, viewpoint.now));
            Ok(wanted.map(|message| Shown::Quarantined(Box::new(message))))
        }
    }
}

/// The issue with the owner who is shown, if the list holds it and the filter wants it.
pub(super) fn wanted(
    query: &IssuesQuery,
    issue: Issue,
    viewpoint: Viewpoint<'_>,
    duplicate_of: impl FnMut(IssueId) -> Result<Option<Option<IssueId>>, QueryError>,
) -> Result<Option<ShownIssue>, QueryError> {
    if !query.which.holds(&issue) {
        return Ok(None);
    }
    let shown = ShownIssue::new(issue, viewpoint.directory, viewpoint.at);
    if !query.filter.takes(&shown.issue, &shown.owner, viewpoint) {
        return Ok(None);
    }
    let told_twice = match query.which {
        Which::Unacknowledged => duplicate::is_settled(&shown.issue, duplicate_of)?,
        Which::Every => false,
    };
    Ok((!told_twice).then_some(shown))
}
