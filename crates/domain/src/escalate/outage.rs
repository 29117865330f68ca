//! What is said once nobody had escalated anything for long (`escalation.md` rule 9d): who stands behind the policies of what came
//! due meanwhile is told from when until when, each once.
//!
//! Deliberately absent: whether anybody had looked, and who was told of it already. Who looks knows that.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    Moment, fallback, next_due,
    reach::Dead,
    round::{InName, Round},
};
use crate::{Department, Draft, Issue, Payload, PingReason, Recipient, limits::OUTAGE_SECONDS, run::after};

/// Since when what is due of an issue waits, if that is more than five minutes; `None` else. What was over when it was heard of
/// waits from then on.
pub fn unattended_since(issue: &Issue, moment: &Moment<'_>) -> Option<Timestamp> {
    let due = next_due(issue, moment.directory)?;
    let since = due.max(issue.last_event_at).max(issue.first_seen_at);
    (after(since, OUTAGE_SECONDS) < moment.now).then_some(since)
}

/// The pings that tell of an outage since `since`: to the fallback of each department for which `drafts` asks somebody, but for
/// those who were told.
pub fn tell_outage(
    issue: &Issue,
    moment: &Moment<'_>,
    drafts: &[Draft],
    since: Timestamp,
    told: &BTreeSet<Recipient>,
) -> Vec<Draft> {
    let mut round = Round::new(issue, moment);
    let severity = issue.severity();
    for department in asked_for(drafts) {
        let name = InName { department, cycle: 0, holds: false };
        let asker = round.asker(department);
        let stands_behind = fallback::recipients(&round, department, asker.policy(), severity, &Dead::none());
        for to in stands_behind.into_iter().filter(|to| !told.contains(to)) {
            if !round.is_asked_now(&to) {
                round.request_anyway(name, to, PingReason::Outage(since));
            }
        }
    }
    round.finish()
}

fn asked_for(drafts: &[Draft]) -> BTreeSet<&Department> {
    let asked = drafts.iter().filter_map(|draft| {
        if let Payload::PingRequested(terms) = &draft.payload {
            Some(&terms.department)
        } else if let Payload::RunStepped(stepped) = &draft.payload {
            // Who waits for a ping already is spared another one, and not this.
            Some(&stepped.department)
        } else {
            None
        }
    });
    asked.collect()
}
