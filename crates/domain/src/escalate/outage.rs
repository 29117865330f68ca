//! What is said once nobody had escalated anything for long (`escalation.md` rule 9d): who stands behind the policies of what came
//! due meanwhile is told from when until when, each once.
//!
//! Deliberately absent: whether anybody had looked, and who was told of it already. Who looks knows that.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    Moment,
    due::waits_since,
    fallback,
    reach::Dead,
    round::{InName, Round},
};
use crate::{Department, Draft, Issue, PingReason, Recipient, limits::OUTAGE_SECONDS, run::after};

/// Since when what is due of an issue waits, if that is more than five minutes and `drafts`, which say it, ask somebody; `None`
/// else. What was over when it was heard of waits from then on.
pub fn unattended_since(issue: &Issue, moment: &Moment<'_>, drafts: &[Draft]) -> Option<Timestamp> {
    let since = waits_since(issue, moment)?.max(issue.first_seen_at);
    let is_missed = after(since, OUTAGE_SECONDS) < moment.now && !asked_for(drafts).is_empty();
    is_missed.then_some(since)
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

/// A step asks also whom it spares a ping since they wait for an earlier one.
fn asked_for(drafts: &[Draft]) -> BTreeSet<&Department> {
    let pinged = drafts.iter().filter_map(Draft::requested).map(|terms| &terms.department);
    let stepped = drafts.iter().filter_map(Draft::stepped).map(|stepped| &stepped.department);
    pinged.chain(stepped).collect()
}
