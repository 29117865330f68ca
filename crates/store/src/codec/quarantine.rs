//! Quarantined messages, and the bare messages of the last 2 minutes.

use domain::{Digest, Position, Quarantined, Reason, Settlement, SettlementKind};
use engine::{StoreError, Window};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Malformed, append, begin,
    parts::{PersonParts, Time, department, text},
    read,
};
use crate::error::damaged;

const QUARANTINED: &str = "quarantined message";
const WINDOW: &str = "bare message";

#[derive(Serialize, Deserialize)]
struct QuarantinedParts<'a> {
    position: u64,
    stored_at: Time,
    subject: &'a str,
    department: Option<&'a str>,
    customer: Option<&'a str>,
    reason: &'a str,
    detail: &'a str,
    excerpt: &'a str,
    #[serde(borrow)]
    settled: Option<SettlementParts<'a>>,
}

#[derive(Serialize, Deserialize)]
struct SettlementParts<'a> {
    kind: KindParts,
    position: u64,
    at: Time,
    reason: &'a str,
    department: &'a str,
    #[serde(borrow)]
    person: Option<PersonParts<'a>>,
}

#[derive(Serialize, Deserialize)]
enum KindParts {
    Redriven,
    Skipped,
}

impl<'a> From<&'a Settlement> for SettlementParts<'a> {
    fn from(settlement: &'a Settlement) -> Self {
        let Settlement { kind, position, at, reason, department, person } = settlement;
        Self {
            kind: match kind {
                SettlementKind::Redriven => KindParts::Redriven,
                SettlementKind::Skipped => KindParts::Skipped,
            },
            position: position.sequence(),
            at: (*at).into(),
            reason,
            department: department.as_str(),
            person: person.as_ref().map(Into::into),
        }
    }
}

impl TryFrom<SettlementParts<'_>> for Settlement {
    type Error = Malformed;

    fn try_from(parts: SettlementParts<'_>) -> Result<Self, Malformed> {
        let SettlementParts { kind, position, at, reason, department: slug, person } = parts;
        Ok(Self {
            kind: match kind {
                KindParts::Redriven => SettlementKind::Redriven,
                KindParts::Skipped => SettlementKind::Skipped,
            },
            position: Position::new(position),
            at: at.try_into()?,
            reason: reason.to_owned(),
            department: department(slug)?,
            person: person.map(Into::into),
        })
    }
}

impl TryFrom<QuarantinedParts<'_>> for Quarantined {
    type Error = Malformed;

    fn try_from(parts: QuarantinedParts<'_>) -> Result<Self, Malformed> {
        let QuarantinedParts {
            position,
            stored_at,
            subject,
            department,
            customer,
            reason,
            detail,
            excerpt,
            settled,
        } = parts;
        Ok(Self {
            position: Position::new(position),
            stored_at: stored_at.try_into()?,
            subject: subject.to_owned(),
            department: text(department),
            customer: text(customer),
            reason: Reason::parse(reason).ok_or(Malformed("reason"))?,
            detail: detail.to_owned(),
            excerpt: excerpt.to_owned(),
            settled: settled.map(TryInto::try_into).transpose()?,
        })
    }
}

pub(crate) fn encode(message: &Quarantined, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let Quarantined { position, stored_at, subject, department, customer, reason, detail, excerpt, settled } =
        message;
    begin(out);
    append(
        out,
        &QuarantinedParts {
            position: position.sequence(),
            stored_at: (*stored_at).into(),
            subject,
            department: department.as_deref(),
            customer: customer.as_deref(),
            reason: reason.code(),
            detail,
            excerpt,
            settled: settled.as_ref().map(Into::into),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Quarantined, StoreError> {
    read::<QuarantinedParts<'_>, _>(QUARANTINED, bytes)
}

#[derive(Serialize, Deserialize)]
struct WindowParts {
    position: u64,
    stored_at: Time,
}

impl TryFrom<WindowParts> for (Position, Timestamp) {
    type Error = Malformed;

    fn try_from(WindowParts { position, stored_at }: WindowParts) -> Result<Self, Malformed> {
        Ok((Position::new(position), stored_at.try_into()?))
    }
}

/// What stands beside the digest, which is the key.
pub(crate) fn encode_window(window: &Window, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let Window { bare: _, position, stored_at } = window;
    begin(out);
    append(out, &WindowParts { position: position.sequence(), stored_at: (*stored_at).into() })
}

pub(crate) fn decode_window(bare: &[u8], bytes: &[u8]) -> Result<Window, StoreError> {
    let bare = bare.try_into().map_err(|_| damaged(WINDOW, "its key is malformed"))?;
    let (position, stored_at) = read::<WindowParts, (Position, Timestamp)>(WINDOW, bytes)?;
    Ok(Window { bare: Digest(bare), position, stored_at })
}
