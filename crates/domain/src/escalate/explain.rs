//! Why somebody is pinged, or nobody is: a closed list of reasons, each with the rule's inputs in a sentence.
//!
//! It follows from the state of the issue and from its own events; nothing is kept for it. Deliberately absent: titles and
//! bodies, so that an explanation may be shown to whoever may see that the issue exists.

mod calm;
mod ping;
mod run;

use std::sync::Arc;

use super::Moment;
use crate::{Applied, Effect, Event, Issue, Payload, Ping, PingId, Position, Stepped};

pub use ping::explain_ping;

/// Why a ping was sent, or was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PingWhy {
    /// A step fired and named this person or channel.
    StepFired,
    /// All steps fired unanswered, or nobody could be reached.
    Fallback,
    /// A clock runs out soon.
    Warning,
    /// It concerns them.
    Notice,
    /// The lease of their answer ends soon.
    Reminder,
    /// The issue was given or offered to them.
    Given,
    /// Its owner went off shift.
    HandOver,
    /// Nobody had escalated anything for a while.
    Outage,
    /// It was answered long ago, or paged for long enough, and is told of by day.
    Digest,
    /// Another contact of theirs failed.
    OtherContactFailed,
    /// No clock of the issue is overdue.
    NothingOverdue,
    /// The clocks rest.
    Paused,
    /// Somebody answered.
    Answered,
    /// Somebody asked for silence.
    Snoozed,
    /// The next step is not due yet.
    NextStepLater,
    /// The step named nobody.
    StepEmpty,
    /// The person has no contact, or all failed.
    NotReachable,
    /// Held for the end of quiet hours.
    QuietHours,
    /// Held until the department opens.
    Closed,
    /// Its contact has got enough pings for now: it stays owed, and the step is late.
    Throttled,
    /// One to the same contact was pending already.
    JoinedEarlier,
    /// The reason was gone before it was sent.
    ReasonGone,
    /// The events are history.
    Backfill,
    /// The person's own rule is due later.
    RuleLater,
    /// The pager could not send it.
    SendFailed,
    /// Nobody took it up yet.
    NoPagerYet,
    /// A pager is at it.
    BeingSent,
    /// The receiver took it.
    Delivered,
}

/// A reason, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingExplained {
    /// Which.
    pub why: PingWhy,
    /// In a sentence, with names, times and the rule's inputs.
    pub text: String,
    /// The ping, where it is about one.
    pub ping: Option<PingId>,
    /// Of the message that says so; absent: it follows from the state.
    pub position: Option<Position>,
    /// What that message says beside, as it stands in the timeline: what a receiver said.
    pub data: Option<Arc<[u8]>>,
}

/// What an explanation is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct PingCase<'a> {
    /// The issue as it stands.
    pub issue: &'a Issue,
    /// Its events in order, and what became of each.
    pub events: &'a [(Event, Applied)],
    /// Now, and the directory.
    pub moment: &'a Moment<'a>,
}

impl PingExplained {
    fn new(why: PingWhy, text: impl Into<String>) -> Self {
        Self { why, text: text.into(), ping: None, position: None, data: None }
    }

    fn of(self, ping: &Ping) -> Self {
        Self { ping: Some(ping.terms.id), ..self }
    }

    fn by(self, event: &Event) -> Self {
        Self { position: Some(event.position), ..self }
    }

    fn saying(self, event: &Event) -> Self {
        Self { data: Some(Arc::clone(&event.data)), ..self.by(event) }
    }
}

impl<'a> PingCase<'a> {
    /// The events that did what they meant to, in order.
    fn applied(self) -> impl DoubleEndedIterator<Item = &'a Event> {
        let applied = self.events.iter().filter(|(_, applied)| applied.effect == Effect::Applied);
        applied.map(|(event, _)| event)
    }

    /// The firings of a department's run in a cycle, in order.
    fn firings(
        self,
        department: &'a crate::Department,
        cycle: u32,
    ) -> impl DoubleEndedIterator<Item = (&'a Event, &'a Stepped)> {
        self.applied().filter_map(move |event| {
            let Payload::RunStepped(stepped) = &event.payload else { return None };
            let fits = stepped.department == *department && stepped.cycle == cycle;
            fits.then_some((event, &**stepped))
        })
    }

    /// As things stood when an event was made.
    fn moment_of(self, event: &Event) -> Moment<'a> {
        Moment { now: event.time, at: event.position, ..self.moment.clone() }
    }
}

/// Why somebody is or is not pinged for an issue now, in the order in which it holds.
pub fn explain_issue(case: PingCase<'_>) -> Vec<PingExplained> {
    let mut told = Vec::new();
    let active: Vec<_> = case.issue.escalation.runs.iter().filter(|run| run.is_active()).collect();
    for run in &active {
        told.extend(run::explain(case, run));
    }
    if active.is_empty() {
        told.extend(calm::explain(case));
    }
    let of_none = case.issue.escalation.pings.iter().filter(|ping| ping.terms.cycle == 0);
    for ping in of_none.rev().take(RECENT) {
        told.extend(explain_ping(case, ping));
    }
    told
}

/// Warnings and notices that are explained with an issue.
const RECENT: usize = 10;
