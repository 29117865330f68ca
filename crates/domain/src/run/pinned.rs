//! What the policy that a run goes by says.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Department, Directory, Fired, Plan, PolicyDocument, PolicyVersion, Position, Run, TimeLimit,
    limits::STEP_DELAY_SECONDS,
};

/// Seconds of a day.
const DAY: i64 = 86_400;

impl PolicyVersion {
    /// The document; the built-in one where there is none of that id.
    pub fn document<'a>(&self, directory: &'a Directory, department: &Department) -> &'a PolicyDocument {
        let found = directory.policy_by_id(&self.id, self.position);
        // Before the first message of the log only the built-in one is in force.
        found.unwrap_or_else(|| directory.policy(department, Position::START))
    }
}

impl Run {
    /// Whether it goes by this document: the same words, whichever version they are of.
    pub fn goes_by(&self, document: &PolicyDocument, directory: &Directory) -> bool {
        self.policy.document(directory, &self.department) == document
    }

    /// Its plan.
    pub fn plan<'a>(&self, directory: &'a Directory) -> &'a Plan {
        self.policy.document(directory, &self.department).plan(self.severity)
    }

    /// How many different people have to answer what fired last.
    pub fn answers_needed(&self, directory: &Directory) -> usize {
        let step = match self.fired {
            Fired::Step { step, pass: _ } => usize::try_from(step).ok(),
            Fired::Fallback { .. } | Fired::Digest | Fired::Meanwhile => None,
        };
        let step = step.and_then(|step| self.plan(directory).steps.get(step));
        step.and_then(|step| usize::try_from(step.answers).ok()).unwrap_or(1).max(1)
    }
}

impl Plan {
    /// When a delay or lease that begins at `from` is over: in the department's open time if the plan says so, and never
    /// sooner than a step may be short.
    pub(crate) fn over(
        &self,
        limit: TimeLimit,
        from: Timestamp,
        directory: &Directory,
        department: &Department,
        at: Position,
    ) -> Timestamp {
        self.part_over(limit, 100, from, directory, department, at).max(after(from, STEP_DELAY_SECONDS))
    }

    /// As [`Plan::over`], of so many per cent of it; however short.
    pub(crate) fn part_over(
        &self,
        limit: TimeLimit,
        percent: u32,
        from: Timestamp,
        directory: &Directory,
        department: &Department,
        at: Position,
    ) -> Timestamp {
        let limit = match limit {
            TimeLimit::Wall(seconds) if self.working_time => TimeLimit::Hours(seconds),
            TimeLimit::Wall(_) | TimeLimit::Hours(_) | TimeLimit::Days(_) => limit,
        };
        let open_time = || directory.calendar(department, at).milestone(from, limit, &[], percent);
        let (end, wall) = match limit {
            TimeLimit::Wall(seconds) => (None, i64::from(seconds)),
            TimeLimit::Hours(seconds) => (open_time(), i64::from(seconds)),
            TimeLimit::Days(days) => (open_time(), i64::from(days) * DAY),
        };
        end.unwrap_or_else(|| after(from, wall * i64::from(percent) / 100))
    }
}

/// So many seconds later.
pub(crate) fn after(from: Timestamp, seconds: i64) -> Timestamp {
    from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
