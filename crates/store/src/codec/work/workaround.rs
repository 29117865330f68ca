//! Quick fixes.

use domain::{ItemId, Verdict, Workaround, WorkaroundTerms};
use serde::{Deserialize, Serialize};

use crate::codec::{
    Malformed,
    owner::SinceParts,
    parts::{Time, department},
};

#[derive(Serialize, Deserialize)]
pub(super) struct WorkaroundParts<'a> {
    id: [u8; 16],
    description: &'a str,
    done_at: Option<Time>,
    from: &'a str,
    verdict: Option<VerdictParts>,
    #[serde(borrow)]
    since: SinceParts<'a>,
}

#[derive(Serialize, Deserialize)]
enum VerdictParts {
    Safe,
    NeedsFix,
    Unsafe,
}

impl<'a> From<&'a Workaround> for WorkaroundParts<'a> {
    fn from(Workaround { id, terms, from, verdict, since }: &'a Workaround) -> Self {
        let WorkaroundTerms { description, done_at } = terms;
        Self {
            id: id.to_bytes(),
            description,
            done_at: done_at.map(Into::into),
            from: from.as_str(),
            verdict: verdict.map(Into::into),
            since: since.into(),
        }
    }
}

impl TryFrom<WorkaroundParts<'_>> for Workaround {
    type Error = Malformed;

    fn try_from(parts: WorkaroundParts<'_>) -> Result<Self, Malformed> {
        let WorkaroundParts { id, description, done_at, from, verdict, since } = parts;
        let terms = WorkaroundTerms {
            description: description.to_owned(),
            done_at: done_at.map(TryInto::try_into).transpose()?,
        };
        Ok(Self {
            id: ItemId::from_bytes(id),
            terms,
            from: department(from)?,
            verdict: verdict.map(Into::into),
            since: since.try_into()?,
        })
    }
}

impl From<Verdict> for VerdictParts {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Safe => Self::Safe,
            Verdict::NeedsFix => Self::NeedsFix,
            Verdict::Unsafe => Self::Unsafe,
        }
    }
}

impl From<VerdictParts> for Verdict {
    fn from(parts: VerdictParts) -> Self {
        match parts {
            VerdictParts::Safe => Self::Safe,
            VerdictParts::NeedsFix => Self::NeedsFix,
            VerdictParts::Unsafe => Self::Unsafe,
        }
    }
}
