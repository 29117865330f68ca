//! What a customer's clock begins with, and what was announced of it.

use domain::{Contacts, LastContact, Mark, SilenceMark};
use serde::{Deserialize, Serialize};

use super::{
    Malformed,
    edge::MomentParts,
    parts::{Time, department},
};

#[derive(Serialize, Deserialize)]
pub(super) struct LastContactParts<'a> {
    #[serde(borrow)]
    moment: MomentParts<'a>,
    known_at: Time,
    backfill: bool,
    department: &'a str,
}

impl<'a> From<&'a LastContact> for LastContactParts<'a> {
    fn from(contact: &'a LastContact) -> Self {
        let LastContact { moment, known_at, backfill, department } = contact;
        Self {
            moment: moment.into(),
            known_at: (*known_at).into(),
            backfill: *backfill,
            department: department.as_str(),
        }
    }
}

impl TryFrom<LastContactParts<'_>> for LastContact {
    type Error = Malformed;

    fn try_from(parts: LastContactParts<'_>) -> Result<Self, Malformed> {
        let LastContactParts { moment, known_at, backfill, department: slug } = parts;
        let (moment, known_at) = (moment.try_into()?, known_at.try_into()?);
        Ok(Self { moment, known_at, backfill, department: department(slug)? })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ContactsParts<'a> {
    #[serde(borrow)]
    last: Option<LastContactParts<'a>>,
    #[serde(borrow)]
    first: Option<LastContactParts<'a>>,
    /// When it began, whether it ran out, its deadline, and when that was said.
    marks: Vec<(Time, bool, Time, Time)>,
}

impl<'a> From<&'a Contacts> for ContactsParts<'a> {
    fn from(Contacts { last, first, marks }: &'a Contacts) -> Self {
        let mark = |SilenceMark { since, mark, deadline, at }: &SilenceMark| {
            ((*since).into(), *mark == Mark::Breached, (*deadline).into(), (*at).into())
        };
        Self {
            last: last.as_ref().map(Into::into),
            first: first.as_ref().map(Into::into),
            marks: marks.iter().map(mark).collect(),
        }
    }
}

impl TryFrom<ContactsParts<'_>> for Contacts {
    type Error = Malformed;

    fn try_from(ContactsParts { last, first, marks }: ContactsParts<'_>) -> Result<Self, Malformed> {
        let mark = |(since, breached, deadline, at): (Time, bool, Time, Time)| {
            let mark = if breached { Mark::Breached } else { Mark::Warned };
            let (since, deadline, at) = (since.try_into()?, deadline.try_into()?, at.try_into()?);
            Ok(SilenceMark { since, mark, deadline, at })
        };
        Ok(Self {
            last: last.map(TryInto::try_into).transpose()?,
            first: first.map(TryInto::try_into).transpose()?,
            marks: marks.into_iter().map(mark).collect::<Result<_, Malformed>>()?,
        })
    }
}
