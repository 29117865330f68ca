//! Mirrors of what several records hold: times, ids, people, customers, departments.

use domain::{AsReported, Department, Identity, Leaf, Person, Reference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Malformed;

/// Seconds since 1970 and nanoseconds, of one sign.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Time(i64, i32);

impl From<Timestamp> for Time {
    fn from(time: Timestamp) -> Self {
        Self(time.as_second(), time.subsec_nanosecond())
    }
}

impl TryFrom<Time> for Timestamp {
    type Error = Malformed;

    fn try_from(Time(second, nanosecond): Time) -> Result<Self, Malformed> {
        Self::new(second, nanosecond).map_err(|_| Malformed("time"))
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct ReferenceParts<'a> {
    system: &'a str,
    id: &'a str,
}

impl<'a> From<&'a Reference> for ReferenceParts<'a> {
    fn from(Reference { system, id }: &'a Reference) -> Self {
        Self { system, id }
    }
}

impl From<ReferenceParts<'_>> for Reference {
    fn from(ReferenceParts { system, id }: ReferenceParts<'_>) -> Self {
        Self { system: system.to_owned(), id: id.to_owned() }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct PersonParts<'a> {
    #[serde(borrow)]
    account: ReferenceParts<'a>,
    name: Option<&'a str>,
}

impl<'a> From<&'a Person> for PersonParts<'a> {
    fn from(Person { account, name }: &'a Person) -> Self {
        Self { account: account.into(), name: name.as_deref() }
    }
}

impl From<PersonParts<'_>> for Person {
    fn from(PersonParts { account, name }: PersonParts<'_>) -> Self {
        Self { account: account.into(), name: text(name) }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct IdentityParts<'a> {
    source: &'a str,
    id: &'a str,
}

impl<'a> From<&'a Identity> for IdentityParts<'a> {
    fn from(Identity { source, id }: &'a Identity) -> Self {
        Self { source, id }
    }
}

impl From<IdentityParts<'_>> for Identity {
    fn from(IdentityParts { source, id }: IdentityParts<'_>) -> Self {
        Self { source: source.to_owned(), id: id.to_owned() }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct LeafParts<'a> {
    system: &'a str,
    encoded: &'a str,
}

impl<'a> From<&'a Leaf> for LeafParts<'a> {
    fn from(leaf: &'a Leaf) -> Self {
        Self { system: leaf.system(), encoded: leaf.encoded() }
    }
}

impl TryFrom<LeafParts<'_>> for Leaf {
    type Error = Malformed;

    fn try_from(LeafParts { system, encoded }: LeafParts<'_>) -> Result<Self, Malformed> {
        Self::new(system, encoded).ok_or(Malformed("customer"))
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct AsReportedParts<'a> {
    #[serde(borrow)]
    leaf: LeafParts<'a>,
    raw: Option<&'a str>,
}

impl<'a> From<&'a AsReported> for AsReportedParts<'a> {
    fn from(AsReported { leaf, raw }: &'a AsReported) -> Self {
        Self { leaf: leaf.into(), raw: raw.as_deref() }
    }
}

impl TryFrom<AsReportedParts<'_>> for AsReported {
    type Error = Malformed;

    fn try_from(AsReportedParts { leaf, raw }: AsReportedParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { leaf: leaf.try_into()?, raw: text(raw) })
    }
}

pub(super) fn text(text: Option<&str>) -> Option<String> {
    text.map(ToOwned::to_owned)
}

pub(super) fn department(slug: &str) -> Result<Department, Malformed> {
    slug.parse().map_err(|_| Malformed("department"))
}

pub(super) fn whole<Parts, T: TryFrom<Parts, Error = Malformed>>(
    parts: Vec<Parts>,
) -> Result<Vec<T>, Malformed> {
    parts.into_iter().map(TryInto::try_into).collect()
}
