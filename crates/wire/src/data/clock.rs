//! `clock.warned`, `clock.breached`: what Davy's escalator announces of a clock.

use domain::{ClockKind, ClockName, Mark, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Word, date, uuid},
};

/// Which clock of an issue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ClockForm {
    /// `own`, `ack`, `update`, `resolve`, `handoff_accept`, `assist_answer`, `promise`, `deferral` or `orphan`.
    pub(crate) clock: Word,
    /// The Davy id of the offer, assist, promise or deferral that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<Word>,
    /// From 1; one more whenever the clock starts again.
    pub(crate) cycle: u32,
}

impl ClockForm {
    pub(crate) fn name(&self) -> Result<ClockName, String> {
        let Self { clock, item, cycle } = self;
        let kind = ClockKind::parse(&clock.0).ok_or("`clock` is none of Davy's clocks")?;
        let item = item.as_ref().map(|item| uuid(item, "item")).transpose()?;
        Ok(ClockName { kind, item, cycle: *cycle })
    }
}

/// What is announced, and the deadline that the clock had then.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct MarkForm {
    #[serde(flatten)]
    pub(crate) clock: ClockForm,
    /// RFC 3339.
    pub(crate) deadline: Word,
}

impl MarkForm {
    fn payload(&self, mark: Mark) -> Result<Payload, String> {
        let deadline = date(Some(&self.deadline), "deadline")?;
        Ok(Payload::ClockMarked { clock: self.clock.name()?, mark, deadline })
    }
}

/// Three quarters of its time are over.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct ClockWarned(MarkForm);

/// Its time is over.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct ClockBreached(MarkForm);

impl Data for ClockWarned {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        self.0.payload(Mark::Warned)
    }
}

impl Data for ClockBreached {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        self.0.payload(Mark::Breached)
    }
}
