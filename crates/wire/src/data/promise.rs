//! `promise.made`, `.kept`, `.renegotiated`, `.broken`: dated undertakings to the customer.

use domain::{Payload, PromiseOrigin, PromiseTerms};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, PersonForm, Text, Word, date, item, word},
};

/// The customer was told that something will be done by a day.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PromiseMade {
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) what: Option<Text>,
    /// To whom at the customer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_contact: Option<Word>,
    /// Who undertakes it; by default the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by_person: Option<PersonForm>,
    /// By when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(required, with = "Word"))]
    pub(crate) due_at: Option<Word>,
    /// Out of what it came.
    #[serde(default)]
    pub(crate) origin: OriginForm,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum OriginForm {
    /// Work on an issue.
    #[default]
    Issue,
    /// The sale.
    Sale,
    /// The care after a sale.
    AfterSale,
    /// A call to be returned.
    Callback,
}

impl Data for PromiseMade {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let by = self.by_person.as_ref().map(|person| person.person(context.people_of));
        Ok(Payload::PromiseMade(PromiseTerms {
            what: self.what.as_ref().map(|text| text.0.clone()).unwrap_or_default(),
            to: word(self.to_contact.as_ref()),
            by,
            due: date(self.due_at.as_ref(), "due_at")?,
            origin: match self.origin {
                OriginForm::Issue => PromiseOrigin::Issue,
                OriginForm::Sale => PromiseOrigin::Sale,
                OriginForm::AfterSale => PromiseOrigin::AfterSale,
                OriginForm::Callback => PromiseOrigin::Callback,
            },
        }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        if let Some(person) = &mut self.by_person {
            person.settle(context.people_of);
        }
    }
}

/// What was promised is done.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PromiseKept {
    /// Which: its Davy id, or the id of the event that made it; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) promise: Option<Id>,
    /// How one can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<Text>,
}

/// Another day was agreed.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PromiseRenegotiated {
    /// Which: its Davy id, or the id of the event that made it; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) promise: Option<Id>,
    /// By when instead, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(required, with = "Word"))]
    pub(crate) new_due: Option<Word>,
    /// Whether the customer agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) customer_agreed: Option<bool>,
}

/// Its day passed.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PromiseBroken {
    /// Which: its Davy id, or the id of the event that made it; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) promise: Option<Id>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for PromiseKept {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::PromiseKept { item: item(self.promise.as_ref()) })
    }
}

impl Data for PromiseRenegotiated {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let due = date(self.new_due.as_ref(), "new_due")?;
        Ok(Payload::PromiseRenegotiated { item: item(self.promise.as_ref()), due })
    }
}

impl Data for PromiseBroken {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::PromiseBroken { item: item(self.promise.as_ref()) })
    }
}
