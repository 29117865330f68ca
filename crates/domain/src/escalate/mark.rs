//! What is announced of clocks, and what belongs with a breach: a broken promise, a deferral that expired, an offer and an
//! assist that nobody answered in time.

use jiff::Timestamp;

use super::{notice, round::Round};
use crate::{
    Announced, Clock, ClockKind, ClockName, ClockState, Deferral, Directory, Draft, EndCause, Issue, ItemId,
    ItemRef, Mark, Payload, PromiseState,
};

/// Announces what is due of the clocks. Nothing of history.
pub(super) fn announce(round: &mut Round<'_>) {
    let clocks = round.issue().running_clocks(round.moment.directory);
    let due: Vec<_> = clocks.iter().filter_map(|clock| Some((clock, mark(clock, round.now())?))).collect();
    for (clock, announced) in &due {
        round.push(marked(announced));
        round.note(*announced);
        if announced.mark == Mark::Warned {
            notice::warn(round, clock);
        }
    }
    for clock in belated(round.issue(), round.moment.directory, round.now()) {
        follow(round, clock);
    }
}

/// What is to be announced of a clock by now: where its time is over, no warning any more.
fn mark(clock: &Clock, now: Timestamp) -> Option<Announced> {
    let (mark, at) = clock.next_mark()?;
    let ClockState::Running { warn_at: _, deadline } = clock.state else { return None };
    let mark = if deadline <= now { Mark::Breached } else { mark };
    (at <= now).then_some(Announced { clock: clock.name, mark, deadline, at: now })
}

fn marked(announced: &Announced) -> Draft {
    let Announced { clock, mark, deadline, at: _ } = *announced;
    Draft::new(mark.type_name(), Payload::ClockMarked { clock, mark, deadline })
}

/// The earliest at which something belongs with a breach that was announced; only where that was cut short.
pub(super) fn due(issue: &Issue, directory: &Directory) -> Option<Timestamp> {
    issue.ticking().filter_map(|clock| belongs(issue, &clock.name, directory)).min()
}

fn belated(issue: &Issue, directory: &Directory, now: Timestamp) -> Vec<ClockName> {
    let ticking = issue.ticking().map(|clock| clock.name);
    ticking.filter(|clock| belongs(issue, clock, directory).is_some_and(|at| at <= now)).collect()
}

/// When something belongs with the breach of a clock that nobody said yet.
fn belongs(issue: &Issue, clock: &ClockName, directory: &Directory) -> Option<Timestamp> {
    let at = issue.clocks.announced(*clock, Mark::Breached)?.at;
    let item = clock.item?;
    let is_open = match clock.kind {
        ClockKind::Promise => issue
            .work
            .promises
            .iter()
            .any(|promise| promise.id == item && promise.state == PromiseState::Open),
        ClockKind::Deferral => in_force(issue, item).is_some(),
        ClockKind::HandOffAccept | ClockKind::AssistAnswer => {
            issue.clocks.items.iter().any(|clock| clock.item == item && !clock.timed_out)
        }
        ClockKind::Own | ClockKind::Ack | ClockKind::Update | ClockKind::Resolve | ClockKind::Orphan => false,
    };
    let ticking = issue.ticking().find(|ticking| is_open && ticking.name == *clock)?;
    Some(ticking.deadline(issue.severity(), directory)?.max(at))
}

fn in_force(issue: &Issue, item: ItemId) -> Option<&Deferral> {
    issue.work.deferrals.iter().find(|deferral| deferral.id == item && deferral.is_in_force())
}

fn follow(round: &mut Round<'_>, clock: ClockName) {
    let Some(id) = clock.item else { return };
    let item = ItemRef::Named(id.to_string());
    match clock.kind {
        ClockKind::Promise => {
            round.push(Draft::new("promise.broken", Payload::PromiseBroken { item }));
            notice::broken(round, clock);
        }
        ClockKind::Deferral => {
            let told = in_force(round.issue(), id).cloned();
            let ended = Payload::DeferralEnded { item, cause: EndCause::Expired };
            round.push(Draft::new("deferral.ended", ended));
            told.iter().for_each(|deferral| notice::expired(round, clock, deferral));
        }
        ClockKind::HandOffAccept => {
            round.push(Draft::new("handoff.timed_out", Payload::OfferTimedOut { item }));
            notice::unanswered(round, clock);
        }
        ClockKind::AssistAnswer => {
            round.push(Draft::new("assist.timed_out", Payload::AssistTimedOut { item }));
        }
        ClockKind::Own | ClockKind::Ack | ClockKind::Update | ClockKind::Resolve | ClockKind::Orphan => {}
    }
}
