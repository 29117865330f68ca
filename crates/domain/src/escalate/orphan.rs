//! An issue whose owner is gone (`domain.md` 4.7): that is said, and who answers for them is told, once. Of all that somebody
//! leaves behind they get one message.

use super::{
    fallback,
    reach::{Dead, first_contact},
    round::{InName, Round},
};
use crate::{
    ClockKind, ClockName, Department, Draft, Issue, Payload, PersonDocument, PingReason, PingTarget,
    Recipient,
};

/// Says so. Nobody is told of history.
pub(super) fn tell(round: &mut Round<'_>) {
    round.push(Draft::new("owner.orphaned", Payload::Orphaned));
    if is_history(round.issue()) {
        return;
    }
    let severity = round.issue().severity();
    let department = round.issue().custody.owner.department.clone();
    let cycle = next_cycle(round.issue());
    let name = InName { department: &department, cycle: 0, holds: round.holds(&department, severity) };
    let reason = PingReason::Notice(ClockName { kind: ClockKind::Orphan, item: None, cycle });
    round.go_together(true);
    for to in recipients(round, &department) {
        round.request_anyway(name, to, reason);
    }
}

fn is_history(issue: &Issue) -> bool {
    issue.clocks.resolve.as_ref().is_none_or(|resolve| resolve.since.silent)
}

/// Of the clock that begins with that.
fn next_cycle(issue: &Issue) -> u32 {
    let [_, _, _, _, orphan] = issue.clocks.began;
    orphan.saturating_add(1)
}

/// Who stands in for the one who is gone, else their manager, else who leads the department or the one that follows it.
fn recipients(round: &Round<'_>, department: &Department) -> Vec<Recipient> {
    let severity = round.issue().severity();
    let asker = round.asker(department);
    let person = answerable(round, department);
    match person.and_then(|person| first_contact(person, severity)) {
        Some(contact) => vec![contact],
        None => fallback::recipients(round, department, asker.policy(), severity, &Dead::none()),
    }
}

fn answerable<'a>(round: &Round<'a>, department: &Department) -> Option<&'a PersonDocument> {
    const HEAD: &[PingTarget] = &[PingTarget::Head(None)];
    let (asker, moment) = (round.asker(department), round.moment);
    let gone = round.issue().custody.owner.holding.person();
    let gone = gone.and_then(|person| moment.directory.person(&person.account, moment.at));
    let manager = || asker.present(gone?.manager.as_deref()?);
    let theirs =
        gone.filter(|gone| !gone.is_active()).and_then(|gone| asker.present(&gone.id).or_else(manager));
    theirs.or_else(|| asker.find(HEAD, round.now()).people.first().copied())
}
