//! Pings: whom, why, and what came of each.

use domain::{IssueId, Ping, PingOutcome, PingReason, PingTerms, Recipient};
use jiff::Timestamp;
use proto::v1;

use super::timestamp;

/// Whom a ping goes to.
pub fn recipient(to: &Recipient) -> v1::PingRecipient {
    match to.clone() {
        Recipient::Person { person, contact } => {
            v1::PingRecipient { person, contact, channel: String::new() }
        }
        Recipient::Channel(channel) => v1::PingRecipient { channel, ..v1::PingRecipient::default() },
    }
}

/// A ping of an issue.
pub fn ping(issue: IssueId, ping: &Ping) -> v1::Ping {
    let Ping { terms, requested_at, position, outcome } = ping;
    let PingTerms { id, department, cycle, to, reason, not_before: _ } = terms;
    let (state, attempts, settled_at) = state(outcome);
    let (step, pass) = place(reason);
    v1::Ping {
        ping: id.to_string(),
        issue: issue.to_string(),
        department: department.to_string(),
        cycle: *cycle,
        to: Some(recipient(to)),
        cause: cause(reason).into(),
        step,
        pass,
        clock: clock(reason),
        instead_of: instead_of(reason),
        state: state.into(),
        requested_at: Some(timestamp(*requested_at)),
        not_before: ping.not_before().map(timestamp),
        attempts,
        settled_at: settled_at.map(timestamp),
        position: position.to_string(),
    }
}

const fn cause(reason: &PingReason) -> v1::PingCause {
    match reason {
        PingReason::Step { .. } => v1::PingCause::Step,
        PingReason::Fallback { .. } => v1::PingCause::Fallback,
        PingReason::Warning(_) => v1::PingCause::Warning,
        PingReason::Notice(_) | PingReason::Lapsed(_) | PingReason::Retracted(_) => v1::PingCause::Notice,
        PingReason::Instead(_) => v1::PingCause::Instead,
        PingReason::Reminder(_) => v1::PingCause::Reminder,
        PingReason::Given(_) => v1::PingCause::Given,
        PingReason::HandOver(_) => v1::PingCause::HandOver,
        PingReason::Outage(_) => v1::PingCause::Outage,
        PingReason::Digest => v1::PingCause::Digest,
    }
}

/// The step, and how often the steps had begun again.
const fn place(reason: &PingReason) -> (u32, u32) {
    match reason {
        PingReason::Step { step, pass, rule: _ } => (*step, *pass),
        PingReason::Fallback { .. }
        | PingReason::Warning(_)
        | PingReason::Notice(_)
        | PingReason::Instead(_)
        | PingReason::Reminder(_)
        | PingReason::Given(_)
        | PingReason::HandOver(_)
        | PingReason::Outage(_)
        | PingReason::Digest
        | PingReason::Lapsed(_)
        | PingReason::Retracted(_) => (0, 0),
    }
}

fn clock(reason: &PingReason) -> String {
    match reason {
        PingReason::Warning(clock) | PingReason::Notice(clock) => clock.kind.as_str().to_owned(),
        PingReason::Step { .. }
        | PingReason::Fallback { .. }
        | PingReason::Instead(_)
        | PingReason::Reminder(_)
        | PingReason::Given(_)
        | PingReason::HandOver(_)
        | PingReason::Outage(_)
        | PingReason::Digest
        | PingReason::Lapsed(_)
        | PingReason::Retracted(_) => String::new(),
    }
}

fn instead_of(reason: &PingReason) -> String {
    match reason {
        PingReason::Instead(ping) => ping.to_string(),
        PingReason::Step { .. }
        | PingReason::Fallback { .. }
        | PingReason::Warning(_)
        | PingReason::Notice(_)
        | PingReason::Reminder(_)
        | PingReason::Given(_)
        | PingReason::HandOver(_)
        | PingReason::Outage(_)
        | PingReason::Digest
        | PingReason::Lapsed(_)
        | PingReason::Retracted(_) => String::new(),
    }
}

/// With how often it was tried, as far as that is kept, and when it was settled.
const fn state(outcome: &PingOutcome) -> (v1::PingState, u32, Option<Timestamp>) {
    match outcome {
        PingOutcome::Pending => (v1::PingState::Pending, 0, None),
        PingOutcome::Throttled { until: _ } => (v1::PingState::Throttled, 0, None),
        PingOutcome::Attempted { attempt, by: _, at: _, position: _ } => {
            (v1::PingState::Attempted, *attempt, None)
        }
        PingOutcome::Retrying { attempt, not_before: _ } => (v1::PingState::Retrying, *attempt, None),
        PingOutcome::Delivered { at } => (v1::PingState::Delivered, 0, Some(*at)),
        PingOutcome::Failed { at, handled: _ } => (v1::PingState::Failed, 0, Some(*at)),
        PingOutcome::Withdrawn { at } => (v1::PingState::Withdrawn, 0, Some(*at)),
    }
}
