//! `invoice.withheld` and `invoice.released`: money that the customer keeps back. With an issue they bear on it.

use domain::Payload;
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, Money, Text, Word},
};

/// The customer does not pay.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct InvoiceWithheld {
    /// Its number.
    pub(crate) invoice_no: Id,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<Money>,
    /// The day on which it was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due_on: Option<Word>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for InvoiceWithheld {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::InvoiceWithheld { invoice: self.invoice_no.0.clone() })
    }
}

/// The customer pays, or owes it no more.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct InvoiceReleased {
    /// Its number.
    pub(crate) invoice_no: Id,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for InvoiceReleased {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::InvoiceReleased { invoice: self.invoice_no.0.clone() })
    }
}
