//! `assist.requested`, `.accepted`, `.answered`, `.declined`, `.cancelled`: work asked of another department.

use domain::{AssistTerms, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, PersonForm, Text, Word, any_date, department, item},
    owner::{settle_taker, taker},
};

/// Work is asked of another department; the owner stays.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AssistRequested {
    /// Whom.
    pub(crate) to_department: Word,
    /// One of its people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_person: Option<PersonForm>,
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) question: Option<Text>,
    /// Until when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<Word>,
    /// Whether the issue cannot be resolved before it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) blocking: Option<bool>,
}

impl Data for AssistRequested {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::AssistRequested(AssistTerms {
            department: department(&self.to_department, "to_department")?,
            person: self.to_person.as_ref().map(|person| person.person(context.people_of)),
            question: self.question.as_ref().map(|text| text.0.clone()).unwrap_or_default(),
            due: any_date(self.due_at.as_ref()),
            blocking: self.blocking.unwrap_or_default(),
        }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        if let Some(person) = &mut self.to_person {
            person.settle(context.people_of);
        }
    }
}

/// Somebody does it. `person` is by default the actor's.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AssistAccepted {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assist: Option<Id>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonForm>,
}

impl Data for AssistAccepted {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let person = taker(self.person.as_ref(), context)?;
        Ok(Payload::AssistAccepted { item: item(self.assist.as_ref()), person })
    }

    fn settle(&mut self, context: &Context<'_>) {
        settle_taker(&mut self.person, context);
    }
}

/// The work is done.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AssistAnswered {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assist: Option<Id>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Text>,
    /// Nobody had asked: the help itself is what is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unrequested: Option<bool>,
}

impl Data for AssistAnswered {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::AssistAnswered {
            item: item(self.assist.as_ref()),
            unrequested: self.unrequested.unwrap_or_default(),
        })
    }
}

/// The department that was asked does not do it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AssistDeclined {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assist: Option<Id>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for AssistDeclined {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::AssistDeclined { item: item(self.assist.as_ref()) })
    }
}

/// It is not needed any more.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AssistCancelled {
    /// Which: its Davy id, or the id of the event that asked; by default the oldest that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assist: Option<Id>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for AssistCancelled {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::AssistCancelled { item: item(self.assist.as_ref()) })
    }
}

/// Nobody answered in time; it stays asked for.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AssistTimedOut {
    /// Which: its Davy id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assist: Option<Id>,
}

impl Data for AssistTimedOut {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::AssistTimedOut { item: item(self.assist.as_ref()) })
    }
}
