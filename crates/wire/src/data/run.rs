//! `run.stepped`, `run.escalated`, `run.snoozed`, `run.migrated`: how far the escalation of an issue got for one department.

use domain::{Fired, Payload, PersonalCycle, PolicyVersion, RuleLeft, Severity, Stepped};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{SeverityForm, Text, Word, date, department},
};

/// Bytes of [`RunStepped::people`] at most, so that the whole is kept as it is. Of more people only the steps ping.
const PEOPLE_BYTES: usize = 8 * 1024;

/// A step of a policy fired.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RunStepped {
    /// Slug of the department whose run it is.
    pub(crate) department: Word,
    /// From 1; one more whenever the run begins again at step 0.
    pub(crate) cycle: u32,
    /// By which policy.
    pub(crate) policy: PolicyForm,
    /// By whose plan of it, `1` to `4`; absent: of what nobody assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<SeverityForm>,
    /// What fired.
    pub(crate) fired: FiredForm,
    /// When the next step fires, RFC 3339.
    pub(crate) next_at: Word,
    /// For how many seconds the step was overdue.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) late_by: u32,
    /// Steps of this firing in which there was nobody to ping.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) empty: Vec<u32>,
    /// Whose own rules begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) people: Vec<PersonalForm>,
    /// Nobody could be reached, and the fallback is asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unreachable: bool,
    /// When somebody else comes on call by a schedule that the step asked, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_shift: Option<Word>,
}

/// A version of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PolicyForm {
    /// Its id.
    pub(crate) id: Word,
    /// As of here in the log, such as `0-18446`.
    pub(crate) position: Word,
}

impl PolicyForm {
    fn version(&self) -> Result<PolicyVersion, String> {
        let position = self.position.0.parse().map_err(|error| format!("`policy.position`: {error}"))?;
        Ok(PolicyVersion { id: self.id.0.clone(), position })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum FiredForm {
    /// A step, from 0, after so many beginnings anew.
    Step { step: u32, pass: u32 },
    /// The fallback, for so many times with this.
    Fallback { times: u32 },
    /// What is told by day and not paged for.
    Digest,
    /// Only what became due between the steps.
    Meanwhile,
}

/// A person's own rules, from the moment a step pinged them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PersonalForm {
    /// Their id in the directory.
    pub(crate) person: Word,
    pub(crate) cycle: u32,
    pub(crate) step: u32,
    pub(crate) pass: u32,
    /// When the step fired, RFC 3339.
    pub(crate) started_at: Word,
    /// Rules that have not fired.
    #[serde(default)]
    pub(crate) left: Vec<RuleForm>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RuleForm {
    /// Its number among the person's rules, from 0.
    pub(crate) rule: u32,
    /// The name of the contact.
    pub(crate) contact: Word,
    /// How long after the step.
    pub(crate) after_seconds: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl RunStepped {
    /// As many of the people as are kept.
    fn kept(&self) -> usize {
        let mut bytes = 0;
        let fits = |person: &&PersonalForm| {
            bytes += serde_json::to_string(person).map_or(PEOPLE_BYTES, |text| text.len());
            bytes <= PEOPLE_BYTES
        };
        self.people.iter().take_while(fits).count()
    }
}

impl Data for RunStepped {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let policy = self.policy.version()?;
        let severity = self.severity.as_ref().map_or(Some(Severity::Unassessed), SeverityForm::assessed);
        let next_shift = self.next_shift.as_ref().map(|at| date(Some(at), "next_shift"));
        let people = self.people.iter().take(self.kept()).map(PersonalForm::cycle);
        Ok(Payload::RunStepped(Box::new(Stepped {
            department: department(&self.department, "department")?,
            cycle: self.cycle,
            policy,
            severity: severity.ok_or("`severity` is none of 1 to 4")?,
            fired: match self.fired {
                FiredForm::Step { step, pass } => Fired::Step { step, pass },
                FiredForm::Fallback { times } => Fired::Fallback { times },
                FiredForm::Digest => Fired::Digest,
                FiredForm::Meanwhile => Fired::Meanwhile,
            },
            next_at: date(Some(&self.next_at), "next_at")?,
            late_by: self.late_by,
            empty: self.empty.clone(),
            people: people.collect::<Result<_, _>>()?,
            unreachable: self.unreachable,
            next_shift: next_shift.transpose()?,
        })))
    }

    fn settle(&mut self, _context: &Context<'_>) {
        self.people.truncate(self.kept());
    }
}

impl PersonalForm {
    fn cycle(&self) -> Result<PersonalCycle, String> {
        let Self { person, cycle, step, pass, started_at, left } = self;
        let left = left.iter().map(|RuleForm { rule, contact, after_seconds }| RuleLeft {
            rule: *rule,
            contact: contact.0.clone(),
            after_seconds: *after_seconds,
        });
        Ok(PersonalCycle {
            person: person.0.clone(),
            cycle: *cycle,
            step: *step,
            pass: *pass,
            started_at: date(Some(started_at), "people.started_at")?,
            left: left.collect(),
        })
    }
}

/// Somebody does not want to wait for the next step.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RunEscalated {
    /// Slug of the department whose run it is.
    pub(crate) department: Word,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

/// Somebody asks for silence.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RunSnoozed {
    /// Slug of the department whose run it is.
    pub(crate) department: Word,
    /// Until when, RFC 3339.
    pub(crate) until: Word,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

/// A run goes by a newer version of its policy.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RunMigrated {
    /// Slug of the department whose run it is.
    pub(crate) department: Word,
    /// By which policy from now on.
    pub(crate) policy: PolicyForm,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for RunMigrated {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let department = department(&self.department, "department")?;
        Ok(Payload::RunMigrated { department, policy: self.policy.version()? })
    }
}

impl Data for RunEscalated {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::RunEscalated { department: department(&self.department, "department")? })
    }
}

impl Data for RunSnoozed {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let department = department(&self.department, "department")?;
        Ok(Payload::RunSnoozed { department, until: date(Some(&self.until), "until")? })
    }
}
