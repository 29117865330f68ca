//! Which index rows an issue has, and what it adds to the counts of its customer and its owner's department.

use std::collections::BTreeSet;

use domain::{CustomerId, Department, Directory, Issue, LeafId, Ping, PingId, next_due};
use jiff::Timestamp;

use crate::{Entry, Row, work::owed};

/// What an issue looks like from the indexes. Rows are written as the difference of two of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch {
    rank: u8,
    since: i64,
    awaits: bool,
    duplicate_of: Option<domain::IssueId>,
    pub(crate) customer: LeafId,
    pub(crate) open: bool,
    /// Unacknowledged, and no duplicate: whether a duplicate's chain holds is for the reader to look up.
    pub(crate) unacknowledged: bool,
    pub(crate) department: Department,
    /// Unassessed, then severities 1 to 4.
    pub(crate) severity: usize,
    /// Departments that owe something, each once.
    concerns: BTreeSet<Department>,
    /// When the escalator has to look at it, in microseconds since 1970.
    timer: Option<i64>,
    /// Whether a ping of it is to be sent.
    owed: bool,
    /// The customer and the time, negated, of the last conversation about it.
    contact: Option<(CustomerId, i64)>,
    /// The pings that its state keeps.
    pings: BTreeSet<PingId>,
}

/// As what the indexes know an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// They do not know it.
    #[default]
    Unknown,
    /// Everything about it is retracted.
    Gone,
    /// It stands in them.
    Listed(Sketch),
}

impl Indexed {
    /// Of which there are events, and so a state unless all are retracted.
    pub(crate) fn of(issue: Option<&Issue>, directory: &Directory) -> Self {
        issue.map_or(Self::Gone, |issue| Self::Listed(Sketch::of(issue, directory)))
    }

    /// What it adds to the counts.
    pub(crate) const fn sketch(&self) -> Option<&Sketch> {
        match self {
            Self::Unknown | Self::Gone => None,
            Self::Listed(sketch) => Some(sketch),
        }
    }

    /// The rows of the issue, which is `id`.
    pub(crate) fn rows(&self, id: domain::IssueId) -> impl Iterator<Item = Row> {
        let gone = match self {
            Self::Gone => Some(Row::Gone { id }),
            Self::Unknown | Self::Listed(_) => None,
        };
        self.sketch().map(|sketch| sketch.rows(id)).into_iter().flatten().chain(gone)
    }
}

impl Sketch {
    fn of(issue: &Issue, directory: &Directory) -> Self {
        let pings = &issue.escalation.pings;
        let lifecycle = issue.lifecycle();
        Self {
            rank: issue.severity().rank(),
            since: issue.since().as_microsecond(),
            awaits: issue.awaits_acknowledgement(),
            duplicate_of: issue.duplicate_of,
            customer: issue.customer_id(),
            open: lifecycle.is_open(),
            unacknowledged: lifecycle.is_open() && issue.acknowledged.is_none(),
            department: issue.custody.owner.department.clone(),
            severity: match issue.severity() {
                domain::Severity::Unassessed => 0,
                domain::Severity::One => 1,
                domain::Severity::Two => 2,
                domain::Severity::Three => 3,
                domain::Severity::Four => 4,
            },
            concerns: owed(issue).into_iter().map(|owed| owed.department.clone()).collect(),
            timer: next_due(issue, directory).map(Timestamp::as_microsecond),
            contact: contact(issue),
            owed: pings.iter().any(Ping::is_unsettled),
            pings: pings.iter().map(|ping| ping.terms.id).collect(),
        }
    }

    fn rows(&self, id: domain::IssueId) -> impl Iterator<Item = Row> + use<> {
        let Self { rank, since, awaits, duplicate_of, .. } = *self;
        let concerns = self.concerns.clone().into_iter();
        let concerns = concerns.map(move |department| Row::Concern { department, rank, since, id });
        let all = Row::Issue { rank, since, id };
        let awaiting = awaits.then_some(Row::Unacknowledged { rank, since, entry: Entry::Issue(id) });
        let duplicate = duplicate_of.map(|of| Row::Duplicate { of, id });
        let timer = self.timer.map(|at| Row::Timer { at, id });
        let owed = self.owed.then_some(Row::Owed { id });
        let pings = self.pings.clone().into_iter().map(move |ping| Row::Ping { ping, issue: id });
        let contact = self.contact;
        let contact = contact.map(|(customer, before)| Row::Contact { customer, before, issue: Some(id) });
        let escalation = timer.into_iter().chain(owed).chain(pings);
        std::iter::once(all).chain(awaiting).chain(duplicate).chain(concerns).chain(contact).chain(escalation)
    }
}

fn contact(issue: &Issue) -> Option<(CustomerId, i64)> {
    let contact = issue.contact.as_ref()?;
    Some((issue.customer_id()?, -contact.moment.time.as_microsecond()))
}
