//! `issue.resolved`, `.closed`, `.reopened`, `.withdrawn`, `.reinstated`.

use domain::{Basis, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Text, Word, lenient},
};

/// An answer was given to the customer.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Resolved {
    /// fixed, workaround, no_fault_found, wont_fix, no_response or goodwill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) res_kind: Option<Word>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) root_cause: Option<Text>,
    /// Whether the customer was told.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub(crate) customer_told: Option<bool>,
}

/// The issue is done.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Closed {
    /// On whose word; by default the tool's.
    #[serde(default)]
    pub(crate) basis: BasisForm,
    /// Who at the customer's said so.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<Word>,
    /// How often the customer was asked.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub(crate) attempts: Option<u32>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum BasisForm {
    /// The customer said so.
    Confirmed,
    /// The customer did not answer.
    Unanswered,
    /// The tool says so.
    #[default]
    Source,
}

/// It came back.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Reopened {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
    /// customer or employee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<Word>,
}

/// It is taken back: by the customer's word, or because it was entered by mistake.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Withdrawn {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
    /// The contact in which the customer said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contact_ref: Option<Word>,
}

/// It stands again where it stood before it was withdrawn.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Reinstated {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for Resolved {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Resolved)
    }
}

impl Data for Closed {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Closed(match self.basis {
            BasisForm::Confirmed => Basis::Confirmed,
            BasisForm::Unanswered => Basis::Unanswered,
            BasisForm::Source => Basis::Source,
        }))
    }
}

impl Data for Reopened {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Reopened)
    }
}

impl Data for Withdrawn {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Withdrawn)
    }
}

impl Data for Reinstated {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Reinstated)
    }
}
