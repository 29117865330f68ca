//! When an issue is looked at next: one timer, or none.

use jiff::Timestamp;

use super::{mark, notice, run};
use crate::{Directory, Issue};

/// The earliest instant at which [`super::escalate`] has something to say; `None` while nothing waits. It may be past. The
/// directory counts only as of the positions that the issue's own events pinned.
pub fn next_due(issue: &Issue, directory: &Directory) -> Option<Timestamp> {
    let dues = [
        issue.clock_due(directory),
        mark::due(issue, directory),
        run::due(issue),
        notice::failed(issue),
        notice::bounced(issue),
        notice::untold(issue),
    ];
    dues.into_iter().flatten().min()
}
