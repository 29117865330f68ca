//! What goes on within an issue beside its owner: a list a noun, in the order of the events.

mod assist;
mod deferral;
mod promise;
mod workaround;

use domain::Work;
use serde::{Deserialize, Serialize};

use self::{
    assist::AssistParts, deferral::DeferralParts, promise::PromiseParts, workaround::WorkaroundParts,
};
use super::{Malformed, parts::whole};

#[derive(Serialize, Deserialize)]
pub(super) struct WorkParts<'a> {
    #[serde(borrow)]
    assists: Vec<AssistParts<'a>>,
    deferrals: Vec<DeferralParts<'a>>,
    promises: Vec<PromiseParts<'a>>,
    workarounds: Vec<WorkaroundParts<'a>>,
}

impl<'a> From<&'a Work> for WorkParts<'a> {
    fn from(Work { assists, deferrals, promises, workarounds }: &'a Work) -> Self {
        Self {
            assists: assists.iter().map(Into::into).collect(),
            deferrals: deferrals.iter().map(Into::into).collect(),
            promises: promises.iter().map(Into::into).collect(),
            workarounds: workarounds.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<WorkParts<'_>> for Work {
    type Error = Malformed;

    fn try_from(
        WorkParts { assists, deferrals, promises, workarounds }: WorkParts<'_>,
    ) -> Result<Self, Malformed> {
        Ok(Self {
            assists: whole(assists)?,
            deferrals: whole(deferrals)?,
            promises: whole(promises)?,
            workarounds: whole(workarounds)?,
        })
    }
}
