//! Policies: how long a department may take, whom it has pinged when it takes longer, and in which order.
//!
//! Owns the document and the built-in one that is in force where a department names none (`domain.md` 4.8 and 4.11).
//! Deliberately absent: when a deadline falls (`calendar`), who is on call (`oncall`), and what happens next (`escalate`).

mod built_in;
mod lease;

use crate::{ClockKind, Department, Directory, Document, DocumentKey, Position, Severity, TimeLimit};

pub use lease::{LeaseLimit, ParseLeaseLimitError};

/// The id of the policy of departments that name none.
pub const DEFAULT_POLICY: &str = "default";

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDocument {
    /// Its id in the directory.
    pub id: String,
    /// For display.
    pub name: Option<String>,
    /// How long each clock runs; what is not said is the built-in policy's.
    pub limits: Vec<ClockLimit>,
    /// Whom to ping, by severity 1 to 4. What is unassessed goes by 3.
    pub plans: [Plan; 4],
    /// Whom to ping when nobody else can be, or nobody answered.
    pub fallback: PingTarget,
}

/// How long a clock runs for issues of a severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockLimit {
    /// Which clock.
    pub clock: ClockKind,
    /// By severity 1 to 4.
    pub limits: [TimeLimit; 4],
}

/// The steps for a severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In order; at least one.
    pub steps: Vec<PolicyStep>,
    /// How often it begins again after the last step.
    pub repeat: Repeat,
    /// For how long an answered ping keeps the run quiet.
    pub lease: LeaseLimit,
    /// After how many days of it what is answered and overdue again is paged for no more, but told of once a week; absent: it
    /// is paged for until it is done. Only the built-in policy says so.
    pub pages_days: Option<u32>,
    /// In whose working time delays and leases count; absent: they are wall time.
    pub working_time: bool,
    /// Whether pings may wait for the end of a person's quiet hours; see [`PolicyDocument::holds`].
    pub holds: bool,
    /// Whether those for somebody who has none wait until the department opens. Only the built-in policy says so.
    pub until_opening: bool,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyStep {
    /// Whom to ping.
    pub targets: Vec<PingTarget>,
    /// How long to wait for an answer before the next step; at least 30 s.
    pub delay: TimeLimit,
    /// How many different people have to answer.
    pub answers: u32,
}

/// How often the steps begin again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// So often.
    Times(u32),
    /// Until somebody answers.
    Forever,
}

/// Whom to ping. Who that is, is found out when the step fires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PingTarget {
    /// A person, by their id in the directory.
    Person(String),
    /// Whoever is on call by a schedule; absent: by that of the department that owes the act.
    OnCall(Option<String>),
    /// Who leads a department; absent: the one that owes the act.
    Head(Option<Department>),
    /// Who leads the department that heard the issue.
    HearingHead,
    /// The owner, where a person is named.
    Owner,
    /// Who heard it.
    HeardBy,
    /// Who is accountable for the customer.
    AccountOwner,
    /// A channel of the pager's own, by its name: a room, a mailing list, an alarm.
    Channel(String),
}

impl Plan {
    /// The step with which a level begins, both counted from 0; of fewer levels the last one's. Steps one after the other that
    /// ask the same are one level, asked as often (`domain.md` 4.11).
    pub(crate) fn step_of_level(&self, level: usize) -> u32 {
        let begins = |step: &usize| match step.checked_sub(1).and_then(|before| self.steps.get(before)) {
            Some(before) => self.steps.get(*step).is_some_and(|step| step.targets != before.targets),
            None => true,
        };
        let found = (0..self.steps.len()).filter(begins).take(level.saturating_add(1)).last();
        found.and_then(|step| u32::try_from(step).ok()).unwrap_or_default()
    }
}

impl PolicyDocument {
    /// The plan for a severity.
    pub const fn plan(&self, severity: Severity) -> &Plan {
        by_severity(&self.plans, severity)
    }

    /// Whether pings for a severity may wait for the end of quiet hours. What is critical never does, whatever a policy says
    /// (`escalation.md` rule 15).
    pub fn holds(&self, severity: Severity) -> bool {
        severity != Severity::One && self.plan(severity).holds
    }

    /// How long a clock runs for a severity, as this policy says; `None`: it says nothing.
    pub fn limit(&self, clock: ClockKind, severity: Severity) -> Option<TimeLimit> {
        self.of_clock(clock).map(|limits| *by_severity(&limits, severity))
    }

    fn of_clock(&self, clock: ClockKind) -> Option<[TimeLimit; 4]> {
        self.limits.iter().find(|limit| limit.clock == clock).map(|limit| limit.limits)
    }
}

impl Directory {
    /// The policy of a department in force at `at`: the one it names, else `default`, else the built-in one.
    pub fn policy(&self, department: &Department, at: Position) -> &PolicyDocument {
        self.policy_version(department, at).0
    }

    /// As [`Directory::policy`], and where that version of it stands; [`Position::START`] for the built-in one.
    pub fn policy_version(&self, department: &Department, at: Position) -> (&PolicyDocument, Position) {
        let named = self.department(department, at).and_then(|document| document.policy.as_deref());
        named
            .and_then(|id| self.version_of_policy(id, at))
            .or_else(|| self.version_of_policy(DEFAULT_POLICY, at))
            .unwrap_or_else(|| (built_in::policy(), Position::START))
    }

    /// The policy of this id in force at `at`.
    pub fn policy_by_id(&self, id: &str, at: Position) -> Option<&PolicyDocument> {
        self.version_of_policy(id, at).map(|(document, _)| document)
    }

    fn version_of_policy(&self, id: &str, at: Position) -> Option<(&PolicyDocument, Position)> {
        if self.last_change() == Position::START {
            return None;
        }
        let version = self.version(&DocumentKey::Policy(id.to_owned()), at)?;
        match &version.document {
            Document::Policy(document) => Some((document, version.position)),
            Document::Department(_)
            | Document::System(_)
            | Document::Person(_)
            | Document::Calendar(_)
            | Document::Rotation(_)
            | Document::Schedule(_)
            | Document::Override(_) => None,
        }
    }

    /// How long a clock of this department's runs: as its policy says, else as the built-in one does.
    pub fn limit(
        &self,
        department: &Department,
        at: Position,
        clock: ClockKind,
        severity: Severity,
    ) -> Option<TimeLimit> {
        let (_, _, limits) = self.limits(department, at, clock);
        limits.map(|limits| *by_severity(&limits, severity))
    }

    /// The policy that says how long a clock of this department's runs, where that version stands, and the limits by
    /// severity 1 to 4. None for clocks that run until a day that was agreed.
    pub(crate) fn limits(
        &self,
        department: &Department,
        at: Position,
        clock: ClockKind,
    ) -> (&PolicyDocument, Position, Option<[TimeLimit; 4]>) {
        let (policy, version) = self.policy_version(department, at);
        match policy.of_clock(clock) {
            Some(limits) => (policy, version, Some(limits)),
            None => (built_in::policy(), Position::START, built_in::policy().of_clock(clock)),
        }
    }
}

/// What counts for a severity, of what is said for 1 to 4.
const fn by_severity<T>([one, two, three, four]: &[T; 4], severity: Severity) -> &T {
    match severity {
        Severity::One => one,
        Severity::Two => two,
        Severity::Three | Severity::Unassessed => three,
        Severity::Four => four,
    }
}
