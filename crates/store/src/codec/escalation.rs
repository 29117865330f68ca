//! How far the escalation of an issue got: its runs and pings.

mod ping;

use domain::{
    Answer, Escalation, Fired, Given, HandOver, ItemId, Lease, PersonalCycle, PolicyVersion, Position,
    RuleLeft, Run, RunPhase,
};
use serde::{Deserialize, Serialize};

use self::ping::PingParts;
use super::{
    Malformed,
    issue::SeverityParts,
    owner::SinceParts,
    parts::{IdentityParts, PersonParts, Time, department, whole},
};

#[derive(Serialize, Deserialize)]
pub(super) struct EscalationParts<'a> {
    #[serde(borrow)]
    runs: Vec<RunParts<'a>>,
    #[serde(borrow)]
    pings: Vec<PingParts<'a>>,
    arbiter_calls: u32,
    arbiter_asked: bool,
    #[serde(borrow)]
    given: Vec<GivenParts<'a>>,
    #[serde(borrow)]
    hand_over: Option<HandOverParts<'a>>,
}

impl<'a> EscalationParts<'a> {
    /// `None` where there is nothing to say.
    pub(super) fn of(escalation: &'a Escalation) -> Option<Self> {
        (*escalation != Escalation::default()).then(|| escalation.into())
    }
}

impl<'a> From<&'a Escalation> for EscalationParts<'a> {
    fn from(
        Escalation { runs, pings, arbiter_calls, arbiter_asked, given, hand_over }: &'a Escalation,
    ) -> Self {
        Self {
            runs: runs.iter().map(Into::into).collect(),
            pings: pings.iter().map(Into::into).collect(),
            arbiter_calls: *arbiter_calls,
            arbiter_asked: *arbiter_asked,
            given: given.iter().map(Into::into).collect(),
            hand_over: hand_over.as_ref().map(Into::into),
        }
    }
}

impl TryFrom<EscalationParts<'_>> for Escalation {
    type Error = Malformed;

    fn try_from(parts: EscalationParts<'_>) -> Result<Self, Malformed> {
        let EscalationParts { runs, pings, arbiter_calls, arbiter_asked, given, hand_over } = parts;
        Ok(Self {
            runs: whole(runs)?,
            pings: whole(pings)?,
            arbiter_calls,
            arbiter_asked,
            given: whole(given)?,
            hand_over: hand_over.map(TryInto::try_into).transpose()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct GivenParts<'a> {
    by: [u8; 16],
    #[serde(borrow)]
    since: SinceParts<'a>,
    told: bool,
}

impl<'a> From<&'a Given> for GivenParts<'a> {
    fn from(Given { by, since, told }: &'a Given) -> Self {
        Self { by: by.to_bytes(), since: since.into(), told: *told }
    }
}

impl TryFrom<GivenParts<'_>> for Given {
    type Error = Malformed;

    fn try_from(GivenParts { by, since, told }: GivenParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { by: ItemId::from_bytes(by), since: since.try_into()?, told })
    }
}

#[derive(Serialize, Deserialize)]
struct HandOverParts<'a> {
    ended: Time,
    #[serde(borrow)]
    owner: IdentityParts<'a>,
}

impl<'a> From<&'a HandOver> for HandOverParts<'a> {
    fn from(HandOver { ended, owner }: &'a HandOver) -> Self {
        Self { ended: (*ended).into(), owner: owner.into() }
    }
}

impl TryFrom<HandOverParts<'_>> for HandOver {
    type Error = Malformed;

    fn try_from(HandOverParts { ended, owner }: HandOverParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { ended: ended.try_into()?, owner: owner.into() })
    }
}

#[derive(Serialize, Deserialize)]
struct RunParts<'a> {
    department: &'a str,
    cycle: u32,
    policy: &'a str,
    policy_position: u64,
    severity: SeverityParts,
    started_at: Time,
    fired: FiredParts,
    phase: PhaseParts,
    lease: Option<LeaseParts>,
    escalated: bool,
    migrated: bool,
    #[serde(borrow)]
    answers: Vec<AnswerParts<'a>>,
    #[serde(borrow)]
    personal: Vec<PersonalParts<'a>>,
    unreachable: bool,
    next_shift: Option<Time>,
}

impl<'a> From<&'a Run> for RunParts<'a> {
    fn from(run: &'a Run) -> Self {
        let Run {
            department,
            cycle,
            policy: PolicyVersion { id, position },
            severity,
            started_at,
            fired,
            phase,
            lease,
            escalated,
            migrated,
            answers,
            personal,
            unreachable,
            next_shift,
        } = run;
        Self {
            department: department.as_str(),
            cycle: *cycle,
            policy: id,
            policy_position: position.sequence(),
            severity: (*severity).into(),
            started_at: (*started_at).into(),
            fired: (*fired).into(),
            phase: phase.into(),
            lease: lease.as_ref().map(Into::into),
            escalated: *escalated,
            migrated: *migrated,
            answers: answers.iter().map(Into::into).collect(),
            personal: personal.iter().map(Into::into).collect(),
            unreachable: *unreachable,
            next_shift: next_shift.map(Into::into),
        }
    }
}

impl TryFrom<RunParts<'_>> for Run {
    type Error = Malformed;

    fn try_from(parts: RunParts<'_>) -> Result<Self, Malformed> {
        let RunParts {
            department: slug,
            cycle,
            policy,
            policy_position,
            severity,
            started_at,
            fired,
            phase,
            lease,
            escalated,
            migrated,
            answers,
            personal,
            unreachable,
            next_shift,
        } = parts;
        Ok(Self {
            department: department(slug)?,
            cycle,
            policy: PolicyVersion { id: policy.to_owned(), position: Position::new(policy_position) },
            severity: severity.into(),
            started_at: started_at.try_into()?,
            fired: fired.into(),
            phase: phase.try_into()?,
            lease: lease.map(TryInto::try_into).transpose()?,
            escalated,
            migrated,
            answers: whole(answers)?,
            personal: whole(personal)?,
            unreachable,
            next_shift: next_shift.map(TryInto::try_into).transpose()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
enum FiredParts {
    Step(u32, u32),
    Fallback(u32),
    Meanwhile,
    Digest,
}

impl From<Fired> for FiredParts {
    fn from(fired: Fired) -> Self {
        match fired {
            Fired::Step { step, pass } => Self::Step(step, pass),
            Fired::Fallback { times } => Self::Fallback(times),
            Fired::Meanwhile => Self::Meanwhile,
            Fired::Digest => Self::Digest,
        }
    }
}

impl From<FiredParts> for Fired {
    fn from(parts: FiredParts) -> Self {
        match parts {
            FiredParts::Step(step, pass) => Self::Step { step, pass },
            FiredParts::Fallback(times) => Self::Fallback { times },
            FiredParts::Meanwhile => Self::Meanwhile,
            FiredParts::Digest => Self::Digest,
        }
    }
}

#[derive(Serialize, Deserialize)]
enum PhaseParts {
    Stepping(Time),
    Answered(Time),
    Snoozed(Time),
    Ended(Time),
    AnsweredForGood,
}

impl From<&RunPhase> for PhaseParts {
    fn from(phase: &RunPhase) -> Self {
        match *phase {
            RunPhase::Stepping { next_at } => Self::Stepping(next_at.into()),
            RunPhase::Answered { until: Some(until) } => Self::Answered(until.into()),
            RunPhase::Answered { until: None } => Self::AnsweredForGood,
            RunPhase::Snoozed { until } => Self::Snoozed(until.into()),
            RunPhase::Ended { at } => Self::Ended(at.into()),
        }
    }
}

impl TryFrom<PhaseParts> for RunPhase {
    type Error = Malformed;

    fn try_from(parts: PhaseParts) -> Result<Self, Malformed> {
        Ok(match parts {
            PhaseParts::Stepping(next_at) => Self::Stepping { next_at: next_at.try_into()? },
            PhaseParts::Answered(until) => Self::Answered { until: Some(until.try_into()?) },
            PhaseParts::AnsweredForGood => Self::Answered { until: None },
            PhaseParts::Snoozed(until) => Self::Snoozed { until: until.try_into()? },
            PhaseParts::Ended(at) => Self::Ended { at: at.try_into()? },
        })
    }
}

#[derive(Serialize, Deserialize)]
struct LeaseParts {
    by: [u8; 16],
    most: Time,
    remind_at: Option<Time>,
}

impl From<&Lease> for LeaseParts {
    fn from(Lease { by, most, remind_at }: &Lease) -> Self {
        Self { by: by.to_bytes(), most: (*most).into(), remind_at: remind_at.map(Into::into) }
    }
}

impl TryFrom<LeaseParts> for Lease {
    type Error = Malformed;

    fn try_from(LeaseParts { by, most, remind_at }: LeaseParts) -> Result<Self, Malformed> {
        let remind_at = remind_at.map(TryInto::try_into).transpose()?;
        Ok(Self { by: ItemId::from_bytes(by), most: most.try_into()?, remind_at })
    }
}

#[derive(Serialize, Deserialize)]
struct AnswerParts<'a> {
    #[serde(borrow)]
    by: Option<PersonParts<'a>>,
    at: Time,
}

impl<'a> From<&'a Answer> for AnswerParts<'a> {
    fn from(Answer { by, at }: &'a Answer) -> Self {
        Self { by: by.as_ref().map(Into::into), at: (*at).into() }
    }
}

impl TryFrom<AnswerParts<'_>> for Answer {
    type Error = Malformed;

    fn try_from(AnswerParts { by, at }: AnswerParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { by: by.map(Into::into), at: at.try_into()? })
    }
}

#[derive(Serialize, Deserialize)]
struct PersonalParts<'a> {
    person: &'a str,
    cycle: u32,
    step: u32,
    pass: u32,
    started_at: Time,
    /// Number, contact and seconds.
    #[serde(borrow)]
    left: Vec<(u32, &'a str, u32)>,
}

impl<'a> From<&'a PersonalCycle> for PersonalParts<'a> {
    fn from(PersonalCycle { person, cycle, step, pass, started_at, left }: &'a PersonalCycle) -> Self {
        let rule = |RuleLeft { rule, contact, after_seconds }: &'a RuleLeft| {
            (*rule, contact.as_str(), *after_seconds)
        };
        Self {
            person,
            cycle: *cycle,
            step: *step,
            pass: *pass,
            started_at: (*started_at).into(),
            left: left.iter().map(rule).collect(),
        }
    }
}

impl TryFrom<PersonalParts<'_>> for PersonalCycle {
    type Error = Malformed;

    fn try_from(parts: PersonalParts<'_>) -> Result<Self, Malformed> {
        let PersonalParts { person, cycle, step, pass, started_at, left } = parts;
        let rule = |(rule, contact, after_seconds): (u32, &str, u32)| RuleLeft {
            rule,
            contact: contact.to_owned(),
            after_seconds,
        };
        let left = left.into_iter().map(rule).collect();
        Ok(Self { person: person.to_owned(), cycle, step, pass, started_at: started_at.try_into()?, left })
    }
}
