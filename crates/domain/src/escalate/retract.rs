//! Pings that were sent for what was none, as was heard later: whoever got one is told, once (`domain.md` 4.11, "retract"). Nobody
//! is told of what was withdrawn before it was sent.

use jiff::Timestamp;

use super::round::{InName, Round};
use crate::{Issue, Ping, PingOutcome, PingReason, PingTerms};

/// When the first of them arrived that nobody took back.
pub(super) fn due(issue: &Issue) -> Option<Timestamp> {
    untold(issue).map(|(_, at)| at).min()
}

/// With when each arrived.
fn untold(issue: &Issue) -> impl Iterator<Item = (&Ping, Timestamp)> {
    let sent = issue.escalation.pings.iter().filter_map(|ping| Some((ping, delivered(ping)?)));
    sent.filter(|(ping, _)| issue.was_for_nothing(ping) && !is_taken_back(issue, ping))
}

const fn delivered(ping: &Ping) -> Option<Timestamp> {
    match ping.outcome {
        PingOutcome::Delivered { at } => Some(at),
        PingOutcome::Pending
        | PingOutcome::Throttled { .. }
        | PingOutcome::Attempted { .. }
        | PingOutcome::Retrying { .. }
        | PingOutcome::Failed { .. }
        | PingOutcome::Withdrawn { .. } => None,
    }
}

/// Whoever is told of one is told of all that came to them by then.
fn is_taken_back(issue: &Issue, sent: &Ping) -> bool {
    issue.escalation.pings.iter().any(|ping| {
        matches!(ping.terms.reason, PingReason::Retracted(_))
            && (&ping.terms.to, &ping.terms.department) == (&sent.terms.to, &sent.terms.department)
            && ping.requested_at >= sent.requested_at
    })
}

/// Tells whoever got them, at the same contact.
pub(super) fn tell(round: &mut Round<'_>) {
    let due = untold(round.issue()).filter(|(_, at)| *at <= round.now());
    // The last one, so that it says which is meant; each contact once.
    let mut due: Vec<PingTerms> = due.map(|(ping, _)| ping.terms.clone()).collect();
    due.reverse();
    let severity = round.issue().severity();
    let mut told: Vec<&PingTerms> = Vec::new();
    for terms in &due {
        if told.iter().any(|one| (&one.to, &one.department) == (&terms.to, &terms.department)) {
            continue;
        }
        told.push(terms);
        let holds = round.holds(&terms.department, severity);
        let name = InName { department: &terms.department, cycle: 0, holds };
        round.request_anyway(name, terms.to.clone(), PingReason::Retracted(terms.id));
    }
}
