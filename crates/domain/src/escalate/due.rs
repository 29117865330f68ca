//! When an issue is looked at next: one timer, or none.

use jiff::Timestamp;

use super::{Moment, mark, notice, retract, run};
use crate::{Directory, Issue, limits::LATE_SECONDS, run::after};

/// The earliest instant at which [`super::escalate`] has something to say; `None` while nothing waits. It may be past. The
/// directory counts only as of the positions that the issue's own events pinned.
pub fn next_due(issue: &Issue, directory: &Directory) -> Option<Timestamp> {
    let dues = [
        issue.clock_due(directory),
        mark::due(issue, directory),
        run::due(issue, directory),
        notice::failed(issue),
        notice::bounced(issue),
        notice::untold(issue),
        issue.wait_lapses(directory),
        retract::due(issue),
    ];
    dues.into_iter().flatten().min()
}

/// Whether what is due waited for long: nobody looked, or it was over when it was heard of. What an event of now made due, such as
/// a severity that was raised, is not late.
pub(super) fn is_late(issue: &Issue, moment: &Moment<'_>) -> bool {
    waits_since(issue, moment).is_some_and(|since| after(since, LATE_SECONDS) <= moment.now)
}

/// Since when something is due: what an event made due waits from that event on.
pub(super) fn waits_since(issue: &Issue, moment: &Moment<'_>) -> Option<Timestamp> {
    next_due(issue, moment.directory).map(|due| due.max(issue.last_event_at))
}
