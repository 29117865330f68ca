//! How a clock ended.

use super::{ClockName, Moment};
use crate::{
    Applied, AssistState, ClockKind, DeferralState, Effect, EndCause, Event, Issue, ItemId, Payload,
    PromiseState, Standing,
};

/// When and how a clock ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockEnd {
    /// The event that ended it.
    pub by: Moment,
    /// How.
    pub ending: Ending,
}

/// How a clock ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What was owed was done.
    Done,
    /// Its day came: a deferral.
    Expired,
    /// It began again: the customer wrote, another day was agreed, or the issue was reopened.
    BeganAgain,
    /// What was waited for is not wanted any more.
    Dropped,
    /// The issue was resolved or closed without it.
    Settled,
}

impl ClockEnd {
    pub(super) fn of(name: ClockName, issue: &Issue, event: &Event, applied: Applied) -> Self {
        let did = (applied.effect == Effect::Applied).then_some(&event.payload);
        Self { by: Moment::of(event), ending: ending(name, issue, did) }
    }
}

fn ending(name: ClockName, issue: &Issue, did: Option<&Payload>) -> Ending {
    let settled = matches!(issue.standing, Standing::Resolved { .. } | Standing::Closed { .. });
    let of_item =
        |of: fn(&Issue, ItemId) -> Ending| name.item.map_or(Ending::Dropped, |item| of(issue, item));
    match name.kind {
        // An answer is the last word that the customer waited for.
        ClockKind::Resolve => Ending::Done,
        ClockKind::Update if matches!(did, Some(Payload::CustomerReplied { .. })) => Ending::BeganAgain,
        ClockKind::Update => Ending::Done,
        ClockKind::Own | ClockKind::Ack | ClockKind::Orphan if settled => Ending::Settled,
        ClockKind::Own | ClockKind::Ack | ClockKind::Orphan => Ending::Done,
        ClockKind::HandOffAccept => match did {
            Some(Payload::OfferAccepted { .. } | Payload::OfferDeclined { .. }) => Ending::Done,
            Some(_) | None if settled => Ending::Settled,
            Some(_) | None => Ending::Dropped,
        },
        ClockKind::AssistAnswer => of_item(of_assist),
        ClockKind::Promise => of_item(of_promise),
        ClockKind::Deferral => of_item(of_deferral),
    }
}

fn of_assist(issue: &Issue, id: ItemId) -> Ending {
    match issue.work.assists.iter().find(|assist| assist.id == id).map(|assist| &assist.state) {
        Some(AssistState::Answered { .. } | AssistState::Declined { .. }) => Ending::Done,
        Some(AssistState::Requested | AssistState::Accepted { .. }) => Ending::BeganAgain,
        Some(AssistState::Cancelled { .. }) | None => Ending::Dropped,
    }
}

fn of_promise(issue: &Issue, id: ItemId) -> Ending {
    match issue.work.promises.iter().find(|promise| promise.id == id).map(|promise| promise.state) {
        Some(PromiseState::Kept { .. } | PromiseState::KeptLate { .. }) => Ending::Done,
        Some(PromiseState::Open | PromiseState::Broken { .. }) => Ending::BeganAgain,
        None => Ending::Dropped,
    }
}

fn of_deferral(issue: &Issue, id: ItemId) -> Ending {
    match issue.work.deferrals.iter().find(|deferral| deferral.id == id).map(|deferral| &deferral.state) {
        Some(DeferralState::Ended { cause: EndCause::Expired, .. }) => Ending::Expired,
        Some(
            DeferralState::Ended {
                cause: EndCause::Broken | EndCause::Cancelled | EndCause::Settled, ..
            }
            | DeferralState::Requested
            | DeferralState::Approved { .. }
            | DeferralState::Denied { .. },
        )
        | None => Ending::Dropped,
    }
}
