//! What a time limit comes to.

use jiff::{SignedDuration, Timestamp};

use super::{
    Calendar, Pause, TimeLimit,
    opening::Opening,
    pause::{Ends, used_up},
};

impl Calendar {
    /// When a limit that began at `start` has passed: the first instant by which its time has been used up. A pause uses
    /// nothing; one that begins just then is too late. None while a pause lasts, or if the time does not fit in the next
    /// twenty years.
    ///
    /// [`TimeLimit::Wall`] uses every second, [`TimeLimit::Hours`] those at which the calendar is open; so a limit in hours
    /// may pass as it closes. [`TimeLimit::Days`] begins at `start`, or when it next opens. It passes so many open days
    /// later, a day being open if it has any open time, at the same local time: of a repeated hour the first, unless the
    /// beginning was in the second, which counts as its end. If that time is not within a window of that day, it is the
    /// closing before it, or else the first opening of that day. Its time, for pauses, is what is open until then; used up at
    /// a closing it passes only at the next opening, if it would have without the pauses.
    ///
    /// A later start never gives an earlier deadline, with two exceptions: days of which some are longer than others, under
    /// pauses; and a pause that lasts, which has none.
    pub fn deadline(&self, start: Timestamp, limit: TimeLimit, pauses: &[Pause]) -> Option<Timestamp> {
        self.milestone(start, limit, pauses, 100)
    }

    /// When so many per cent of a limit are used up; 100 is the deadline. More than that goes on in the same kind of time:
    /// after days it is as much open time again.
    pub fn milestone(
        &self,
        start: Timestamp,
        limit: TimeLimit,
        pauses: &[Pause],
        percent: u32,
    ) -> Option<Timestamp> {
        self.part(start, limit, pauses, percent.saturating_mul(10))
    }

    /// As [`Calendar::milestone`], of so many per mille.
    pub(crate) fn part(
        &self,
        start: Timestamp,
        limit: TimeLimit,
        pauses: &[Pause],
        permille: u32,
    ) -> Option<Timestamp> {
        let (budget, ends) = self.budget(start, limit)?;
        let budget = share(budget, permille)?;
        match limit {
            TimeLimit::Wall(_) => used_up(std::iter::once((start, Timestamp::MAX)), pauses, budget, ends),
            TimeLimit::Hours(_) | TimeLimit::Days(_) => {
                let times = self.openings(start).map(|opening| (opening.from, opening.until));
                used_up(times, pauses, budget, ends)
            }
        }
    }

    /// When an instant that was said at `start` comes, where the pauses use nothing of the open time until then; never before
    /// it. Where none of that time is open, every second of it counts. None while a pause lasts that began before the time
    /// was used up.
    pub(crate) fn postponed(&self, start: Timestamp, said: Timestamp, pauses: &[Pause]) -> Option<Timestamp> {
        if pauses.is_empty() || said <= start {
            return Some(said);
        }
        let open = self.open_between(start, said);
        let end = if open.is_zero() {
            let whole = said.duration_since(start);
            used_up(std::iter::once((start, Timestamp::MAX)), pauses, whole, Ends::AtClosing)
        } else {
            let times = self.openings(start).map(|opening| (opening.from, opening.until));
            used_up(times, pauses, open, Ends::AtClosing)
        };
        end.map(|end| end.max(said))
    }

    fn budget(&self, start: Timestamp, limit: TimeLimit) -> Option<(SignedDuration, Ends)> {
        match limit {
            TimeLimit::Wall(seconds) | TimeLimit::Hours(seconds) => {
                Some((SignedDuration::from_secs(seconds.into()), Ends::AtClosing))
            }
            TimeLimit::Days(days) => {
                let (due, ends) = self.days_later(start, days)?;
                Some((self.open_between(start, due), ends))
            }
        }
    }

    /// The same local time so many open days later, and whether that is at a closing.
    fn days_later(&self, start: Timestamp, days: u32) -> Option<(Timestamp, Ends)> {
        let mut openings = self.openings(start);
        let mut opening = openings.next()?;
        let (begun, time) = (opening.date, openings.local().reached(opening.from));
        for _ in 0..days {
            let before = opening.date;
            opening = openings.find(|opening| opening.date != before)?;
        }
        let later = opening.date.duration_since(begun);
        let time = time.checked_add(later).ok()?;
        // A time on the day after, in the repeated hour after a window until midnight, counts as midnight.
        let midnight = opening.date.tomorrow().map_or(time, |next| next.at(0, 0, 0, 0));
        let wanted = openings.local().first_at(time.min(midnight));
        Some(within(opening, openings, wanted))
    }
}

/// `wanted`, or the closest instant of its day at which as much open time has passed.
fn within(first: Opening, others: impl Iterator<Item = Opening>, wanted: Timestamp) -> (Timestamp, Ends) {
    let mut last = first;
    for opening in others.take_while(|other| other.date == first.date && other.from <= wanted) {
        last = opening;
    }
    if wanted < last.until { (wanted.max(last.from), Ends::AtOpening) } else { (last.until, Ends::AtClosing) }
}

fn share(budget: SignedDuration, permille: u32) -> Option<SignedDuration> {
    SignedDuration::try_from_nanos_i128(budget.as_nanos().checked_mul(permille.into())? / 1000)
}
