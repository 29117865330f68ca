//! Where something stands in the log.

use std::{fmt, str::FromStr};

/// A place in the log, written `0-<sequence>`. The part before the dash is room for a second stream; it is always 0.
///
/// Sequence 0 is the place before the first message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// Before the first message.
    pub const START: Self = Self(0);

    /// The position of the message with this stream sequence.
    pub const fn new(sequence: u64) -> Self {
        Self(sequence)
    }

    /// The sequence in the stream.
    pub const fn sequence(self) -> u64 {
        self.0
    }

    /// The position that a gap-free log continues at.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0-{}", self.0)
    }
}

/// The text is not a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a position; write `0-` and the sequence of the message, such as `0-18446`")]
pub struct ParsePositionError(String);

impl FromStr for Position {
    type Err = ParsePositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0-").filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        digits
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| ParsePositionError(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back() {
        assert_eq!("0-18446".parse(), Ok(Position::new(18446)));
        assert_eq!(Position::new(18446).to_string(), "0-18446");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "18446", "1-5", "0-", "0-+5", "0-5 ", "0-99999999999999999999"] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
