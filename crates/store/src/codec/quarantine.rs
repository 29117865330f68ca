//! Quarantined messages, and the bare messages of the last 2 minutes.

use domain::{Digest, Position, Quarantined, Reason};
use engine::{StoreError, Window};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Malformed, append, begin,
    parts::{Time, text},
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
}

impl TryFrom<QuarantinedParts<'_>> for Quarantined {
    type Error = Malformed;

    fn try_from(parts: QuarantinedParts<'_>) -> Result<Self, Malformed> {
        let QuarantinedParts { position, stored_at, subject, department, customer, reason, detail, excerpt } =
            parts;
        Ok(Self {
            position: Position::new(position),
            stored_at: stored_at.try_into()?,
            subject: subject.to_owned(),
            department: text(department),
            customer: text(customer),
            reason: Reason::parse(reason).ok_or(Malformed("reason"))?,
            detail: detail.to_owned(),
            excerpt: excerpt.to_owned(),
        })
    }
}

pub(crate) fn encode(message: &Quarantined, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let Quarantined { position, stored_at, subject, department, customer, reason, detail, excerpt } = message;
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
