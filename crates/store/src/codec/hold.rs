//! What raises an issue's severity, holds it up, links it and restricts who may read it.

use domain::{Floors, IssueId, Link, LinkKind, Restriction, Waiting};
use serde::{Deserialize, Serialize};

use super::{Malformed, owner::SinceParts, parts::department};

#[derive(Serialize, Deserialize)]
pub(super) struct FloorsParts<'a> {
    safety: bool,
    #[serde(borrow)]
    withheld: Vec<&'a str>,
    chasers: u32,
}

impl<'a> From<&'a Floors> for FloorsParts<'a> {
    fn from(Floors { safety, withheld, chasers }: &'a Floors) -> Self {
        let withheld = withheld.iter().map(String::as_str).collect();
        Self { safety: *safety, withheld, chasers: *chasers }
    }
}

impl From<FloorsParts<'_>> for Floors {
    fn from(FloorsParts { safety, withheld, chasers }: FloorsParts<'_>) -> Self {
        Self { safety, withheld: withheld.into_iter().map(ToOwned::to_owned).collect(), chasers }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct WaitingParts<'a> {
    #[serde(borrow)]
    customer: Option<SinceParts<'a>>,
    external: Option<SinceParts<'a>>,
}

impl<'a> From<&'a Waiting> for WaitingParts<'a> {
    fn from(Waiting { customer, external }: &'a Waiting) -> Self {
        Self { customer: customer.as_ref().map(Into::into), external: external.as_ref().map(Into::into) }
    }
}

impl TryFrom<WaitingParts<'_>> for Waiting {
    type Error = Malformed;

    fn try_from(WaitingParts { customer, external }: WaitingParts<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            customer: customer.map(TryInto::try_into).transpose()?,
            external: external.map(TryInto::try_into).transpose()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct LinkParts {
    kind: LinkKindParts,
    other: [u8; 16],
}

#[derive(Serialize, Deserialize)]
enum LinkKindParts {
    DuplicateOf,
    RecurrenceOf,
    Related,
    Distinct,
    BlockedBy,
}

impl From<&Link> for LinkParts {
    fn from(Link { kind, other }: &Link) -> Self {
        let kind = match kind {
            LinkKind::DuplicateOf => LinkKindParts::DuplicateOf,
            LinkKind::RecurrenceOf => LinkKindParts::RecurrenceOf,
            LinkKind::Related => LinkKindParts::Related,
            LinkKind::Distinct => LinkKindParts::Distinct,
            LinkKind::BlockedBy => LinkKindParts::BlockedBy,
        };
        Self { kind, other: other.to_bytes() }
    }
}

impl From<LinkParts> for Link {
    fn from(LinkParts { kind, other }: LinkParts) -> Self {
        let kind = match kind {
            LinkKindParts::DuplicateOf => LinkKind::DuplicateOf,
            LinkKindParts::RecurrenceOf => LinkKind::RecurrenceOf,
            LinkKindParts::Related => LinkKind::Related,
            LinkKindParts::Distinct => LinkKind::Distinct,
            LinkKindParts::BlockedBy => LinkKind::BlockedBy,
        };
        Self { kind, other: IssueId::from_bytes(other) }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct RestrictionParts<'a> {
    reason: &'a str,
    #[serde(borrow)]
    departments: Vec<&'a str>,
}

impl<'a> From<&'a Restriction> for RestrictionParts<'a> {
    fn from(Restriction { reason, departments }: &'a Restriction) -> Self {
        Self { reason, departments: departments.iter().map(|slug| slug.as_str()).collect() }
    }
}

impl TryFrom<RestrictionParts<'_>> for Restriction {
    type Error = Malformed;

    fn try_from(RestrictionParts { reason, departments }: RestrictionParts<'_>) -> Result<Self, Malformed> {
        let departments = departments.into_iter().map(department).collect::<Result<_, _>>()?;
        Ok(Self { reason: reason.to_owned(), departments })
    }
}
