//! What may wait, until when, and how often.

use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::TimeZone};

use super::super::{case::Case, who};
use crate::{
    DeferralState, DeferralTerms, EndCause, Refusal, RefusalCode, Severity,
    limits::{DEFERRED_DAYS, RENEWAL_DAYS},
};

/// How often an issue is deferred without an arbiter's word.
const TIMES: usize = 2;

/// What may wait at all: not what harms worst, and not what the customer has no answer to.
pub(super) fn require_deferrable(case: &Case<'_>) -> Result<(), Refusal> {
    if case.issue.severity() == Severity::One {
        let why = "it is of severity 1, and that does not wait";
        let next = "ask for help with it, or have its owner lower the severity if the harm is less";
        return Err(Refusal::new(RefusalCode::SeverityOne, why, next).could([case.owner()]));
    }
    if case.issue.acknowledged.is_none() {
        let why = "nobody acknowledged it, and the customer would wait without knowing who answers for it";
        let next = "tell the customer who owns it, and acknowledge it first";
        return Err(Refusal::new(RefusalCode::NotAcknowledged, why, next).could([case.owner()]));
    }
    Ok(())
}

/// To come, no further than the severity allows, and not into the time before a contract ends.
pub(super) fn require_day(case: &Case<'_>, until: Timestamp) -> Result<(), Refusal> {
    let now = case.context.now;
    if until <= now {
        let why = format!("{} is past", who::at(until));
        return Err(Refusal::new(RefusalCode::UntilPast, why, "name a day to come").about(["until"]));
    }
    let longest = DeferralTerms::longest(case.issue.severity()).unwrap_or(SignedDuration::ZERO);
    if until.duration_since(now) > longest {
        let latest = who::at(now.saturating_add(longest).unwrap_or(Timestamp::MAX));
        let (rank, days) = (case.issue.severity().rank(), longest.as_hours() / 24);
        let why = format!("an issue of severity {rank} is deferred for {days} days at most, to {latest}");
        return Err(too_far(why, format!("name a day until {latest}")));
    }
    match case.context.renewal {
        Some(renewal) => require_before(until, renewal),
        None => Ok(()),
    }
}

fn require_before(until: Timestamp, renewal: Date) -> Result<(), Refusal> {
    let latest = renewal.checked_sub(Span::new().days(RENEWAL_DAYS)).unwrap_or(Date::MIN);
    if TimeZone::UTC.to_datetime(until).date() <= latest {
        return Ok(());
    }
    let why = format!(
        "the customer's contract ends on {renewal}, and nothing stays deferred within {RENEWAL_DAYS} days of that"
    );
    Err(too_far(why, format!("name a day until {latest}, or work on it now")))
}

fn too_far(why: String, next: String) -> Refusal {
    Refusal::new(RefusalCode::UntilTooFar, why, next).about(["until"])
}

/// Twice, and for so many days altogether; beyond that an arbiter or admin has to ask.
pub(super) fn require_seldom(case: &Case<'_>, until: Timestamp) -> Result<(), Refusal> {
    let (times, before) = deferred(case);
    let days = before.saturating_add(until.duration_since(case.context.now)).as_hours() / 24;
    if case.context.overrules() || times < TIMES && days <= DEFERRED_DAYS {
        return Ok(());
    }
    let why = if times >= TIMES {
        format!("it was deferred {times} times already")
    } else {
        format!("it would be deferred for {days} days altogether, and {DEFERRED_DAYS} is the most")
    };
    let arbiter = case.context.arbiter_of(case.department());
    let next = format!("work on it, or let the {arbiter} ask for it");
    Err(Refusal::new(RefusalCode::Cumulative, why, next).could([arbiter]))
}

/// How often it waited, and for how long altogether. What was cancelled, or settled with the issue, counts by its time
/// alone: whether it was in force by then is not kept.
fn deferred(case: &Case<'_>) -> (usize, SignedDuration) {
    let mut times = 0;
    let mut altogether = SignedDuration::ZERO;
    for deferral in &case.issue.work.deferrals {
        let (waited_until, counts) = match deferral.state {
            DeferralState::Requested | DeferralState::Denied { .. } => continue,
            DeferralState::Approved { .. } => (deferral.terms.until, true),
            DeferralState::Ended { cause: EndCause::Expired | EndCause::Broken, at } => (at, true),
            DeferralState::Ended { cause: EndCause::Cancelled | EndCause::Settled, at } => (at, false),
        };
        times += usize::from(counts);
        altogether = altogether.saturating_add(waited_until.duration_since(deferral.since.at));
    }
    (times, altogether)
}
