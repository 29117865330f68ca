//! A walk over all open issues, some at each look: finds those whose owner is gone or went off shift, those for which somebody
//! can be reached by now of whom nobody could, and those whose timer is not what it should be (`escalation.md` rules 7, 11 and
//! 18). Whatever it finds is escalated with what is due.
//!
//! It never ends: all that goes by documents of the directory, not by events of the issue, so no timer tells. After the
//! directory changed it walks faster.

use std::ops::ControlFlow;

use domain::{CustomerId, Department, Issue, IssueId, Moment, Position, next_due, unseen};
use jiff::Timestamp;

use super::round::account_owner;
use crate::{
    Row, RowRange, View,
    query::{QueryError, Reader},
};

/// Issues looked at in one step.
const SLOW: usize = 50;
/// The same, after the directory changed.
const FAST: usize = 500;

/// How far it got.
#[derive(Debug, Default)]
pub(super) struct Walk {
    department: Option<Department>,
    after: Option<(u8, i64, IssueId)>,
    /// The directory's last change when the present walk began, and when the last whole one did.
    begun: Position,
    walked: Option<Position>,
}

/// What a step found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Their owner is gone, and nobody said so.
    pub(super) orphans: Vec<IssueId>,
    /// They are due, and no timer says so.
    pub(super) untimed: Vec<IssueId>,
    /// A shift ended, or what was unreachable was mended: no timer would say so.
    pub(super) unseen: Vec<IssueId>,
    /// Customers of whose clock something is to be announced.
    pub(super) silent: Vec<CustomerId>,
}

impl Walk {
    /// Looks at the next open issues.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub(super) fn step(&mut self, reader: &Reader, now: Timestamp) -> Result<Walked, QueryError> {
        reader.view(|view| self.step_in(view, now))
    }

    fn step_in(&mut self, view: &View<'_>, now: Timestamp) -> Result<Walked, QueryError> {
        let changed = view.published.directory.last_change();
        let most = if self.walked < Some(changed) { FAST } else { SLOW };
        let mut walked = Walked::default();
        let mut looks = 0;
        while looks < most {
            let Some(department) = self.department_now(view) else { break };
            let rows = self.rows(view, &department, most - looks)?;
            looks += rows.len();
            match rows.last() {
                Some(last) => self.after = Some(*last),
                None => self.next_department(view, &department, changed),
            }
            for (_, _, id) in rows {
                look(view, id, now, &mut walked)?;
            }
            if self.department.is_none() {
                break;
            }
        }
        Ok(walked)
    }

    fn department_now(&mut self, view: &View<'_>) -> Option<Department> {
        if self.department.is_none() {
            self.department = view.published.departments.keys().next().cloned();
        }
        self.department.clone()
    }

    fn next_department(&mut self, view: &View<'_>, department: &Department, changed: Position) {
        let after = (std::ops::Bound::Excluded(department), std::ops::Bound::Unbounded);
        self.department =
            view.published.departments.range::<Department, _>(after).next().map(|(d, _)| d.clone());
        self.after = None;
        if self.department.is_none() {
            self.walked = Some(self.begun);
            self.begun = changed;
        }
    }

    fn rows(
        &self,
        view: &View<'_>,
        department: &Department,
        most: usize,
    ) -> Result<Vec<(u8, i64, IssueId)>, QueryError> {
        let mut rows = Vec::new();
        let range = RowRange::Concerns { department: department.clone(), after: self.after };
        view.store.rows(range, &mut |row| {
            if let Row::Concern { department: _, rank, since, id } = row {
                rows.push((rank, since, id));
            }
            if rows.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(rows)
    }
}

fn look(view: &View<'_>, id: IssueId, now: Timestamp, walked: &mut Walked) -> Result<(), QueryError> {
    let Some(issue) = view.store.issue(id)? else { return Ok(()) };
    if is_orphan(view, &issue) {
        walked.orphans.push(id);
    }
    // Nobody else is asked for but where nobody could be reached.
    let unreached = issue.escalation.runs.iter().any(|run| run.unreachable);
    let account_owner = if unreached { account_owner(view, &issue)? } else { None };
    let moment = Moment { now, directory: view.directory(), at: view.position(), account_owner };
    if unseen(&issue, &moment) {
        walked.unseen.push(id);
    }
    let due = next_due(&issue, view.directory());
    if due.is_some_and(|due| due <= now) && !is_timed(view, id, due)? {
        walked.untimed.push(id);
    }
    Ok(())
}

/// Its owner is gone, and the log does not say so yet. Nobody is told of history.
fn is_orphan(view: &View<'_>, issue: &Issue) -> bool {
    issue.lifecycle().is_open()
        && issue.clocks.orphan.is_none()
        && issue.custody.owner.shown(view.directory(), view.position()).was.is_some()
}

fn is_timed(view: &View<'_>, id: IssueId, due: Option<Timestamp>) -> Result<bool, QueryError> {
    let Some(at) = due.map(Timestamp::as_microsecond) else { return Ok(false) };
    let mut found = false;
    let before = at.checked_sub(1).map(|before| (before, IssueId::from_bytes([u8::MAX; 16])));
    view.store.rows(RowRange::Timers { after: before, until: at }, &mut |row| {
        found |= row == Row::Timer { at, id };
        if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}
