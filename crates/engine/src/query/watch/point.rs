//! Where a watch ended, and so where it goes on: a position, and which store it was read from.

use std::{fmt, str::FromStr};

use domain::Position;

use crate::View;

/// Everything up to `position` was sent, as one store had it. Written such as `0-18446.3f9a2c41`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResumePoint {
    /// Up to here.
    pub position: Position,
    /// Of which store.
    pub epoch: Epoch,
}

/// Tells one store from another: a short digest of the stream's incarnation and the projection's generation. What changed
/// between two stores of different epochs is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch(u32);

impl Epoch {
    pub(in crate::query) fn of(view: &View<'_>) -> Self {
        let incarnation = view.published.cursor.incarnation.as_bytes();
        let bytes = incarnation.iter().chain(&[0]).chain(view.generation.as_bytes());
        // FNV-1a: it stays the same from one build to the next, which the standard library's hashes do not promise.
        Self(bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)))
    }
}

/// It is no resume token.
#[derive(Debug, thiserror::Error)]
#[error(
    "is no resume token; take the last one that the watch sent, or leave it out to begin with a snapshot"
)]
pub struct ParseResumePointError;

impl fmt::Display for ResumePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, epoch: Epoch(epoch) } = self;
        write!(f, "{position}.{epoch:08x}")
    }
}

impl FromStr for ResumePoint {
    type Err = ParseResumePointError;

    fn from_str(text: &str) -> Result<Self, ParseResumePointError> {
        let (position, epoch) = text.split_once('.').ok_or(ParseResumePointError)?;
        let position = position.parse().map_err(|_| ParseResumePointError)?;
        let epoch = u32::from_str_radix(epoch, 16).map_err(|_| ParseResumePointError)?;
        let point = Self { position, epoch: Epoch(epoch) };
        if point.to_string() == text { Ok(point) } else { Err(ParseResumePointError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let point = ResumePoint { position: Position::new(18_446), epoch: Epoch(0x00ab_cdef) };
        assert_eq!(point.to_string(), "0-18446.00abcdef");
        assert_eq!("0-18446.00abcdef".parse::<ResumePoint>().unwrap(), point);
        for bad in
            ["", "0-1", "0-1.", "1-1.00abcdef", "0-1.abcdef", "0-1.00ABCDEF", "0-01.00abcdef", "0-1.+0abcdef"]
        {
            assert!(bad.parse::<ResumePoint>().is_err(), "{bad}");
        }
    }
}
