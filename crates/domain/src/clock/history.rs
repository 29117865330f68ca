//! Every clock that an issue ever had: when it began, by which policy and calendar, what moved its deadline, how it ended.
//!
//! Worked out by folding the events of the issue once more and looking after each of them; nothing of it is kept.

mod ending;

use std::sync::Arc;

use jiff::Timestamp;

use super::{Announced, ClockName, ClockState, Mark, Started, Ticking};
use crate::{
    Applied, Directory, Effect, Event, Issue, IssueId, Kinship, Pause, Payload, Position, Severity,
    TimeLimit, replay_joined,
};

pub use ending::{ClockEnd, Ending};

/// A clock, from its beginning on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockHistory {
    /// Which.
    pub name: ClockName,
    /// Where it began, and whose policy and calendar it goes by.
    pub since: Started,
    /// The event that began it.
    pub began: Moment,
    /// The policy by whose limit it runs.
    pub policy: DocumentVersion,
    /// The calendar in which it runs.
    pub calendar: DocumentVersion,
    /// How long it may take, by the last severity; absent: until an instant that was said or agreed.
    pub limit: Option<TimeLimit>,
    /// It has half of that, since the issue was reopened.
    pub halved: bool,
    /// When nothing of it was used up.
    pub pauses: Vec<Pause>,
    /// Its deadlines, the last one in force. Never empty.
    pub deadlines: Vec<Deadline>,
    /// That it runs out soon was announced.
    pub warned: Option<Announced>,
    /// That it ran out was announced.
    pub breached: Option<Announced>,
    /// What was announced and does not hold any more: what was heard later showed that it was wrong.
    pub retracted: Vec<Announced>,
    /// How it ended; absent: it did not.
    pub end: Option<ClockEnd>,
    /// What came of it.
    pub outcome: ClockOutcome,
}

/// A version of a document of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentVersion {
    /// Its id; `built-in` for version 0.
    pub id: String,
    /// Where the version stands; [`Position::START`] for version 0.
    pub since: Position,
}

/// An event, as far as a history asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Where it stands.
    pub position: Position,
    /// When it happened.
    pub time: Timestamp,
    /// Such as `issue.reported`.
    pub type_name: Arc<str>,
}

/// A deadline, from some event on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When the clock runs out; absent: it rests, or its end lies beyond all calendars.
    pub at: Option<Timestamp>,
    /// The event from which on that is so.
    pub by: Moment,
    /// Why it is so.
    pub cause: DeadlineCause,
}

/// Why a clock runs out when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineCause {
    /// It began.
    Began,
    /// The severity changed. The limit is counted from the beginning all the same.
    Severity {
        /// What it was.
        from: Severity,
        /// What it is.
        to: Severity,
    },
    /// The customer was asked something.
    Paused,
    /// The customer is not waited for any more. What was left is left.
    Resumed,
}

/// What came of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockOutcome {
    /// It runs. Whether its deadline has passed is for who looks at a clock on the wall.
    Running,
    /// It rests.
    Paused,
    /// What was owed was done in time.
    Met,
    /// It was done after the deadline.
    MetLate,
    /// Its time was over, and it was not done, or not yet.
    Breached,
    /// It ended without what was owed, in time.
    Cancelled,
    /// Its breach was announced, and was none.
    Retracted,
}

/// Every clock of the issue `id` that began, in the order in which they did; `events` are those of the issue and of those
/// that are part of it, sorted together.
pub fn explain_clocks<'a>(
    id: IssueId,
    kinship: &Kinship,
    events: impl IntoIterator<Item = &'a Event>,
    directory: &Directory,
) -> Vec<ClockHistory> {
    let mut book = Book::default();
    let apply = |issue: &mut Issue, event: &Event, directory: &Directory| {
        let severity = issue.severity();
        let applied = issue.apply(event, directory);
        book.look(issue, event, applied, severity, directory);
        applied
    };
    let issue = replay_joined(id, kinship, events, directory, apply, |_, _| ());
    issue.map(|issue| book.close(&issue, directory)).unwrap_or_default()
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Book {
    clocks: Vec<ClockHistory>,
    /// Breaches that were announced of clocks and do not hold.
    retracted: Vec<Announced>,
}

impl Book {
    /// After an event. `severity` is what it was before.
    fn look(
        &mut self,
        issue: &Issue,
        event: &Event,
        applied: Applied,
        severity: Severity,
        directory: &Directory,
    ) {
        self.end_gone(issue, event, applied);
        for clock in issue.kept_clocks() {
            let known = self.clocks.iter_mut().rev().find(|known| known.name == clock.name);
            match known {
                Some(known) => known.go_on(&clock, issue, event, severity, directory),
                None => self.clocks.push(ClockHistory::begun(&clock, issue, event, directory)),
            }
        }
        self.note_mark(event, applied);
    }

    fn end_gone(&mut self, issue: &Issue, event: &Event, applied: Applied) {
        let gone = |known: &&mut ClockHistory| {
            known.end.is_none() && !issue.kept_clocks().any(|clock| clock.name == known.name)
        };
        for known in self.clocks.iter_mut().filter(gone) {
            known.end = Some(ClockEnd::of(known.name, issue, event, applied));
        }
    }

    fn note_mark(&mut self, event: &Event, applied: Applied) {
        let Payload::ClockMarked { clock, mark, deadline } = event.payload else { return };
        let announced = Announced { clock, mark, deadline, at: event.time };
        let known = self.clocks.iter_mut().find(|known| known.name == clock);
        match (known, applied.effect, mark) {
            (Some(known), Effect::Applied, Mark::Warned) => known.warned = Some(announced),
            (Some(known), Effect::Applied, Mark::Breached) => known.breached = Some(announced),
            (Some(known), Effect::NotApplied | Effect::Retracted { .. }, _) => {
                known.retracted.push(announced)
            }
            (None, ..) => self.retracted.push(announced),
        }
    }

    fn close(self, issue: &Issue, directory: &Directory) -> Vec<ClockHistory> {
        let ticking: Vec<_> = issue.ticking().map(|clock| (clock.name, clock)).collect();
        let mut clocks = self.clocks;
        for known in &mut clocks {
            let clock = ticking.iter().find(|(name, _)| *name == known.name).map(|(_, clock)| clock);
            let state = clock.map(|clock| clock.reckon(issue.severity(), directory).state);
            known.outcome = known.came_of(state);
        }
        clocks
    }
}

impl ClockHistory {
    fn begun(clock: &Ticking<'_>, issue: &Issue, event: &Event, directory: &Directory) -> Self {
        let reckoning = clock.reckon(issue.severity(), directory);
        let policy = DocumentVersion { id: reckoning.policy.id.clone(), since: reckoning.version };
        let calendar = clock.since.calendar_document(directory);
        let calendar = calendar.map(|(document, since)| DocumentVersion { id: document.id.clone(), since });
        let by = Moment::of(event);
        Self {
            name: clock.name,
            since: clock.since.clone(),
            began: by.clone(),
            policy,
            calendar: calendar.unwrap_or_else(DocumentVersion::built_in),
            limit: reckoning.limit,
            halved: clock.halved,
            pauses: clock.pauses.to_vec(),
            deadlines: vec![Deadline { at: reckoning.state.deadline(), by, cause: DeadlineCause::Began }],
            warned: None,
            breached: None,
            retracted: Vec::new(),
            end: None,
            outcome: ClockOutcome::Running,
        }
    }

    fn go_on(
        &mut self,
        clock: &Ticking<'_>,
        issue: &Issue,
        event: &Event,
        before: Severity,
        directory: &Directory,
    ) {
        let reckoning = clock.reckon(issue.severity(), directory);
        let at = reckoning.state.deadline();
        self.limit = reckoning.limit;
        if self.deadline() != at {
            let cause = cause(&self.pauses, clock.pauses, before, issue.severity());
            self.deadlines.push(Deadline { at, by: Moment::of(event), cause });
        }
        self.pauses = clock.pauses.to_vec();
    }

    /// The deadline in force.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.deadlines.last().and_then(|deadline| deadline.at)
    }

    /// `state` is where it stands, if it ticks.
    fn came_of(&self, state: Option<ClockState>) -> ClockOutcome {
        let Some(end) = &self.end else {
            return match state {
                Some(_) if self.breached.is_some() => ClockOutcome::Breached,
                Some(ClockState::Paused { .. }) => ClockOutcome::Paused,
                Some(ClockState::Running { .. } | ClockState::Endless) => ClockOutcome::Running,
                None => ClockOutcome::Cancelled,
            };
        };
        // What ran out stays so, also where the severity was lowered since.
        let late = self.breached.is_some() || self.deadline().is_some_and(|deadline| end.by.time > deadline);
        let announced = self.retracted.iter().any(|announced| announced.mark == Mark::Breached);
        match end.ending {
            Ending::Expired => ClockOutcome::Met,
            Ending::Done if late => ClockOutcome::MetLate,
            Ending::Dropped | Ending::Settled | Ending::BeganAgain if late => ClockOutcome::Breached,
            Ending::Done | Ending::Dropped | Ending::Settled | Ending::BeganAgain if announced => {
                ClockOutcome::Retracted
            }
            Ending::Done => ClockOutcome::Met,
            Ending::Dropped | Ending::Settled | Ending::BeganAgain => ClockOutcome::Cancelled,
        }
    }
}

fn cause(before: &[Pause], after: &[Pause], from: Severity, to: Severity) -> DeadlineCause {
    let rests = |pauses: &[Pause]| pauses.last().is_some_and(|pause| pause.until.is_none());
    match (rests(before), rests(after)) {
        (false, true) => DeadlineCause::Paused,
        (true, false) => DeadlineCause::Resumed,
        (true, true) | (false, false) => DeadlineCause::Severity { from, to },
    }
}

impl Moment {
    fn of(event: &Event) -> Self {
        Self { position: event.position, time: event.time, type_name: Arc::clone(&event.type_name) }
    }
}

impl DocumentVersion {
    fn built_in() -> Self {
        Self { id: "built-in".to_owned(), since: Position::START }
    }
}
