//! Postponements.

use domain::{Deferral, DeferralState, DeferralTerms, EndCause, ItemId};
use serde::{Deserialize, Serialize};

use crate::codec::{
    Malformed,
    owner::SinceParts,
    parts::{PersonParts, Time, department},
};

#[derive(Serialize, Deserialize)]
pub(super) struct DeferralParts<'a> {
    id: [u8; 16],
    until: Time,
    reason: &'a str,
    told_at: Option<Time>,
    from: &'a str,
    #[serde(borrow)]
    by: Option<PersonParts<'a>>,
    state: StateParts<'a>,
    since: SinceParts<'a>,
}

#[derive(Serialize, Deserialize)]
enum StateParts<'a> {
    Requested,
    Approved {
        #[serde(borrow)]
        by: Option<PersonParts<'a>>,
        at: Time,
    },
    Denied(Time),
    Ended(CauseParts, Time),
}

#[derive(Serialize, Deserialize)]
enum CauseParts {
    Expired,
    Broken,
    Cancelled,
    Settled,
}

impl<'a> From<&'a Deferral> for DeferralParts<'a> {
    fn from(Deferral { id, terms, from, by, state, since }: &'a Deferral) -> Self {
        let DeferralTerms { until, reason, told_at } = terms;
        Self {
            id: id.to_bytes(),
            until: (*until).into(),
            reason,
            told_at: told_at.map(Into::into),
            from: from.as_str(),
            by: by.as_ref().map(Into::into),
            state: state.into(),
            since: since.into(),
        }
    }
}

impl TryFrom<DeferralParts<'_>> for Deferral {
    type Error = Malformed;

    fn try_from(parts: DeferralParts<'_>) -> Result<Self, Malformed> {
        let DeferralParts { id, until, reason, told_at, from, by, state, since } = parts;
        let terms = DeferralTerms {
            until: until.try_into()?,
            reason: reason.to_owned(),
            told_at: told_at.map(TryInto::try_into).transpose()?,
        };
        Ok(Self {
            id: ItemId::from_bytes(id),
            terms,
            from: department(from)?,
            by: by.map(Into::into),
            state: state.try_into()?,
            since: since.try_into()?,
        })
    }
}

impl<'a> From<&'a DeferralState> for StateParts<'a> {
    fn from(state: &'a DeferralState) -> Self {
        match state {
            DeferralState::Requested => Self::Requested,
            DeferralState::Approved { by, at } => {
                Self::Approved { by: by.as_ref().map(Into::into), at: (*at).into() }
            }
            DeferralState::Denied { at } => Self::Denied((*at).into()),
            DeferralState::Ended { cause, at } => Self::Ended((*cause).into(), (*at).into()),
        }
    }
}

impl TryFrom<StateParts<'_>> for DeferralState {
    type Error = Malformed;

    fn try_from(parts: StateParts<'_>) -> Result<Self, Malformed> {
        Ok(match parts {
            StateParts::Requested => Self::Requested,
            StateParts::Approved { by, at } => Self::Approved { by: by.map(Into::into), at: at.try_into()? },
            StateParts::Denied(at) => Self::Denied { at: at.try_into()? },
            StateParts::Ended(cause, at) => Self::Ended { cause: cause.into(), at: at.try_into()? },
        })
    }
}

impl From<EndCause> for CauseParts {
    fn from(cause: EndCause) -> Self {
        match cause {
            EndCause::Expired => Self::Expired,
            EndCause::Broken => Self::Broken,
            EndCause::Cancelled => Self::Cancelled,
            EndCause::Settled => Self::Settled,
        }
    }
}

impl From<CauseParts> for EndCause {
    fn from(parts: CauseParts) -> Self {
        match parts {
            CauseParts::Expired => Self::Expired,
            CauseParts::Broken => Self::Broken,
            CauseParts::Cancelled => Self::Cancelled,
            CauseParts::Settled => Self::Settled,
        }
    }
}
