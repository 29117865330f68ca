//! Runs that go by an older version of their department's policy (`escalation.md` rule 8).

use std::ops::ControlFlow;

use domain::{Department, Issue, IssueId, limits};

use super::{Answer, QueryError, Reader};
use crate::{Row, RowRange, View};

/// Issues whose run of a department goes by an older version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldRuns {
    /// By what is due first.
    pub issues: Vec<IssueId>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<(i64, IssueId)>,
}

impl Reader {
    /// At most so many, from `after` on. A run that nobody waits for has no timer and is none of them.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn old_runs(
        &self,
        department: &Department,
        after: Option<(i64, IssueId)>,
        most: usize,
    ) -> Result<Answer<OldRuns>, QueryError> {
        self.view(|view| {
            let mut timers = Vec::new();
            view.store.rows(RowRange::Timers { after, until: i64::MAX }, &mut |row| {
                if let Row::Timer { at, id } = row {
                    timers.push((at, id));
                }
                if timers.len() < limits::PAGE_LOOKS {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
            let mut value = OldRuns::default();
            let whole = timers.len() < limits::PAGE_LOOKS;
            let last = timers.last().copied();
            for timer in timers {
                if value.issues.len() >= most {
                    return Ok(Answer { value, position: view.position() });
                }
                if view.store.issue(timer.1)?.is_some_and(|issue| is_old(view, &issue, department)) {
                    value.issues.push(timer.1);
                }
                value.next = Some(timer);
            }
            value.next = last.filter(|_| !whole);
            Ok(Answer { value, position: view.position() })
        })
    }
}

fn is_old(view: &View<'_>, issue: &Issue, department: &Department) -> bool {
    let (directory, at) = (view.directory(), view.position());
    let acting = directory.successor(department, at);
    let (policy, _) = directory.policy_version(acting.as_ref().unwrap_or(department), at);
    issue.run(department).is_some_and(|run| run.is_active() && !run.goes_by(policy, directory))
}
