//! Runs and pings: how far the escalation of an issue got.
//!
//! One run for each department that owes an overdue act (`escalation.md` 2). Kept is what the log says: which step fired last,
//! who was pinged, what came of it, who answered. Deliberately absent: what follows from it (`escalate`), and sending.

mod bundle;
mod owed;
mod ping;
mod pinned;

use jiff::Timestamp;

use crate::{Department, Identity, ItemId, Person, Position, Severity, Since};

pub use bundle::{Queued, bundle};
pub use ping::{Outcome as PingOutcome, Ping, PingReason, PingTerms, Recipient};
pub(crate) use pinned::after;

/// Everything of an issue's escalation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Escalation {
    /// At most one a department; those that ended stay until room is needed, for their cycles to go on counting.
    pub runs: Vec<Run>,
    /// In the order of the log. Those that are settled are forgotten first where there are too many.
    pub pings: Vec<Ping>,
    /// How often an arbiter was asked to assign it (`domain.md` 4.7).
    pub arbiter_calls: u32,
    /// One was asked because of the bounces that there are.
    pub arbiter_asked: bool,
    /// To whom it was given who has not taken it: the owner named, and whom it is offered to.
    pub given: Vec<Given>,
    /// Its owner went off shift, and nobody took it over.
    pub hand_over: Option<HandOver>,
}

/// The steps of a policy, fired one after the other for an issue and the department that owes the act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Who owes the act.
    pub department: Department,
    /// From 1; more whenever it begins again at step 0.
    pub cycle: u32,
    /// The policy that it goes by, and as of where in the log.
    pub policy: PolicyVersion,
    /// Of the issue when the cycle began: it says which plan.
    pub severity: Severity,
    /// When the cycle began.
    pub started_at: Timestamp,
    /// What fired last in this cycle: a step or the fallback, also if that came to be void.
    pub fired: Fired,
    /// What it waits for.
    pub phase: RunPhase,
    /// What keeps it quiet, while it is [`RunPhase::Answered`] until an instant.
    pub lease: Option<Lease>,
    /// Somebody did not want to wait for the next step: with it, people's own rules begin anew.
    pub escalated: bool,
    /// It goes by a newer version of its policy by now, and whom that one adds to the step that waits was not asked.
    pub migrated: bool,
    /// Who answered in this cycle, each once.
    pub answers: Vec<Answer>,
    /// What is still to come by people's own rules.
    pub personal: Vec<PersonalCycle>,
    /// Nobody could be reached at the last step.
    pub unreachable: bool,
    /// When somebody else comes on call by a schedule that the last step asked, if that is soon.
    pub next_shift: Option<Timestamp>,
}

/// A version of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its id; `built-in` for version 0.
    pub id: String,
    /// As of here.
    pub position: Position,
}

/// What a run waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// Nobody answered yet: the next step, or the fallback again after all steps.
    Stepping {
        /// When it fires.
        next_at: Timestamp,
    },
    /// Somebody answered: no ping until then, and from step 0 if something is still overdue.
    Answered {
        /// The end of the lease; absent: it never lapses.
        until: Option<Timestamp>,
    },
    /// Somebody asked for silence until then; and from step 0 if something is still overdue.
    Snoozed {
        /// Its end.
        until: Timestamp,
    },
    /// Nothing of it is overdue any more.
    Ended {
        /// Since when.
        at: Timestamp,
    },
}

/// A person was named as owner, or it is offered to them, and they have not said what becomes of it (`escalation.md` rule 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Of the event: a ping is named by it.
    pub by: ItemId,
    /// When, and by which event.
    pub since: Since,
    /// They were pinged for it.
    pub told: bool,
}

/// The shift of an owner ended while the issue was theirs to work on (`escalation.md` rule 7): whoever is on call now is to
/// accept it, and until then it stays theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// When somebody went off or came on shift last.
    pub ended: Timestamp,
    /// The event that made the owner who went off shift.
    pub owner: Identity,
}

/// What an answer is worth (`escalation.md` rule 5): silence until it ends, and longer if somebody of the department says how
/// it goes meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Of the answer, or of the note that made it longer: a reminder is named by it.
    pub by: ItemId,
    /// No note makes it longer than until then ([`limits::LEASE_PERCENT`](crate::limits::LEASE_PERCENT)).
    pub most: Timestamp,
    /// When who answered is reminded; absent: they were, nobody knows who it was, or it ends too soon for that.
    pub remind_at: Option<Timestamp>,
}

/// Who answered a ping, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who, where it is known.
    pub by: Option<Person>,
    /// When.
    pub at: Timestamp,
}

/// A person's own rules at work, from the moment a step pinged them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalCycle {
    /// Their id in the directory.
    pub person: String,
    /// Of the run's cycle,
    pub cycle: u32,
    /// of this step of it,
    pub step: u32,
    /// and of this pass.
    pub pass: u32,
    /// When the step fired.
    pub started_at: Timestamp,
    /// Rules that have not fired: number, contact, and how many seconds after the step.
    pub left: Vec<RuleLeft>,
}

/// A rule of a person's that has not fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLeft {
    /// Its number among the person's rules, from 0.
    pub rule: u32,
    /// The name of the contact.
    pub contact: String,
    /// How long after the step.
    pub after_seconds: u32,
}

/// What `run.stepped` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stepped {
    /// Whose run.
    pub department: Department,
    /// Its cycle; one more than the run's begins the next.
    pub cycle: u32,
    /// The policy, and as of where.
    pub policy: PolicyVersion,
    /// Which plan of it.
    pub severity: Severity,
    /// What fired.
    pub fired: Fired,
    /// When the next step fires.
    pub next_at: Timestamp,
    /// For how many seconds the step was overdue.
    pub late_by: u32,
    /// Steps of this firing in which there was nobody to ping.
    pub empty: Vec<u32>,
    /// People's own rules that begin or go on, in the place of those of the same person, step and pass.
    pub people: Vec<PersonalCycle>,
    /// Nobody could be reached, and the fallback is asked.
    pub unreachable: bool,
    /// When somebody else comes on call by a schedule that the step asked.
    pub next_shift: Option<Timestamp>,
}

/// What of a run fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fired {
    /// A step.
    Step {
        /// Which, from 0.
        step: u32,
        /// How often the steps began again.
        pass: u32,
    },
    /// The fallback, after all steps.
    Fallback {
        /// How often it was pinged with this.
        times: u32,
    },
    /// What is told by day and not paged for any more: somebody answered long ago, or it was paged for long enough. Each telling
    /// is a cycle of its own.
    Digest,
    /// Only what became due by people's own rules, by a failed ping or by a change of shift; the steps stay where they are.
    Meanwhile,
}
