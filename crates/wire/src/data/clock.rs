//! `clock.warned`, `clock.breached`: what Davy's escalator announces of a clock.

use domain::{ClockKind, ClockName, Mark, Payload, SILENCE};
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
    /// Of an issue `own`, `ack`, `update`, `resolve`, `handoff_accept`, `assist_answer`, `promise`, `deferral` or `orphan`;
    /// of a customer `silence`.
    pub(crate) clock: Word,
    /// The Davy id of the offer, assist, promise or deferral that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<Word>,
    /// From 1; one more whenever the clock starts again. Of an issue's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cycle: Option<u32>,
    /// When it began, RFC 3339. Of a customer's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Word>,
    /// RFC 3339.
    pub(crate) deadline: Word,
}

impl MarkForm {
    fn payload(&self, mark: Mark) -> Result<Payload, String> {
        let Self { clock, item, cycle, since, deadline } = self;
        let deadline = date(Some(deadline), "deadline")?;
        if clock.0 == SILENCE {
            return Ok(Payload::SilenceMarked { since: date(since.as_ref(), "since")?, mark, deadline });
        }
        let cycle = cycle.ok_or("`cycle` is missing")?;
        let form = ClockForm { clock: clock.clone(), item: item.clone(), cycle };
        Ok(Payload::ClockMarked { clock: form.name()?, mark, deadline })
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
