//! When in the day something is told that wakes nobody.

use jiff::Timestamp;

use super::{Calendar, opening::Opening};

/// The hour before which nothing of the kind is told, however early it opens.
const EARLIEST: i8 = 8;
/// Openings that are looked at for one that is not over by then.
const LOOKED_AT: usize = 1_000;

impl Calendar {
    /// When the first working day after the one of `after` begins: as it opens, and not before 08:00 where it is still open
    /// then.
    pub(crate) fn next_morning(&self, after: Timestamp) -> Timestamp {
        let today = self.zone().to_datetime(after).date();
        let mut later = self.openings(after).take(LOOKED_AT).filter(|opening| opening.date > today);
        let first = later.next();
        let by_day = |opening: Opening| Some(self.by_day(opening)).filter(|at| *at < opening.until);
        let found = first.into_iter().chain(later).find_map(by_day);
        found.or_else(|| first.map(|opening| opening.from)).unwrap_or(Timestamp::MAX)
    }

    fn by_day(&self, Opening { date, from, until: _ }: Opening) -> Timestamp {
        crate::first_at(self.zone(), date.at(EARLIEST, 0, 0, 0)).max(from)
    }
}
