//! `deferral.requested`, `.approved`, `.denied`, `.cancelled`, `.ended`: postponement as a loan with a due date.

use domain::{DeferralTerms, EndCause, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, Text, Word, any_date, date, item},
};

/// The issue may wait until a day, if somebody else allows it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DeferralRequested {
    /// Until when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(required, with = "Word"))]
    pub(crate) until: Option<Word>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
    /// Why, in the tool's own word; where there is no `reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason_code: Option<Word>,
    /// What helps the customer until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) interim_measure: Option<Text>,
    /// Who at the customer's was told; absent: nobody yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) customer_told: Option<ToldForm>,
}

/// Who at the customer's was told, and when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ToldForm {
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<Word>,
    /// When, RFC 3339; without it nobody counts as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<Word>,
}

impl Data for DeferralRequested {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let reason = self.reason.as_ref().map(|text| text.0.clone());
        let told = self.customer_told.as_ref();
        Ok(Payload::DeferralRequested(DeferralTerms {
            until: date(self.until.as_ref(), "until")?,
            reason: reason
                .or_else(|| self.reason_code.as_ref().map(|code| code.0.clone()))
                .unwrap_or_default(),
            told_at: told.and_then(|told| any_date(told.at.as_ref())),
        }))
    }
}

/// Somebody else than who asked allows it: it is in force.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DeferralApproved {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deferral: Option<Id>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

/// It is not allowed.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DeferralDenied {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deferral: Option<Id>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

/// It is taken back, or the issue taken up again.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DeferralCancelled {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deferral: Option<Id>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

/// It is over.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DeferralEnded {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deferral: Option<Id>,
    /// Why; by default its day came.
    #[serde(default)]
    pub(crate) cause: CauseForm,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum CauseForm {
    /// Its day came.
    #[default]
    Expired,
    /// By a chaser, a severity that rose, a withheld invoice or a near renewal.
    Broken,
    /// Somebody took it back.
    Cancelled,
    /// The issue was resolved, closed or withdrawn meanwhile.
    Settled,
}

impl Data for DeferralApproved {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::DeferralApproved { item: item(self.deferral.as_ref()) })
    }
}

impl Data for DeferralDenied {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::DeferralDenied { item: item(self.deferral.as_ref()) })
    }
}

impl Data for DeferralCancelled {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::DeferralCancelled { item: item(self.deferral.as_ref()) })
    }
}

impl Data for DeferralEnded {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let cause = match self.cause {
            CauseForm::Expired => EndCause::Expired,
            CauseForm::Broken => EndCause::Broken,
            CauseForm::Cancelled => EndCause::Cancelled,
            CauseForm::Settled => EndCause::Settled,
        };
        Ok(Payload::DeferralEnded { item: item(self.deferral.as_ref()), cause })
    }
}
