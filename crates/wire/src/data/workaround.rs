//! `workaround.applied` and `.reviewed`: quick fixes.

use domain::{Payload, Verdict, WorkaroundTerms};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, Money, Text, Word, any_date, item},
};

/// Somebody helped with a quick fix. The issue is not closed before it is reviewed.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct WorkaroundApplied {
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<Text>,
    /// When, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) done_at: Option<Word>,
    /// When it was told, where that was later, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) disclosed_at: Option<Word>,
    /// Whether it is to be replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) temporary: Option<bool>,
    /// Whether the customer knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) customer_aware: Option<bool>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<Money>,
    /// Equipment concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asset: Option<Id>,
}

impl Data for WorkaroundApplied {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::WorkaroundApplied(WorkaroundTerms {
            description: self.description.as_ref().map(|text| text.0.clone()).unwrap_or_default(),
            done_at: any_date(self.done_at.as_ref()),
        }))
    }
}

/// The department that owns the matter says what it thinks of a quick fix.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct WorkaroundReviewed {
    /// Which: its Davy id, or the id of the event that told of it; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) workaround: Option<Id>,
    /// What it says.
    pub(crate) verdict: VerdictForm,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerdictForm {
    /// It may stay.
    Safe,
    /// A real fix is needed; the issue stays open for it.
    NeedsFix,
    /// It endangers somebody: the issue is of severity 1 from now on.
    Unsafe,
}

impl Data for WorkaroundReviewed {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let verdict = match self.verdict {
            VerdictForm::Safe => Verdict::Safe,
            VerdictForm::NeedsFix => Verdict::NeedsFix,
            VerdictForm::Unsafe => Verdict::Unsafe,
        };
        Ok(Payload::WorkaroundReviewed { item: item(self.workaround.as_ref()), verdict })
    }
}
