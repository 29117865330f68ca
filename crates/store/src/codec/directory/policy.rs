//! Policies.

use domain::{ClockLimit, LeaseLimit, PingTarget, Plan, PolicyDocument, PolicyStep, Repeat, TimeLimit};
use serde::{Deserialize, Serialize};

use super::super::{
    Malformed, clock,
    parts::{department, text, whole},
};

#[derive(Serialize, Deserialize)]
pub(super) struct PolicyParts<'a> {
    id: &'a str,
    name: Option<&'a str>,
    limits: Vec<(u8, [LimitParts; 4])>,
    #[serde(borrow)]
    plans: [PlanParts<'a>; 4],
    #[serde(borrow)]
    fallback: TargetParts<'a>,
}

impl<'a> From<&'a PolicyDocument> for PolicyParts<'a> {
    fn from(PolicyDocument { id, name, limits, plans, fallback }: &'a PolicyDocument) -> Self {
        let limit =
            |ClockLimit { clock, limits }: &ClockLimit| (clock::number(*clock), limits.map(Into::into));
        Self {
            id,
            name: name.as_deref(),
            limits: limits.iter().map(limit).collect(),
            plans: plans.each_ref().map(Into::into),
            fallback: fallback.into(),
        }
    }
}

impl TryFrom<PolicyParts<'_>> for PolicyDocument {
    type Error = Malformed;

    fn try_from(parts: PolicyParts<'_>) -> Result<Self, Malformed> {
        let PolicyParts { id, name, limits, plans: [one, two, three, four], fallback } = parts;
        let limit = |(clock, limits): (u8, [LimitParts; 4])| {
            Ok(ClockLimit { clock: clock::kind(clock)?, limits: limits.map(Into::into) })
        };
        Ok(Self {
            id: id.to_owned(),
            name: text(name),
            limits: limits.into_iter().map(limit).collect::<Result<_, Malformed>>()?,
            plans: [one.try_into()?, two.try_into()?, three.try_into()?, four.try_into()?],
            fallback: fallback.try_into()?,
        })
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum LimitParts {
    Wall(u32),
    Hours(u32),
    Days(u32),
}

impl From<TimeLimit> for LimitParts {
    fn from(limit: TimeLimit) -> Self {
        match limit {
            TimeLimit::Wall(seconds) => Self::Wall(seconds),
            TimeLimit::Hours(seconds) => Self::Hours(seconds),
            TimeLimit::Days(days) => Self::Days(days),
        }
    }
}

impl From<LimitParts> for TimeLimit {
    fn from(parts: LimitParts) -> Self {
        match parts {
            LimitParts::Wall(seconds) => Self::Wall(seconds),
            LimitParts::Hours(seconds) => Self::Hours(seconds),
            LimitParts::Days(days) => Self::Days(days),
        }
    }
}

/// As [`LimitParts`], and one more.
#[derive(Serialize, Deserialize)]
enum LeaseParts {
    Wall(u32),
    Hours(u32),
    Days(u32),
    Never,
}

impl From<LeaseLimit> for LeaseParts {
    fn from(limit: LeaseLimit) -> Self {
        match limit {
            LeaseLimit::Lasts(TimeLimit::Wall(seconds)) => Self::Wall(seconds),
            LeaseLimit::Lasts(TimeLimit::Hours(seconds)) => Self::Hours(seconds),
            LeaseLimit::Lasts(TimeLimit::Days(days)) => Self::Days(days),
            LeaseLimit::NeverLapses => Self::Never,
        }
    }
}

impl From<LeaseParts> for LeaseLimit {
    fn from(parts: LeaseParts) -> Self {
        match parts {
            LeaseParts::Wall(seconds) => Self::Lasts(TimeLimit::Wall(seconds)),
            LeaseParts::Hours(seconds) => Self::Lasts(TimeLimit::Hours(seconds)),
            LeaseParts::Days(days) => Self::Lasts(TimeLimit::Days(days)),
            LeaseParts::Never => Self::NeverLapses,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct PlanParts<'a> {
    #[serde(borrow)]
    steps: Vec<StepParts<'a>>,
    /// Absent: for ever.
    repeat: Option<u32>,
    lease: LeaseParts,
    working_time: bool,
    holds: bool,
}

impl<'a> From<&'a Plan> for PlanParts<'a> {
    fn from(plan: &'a Plan) -> Self {
        // What only the built-in policy says is in no document.
        let Plan { steps, repeat, lease, pages_days: _, working_time, holds, until_opening: _ } = plan;
        let repeat = match repeat {
            Repeat::Times(times) => Some(*times),
            Repeat::Forever => None,
        };
        let steps = steps.iter().map(Into::into).collect();
        Self { steps, repeat, lease: (*lease).into(), working_time: *working_time, holds: *holds }
    }
}

impl TryFrom<PlanParts<'_>> for Plan {
    type Error = Malformed;

    fn try_from(parts: PlanParts<'_>) -> Result<Self, Malformed> {
        let PlanParts { steps, repeat, lease, working_time, holds } = parts;
        let repeat = repeat.map_or(Repeat::Forever, Repeat::Times);
        Ok(Self {
            steps: whole(steps)?,
            repeat,
            lease: lease.into(),
            pages_days: None,
            working_time,
            holds,
            until_opening: false,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct StepParts<'a> {
    #[serde(borrow)]
    targets: Vec<TargetParts<'a>>,
    delay: LimitParts,
    answers: u32,
}

impl<'a> From<&'a PolicyStep> for StepParts<'a> {
    fn from(PolicyStep { targets, delay, answers }: &'a PolicyStep) -> Self {
        let targets = targets.iter().map(Into::into).collect();
        Self { targets, delay: (*delay).into(), answers: *answers }
    }
}

impl TryFrom<StepParts<'_>> for PolicyStep {
    type Error = Malformed;

    fn try_from(StepParts { targets, delay, answers }: StepParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { targets: whole(targets)?, delay: delay.into(), answers })
    }
}

#[derive(Serialize, Deserialize)]
enum TargetParts<'a> {
    Person(&'a str),
    OnCall(Option<&'a str>),
    Head(Option<&'a str>),
    HearingHead,
    Owner,
    HeardBy,
    AccountOwner,
    Channel(&'a str),
}

impl<'a> From<&'a PingTarget> for TargetParts<'a> {
    fn from(target: &'a PingTarget) -> Self {
        match target {
            PingTarget::Person(id) => Self::Person(id),
            PingTarget::OnCall(schedule) => Self::OnCall(schedule.as_deref()),
            PingTarget::Head(department) => Self::Head(department.as_ref().map(|slug| slug.as_str())),
            PingTarget::HearingHead => Self::HearingHead,
            PingTarget::Owner => Self::Owner,
            PingTarget::HeardBy => Self::HeardBy,
            PingTarget::AccountOwner => Self::AccountOwner,
            PingTarget::Channel(name) => Self::Channel(name),
        }
    }
}

impl TryFrom<TargetParts<'_>> for PingTarget {
    type Error = Malformed;

    fn try_from(parts: TargetParts<'_>) -> Result<Self, Malformed> {
        Ok(match parts {
            TargetParts::Person(id) => Self::Person(id.to_owned()),
            TargetParts::OnCall(schedule) => Self::OnCall(text(schedule)),
            TargetParts::Head(slug) => Self::Head(slug.map(department).transpose()?),
            TargetParts::HearingHead => Self::HearingHead,
            TargetParts::Owner => Self::Owner,
            TargetParts::HeardBy => Self::HeardBy,
            TargetParts::AccountOwner => Self::AccountOwner,
            TargetParts::Channel(name) => Self::Channel(name.to_owned()),
        })
    }
}
