//! Whether this escalator had not looked for long, and who was told of it (`escalation.md` rule 9d).
//!
//! Another escalator may have looked meanwhile: then nothing waits, and nobody is told. Deliberately absent: anything that
//! outlives the process. One that ends while it tells may tell somebody twice.

use std::collections::BTreeSet;

use domain::{Recipient, limits::OUTAGE_SECONDS};
use jiff::{SignedDuration, Timestamp};

/// What is remembered of the looks.
#[derive(Debug, Default)]
pub(super) struct Outage {
    looked: Option<Timestamp>,
    told: Option<Told>,
}

/// Who was told of an outage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// When it began; unknown until something is found that waited.
    pub(super) since: Option<Timestamp>,
    pub(super) to: BTreeSet<Recipient>,
}

impl Outage {
    /// It is looked now.
    pub(super) fn look(&mut self, now: Timestamp) {
        let most = SignedDuration::from_secs(OUTAGE_SECONDS);
        if self.looked.is_none_or(|looked| now.duration_since(looked) > most) {
            self.told = Some(Told::default());
        }
        self.looked = Some(now);
    }

    /// Who was told so far; `None` if there was no outage, or all that waited was looked at.
    pub(super) const fn told(&self) -> Option<&Told> {
        self.told.as_ref()
    }

    /// Who is told by now; `None` once nothing waits any longer.
    pub(super) fn note(&mut self, told: Option<Told>) {
        self.told = told;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_was_away_for_over_five_minutes_has_something_to_tell() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut outage = Outage::default();
        outage.look(at(0));
        assert!(outage.told().is_some(), "nobody knows what was before the start");
        outage.note(None);
        outage.look(at(300));
        assert!(outage.told().is_none());
        outage.look(at(601));
        assert_eq!(outage.told(), Some(&Told::default()));
    }
}
