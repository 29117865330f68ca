//! What is said about customers: `issue.customer_corrected`; who they are (`identity`) and what is known of them (`profile`).

mod identity;
mod profile;

use domain::{AsReported, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{CustomerForm, Id, Text},
};
use crate::token;

pub(crate) use identity::{AliasAsserted, AliasRetracted, Merged, Unmerged};
pub(crate) use profile::{ContractUpserted, ProfileSet};

/// The issue is another customer's.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CustomerCorrected {
    /// Whose it is; by default the customer of the subject, or `customer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<CustomerForm>,
    /// The same as `to`, which wins. Elsewhere the subject's customer wins; here it may be the wrong one.
    #[serde(default, skip_serializing)]
    pub(crate) customer: Option<CustomerForm>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for CustomerCorrected {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let to = match (self.to.as_ref().or(self.customer.as_ref()), context.customer) {
            (Some(to), _) => to.as_reported("to")?,
            (None, Some(customer)) => customer.clone(),
            (None, None) => return Err("`to` is missing: whose the issue is".to_owned()),
        };
        Ok(Payload::CustomerCorrected { to })
    }

    fn settle(&mut self, context: &Context<'_>) {
        self.to = self.to.take().or_else(|| self.customer.take());
        if let (None, Some(customer)) = (&self.to, context.customer) {
            let system = Id(customer.leaf.system().to_owned());
            self.to = Some(CustomerForm { system, id: Id(customer.id()) });
        }
    }
}

impl CustomerForm {
    /// The customer with the id as given, kept where the leaf holds only its hash.
    pub(crate) fn as_reported(&self, member: &str) -> Result<AsReported, String> {
        let leaf = token::leaf(&self.system.0, &self.id.0).map_err(|error| format!("`{member}`: {error}"))?;
        let raw = (leaf.decoded() != self.id.0).then(|| self.id.0.clone());
        Ok(AsReported { leaf, raw })
    }
}
