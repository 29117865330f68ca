//! Customers, and the departments' counts.

use domain::{Department, Position};
use engine::{CustomerRecord, DepartmentRecord, StoreError};
use serde::{Deserialize, Serialize};

use super::{
    Malformed, append, begin,
    parts::{LeafParts, text},
    profile::ProfileParts,
    read,
};
use crate::error::damaged;

const CUSTOMER: &str = "customer";
const DEPARTMENT: &str = "department";

#[derive(Serialize, Deserialize)]
struct CustomerParts<'a> {
    #[serde(borrow)]
    leaf: Option<LeafParts<'a>>,
    raw: Option<&'a str>,
    issues: u32,
    open: u32,
    unacknowledged: u32,
    first_position: u64,
    profile: Option<ProfileParts<'a>>,
}

impl TryFrom<CustomerParts<'_>> for CustomerRecord {
    type Error = Malformed;

    fn try_from(parts: CustomerParts<'_>) -> Result<Self, Malformed> {
        let CustomerParts { leaf, raw, issues, open, unacknowledged, first_position, profile } = parts;
        Ok(Self {
            leaf: leaf.map(TryInto::try_into).transpose()?,
            raw: text(raw),
            issues,
            open,
            unacknowledged,
            first_position: Position::new(first_position),
            profile: profile.map(TryInto::try_into).transpose()?.unwrap_or_default(),
        })
    }
}

pub(crate) fn encode(customer: &CustomerRecord, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let CustomerRecord { leaf, raw, issues, open, unacknowledged, first_position, profile } = customer;
    begin(out);
    append(
        out,
        &CustomerParts {
            leaf: leaf.as_ref().map(Into::into),
            raw: raw.as_deref(),
            issues: *issues,
            open: *open,
            unacknowledged: *unacknowledged,
            first_position: first_position.sequence(),
            profile: Some(profile).filter(|profile| !profile.is_empty()).map(Into::into),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<CustomerRecord, StoreError> {
    read::<CustomerParts<'_>, _>(CUSTOMER, bytes)
}

pub(crate) fn encode_department(department: &DepartmentRecord, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let DepartmentRecord { unacknowledged } = department;
    begin(out);
    append(out, unacknowledged)
}

/// From the slug in the key and the counts.
pub(crate) fn decode_department(
    slug: &[u8],
    bytes: &[u8],
) -> Result<(Department, DepartmentRecord), StoreError> {
    let department = str::from_utf8(slug).ok().and_then(|slug| slug.parse().ok());
    let department = department.ok_or_else(|| damaged(DEPARTMENT, "malformed slug"))?;
    let unacknowledged = read::<[u32; 5], _>(DEPARTMENT, bytes)?;
    Ok((department, DepartmentRecord { unacknowledged }))
}
