//! Every question that is answered from the store, in the words of the domain.
//!
//! Owns: lists and their order, pages, filters, what was so at an earlier instant or position, timelines, and where an
//! event stands already. Deliberately absent: protobuf, page tokens as text, waiting (all `api`'s), and the rules of
//! the fold (`domain`'s).

mod cache;
mod customer;
mod directory;
mod duplicate;
mod events;
mod filter;
mod finding;
mod identity;
mod issue;
mod kin;
mod list;
mod migration;
mod novelty;
mod oncall;
mod past;
mod ping;
mod quarantine;
mod recent;
mod refs;
mod rows;
mod silence;
mod situation;
mod status;
#[cfg(test)]
mod tests;
mod timeline;
mod trace;
mod union;
mod verify;
mod watch;
mod work;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use domain::{CustomerId, IssueId, Position};
use jiff::Timestamp;

use crate::{Clock, CodecError, Phase, Projection, StoreError, View};

pub use customer::{CustomerPage, CustomersQuery};
pub use filter::{IssueFilter, OwnerFilter};
pub use finding::{Finding, FindingsCursor, FindingsPage, FindingsQuery, Found, Sought};
pub(crate) use identity::affected;
pub use identity::{Canonical, WholeCustomer};
pub use issue::{IssueDetail, ShownIssue};
pub use list::{IssuePage, IssuesQuery, ListCursor, Order, Shown, Which};
pub use migration::OldRuns;
pub use novelty::Novelty;
pub use oncall::{Escalating, ExplainedPings};
pub use ping::{Owed, PingAt, PingsPage, PingsQuery};
pub use quarantine::{QuarantinePage, QuarantineQuery};
pub(crate) use recent::Recent;
pub use rows::RowKey;
pub use silence::{SilentCustomer, SilentPage, SilentQuery};
pub(crate) use situation::{Aftermath, Question, Situation};
pub use status::{DepartmentStatus, Status};
pub use timeline::{Fate, Scope, TimelineCursor, TimelineItem, TimelineOrder, TimelinePage, TimelineQuery};
pub use trace::Traced;
pub use verify::{Difference, Verified};
pub use watch::{
    Epoch, Frame, Next, OneIssue, ParseResumePointError, ResumePoint, Step, Timeline, TimelineKey,
    Unacknowledged, Watch, Watched,
};
pub use work::{WorkCursor, WorkItem, WorkPage, WorkQuery};

/// From which point of time and of the log a question is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadAt {
    /// What had happened by then, inclusive.
    pub as_of: Option<Timestamp>,
    /// What was known at this position.
    pub known_at: Option<Position>,
}

impl ReadAt {
    /// Everything that is known.
    pub const fn is_present(&self) -> bool {
        self.as_of.is_none() && self.known_at.is_none()
    }
}

/// An answer, and up to where it holds everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// The answer holds everything up to here.
    pub position: Position,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The log is still being folded.
    #[error("the log is being folded: {done} of {total}; ask again later")]
    CatchingUp {
        /// Folded so far.
        done: Position,
        /// The end of the log.
        total: Position,
    },
    /// No event named this issue.
    #[error("no event names the issue {0}")]
    UnknownIssue(IssueId),
    /// No event named this customer.
    #[error("no event names the customer {0}")]
    UnknownCustomer(CustomerId),
    /// There is no such event among those of the issue or customer named.
    #[error("no such event")]
    UnknownEvent,
    /// It would take too long.
    #[error("{found} {what} would have to be looked at, more than {limit}; {instead}")]
    TooMany {
        /// How many, or more than the limit where they were not counted.
        found: usize,
        /// Of what.
        what: &'static str,
        /// At most so many are looked at.
        limit: usize,
        /// How to ask for less.
        instead: &'static str,
    },
    /// The store cannot be read.
    #[error("read the store")]
    Store(#[from] StoreError),
    /// An event in the store cannot be read.
    #[error("read an event of the store")]
    Event(#[from] CodecError),
    /// The store panicked.
    #[error("read the store: it panicked")]
    Panicked,
}

/// Asks questions. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    projection: Arc<Projection>,
    clock: Arc<dyn Clock>,
    lists: Arc<cache::Cache<list::PastList, list::PastRows>>,
    timelines: Arc<cache::Cache<timeline::PastTimeline, timeline::PastRefs>>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("projection", &self.projection).finish_non_exhaustive()
    }
}

impl Reader {
    /// Over what the pipeline publishes.
    pub fn new(projection: Arc<Projection>, clock: Arc<dyn Clock>) -> Self {
        Self { projection, clock, lists: Arc::default(), timelines: Arc::default() }
    }

    /// What it reads from.
    pub fn projection(&self) -> &Projection {
        &self.projection
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock itself.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Between two batches, unless the log is still being folded. A store that cannot be read is noted as suspect, and
    /// somebody rebuilds it: a damaged sled may fail or panic anywhere.
    pub(crate) fn view<R>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<R, QueryError>,
    ) -> Result<R, QueryError> {
        self.noted(self.projection.read(|view| self.checked(view, read)))
    }

    /// As [`Reader::view`], and the thread serves others while a batch is written: for what many ask at once.
    pub(crate) async fn view_between<R>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<R, QueryError>,
    ) -> Result<R, QueryError> {
        self.noted(self.projection.read_between(|view| self.checked(view, read)).await)
    }

    /// Looked at behind the gate: a store that is withdrawn is marked before another one takes its place.
    fn checked<R>(
        &self,
        view: &View<'_>,
        read: impl FnOnce(&View<'_>) -> Result<R, QueryError>,
    ) -> Result<R, QueryError> {
        let answer = catch_unwind(AssertUnwindSafe(|| self.check_caught_up().and_then(|()| read(view))));
        answer.unwrap_or(Err(QueryError::Panicked))
    }

    fn noted<R>(&self, answer: Result<R, QueryError>) -> Result<R, QueryError> {
        if let Err(error @ (QueryError::Store(_) | QueryError::Event(_) | QueryError::Panicked)) = &answer {
            self.projection.suspect(crate::aggregator::chain(error));
        }
        answer
    }

    fn check_caught_up(&self) -> Result<(), QueryError> {
        if self.projection.is_unfinished() {
            let done = self.projection.position();
            let total = self.projection.sight().tail.unwrap_or_default().max(done);
            return Err(QueryError::CatchingUp { done, total });
        }
        match *self.projection.phase_now() {
            Phase::CatchingUp { done, total } => Err(QueryError::CatchingUp { done, total }),
            Phase::Live
            | Phase::Diverged { .. }
            | Phase::Replaced { .. }
            | Phase::Stalled { .. }
            | Phase::OutOfSpace { .. } => Ok(()),
        }
    }
}
