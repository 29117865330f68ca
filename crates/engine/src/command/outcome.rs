//! What came of a command.

use domain::{Defaulted, Event, Identity, Issue, ItemId, Position};

use super::{CommandError, Order, kind};
use crate::query::{Aftermath, ShownIssue, Situation};

/// What came of a command, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The issue as it stands; absent where the command is about none.
    pub issue: Option<Box<ShownIssue>>,
    /// Of the last event that it made; absent where nothing was to be done.
    pub position: Option<Position>,
    /// What the caller left out and was filled in; not known of a command that was done before.
    pub defaulted: Vec<Defaulted>,
    /// It was done before, under the same request id.
    pub repeated: bool,
    /// The events that it made, in order.
    pub events: Vec<Identity>,
    /// What it made that is answered later.
    pub items: Vec<ItemId>,
    /// The state is as of here.
    pub read: Position,
}

/// Of a command whose events are folded.
pub(super) fn of(situation: Situation, repeated: bool) -> Outcome {
    let Situation { shown, made, position, .. } = situation;
    Outcome {
        items: shown.as_ref().map(|shown| items(&shown.issue, &made)).unwrap_or_default(),
        issue: shown,
        position: made.iter().map(|event| event.position).max(),
        defaulted: Vec::new(),
        repeated,
        events: made.into_iter().map(|event| event.identity).collect(),
        read: position,
    }
}

/// Of a command whose events were read before they were appended.
pub(super) fn after(aftermath: Aftermath, events: Vec<Event>) -> Outcome {
    let Aftermath { shown, positions, position } = aftermath;
    Outcome {
        items: shown.as_ref().map(|shown| items(&shown.issue, &events)).unwrap_or_default(),
        issue: shown,
        position: positions.into_iter().max(),
        defaulted: Vec::new(),
        repeated: false,
        events: events.into_iter().map(|event| event.identity).collect(),
        read: position,
    }
}

/// Of a command whose events were there already. `before` is false if it was this very call that sent them.
pub(super) fn repeated(order: &Order, situation: Situation, before: bool) -> Result<Outcome, CommandError> {
    match situation.made.first() {
        Some(first) if !kind::begins_with(&order.command, &first.type_name) => {
            Err(CommandError::OtherCommand { recorded: first.type_name.to_string() })
        }
        Some(_) | None => Ok(of(situation, before)),
    }
}

/// Types of events that make something to answer later. The issue may have forgotten it since.
const MAKERS: [&str; 5] =
    ["handoff.offered", "assist.requested", "deferral.requested", "promise.made", "workaround.applied"];

/// What the events made within the issue.
pub(super) fn items(issue: &Issue, made: &[Event]) -> Vec<ItemId> {
    let work = &issue.work;
    let assists = work.assists.iter().map(|assist| assist.id);
    let deferrals = work.deferrals.iter().map(|deferral| deferral.id);
    let promises = work.promises.iter().map(|promise| promise.id);
    let workarounds = work.workarounds.iter().map(|workaround| workaround.id);
    let offers = issue.custody.offer.iter().map(|offer| offer.id);
    let known: Vec<_> = offers.chain(assists).chain(deferrals).chain(promises).chain(workarounds).collect();
    let of = |event: &Event| event.issue.as_ref().map_or(issue.id, |name| name.id);
    let ids = made.iter().map(|event| (event, ItemId::of(of(event), &event.identity)));
    let makes = |(event, id): &(&Event, ItemId)| known.contains(id) || MAKERS.contains(&&*event.type_name);
    ids.filter(makes).map(|(_, id)| id).collect()
}
