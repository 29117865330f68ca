//! Times at which a limit is not used up.

use jiff::{SignedDuration, Timestamp};

/// A time in which nothing of a limit is used up (`domain.md` 4.8); what remains is kept. Where several are given they are
/// in order and disjoint, and only the last may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pause {
    /// When it began.
    pub from: Timestamp,
    /// When it ended; none while it lasts.
    pub until: Option<Timestamp>,
}

impl Pause {
    /// What is left, after it, of a time until then.
    fn rest_of(&self, until: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.until.filter(|end| *end < until).map(|end| (end.max(self.from), until))
    }
}

/// Which of the instants at which a budget is just used up counts, where it is used up as the calendar closes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// The first.
    AtClosing,
    /// The next at which time runs again.
    AtOpening,
}

/// A time of running: until when, and what stops it.
struct Run {
    from: Timestamp,
    until: Timestamp,
    stop: Stop,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Closing,
    Pause,
}

/// When a budget is used up within times that are in order and disjoint, the pauses left out. None if it never is: they end,
/// or a pause lasts.
pub(super) fn used_up(
    times: impl Iterator<Item = (Timestamp, Timestamp)>,
    pauses: &[Pause],
    budget: SignedDuration,
    ends: Ends,
) -> Option<Timestamp> {
    let mut left = budget;
    for run in (Running { times, pauses, rest: None }) {
        let length = run.until.duration_since(run.from);
        let ends_here = left == length && (ends == Ends::AtClosing || run.stop == Stop::Pause);
        if left < length || ends_here {
            return run.from.checked_add(left).ok();
        }
        left = left.saturating_sub(length);
    }
    None
}

/// Times without the pauses; a time at whose beginning a pause begins has a run of no length, as a budget may end there.
struct Running<'a, I> {
    times: I,
    pauses: &'a [Pause],
    /// What is left of a time after a pause in it.
    rest: Option<(Timestamp, Timestamp)>,
}

impl<I: Iterator<Item = (Timestamp, Timestamp)>> Iterator for Running<'_, I> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        loop {
            let (from, until) = self.rest.take().or_else(|| self.times.next())?;
            let over =
                self.pauses.iter().take_while(|pause| pause.until.is_some_and(|end| end <= from)).count();
            self.pauses = &self.pauses[over..];
            match self.pauses.first() {
                Some(pause) if from <= pause.from && pause.from < until => {
                    self.rest = pause.rest_of(until);
                    return Some(Run { from, until: pause.from, stop: Stop::Pause });
                }
                Some(pause) if pause.from < from => {
                    pause.until?;
                    self.rest = pause.rest_of(until);
                }
                Some(_) | None => return Some(Run { from, until, stop: Stop::Closing }),
            }
        }
    }
}
