//! Pings: one by its id, those of an issue, those that are owed.

use std::{collections::BTreeSet, ops::ControlFlow};

use domain::{Department, IssueId, Ping, PingId, Recipient, RunPhase, limits};
use jiff::Timestamp;

use super::{
    Answer, QueryError, ReadAt, Reader, ShownIssue,
    past::Past,
    watch::{Looked, Page, ResumePoint, Watch, Watched},
};
use crate::{Row, RowRange, StoreError, Touched, View, query::watch::Epoch};

/// Issues read at once for a watch.
const READ: usize = 32;

/// A ping and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingAt {
    /// The issue.
    pub issue: ShownIssue,
    /// The ping.
    pub ping: Ping,
}

/// Which pings are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PingsQuery {
    /// Only of this issue; absent: of all for which somebody is pinged.
    pub issue: Option<IssueId>,
    /// Only of runs of this department.
    pub department: Option<Department>,
    /// Only to this person, by their id in the directory.
    pub person: Option<String>,
    /// Only those that nobody answered and that are not settled otherwise.
    pub open_only: bool,
    /// Issues on a page; their pings stay together.
    pub page_size: usize,
    /// Where the page before ended.
    pub after: Option<(i64, IssueId)>,
}

/// A page of pings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingsPage {
    /// Issue by issue, by what is due first; newest first within an issue.
    pub pings: Vec<PingAt>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<(i64, IssueId)>,
}

impl Reader {
    /// A ping by its id, while its issue keeps it.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn ping(&self, ping: PingId) -> Result<Option<PingAt>, QueryError> {
        self.view(|view| {
            let mut issue = None;
            view.store.rows(RowRange::Ping { ping }, &mut |row| {
                if let Row::Ping { ping: _, issue: of } = row {
                    issue = Some(of);
                }
                ControlFlow::Break(())
            })?;
            let Some(shown) = issue.map(|id| view.shown(id)).transpose()?.flatten() else { return Ok(None) };
            let found = shown.issue.escalation.pings.iter().find(|known| known.terms.id == ping);
            Ok(found.map(|found| PingAt { ping: found.clone(), issue: ShownIssue::clone(&shown) }))
        })
    }

    /// Pings of one issue, or of all for which somebody is pinged.
    ///
    /// # Errors
    /// If no event names the issue, while the log is being folded, or if the store cannot be read.
    pub fn pings(&self, query: &PingsQuery) -> Result<Answer<PingsPage>, QueryError> {
        self.view(|view| {
            let value = match query.issue {
                Some(id) => of_issue(view, query, id)?,
                None => of_all(view, query)?,
            };
            Ok(Answer { value, position: view.position() })
        })
    }

    /// Watches the pings that are owed, issue by issue; from `resume` on where a watch broke off.
    ///
    /// # Errors
    /// While the log is being folded.
    pub fn watch_owed(&self, resume: Option<ResumePoint>) -> Result<Watch<Owed>, QueryError> {
        let epoch = self.view(|view| Ok(Epoch::of(view)))?;
        Ok(Watch::new(self, Owed, epoch, resume))
    }
}

fn of_issue(view: &View<'_>, query: &PingsQuery, id: IssueId) -> Result<PingsPage, QueryError> {
    let shown = view.shown(view.standing(id)?)?.ok_or(QueryError::UnknownIssue(id))?;
    Ok(PingsPage { pings: wanted(&shown, query).collect(), next: None })
}

/// Whoever is pinged has a timer: for the next step, the end of a lease, or the next asking of the fallback.
fn of_all(view: &View<'_>, query: &PingsQuery) -> Result<PingsPage, QueryError> {
    let (mut pings, mut last, mut looks, mut found) = (Vec::new(), query.after, 0, 0);
    let mut timers = Vec::new();
    let range = RowRange::Timers { after: query.after, until: i64::MAX };
    view.store.rows(range, &mut |row| {
        if let Row::Timer { at, id } = row {
            timers.push((at, id));
        }
        if timers.len() <= limits::PAGE_LOOKS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    for (at, id) in timers {
        if found >= query.page_size || looks == limits::PAGE_LOOKS {
            return Ok(PingsPage { pings, next: last });
        }
        if let Some(issue) = view.store.issue(id)? {
            let shown = ShownIssue::new(view, issue, Past::new(ReadAt::default(), view.position()))?;
            let before = pings.len();
            pings.extend(wanted(&shown, query));
            found += usize::from(pings.len() > before);
        }
        looks += 1;
        last = Some((at, id));
    }
    Ok(PingsPage { pings, next: None })
}

fn wanted<'a>(shown: &'a ShownIssue, query: &'a PingsQuery) -> impl Iterator<Item = PingAt> + 'a {
    let pings = shown.issue.escalation.pings.iter().rev();
    let takes = |ping: &&Ping| {
        let person = match &ping.terms.to {
            Recipient::Person { person, contact: _ } => Some(person),
            Recipient::Channel(_) => None,
        };
        query.department.as_ref().is_none_or(|department| *department == ping.terms.department)
            && query.person.as_ref().is_none_or(|wanted| person == Some(wanted))
            && (!query.open_only || is_open(shown, ping))
    };
    pings.filter(takes).map(|ping| PingAt { issue: shown.clone(), ping: ping.clone() })
}

/// Somebody should answer it, or it is still to be sent.
fn is_open(shown: &ShownIssue, ping: &Ping) -> bool {
    let runs = &shown.issue.escalation.runs;
    let run = runs.iter().find(|run| run.department == ping.terms.department);
    ping.is_unsettled()
        || run.is_some_and(|run| {
            run.cycle == ping.terms.cycle
                && match run.phase {
                    RunPhase::Stepping { .. } => true,
                    RunPhase::Answered { .. } | RunPhase::Snoozed { .. } | RunPhase::Ended { .. } => false,
                }
        })
}

/// The pings that are owed, a row an issue.
#[derive(Debug)]
pub struct Owed;

impl Watched for Owed {
    type Key = IssueId;
    type Row = ShownIssue;
    type Rest = IssueId;

    fn key(row: &ShownIssue) -> IssueId {
        row.issue.id
    }

    fn page(
        &self,
        view: &View<'_>,
        rest: Option<IssueId>,
        _now: Timestamp,
    ) -> Result<Page<Self>, QueryError> {
        let mut ids = Vec::new();
        view.store.rows(RowRange::Owed { after: rest }, &mut |row| {
            if let Row::Owed { id } = row {
                ids.push(id);
            }
            if ids.len() < READ { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let rest = (ids.len() == READ).then(|| ids.last().copied()).flatten();
        let rows = ids.into_iter().map(|id| row(view, id)).collect::<Result<Vec<_>, _>>()?;
        Ok((rows.into_iter().flatten().collect(), rest))
    }

    /// Where to send is looked up when a ping is claimed, so that the directory changes no row.
    fn touched<'a>(&'a self, batch: &'a Touched) -> Option<impl Iterator<Item = IssueId> + 'a> {
        Some(batch.issues.iter().copied())
    }

    fn look(
        &self,
        view: &View<'_>,
        keys: BTreeSet<IssueId>,
        _now: Timestamp,
    ) -> Result<Looked<Self>, QueryError> {
        let look = |key| Ok((key, row(view, key)?));
        keys.into_iter().map(look).collect()
    }

    fn is_slow(&self) -> bool {
        false
    }
}

fn row(view: &View<'_>, id: IssueId) -> Result<Option<ShownIssue>, StoreError> {
    let shown = view.shown(id)?;
    Ok(shown
        .filter(|shown| shown.issue.escalation.pings.iter().any(Ping::is_unsettled))
        .map(|shown| ShownIssue::clone(&shown)))
}
