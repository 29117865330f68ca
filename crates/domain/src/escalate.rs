//! The escalation of an issue: what is due at an instant, as events to append, and when something is due next.
//!
//! Pure: who is on call, the policies and the time come in. It says each thing once: after its events are folded, nothing
//! is due at that instant any more (`escalation.md` 2, rules 1 to 19). However late it is asked, a run fires one step.
//!
//! Deliberately absent: timers, appending, what is sent to whom in which words, and whatever is about several issues.

mod arrival;
mod digest;
mod due;
mod explain;
mod failure;
mod fallback;
mod forecast;
mod hand_over;
mod mark;
mod notice;
mod orphan;
mod outage;
mod outlook;
mod people;
mod personal;
mod raise;
mod reach;
mod retract;
mod round;
mod run;
mod simulate;
mod step;
mod supposed;
mod unseen;
mod wait;
mod words;

use jiff::Timestamp;

pub use due::next_due;
pub use explain::{PingCase, PingExplained, PingWhy, explain_issue, explain_ping};
pub use forecast::{Unreachable, forecast_reachability};
pub use outage::{tell_outage, unattended_since};
pub use outlook::{Outlook, outlook};
pub use simulate::{PolicyQuestion, PolicySimulation, SimulatedStep, simulate_policy};
pub use unseen::{escalate_unseen, unseen};
pub use words::{instant, target_word, told_by};

use crate::{Directory, Draft, Issue, Ping, Position};
use round::Round;

/// When and with what knowledge it is asked what is due.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    /// The time that the events will carry.
    pub now: Timestamp,
    /// The directory,
    pub directory: &'a Directory,
    /// as of this position.
    pub at: Position,
    /// The id of the person who is accountable for the customer.
    pub account_owner: Option<String>,
}

/// All that is due for an issue, in order: nothing if and only if [`next_due`] is later, or nothing is ever.
pub fn escalate(issue: &Issue, moment: &Moment<'_>) -> Vec<Draft> {
    let mut round = Round::new(issue, moment);
    advance(&mut round);
    round.finish()
}

/// As [`escalate`], of an issue whose owner is gone: that is said first, and told to who answers for them.
pub fn escalate_orphan(issue: &Issue, moment: &Moment<'_>) -> Vec<Draft> {
    let mut round = Round::new(issue, moment);
    orphan::tell(&mut round);
    advance(&mut round);
    round.finish()
}

fn advance(round: &mut Round<'_>) {
    round.go_together(due::is_late(round.issue(), round.moment));
    mark::announce(round);
    notice::give(round);
    wait::lapse(round);
    retract::tell(round);
    run::advance_all(round);
    notice::mend(round);
    notice::call_arbiter(round);
}

/// What a pager sends for an issue, now or from [`Ping::not_before`] on, in the order of the requests. A ping whose reason is
/// gone is not among them, nor one that was delivered or failed for good; one that a pager claimed is, since the claim may
/// lapse.
pub fn pings_owed(issue: &Issue) -> impl Iterator<Item = &Ping> {
    issue.escalation.pings.iter().filter(|ping| ping.is_unsettled() && issue.wants(&ping.terms))
}
