//! What messages say, without the store: distinct events by what they name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    Arrival, Arrived, Digest, Event, EventKey, IssueId, LeafId, OperationKind, Position,
    limits::BARE_WINDOW_SECONDS,
};
use jiff::Timestamp;

use crate::{StoreError, View};

/// Events of issues, and a customer's own.
#[derive(Debug, Default)]
pub(super) struct Model {
    files: BTreeMap<EventKey, Vec<Event>>,
    known: BTreeSet<(EventKey, Digest)>,
    /// When the first of each group of equal bare messages was stored.
    windows: HashMap<Digest, Timestamp>,
}

impl Model {
    /// Of messages that are folded and not quarantined.
    pub(super) fn of(view: &View<'_>, customer: LeafId, messages: &[Arrival]) -> Result<Self, StoreError> {
        let mut ordered: Vec<_> =
            messages.iter().filter(|message| message.position <= view.position()).collect();
        ordered.sort_by_key(|message| message.position);
        ordered.dedup_by_key(|message| message.position);
        let mut model = Self::default();
        for message in ordered {
            if !model.came_before(message) && view.store.quarantined(message.position)?.is_none() {
                model.take(view, message)?;
            }
        }
        let own = super::own_key(customer);
        model.files.retain(|key, _| matches!(key, EventKey::Issue(_)) || *key == own);
        for events in model.files.values_mut() {
            events.sort_by(|one, other| one.order().cmp(&other.order()));
        }
        Ok(model)
    }

    /// The events that name something, in order.
    pub(super) fn events(&self, key: EventKey) -> &[Event] {
        self.files.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every issue that an event names.
    pub(super) fn issues(&self) -> impl Iterator<Item = IssueId> {
        self.files.keys().filter_map(|key| match key {
            EventKey::Issue(id) => Some(*id),
            EventKey::Customer(_) | EventKey::Nobody => None,
        })
    }

    /// Whether an equal bare message came within the 2 minutes before.
    fn came_before(&mut self, message: &Arrival) -> bool {
        let Some(bare) = message.bare else { return false };
        let first = *self.windows.entry(bare).or_insert(message.stored_at);
        let is_over = message.stored_at.duration_since(first).as_secs() > BARE_WINDOW_SECONDS;
        if is_over {
            self.windows.insert(bare, message.stored_at);
        }
        !is_over && first != message.stored_at
    }

    fn take(&mut self, view: &View<'_>, message: &Arrival) -> Result<(), StoreError> {
        match &message.content {
            Arrived::Event(event) => self.add(event),
            Arrived::Operation(operation) => {
                if let OperationKind::Redriven { of, arrived } = &operation.kind
                    && let Arrived::Event(event) = &**arrived
                    && settles(view, *of, message.position)?
                {
                    self.add(event);
                }
            }
            Arrived::Directory(_) | Arrived::UnknownDocument { .. } | Arrived::Quarantined(_) => {}
        }
        Ok(())
    }

    /// The first event of an identity counts.
    fn add(&mut self, event: &Event) {
        let key = event.key();
        if self.known.insert((key, event.identity_digest)) {
            self.files.entry(key).or_default().push(event.clone());
        }
    }
}

/// Whether the event at `by` is the one that settled a quarantined message.
fn settles(view: &View<'_>, of: Position, by: Position) -> Result<bool, StoreError> {
    let settled = view.store.quarantined(of)?.and_then(|message| message.settled);
    Ok(settled.is_some_and(|settled| settled.position == by))
}
