//! What a department, or somebody of it, has to do: worst first, then what waits longest.
//!
//! Deliberately absent: what of an issue is whose, which is `crate::work`'s.

use std::{
    collections::{BTreeSet, VecDeque},
    ops::ControlFlow,
};

use domain::{Department, Directory, IssueId, ItemId, Person, Position, limits};
use jiff::Timestamp;

use super::{Answer, QueryError, Reader, ShownIssue};
use crate::{
    Row, RowRange, StoreError, View,
    work::{Owed, WorkKind, owed},
};

/// Rows read from a lane at once.
const READ: usize = 64;

/// Whose work is wanted, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkQuery {
    /// Whose.
    pub department: Department,
    /// Only theirs, and what is asked of the department and of nobody in it.
    pub person: Option<Person>,
    /// Any of these; empty: every one.
    pub kinds: Vec<WorkKind>,
    /// Only of issues whose owner is gone.
    pub orphaned: bool,
    /// Entries on a page. What one issue asks for stays together, so that there may be some more.
    pub page_size: usize,
    /// Where the page before ended.
    pub after: Option<WorkCursor>,
}

/// The last issue looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkCursor {
    /// [`domain::Severity::rank`].
    pub rank: u8,
    /// [`domain::Issue::since`], in microseconds since 1970.
    pub since: i64,
    /// Which.
    pub id: IssueId,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// What sort.
    pub kind: WorkKind,
    /// Of which issue.
    pub issue: ShownIssue,
    /// To answer it by; absent for the issue itself.
    pub item: Option<ItemId>,
    /// One line.
    pub text: String,
    /// By when.
    pub due: Option<Timestamp>,
    /// Since when it is asked.
    pub since: Timestamp,
}

/// A page of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkPage {
    /// In order.
    pub items: Vec<WorkItem>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<WorkCursor>,
}

impl Reader {
    /// What a department, or somebody of it, has to do as things are.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub fn work(&self, query: &WorkQuery) -> Result<Answer<WorkPage>, QueryError> {
        self.view(|view| Ok(Answer { value: page(view, query)?, position: view.position() }))
    }
}

fn page(view: &View<'_>, query: &WorkQuery) -> Result<WorkPage, StoreError> {
    let mut rows = Rows::new(view, query);
    let (mut items, mut last, mut looks) = (Vec::new(), None, 0);
    while let Some(key) = rows.next()? {
        if items.len() >= query.page_size || looks == limits::PAGE_LOOKS {
            return Ok(WorkPage { items, next: last });
        }
        if let Some(shown) = view.shown(key.id)? {
            items.extend(wanted(view, query, &shown));
        }
        looks += 1;
        last = Some(key);
    }
    Ok(WorkPage { items, next: None })
}

/// What of an issue is wanted.
fn wanted(view: &View<'_>, query: &WorkQuery, shown: &ShownIssue) -> Vec<WorkItem> {
    if query.orphaned && shown.owner.was.is_none() {
        return Vec::new();
    }
    let (directory, at) = (view.directory(), view.position());
    let takes = |owed: &Owed<'_>| {
        (query.kinds.is_empty() || query.kinds.contains(&owed.kind))
            && shown_as(directory, owed.department, at) == query.department
            && query.person.as_ref().is_none_or(|person| is_theirs(directory, owed, person, at))
    };
    let item = |owed: Owed<'_>| WorkItem {
        kind: owed.kind,
        issue: shown.clone(),
        item: owed.item,
        text: owed.text.to_owned(),
        due: owed.due,
        since: owed.since.at,
    };
    owed(&shown.issue).into_iter().filter(takes).map(item).collect()
}

/// Which department answers in the place of one that may be closed.
fn shown_as(directory: &Directory, department: &Department, at: Position) -> Department {
    directory.successor(department, at).unwrap_or_else(|| department.clone())
}

/// Whether it is theirs. What is asked of nobody, or of somebody who is gone, is anybody's; an issue itself is only its
/// owner's.
fn is_theirs(directory: &Directory, owed: &Owed<'_>, wanted: &Person, at: Position) -> bool {
    match owed.person.filter(|person| directory.is_active(person, at)) {
        Some(person) => is_same(directory, person, wanted, at),
        None => owed.kind != WorkKind::Owned,
    }
}

/// Whether two accounts are one person's.
fn is_same(directory: &Directory, one: &Person, other: &Person, at: Position) -> bool {
    let known = |person: &Person| directory.person(&person.account, at).map(|known| known.id.as_str());
    one.is(other) || known(one).is_some_and(|id| known(other) == Some(id))
}

/// Issues that concern a department, or one in whose place it stands; each once, in order.
struct Rows<'a> {
    view: &'a View<'a>,
    lanes: Vec<Lane>,
    last: Option<WorkCursor>,
}

struct Lane {
    department: Department,
    after: Option<WorkCursor>,
    ready: VecDeque<WorkCursor>,
    ended: bool,
}

impl<'a> Rows<'a> {
    fn new(view: &'a View<'a>, query: &WorkQuery) -> Self {
        let stands_in =
            |known: &&Department| shown_as(view.directory(), known, view.position()) == query.department;
        let mut departments: BTreeSet<_> =
            view.published.departments.keys().filter(stands_in).cloned().collect();
        departments.insert(query.department.clone());
        let lane = |department| Lane { department, after: query.after, ready: VecDeque::new(), ended: false };
        Self { view, lanes: departments.into_iter().map(lane).collect(), last: query.after }
    }

    fn next(&mut self) -> Result<Option<WorkCursor>, StoreError> {
        let mut first: Option<WorkCursor> = None;
        for lane in &mut self.lanes {
            // An issue may concern several of them.
            while lane.peek(self.view)?.is_some_and(|key| Some(key) <= self.last) {
                lane.ready.pop_front();
            }
            if let Some(key) = lane.peek(self.view)? {
                first = Some(first.map_or(key, |least| least.min(key)));
            }
        }
        self.last = first.or(self.last);
        Ok(first)
    }
}

impl Lane {
    fn peek(&mut self, view: &View<'_>) -> Result<Option<WorkCursor>, StoreError> {
        if self.ready.is_empty() && !self.ended {
            self.fill(view)?;
        }
        Ok(self.ready.front().copied())
    }

    fn fill(&mut self, view: &View<'_>) -> Result<(), StoreError> {
        let after = self.after.map(|WorkCursor { rank, since, id }| (rank, since, id));
        let range = RowRange::Concerns { department: self.department.clone(), after };
        let ready = &mut self.ready;
        view.store.rows(range, &mut |row| {
            if let Row::Concern { department: _, rank, since, id } = row {
                ready.push_back(WorkCursor { rank, since, id });
            }
            if ready.len() < READ { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        self.ended = self.ready.len() < READ;
        self.after = self.ready.back().copied().or(self.after);
        Ok(())
    }
}
