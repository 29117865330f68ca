//! From a row of the index to what is shown, if it is wanted.

use domain::IssueId;

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
            let Some(shown) = view.shown(id)? else { return Ok(None) };
            let wanted = is_wanted(query, &shown, viewpoint, |other| {
                Ok(view.shown(view.standing(other)?)?.map(|shown| shown.issue.duplicate_of))
            })?;
            Ok(wanted.then_some(Shown::Issue(shown)))
        }
        Entry::Quarantined(position) => {
            let message = view.store.quarantined(position)?;
            let wanted = message
                .filter(|message| query.filter.takes_quarantined(message, viewpoint.now, viewpoint.customer));
            Ok(wanted.map(|message| Shown::Quarantined(Box::new(message))))
        }
    }
}

/// Whether the list holds an issue and the filter wants it.
pub(super) fn is_wanted(
    query: &IssuesQuery,
    shown: &ShownIssue,
    viewpoint: Viewpoint<'_>,
    duplicate_of: impl FnMut(IssueId) -> Result<Option<Option<IssueId>>, QueryError>,
) -> Result<bool, QueryError> {
    let ShownIssue { issue, owner, canonical: _ } = shown;
    if !query.which.holds(issue) || !query.filter.takes(issue, owner, viewpoint) {
        return Ok(false);
    }
    match query.which {
        Which::Unacknowledged => Ok(!duplicate::is_settled(issue, duplicate_of)?),
        Which::Every => Ok(true),
    }
}
