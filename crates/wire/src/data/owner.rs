//! `owner.assigned`, `owner.accepted`, `owner.declined`.

use domain::{Assignment, Payload};
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{PersonForm, Text, Word, department, word},
};

/// Somebody else is to own the issue, at once.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Assigned {
    /// Absent: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<Word>,
    /// Free text, matched byte for byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) team: Option<Word>,
    /// Absent: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonForm>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for Assigned {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Assigned(Assignment {
            department: self.department.as_ref().map(|slug| department(slug, "department")).transpose()?,
            team: word(self.team.as_ref()),
            person: self.person.as_ref().map(|person| person.person(context.people_of)),
        }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        if let Some(person) = &mut self.person {
            person.settle(context.people_of);
        }
    }
}

/// A person took the issue. `person` is by default the actor's.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Accepted {
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonForm>,
    /// In which department; by default the one that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<Word>,
}

impl Data for Accepted {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Accepted {
            person: taker(self.person.as_ref(), context)?,
            department: self.department.as_ref().map(|slug| department(slug, "department")).transpose()?,
        })
    }

    fn settle(&mut self, context: &Context<'_>) {
        settle_taker(&mut self.person, context);
    }
}

/// The one named gives it back to the desk.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Declined {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for Declined {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Declined)
    }
}

/// The owner is gone, or their department is closed.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Orphaned {
    /// Whose it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<FormerOwner>,
    /// Such as `left`, `on_leave` or `closed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<Word>,
}

#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct FormerOwner {
    /// The slug of a department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<Word>,
    /// One of its teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) team: Option<Word>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonForm>,
}

impl Data for Orphaned {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        Ok(Payload::Orphaned)
    }
}

/// Who takes an issue: the person named, else the actor.
pub(super) fn taker(person: Option<&PersonForm>, context: &Context<'_>) -> Result<domain::Person, String> {
    person
        .map(|person| person.person(context.people_of))
        .or_else(|| context.actor.cloned())
        .ok_or_else(|| "`person` is missing: who takes the issue".to_owned())
}

/// Writes the taker out, so that it can be read again without the actor.
pub(super) fn settle_taker(person: &mut Option<PersonForm>, context: &Context<'_>) {
    match (person.as_mut(), context.actor) {
        (Some(person), _) => person.settle(context.people_of),
        (None, Some(actor)) => *person = Some(PersonForm::from(actor)),
        (None, None) => {}
    }
}
