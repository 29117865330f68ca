//! Work asked of other departments.

use domain::{Assist, AssistState, AssistTerms, ItemId};
use serde::{Deserialize, Serialize};

use crate::codec::{
    Malformed,
    owner::SinceParts,
    parts::{PersonParts, Time, department},
};

#[derive(Serialize, Deserialize)]
pub(super) struct AssistParts<'a> {
    id: [u8; 16],
    department: &'a str,
    #[serde(borrow)]
    person: Option<PersonParts<'a>>,
    question: &'a str,
    due: Option<Time>,
    blocking: bool,
    from: &'a str,
    state: StateParts<'a>,
    since: SinceParts<'a>,
}

#[derive(Serialize, Deserialize)]
enum StateParts<'a> {
    Requested,
    Accepted(#[serde(borrow)] PersonParts<'a>),
    Answered { at: Time, unrequested: bool },
    Declined(Time),
    Cancelled(Time),
}

impl<'a> From<&'a Assist> for AssistParts<'a> {
    fn from(Assist { id, terms, from, state, since }: &'a Assist) -> Self {
        let AssistTerms { department, person, question, due, blocking } = terms;
        Self {
            id: id.to_bytes(),
            department: department.as_str(),
            person: person.as_ref().map(Into::into),
            question,
            due: due.map(Into::into),
            blocking: *blocking,
            from: from.as_str(),
            state: state.into(),
            since: since.into(),
        }
    }
}

impl TryFrom<AssistParts<'_>> for Assist {
    type Error = Malformed;

    fn try_from(parts: AssistParts<'_>) -> Result<Self, Malformed> {
        let AssistParts { id, department: asked, person, question, due, blocking, from, state, since } =
            parts;
        let terms = AssistTerms {
            department: department(asked)?,
            person: person.map(Into::into),
            question: question.to_owned(),
            due: due.map(TryInto::try_into).transpose()?,
            blocking,
        };
        Ok(Self {
            id: ItemId::from_bytes(id),
            terms,
            from: department(from)?,
            state: state.try_into()?,
            since: since.try_into()?,
        })
    }
}

impl<'a> From<&'a AssistState> for StateParts<'a> {
    fn from(state: &'a AssistState) -> Self {
        match state {
            AssistState::Requested => Self::Requested,
            AssistState::Accepted { by } => Self::Accepted(by.into()),
            AssistState::Answered { at, unrequested } => {
                Self::Answered { at: (*at).into(), unrequested: *unrequested }
            }
            AssistState::Declined { at } => Self::Declined((*at).into()),
            AssistState::Cancelled { at } => Self::Cancelled((*at).into()),
        }
    }
}

impl TryFrom<StateParts<'_>> for AssistState {
    type Error = Malformed;

    fn try_from(parts: StateParts<'_>) -> Result<Self, Malformed> {
        Ok(match parts {
            StateParts::Requested => Self::Requested,
            StateParts::Accepted(by) => Self::Accepted { by: by.into() },
            StateParts::Answered { at, unrequested } => Self::Answered { at: at.try_into()?, unrequested },
            StateParts::Declined(at) => Self::Declined { at: at.try_into()? },
            StateParts::Cancelled(at) => Self::Cancelled { at: at.try_into()? },
        })
    }
}
