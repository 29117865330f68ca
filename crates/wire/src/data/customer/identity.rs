//! `customer.alias_asserted`, `customer.alias_retracted`, `customers.merged` and `customers.unmerged`.

use domain::{
    AsReported, Identity, Payload,
    identity::{AliasAssertion, Confidence, CustomerFact, CustomerName, LeafKind},
};
use serde::{Deserialize, Serialize};

use crate::{
    data::{
        Context, Data,
        common::{CustomerForm, Id, Text},
        operation::EventForm,
    },
    token,
};

/// A customer: `{system, id}`, a token such as `crm:4711`, or the id that Davy gave one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "a customer is `{system, id}`, a token or the id that Davy gave one")]
pub(crate) enum CustomerNameForm {
    /// As their system knows them.
    Leaf(CustomerForm),
    /// By their token or Davy id.
    Text(Id),
}

impl CustomerNameForm {
    fn name(&self, member: &str) -> Result<CustomerName, String> {
        match self {
            Self::Leaf(form) => form.as_reported(member).map(CustomerName::Leaf),
            Self::Text(Id(text)) => {
                let leaf = || {
                    let leaf = token::read(text)?.leaf;
                    Some(CustomerName::Leaf(AsReported { leaf, raw: None }))
                };
                let id = text.parse().ok().map(CustomerName::Id);
                id.or_else(leaf).ok_or_else(|| format!("`{member}` names no customer"))
            }
        }
    }
}

/// An id is said to be a customer's.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AliasAsserted {
    /// The id.
    pub(crate) leaf: LeafForm,
    /// Whose; by default the customer of the subject, or `customer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<CustomerNameForm>,
    /// `strong` links, `weak` only suggests.
    #[serde(default)]
    pub(crate) confidence: ConfidenceForm,
    /// How one can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<Text>,
}

/// An id of a customer in a system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct LeafForm {
    /// A slug such as `sap`.
    pub(crate) system: Id,
    /// As that system writes it.
    pub(crate) id: Id,
    /// What sort of id it is.
    #[serde(default)]
    pub(crate) kind: LeafKindForm,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum LeafKindForm {
    #[default]
    Account,
    ContactEmail,
    Phone,
    Site,
    Asset,
    Billing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ConfidenceForm {
    Strong,
    #[default]
    Weak,
}

impl Data for AliasAsserted {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let Self { leaf: LeafForm { system, id, kind }, to, confidence, evidence: _ } = self;
        let leaf = CustomerForm { system: system.clone(), id: id.clone() }.as_reported("leaf")?;
        let to = match (to, context.customer) {
            (Some(to), _) => to.name("to")?,
            (None, Some(customer)) => CustomerName::Leaf(customer.clone()),
            (None, None) => return Err("`to` is missing: whose the id is".to_owned()),
        };
        let kind = match kind {
            LeafKindForm::Account => LeafKind::Account,
            LeafKindForm::ContactEmail => LeafKind::ContactEmail,
            LeafKindForm::Phone => LeafKind::Phone,
            LeafKindForm::Site => LeafKind::Site,
            LeafKindForm::Asset => LeafKind::Asset,
            LeafKindForm::Billing => LeafKind::Billing,
        };
        let confidence = match confidence {
            ConfidenceForm::Strong => Confidence::Strong,
            ConfidenceForm::Weak => Confidence::Weak,
        };
        Ok(Payload::Customer(CustomerFact::AliasAsserted(AliasAssertion { leaf, kind, to, confidence })))
    }

    fn settle(&mut self, context: &Context<'_>) {
        if let (None, Some(customer)) = (&self.to, context.customer) {
            let system = Id(customer.leaf.system().to_owned());
            self.to = Some(CustomerNameForm::Leaf(CustomerForm { system, id: Id(customer.id()) }));
        }
    }
}

/// An event about the same customer: `{source, id}`, or its id alone where it came from the same source.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "an event is `{source, id}` or an id")]
pub(crate) enum EventNameForm {
    Full(EventForm),
    Text(Id),
}

impl EventNameForm {
    fn identity(&self, context: &Context<'_>) -> Identity {
        match self {
            Self::Full(EventForm { source: Id(source), id: Id(id) }) => {
                Identity { source: source.clone(), id: id.clone() }
            }
            Self::Text(Id(id)) => Identity { source: context.source.to_owned(), id: id.clone() },
        }
    }

    fn settle(&mut self, context: &Context<'_>) {
        let Identity { source, id } = self.identity(context);
        *self = Self::Full(EventForm { source: Id(source), id: Id(id) });
    }
}

/// An assertion about the same customer is taken back.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AliasRetracted {
    /// Which.
    pub(crate) assertion: EventNameForm,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for AliasRetracted {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let assertion = self.assertion.identity(context);
        Ok(Payload::Customer(CustomerFact::AliasRetracted { assertion }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        self.assertion.settle(context);
    }
}

/// Two customers are one.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Merged {
    /// Who is no customer of their own any more.
    pub(crate) from: CustomerNameForm,
    /// Whom they are; by default the customer of the subject, or `customer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) into: Option<CustomerNameForm>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for Merged {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let into = match (&self.into, context.customer) {
            (Some(into), _) => into.name("into")?,
            (None, Some(customer)) => CustomerName::Leaf(customer.clone()),
            (None, None) => return Err("`into` is missing: whom they are".to_owned()),
        };
        Ok(Payload::Customer(CustomerFact::Merged { from: self.from.name("from")?, into }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        if let (None, Some(customer)) = (&self.into, context.customer) {
            let system = Id(customer.leaf.system().to_owned());
            self.into = Some(CustomerNameForm::Leaf(CustomerForm { system, id: Id(customer.id()) }));
        }
    }
}

/// A merge into the same customer is taken back.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Unmerged {
    /// Which.
    pub(crate) merge: EventNameForm,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for Unmerged {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Customer(CustomerFact::Unmerged { merge: self.merge.identity(context) }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        self.merge.settle(context);
    }
}
