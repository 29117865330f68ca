//! Undertakings to the customer.

use domain::{ItemId, Promise, PromiseOrigin, PromiseState, PromiseTerms};
use serde::{Deserialize, Serialize};

use crate::codec::{
    Malformed,
    owner::SinceParts,
    parts::{PersonParts, Time, text},
};

#[derive(Serialize, Deserialize)]
pub(super) struct PromiseParts<'a> {
    id: [u8; 16],
    what: &'a str,
    to: Option<&'a str>,
    #[serde(borrow)]
    by: Option<PersonParts<'a>>,
    due: Time,
    origin: OriginParts,
    renegotiated: u32,
    state: StateParts,
    since: SinceParts<'a>,
}

#[derive(Serialize, Deserialize)]
enum OriginParts {
    Issue,
    Sale,
    AfterSale,
    Callback,
}

#[derive(Serialize, Deserialize)]
enum StateParts {
    Open,
    Kept(Time),
    Broken(Time),
    KeptLate(Time),
}

impl<'a> From<&'a Promise> for PromiseParts<'a> {
    fn from(Promise { id, terms, renegotiated, state, since }: &'a Promise) -> Self {
        let PromiseTerms { what, to, by, due, origin } = terms;
        Self {
            id: id.to_bytes(),
            what,
            to: to.as_deref(),
            by: by.as_ref().map(Into::into),
            due: (*due).into(),
            origin: (*origin).into(),
            renegotiated: *renegotiated,
            state: (*state).into(),
            since: since.into(),
        }
    }
}

impl TryFrom<PromiseParts<'_>> for Promise {
    type Error = Malformed;

    fn try_from(parts: PromiseParts<'_>) -> Result<Self, Malformed> {
        let PromiseParts { id, what, to, by, due, origin, renegotiated, state, since } = parts;
        let terms = PromiseTerms {
            what: what.to_owned(),
            to: text(to),
            by: by.map(Into::into),
            due: due.try_into()?,
            origin: origin.into(),
        };
        Ok(Self {
            id: ItemId::from_bytes(id),
            terms,
            renegotiated,
            state: state.try_into()?,
            since: since.try_into()?,
        })
    }
}

impl From<PromiseOrigin> for OriginParts {
    fn from(origin: PromiseOrigin) -> Self {
        match origin {
            PromiseOrigin::Issue => Self::Issue,
            PromiseOrigin::Sale => Self::Sale,
            PromiseOrigin::AfterSale => Self::AfterSale,
            PromiseOrigin::Callback => Self::Callback,
        }
    }
}

impl From<OriginParts> for PromiseOrigin {
    fn from(parts: OriginParts) -> Self {
        match parts {
            OriginParts::Issue => Self::Issue,
            OriginParts::Sale => Self::Sale,
            OriginParts::AfterSale => Self::AfterSale,
            OriginParts::Callback => Self::Callback,
        }
    }
}

impl From<PromiseState> for StateParts {
    fn from(state: PromiseState) -> Self {
        match state {
            PromiseState::Open => Self::Open,
            PromiseState::Kept { at } => Self::Kept(at.into()),
            PromiseState::Broken { at } => Self::Broken(at.into()),
            PromiseState::KeptLate { at } => Self::KeptLate(at.into()),
        }
    }
}

impl TryFrom<StateParts> for PromiseState {
    type Error = Malformed;

    fn try_from(parts: StateParts) -> Result<Self, Malformed> {
        Ok(match parts {
            StateParts::Open => Self::Open,
            StateParts::Kept(at) => Self::Kept { at: at.try_into()? },
            StateParts::Broken(at) => Self::Broken { at: at.try_into()? },
            StateParts::KeptLate(at) => Self::KeptLate { at: at.try_into()? },
        })
    }
}
