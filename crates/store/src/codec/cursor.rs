//! The cursor. Its first five bytes, the format and the fold version, keep their places in every format, so that any
//! Davy can tell which one wrote a store.

use std::collections::BTreeMap;

use domain::{Digest, Loss, Position};
use engine::{AcceptedLoss, Counts, Cursor, StoreError};
use serde::{Deserialize, Serialize};

use super::{append, begin, body, split, take};
use crate::{error::damaged, open::Version};

const CURSOR: &str = "cursor";

#[derive(Serialize, Deserialize)]
struct CursorParts<'a> {
    incarnation: &'a str,
    position: u64,
    fingerprint: [u8; 16],
    counts: CountsParts,
    #[serde(borrow)]
    unknown_types: BTreeMap<&'a str, u64>,
    losses: Vec<LossParts<'a>>,
}

#[derive(Serialize, Deserialize)]
struct LossParts<'a> {
    from: u64,
    to: u64,
    reason: &'a str,
    position: u64,
}

impl<'a> From<&'a AcceptedLoss> for LossParts<'a> {
    fn from(AcceptedLoss { loss: Loss { from, to }, reason, position }: &'a AcceptedLoss) -> Self {
        Self { from: from.sequence(), to: to.sequence(), reason, position: position.sequence() }
    }
}

impl From<LossParts<'_>> for AcceptedLoss {
    fn from(LossParts { from, to, reason, position }: LossParts<'_>) -> Self {
        let loss = Loss { from: Position::new(from), to: Position::new(to) };
        Self { loss, reason: reason.to_owned(), position: Position::new(position) }
    }
}

#[derive(Serialize, Deserialize)]
struct CountsParts {
    events: u64,
    duplicates: u64,
    quarantined: u64,
    issues: u64,
    unacknowledged: u64,
    customers: u64,
}

impl From<Counts> for CountsParts {
    fn from(counts: Counts) -> Self {
        let Counts { events, duplicates, quarantined, issues, unacknowledged, customers } = counts;
        Self { events, duplicates, quarantined, issues, unacknowledged, customers }
    }
}

impl From<CountsParts> for Counts {
    fn from(parts: CountsParts) -> Self {
        let CountsParts { events, duplicates, quarantined, issues, unacknowledged, customers } = parts;
        Self { events, duplicates, quarantined, issues, unacknowledged, customers }
    }
}

pub(crate) fn encode(cursor: &Cursor, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let Cursor { incarnation, position, fingerprint, fold_version, counts, unknown_types, losses } = cursor;
    begin(out);
    out.extend_from_slice(&fold_version.to_be_bytes());
    append(
        out,
        &CursorParts {
            incarnation,
            position: position.sequence(),
            fingerprint: fingerprint.0,
            counts: (*counts).into(),
            unknown_types: unknown_types.iter().map(|(name, count)| (name.as_str(), *count)).collect(),
            losses: losses.iter().map(Into::into).collect(),
        },
    )
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Cursor, StoreError> {
    let (fold_version, rest) = split(CURSOR, body(CURSOR, bytes)?)?;
    let (parts, _) = take(CURSOR, rest)?;
    let CursorParts { incarnation, position, fingerprint, counts, unknown_types, losses } = parts;
    Ok(Cursor {
        incarnation: incarnation.to_owned(),
        position: Position::new(position),
        fingerprint: Digest(fingerprint),
        fold_version: u32::from_be_bytes(*fold_version),
        counts: counts.into(),
        unknown_types: unknown_types.into_iter().map(|(name, count)| (name.to_owned(), count)).collect(),
        losses: losses.into_iter().map(Into::into).collect(),
    })
}

/// Who wrote it, whatever the format.
pub(crate) fn version(bytes: &[u8]) -> Result<Version, StoreError> {
    let (format, rest) = bytes.split_first().ok_or_else(|| damaged(CURSOR, "it is empty"))?;
    let (fold, _) = split(CURSOR, rest)?;
    Ok(Version { format: *format, fold: u32::from_be_bytes(*fold) })
}
