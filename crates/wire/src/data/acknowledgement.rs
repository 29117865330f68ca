//! `issue.acknowledged`.

use domain::Payload;
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{PersonForm, Text, Word, any_date, lenient, word},
};

/// A human told the customer who owns the issue. Who told them is the actor.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Acknowledged {
    /// Who was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_contact: Option<Word>,
    /// Such as `mail` or `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// Who was named as the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) named_owner: Option<PersonForm>,
    /// What was said.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
    /// The message that told them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message_ref: Option<Word>,
    /// When the customer hears next, RFC 3339: a promise to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_update_due: Option<Word>,
}

impl Data for Acknowledged {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let next = any_date(self.next_update_due.as_ref());
        Ok(Payload::Acknowledged { channel: word(self.channel.as_ref()), next })
    }

    fn settle(&mut self, context: &Context<'_>) {
        if let Some(person) = &mut self.named_owner {
            person.settle(context.people_of);
        }
    }
}
