//! The owner of an issue and how it came to them.

use domain::{Custody, Department, Holding, ItemId, Named, Offer, Owner, Since};
use serde::{Deserialize, Serialize};

use super::{
    Malformed,
    parts::{IdentityParts, PersonParts, Time, department, text},
};

#[derive(Serialize, Deserialize)]
pub(super) struct CustodyParts<'a> {
    #[serde(borrow)]
    owner: OwnerParts<'a>,
    offer: Option<OfferParts<'a>>,
    named: bool,
    last_teams: Vec<(&'a str, &'a str)>,
    earlier: Vec<(&'a str, Option<&'a str>)>,
    owner_changes: u32,
    hand_offs: u32,
    returned: bool,
    bounces: u32,
}

impl<'a> From<&'a Custody> for CustodyParts<'a> {
    fn from(custody: &'a Custody) -> Self {
        let Custody { owner, offer, named, last_teams, earlier, owner_changes, hand_offs, returned, bounces } =
            custody;
        Self {
            owner: owner.into(),
            offer: offer.as_ref().map(Into::into),
            named: *named,
            last_teams: last_teams.iter().map(|(known, team)| (known.as_str(), team.as_str())).collect(),
            earlier: earlier.iter().map(|(known, team)| (known.as_str(), team.as_deref())).collect(),
            owner_changes: *owner_changes,
            hand_offs: *hand_offs,
            returned: *returned,
            bounces: *bounces,
        }
    }
}

impl TryFrom<CustodyParts<'_>> for Custody {
    type Error = Malformed;

    fn try_from(parts: CustodyParts<'_>) -> Result<Self, Malformed> {
        let CustodyParts {
            owner,
            offer,
            named,
            last_teams,
            earlier,
            owner_changes,
            hand_offs,
            returned,
            bounces,
        } = parts;
        Ok(Self {
            owner: owner.try_into()?,
            offer: offer.map(TryInto::try_into).transpose()?,
            named,
            last_teams: last_teams.into_iter().map(last_team).collect::<Result<_, _>>()?,
            earlier: earlier.into_iter().map(earlier_team).collect::<Result<_, _>>()?,
            owner_changes,
            hand_offs,
            returned,
            bounces,
        })
    }
}

fn last_team((known, team): (&str, &str)) -> Result<(Department, String), Malformed> {
    Ok((department(known)?, team.to_owned()))
}

fn earlier_team((known, team): (&str, Option<&str>)) -> Result<(Department, Option<String>), Malformed> {
    Ok((department(known)?, text(team)))
}

#[derive(Serialize, Deserialize)]
struct OwnerParts<'a> {
    department: &'a str,
    #[serde(borrow)]
    holding: HoldingParts<'a>,
    since: SinceParts<'a>,
}

impl<'a> From<&'a Owner> for OwnerParts<'a> {
    fn from(Owner { department, holding, since }: &'a Owner) -> Self {
        Self { department: department.as_str(), holding: holding.into(), since: since.into() }
    }
}

impl TryFrom<OwnerParts<'_>> for Owner {
    type Error = Malformed;

    fn try_from(parts: OwnerParts<'_>) -> Result<Self, Malformed> {
        let OwnerParts { department: slug, holding, since } = parts;
        Ok(Self { department: department(slug)?, holding: holding.into(), since: since.try_into()? })
    }
}

#[derive(Serialize, Deserialize)]
enum HoldingParts<'a> {
    Desk,
    Team(&'a str),
    Provisional {
        team: Option<&'a str>,
        #[serde(borrow)]
        person: PersonParts<'a>,
    },
    Accepted {
        team: Option<&'a str>,
        #[serde(borrow)]
        person: PersonParts<'a>,
    },
}

impl<'a> From<&'a Holding> for HoldingParts<'a> {
    fn from(holding: &'a Holding) -> Self {
        match holding {
            Holding::Desk => Self::Desk,
            Holding::Provisional(Named::Team(team)) => Self::Team(team),
            Holding::Provisional(Named::Person { team, person }) => {
                Self::Provisional { team: team.as_deref(), person: person.into() }
            }
            Holding::Accepted { team, person } => {
                Self::Accepted { team: team.as_deref(), person: person.into() }
            }
        }
    }
}

impl From<HoldingParts<'_>> for Holding {
    fn from(parts: HoldingParts<'_>) -> Self {
        match parts {
            HoldingParts::Desk => Self::Desk,
            HoldingParts::Team(team) => Self::Provisional(Named::Team(team.to_owned())),
            HoldingParts::Provisional { team, person } => {
                Self::Provisional(Named::Person { team: text(team), person: person.into() })
            }
            HoldingParts::Accepted { team, person } => {
                Self::Accepted { team: text(team), person: person.into() }
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct SinceParts<'a> {
    at: Time,
    #[serde(borrow)]
    by: IdentityParts<'a>,
}

impl<'a> From<&'a Since> for SinceParts<'a> {
    fn from(Since { at, by }: &'a Since) -> Self {
        Self { at: (*at).into(), by: by.into() }
    }
}

impl TryFrom<SinceParts<'_>> for Since {
    type Error = Malformed;

    fn try_from(SinceParts { at, by }: SinceParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { at: at.try_into()?, by: by.into() })
    }
}

#[derive(Serialize, Deserialize)]
struct OfferParts<'a> {
    id: [u8; 16],
    department: &'a str,
    team: Option<&'a str>,
    #[serde(borrow)]
    person: Option<PersonParts<'a>>,
    missing: Vec<&'a str>,
    since: SinceParts<'a>,
}

impl<'a> From<&'a Offer> for OfferParts<'a> {
    fn from(Offer { id, department, team, person, missing, since }: &'a Offer) -> Self {
        Self {
            id: id.to_bytes(),
            department: department.as_str(),
            team: team.as_deref(),
            person: person.as_ref().map(Into::into),
            missing: missing.iter().map(String::as_str).collect(),
            since: since.into(),
        }
    }
}

impl TryFrom<OfferParts<'_>> for Offer {
    type Error = Malformed;

    fn try_from(
        OfferParts { id, department: slug, team, person, missing, since }: OfferParts<'_>,
    ) -> Result<Self, Malformed> {
        Ok(Self {
            id: ItemId::from_bytes(id),
            department: department(slug)?,
            team: text(team),
            person: person.map(Into::into),
            missing: missing.into_iter().map(ToOwned::to_owned).collect(),
            since: since.try_into()?,
        })
    }
}
