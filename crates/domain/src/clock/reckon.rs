//! When a clock runs out: by the policy and the calendar in force where it began, for the severity that the issue has now.
//!
//! It runs out at the earliest of the deadlines for that severity and for every lesser one. So raising a severity never
//! lengthens a deadline, whatever a policy says.

use jiff::{SignedDuration, Timestamp, civil::Weekday};

use super::{ClockKind, ClockState, Started, Ticking};
use crate::{
    Calendar, CalendarDocument, Directory, OpenHours, Pause, PolicyDocument, Position, Severity, TimeLimit,
    limits::WARN_PERCENT,
};

/// What is looked up about a clock.
pub(crate) struct Reckoning<'a> {
    pub(crate) policy: &'a PolicyDocument,
    /// Where that version of the policy stands.
    pub(crate) version: Position,
    pub(crate) limit: Option<TimeLimit>,
    pub(crate) state: ClockState,
}

impl Ticking<'_> {
    /// Where it stands for an issue of this severity.
    pub(crate) fn reckon<'a>(&self, severity: Severity, directory: &'a Directory) -> Reckoning<'a> {
        let (department, at) = (&self.since.department, self.since.position);
        let (policy, version, limits) = directory.limits(department, at, self.name.kind);
        let calendar = self.since.calendar(directory);
        if let Some(due) = self.due {
            return Reckoning { policy, version, limit: None, state: self.until(due, calendar) };
        }
        let Some((limit, deadline)) = limits.and_then(|limits| self.tightest(limits, severity, calendar))
        else {
            return Reckoning { policy, version, limit: None, state: ClockState::Endless };
        };
        let state = deadline.map_or_else(
            || self.without_end(),
            |deadline| ClockState::Running {
                warn_at: self.milestone(calendar, limit, WARN_PERCENT).filter(|warn_at| *warn_at < deadline),
                deadline,
            },
        );
        Reckoning { policy, version, limit: Some(limit), state }
    }

    /// The next instant at which it is to be announced, if it is before `before`: that its time runs out soon, unless that
    /// was said, or that it is over.
    pub(crate) fn due_before(
        &self,
        before: Timestamp,
        warned: bool,
        severity: Severity,
        directory: &Directory,
    ) -> Option<Timestamp> {
        let (department, at) = (&self.since.department, self.since.position);
        let calendar = self.since.calendar(directory);
        if let Some(due) = self.due {
            return self.until(due, calendar).next_mark(self.since, warned, false).map(|(_, at)| at);
        }
        let (_, _, limits) = directory.limits(department, at, self.name.kind);
        let limits = limits?;
        let permille = self.permille(if warned { 100 } else { WARN_PERCENT });
        let mut counting = counting(&limits, severity).iter();
        if counting
            .all(|limit| no_earlier(self.since.at, *limit, permille, calendar).is_none_or(|at| at >= before))
        {
            return None;
        }
        let (limit, deadline) = self.tightest(limits, severity, calendar)?;
        let deadline = deadline?;
        let warn_at = if warned { None } else { self.milestone(calendar, limit, WARN_PERCENT) };
        Some(warn_at.map_or(deadline, |warn_at| warn_at.min(deadline)))
    }

    /// When it runs out.
    pub(crate) fn deadline(&self, severity: Severity, directory: &Directory) -> Option<Timestamp> {
        self.reckon(severity, directory).state.deadline()
    }

    /// Until an instant that was said. A deferral ends in working time, when somebody can take the issue up again (F01b).
    fn until(&self, due: Timestamp, calendar: &Calendar) -> ClockState {
        let said =
            if self.name.kind == ClockKind::Deferral { calendar.next_open(due).unwrap_or(due) } else { due };
        let postponed = |instant| calendar.postponed(self.since.at, instant, self.pauses);
        let Some(deadline) = postponed(said) else { return self.without_end() };
        let whole = said.duration_since(self.since.at);
        let part = SignedDuration::try_from_nanos_i128(whole.as_nanos() * i128::from(WARN_PERCENT) / 100);
        let part = part.filter(|_| whole.is_positive()).and_then(|part| self.since.at.checked_add(part).ok());
        let warn_at = part.and_then(postponed).map(|warn_at| warn_at.min(deadline));
        ClockState::Running { warn_at, deadline }
    }

    /// The limit with the earliest deadline, and that deadline.
    fn tightest(
        &self,
        limits: [TimeLimit; 4],
        severity: Severity,
        calendar: &Calendar,
    ) -> Option<(TimeLimit, Option<Timestamp>)> {
        let [first, others @ ..] = counting(&limits, severity) else { return None };
        let mut best = (*first, self.milestone(calendar, *first, 100));
        for other in others {
            if self.is_never_later(best.0, *other) {
                continue;
            }
            let deadline = self.milestone(calendar, *other, 100);
            if deadline.is_some_and(|other| best.1.is_none_or(|best| other < best)) {
                best = (*other, deadline);
            }
        }
        Some(best)
    }

    /// Whether one limit cannot end after another, so that the other's deadline need not be worked out.
    fn is_never_later(&self, one: TimeLimit, other: TimeLimit) -> bool {
        /// Two open days cannot be closer: less a day where a limit begins, and one that a zone may leave out.
        const SLACK: u32 = 3;
        match (one, other) {
            (TimeLimit::Wall(one), TimeLimit::Wall(other) | TimeLimit::Hours(other))
            | (TimeLimit::Hours(one), TimeLimit::Hours(other))
            | (TimeLimit::Days(one), TimeLimit::Days(other)) => one <= other,
            (TimeLimit::Wall(seconds), TimeLimit::Days(days)) => {
                let whole = !self.halved && self.pauses.is_empty();
                whole && seconds / (24 * 60 * 60) < days.saturating_sub(SLACK)
            }
            (TimeLimit::Hours(_), TimeLimit::Wall(_) | TimeLimit::Days(_))
            | (TimeLimit::Days(_), TimeLimit::Wall(_) | TimeLimit::Hours(_)) => false,
        }
    }

    /// When so much of its time is over.
    fn milestone(&self, calendar: &Calendar, limit: TimeLimit, percent: u32) -> Option<Timestamp> {
        calendar.part(self.since.at, limit, self.pauses, self.permille(percent))
    }

    /// Per mille of the limit that so many per cent of this clock's time are.
    const fn permille(&self, percent: u32) -> u32 {
        if self.halved { percent * 5 } else { percent * 10 }
    }

    fn without_end(&self) -> ClockState {
        match self.pauses.last() {
            Some(Pause { from, until: None }) => ClockState::Paused { since: *from },
            Some(Pause { until: Some(_), .. }) | None => ClockState::Endless,
        }
    }
}

impl Started {
    /// The document of the calendar in which a clock that began here runs, and where that version stands; none: the built-in
    /// one.
    pub(crate) fn calendar_document<'a>(
        &self,
        directory: &'a Directory,
    ) -> Option<(&'a CalendarDocument, Position)> {
        directory.calendar_or_departments(self.calendar.as_deref(), &self.department, self.position)
    }

    /// The calendar in which a clock that began here runs.
    pub(crate) fn calendar<'a>(&self, directory: &'a Directory) -> &'a Calendar {
        match self.calendar_document(directory) {
            Some((document, _)) => &document.calendar,
            None => Directory::built_in_calendar(),
        }
    }
}

/// The limits for a severity and for every lesser one.
fn counting(limits: &[TimeLimit; 4], severity: Severity) -> &[TimeLimit] {
    limits.get(usize::from(severity.rank() - 1)..).unwrap_or_default()
}

/// An instant before which so much of a limit is not used up, found without walking through a calendar. An open day is
/// counted as the shortest of the week, and the days at both ends and every change of the clocks as lost.
fn no_earlier(start: Timestamp, limit: TimeLimit, permille: u32, calendar: &Calendar) -> Option<Timestamp> {
    const HOUR: i64 = 60 * 60;
    let seconds = match limit {
        TimeLimit::Wall(seconds) | TimeLimit::Hours(seconds) => i64::from(seconds),
        TimeLimit::Days(days) => {
            let days = i64::from(days);
            (days - 3).max(0) * shortest_day(calendar) - (days / 10 + 2) * 4 * HOUR
        }
    };
    start.checked_add(SignedDuration::from_secs(seconds.max(0) * i64::from(permille) / 1000)).ok()
}

/// The open seconds of the shortest open day of a week.
fn shortest_day(calendar: &Calendar) -> i64 {
    let days = Weekday::Monday.cycle_forward().take(7).map(|weekday| calendar.week().on(weekday));
    let minutes =
        |day: &[OpenHours]| -> i64 { day.iter().map(|hours| i64::from(hours.until() - hours.from())).sum() };
    days.map(minutes).filter(|minutes| *minutes > 0).min().unwrap_or_default() * 60
}
