//! What is kept beside an issue about those that it is one with (`issue.known_as`).

use domain::IssueId;

/// Which other issues an issue is one with, or was ever said to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kin {
    /// The issue that it is part of, at the end of the chain: that one's state is of the events of both.
    pub into: Option<IssueId>,
    /// Those that it was ever said to be one with, whichever was named first, taken back or not; sorted. Whoever asks which
    /// issues are one at an earlier instant looks at these, and at theirs, [`domain::limits::KIN`] in all.
    pub ties: Vec<IssueId>,
}

impl Kin {
    /// Nothing was said.
    pub const fn is_empty(&self) -> bool {
        self.into.is_none() && self.ties.is_empty()
    }

    /// Notes another issue.
    pub(crate) fn tie(&mut self, other: IssueId) {
        if let Err(place) = self.ties.binary_search(&other) {
            self.ties.insert(place, other);
        }
    }
}
