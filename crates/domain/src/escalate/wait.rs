//! The customer who does not answer what they were asked (`domain.md` 4.4 T4): after so many working days nobody waits for them any
//! more, the clocks run again, and whoever goes on is told.

use super::{
    reach::first_contact,
    round::{InName, Round},
};
use crate::{Department, Draft, Payload, PersonDocument, PingReason, PingTarget};

/// Says so, and tells the owner or, where none is named, whoever is on call or leads the department.
pub(super) fn lapse(round: &mut Round<'_>) {
    let Some(asked) = round.issue().waiting.customer.as_ref().map(|asked| asked.at) else { return };
    let lapses = round.issue().wait_lapses(round.moment.directory);
    let Some(deadline) = lapses.filter(|at| *at <= round.now()) else { return };
    let payload = Payload::CustomerWaitLapsed { asked, deadline };
    round.push(Draft::new("issue.customer_wait_lapsed", payload));
    let severity = round.issue().severity();
    let department = round.issue().custody.owner.department.clone();
    let Some(to) = who(round, &department).and_then(|person| first_contact(person, severity)) else { return };
    let name = InName { department: &department, cycle: 0, holds: round.holds(&department, severity) };
    round.request_anyway(name, to, PingReason::Lapsed(asked));
}

fn who<'a>(round: &Round<'a>, department: &Department) -> Option<&'a PersonDocument> {
    const TARGETS: &[PingTarget] = &[PingTarget::Owner, PingTarget::OnCall(None), PingTarget::Head(None)];
    round.asker(department).find(TARGETS, round.now()).people.first().copied()
}
