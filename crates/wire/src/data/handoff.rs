//! `handoff.offered`, `.accepted`, `.declined`, `.withdrawn`.

use std::collections::BTreeMap;

use domain::{OfferTerms, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{Id, List, PersonForm, Text, Word, date, department, item, says, word},
    owner::{settle_taker, taker},
};

/// The issue is offered to another department or team; its owner stays accountable until it is accepted.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Offered {
    /// To which department.
    pub(crate) to_department: Word,
    /// To which of its teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_team: Option<Word>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_person: Option<PersonForm>,
    /// How it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
    /// What was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) done_so_far: Option<Text>,
    /// What comes next.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) next_actions: List<NextAction>,
    /// What the customer was promised.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) promises: List<Text>,
    /// What may go wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) risks: Option<Text>,
    /// What the receiving department asks for on top.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, Text>,
}

/// A step to take.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct NextAction {
    /// What.
    pub(crate) what: Text,
    /// Until when, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Word>,
}

impl Offered {
    /// The names of the members that say something.
    fn given(&self) -> Vec<String> {
        let text = |text: &Option<Text>| text.as_ref().is_some_and(|text| says(&text.0));
        let members = [
            ("summary", text(&self.summary)),
            ("done_so_far", text(&self.done_so_far)),
            ("next_actions", self.next_actions.0.iter().any(|action| says(&action.what.0))),
            ("promises", self.promises.0.iter().any(|promise| says(&promise.0))),
            ("risks", text(&self.risks)),
        ];
        let members = members.into_iter().filter(|(_, said)| *said).map(|(name, _)| name.to_owned());
        let fields = self.fields.iter().filter(|(_, text)| says(&text.0)).map(|(name, _)| name.clone());
        members.chain(fields).collect()
    }
}

impl Data for Offered {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Offered(OfferTerms {
            department: department(&self.to_department, "to_department")?,
            team: word(self.to_team.as_ref()),
            person: self.to_person.as_ref().map(|person| person.person(context.people_of)),
            given: self.given(),
        }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        if let Some(person) = &mut self.to_person {
            person.settle(context.people_of);
        }
    }
}

/// A person of the department that was asked takes the issue. `person` is by default the actor's.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct OfferAccepted {
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonForm>,
    /// The state and the next step, in the taker's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) readback: Option<Text>,
}

impl Data for OfferAccepted {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let read_back = self.readback.as_ref().is_some_and(|words| says(&words.0));
        Ok(Payload::OfferAccepted { person: taker(self.person.as_ref(), context)?, read_back })
    }

    fn settle(&mut self, context: &Context<'_>) {
        settle_taker(&mut self.person, context);
    }
}

/// The department that was asked does not take it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct OfferDeclined {
    /// wrong_dept, missing_info, no_capacity or not_issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason_code: Option<Word>,
    /// What the offer lacks.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) missing: List<Word>,
    /// Who should be asked instead; what is no department's slug names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suggested_department: Option<Word>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for OfferDeclined {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        let slug = self.suggested_department.as_ref().map(|slug| slug.0.as_str());
        Ok(Payload::OfferDeclined { instead: slug.and_then(|slug| slug.parse().ok()) })
    }
}

/// The offer is taken back.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct OfferWithdrawn {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for OfferWithdrawn {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::OfferWithdrawn)
    }
}

/// The owner went off shift: whoever is on call is to accept it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct HandOverDue {
    /// When the shift ended or, where nobody took it over since, when another one began; RFC 3339.
    pub(crate) ended: Word,
}

impl Data for HandOverDue {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::HandOverDue { ended: date(Some(&self.ended), "ended")? })
    }
}

/// Nobody answered the offer in time.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct OfferTimedOut {
    /// Which: its Davy id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) offer: Option<Id>,
}

impl Data for OfferTimedOut {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::OfferTimedOut { item: item(self.offer.as_ref()) })
    }
}
