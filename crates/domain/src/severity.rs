//! How badly an issue harms its customer (`domain.md` 4.9).

/// Assessed harm; the first is the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Stopped, unsafe or a legal matter.
    One,
    /// Badly hampered, or money withheld.
    Two,
    /// Annoyed, with a way around.
    Three,
    /// Small.
    Four,
    /// Nobody assessed it; sorts as [`Severity::Three`] (`contract.md` 6).
    #[default]
    Unassessed,
}

impl Severity {
    /// 1 to 4, the worst first: the order of lists.
    pub const fn rank(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three | Self::Unassessed => 3,
            Self::Four => 4,
        }
    }

    /// Reads `1` to `4`, also as `S1` to `S4`. Other words are a tool's own.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().trim_start_matches(['S', 's']) {
            "1" => Some(Self::One),
            "2" => Some(Self::Two),
            "3" => Some(Self::Three),
            "4" => Some(Self::Four),
            _ => None,
        }
    }
}
