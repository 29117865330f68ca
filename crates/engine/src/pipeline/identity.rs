//! What events say about customers as such: edges between leaves, and profiles. Each follows from the events of one file
//! alone, so it is the same whatever order they arrive in; who is whose customer is worked out by readers.

use domain::{
    CustomerCalendar, CustomerId, EdgeId, Event, EventKey, Payload, Retraction,
    identity::{Edge, Profile, is_about_customer},
    replay_own,
};

use super::{cache::Cache, file::OpenFile, folder::Folder};
use crate::{Change, StoreError};

/// The edges that are at hand.
#[derive(Debug, Default)]
pub(crate) struct OpenEdges(Cache<(CustomerId, EdgeId), Edge>);

impl OpenEdges {
    /// What is not in a batch yet.
    pub(crate) fn drain(&mut self, changes: &mut Vec<Change>) {
        self.0.drain_changed(|_, edge| changes.push(Change::Edge(Box::new(edge.clone()))));
    }

    pub(crate) fn trim(&mut self, limit: usize) {
        self.0.trim(limit);
    }
}

impl Folder {
    /// Takes in what an event about a customer says about them as such. It is in the file already.
    pub(super) fn identify(&mut self, key: EventKey, event: &Event) -> Result<(), StoreError> {
        let EventKey::Customer(home) = key else { return Ok(()) };
        if let Payload::Retracted(_) = &event.payload {
            return self.strike_all(key, home);
        }
        if !is_about_customer(&event.payload) {
            return Ok(());
        }
        if let Payload::Customer(fact) = &event.payload {
            for named in fact.named() {
                self.see_customer(Some(named))?;
            }
        }
        if let Some(id) = Edge::of(home, event) {
            self.tie(home, id, |edge| edge.hear(event))?;
        }
        let Self { store, files, directory, .. } = self;
        if files.open(key, || OpenFile::load(&**store, key, directory))?.file.has_retractions {
            return self.strike_all(key, home);
        }
        let batch = self.number;
        self.tally.change_profile(home, batch, |profile| profile.hear(event));
        self.note_calendar(home);
        Ok(())
    }

    fn tie(
        &mut self,
        home: CustomerId,
        id: EdgeId,
        change: impl FnOnce(&mut Edge),
    ) -> Result<(), StoreError> {
        let Self { store, edges, number, .. } = self;
        let load = || Ok::<_, StoreError>(store.edge(home, id)?.unwrap_or_else(|| Edge::unsaid(home, id)));
        change(edges.0.open((home, id), load)?);
        edges.0.touch((home, id), *number);
        Ok(())
    }

    /// Some of the customer's events are struck out: what they said is found anew from all of them.
    fn strike_all(&mut self, key: EventKey, home: CustomerId) -> Result<(), StoreError> {
        let Self { store, codec, files, directory, .. } = self;
        let open = files.open(key, || OpenFile::load(&**store, key, directory))?;
        let packed = open.events(&**store, &**codec, key)?;
        let events: Vec<_> = packed.iter().map(|(event, _)| event).collect();
        if !events.iter().any(|event| is_about_customer(&event.payload)) {
            return Ok(());
        }
        for (struck, by) in strikes(&events) {
            if let Some(id) = Edge::of(home, struck) {
                self.tie(home, id, |edge| edge.strike(&struck.identity, by))?;
            }
        }
        let batch = self.number;
        self.tally.change_profile(home, batch, |known| {
            *known = profile(&events);
            true
        });
        self.note_calendar(home);
        Ok(())
    }

    /// The customer's own calendar, as it stands after the message at hand, is the one of clocks that begin from there on.
    fn note_calendar(&mut self, home: CustomerId) {
        let calendar = self.tally.profile(home).and_then(|profile| profile.calendar.as_ref());
        let calendar = calendar.map(|kept| kept.value.clone());
        let change = CustomerCalendar { customer: home, position: self.cursor.position, calendar };
        if self.directory.is_news(&change) {
            self.record_calendar(change);
        }
    }
}

/// Every event that says something about the customer, with each that strikes it out.
fn strikes<'a>(events: &[&'a Event]) -> Vec<(&'a Event, &'a Event)> {
    let mut pairs = Vec::new();
    for by in events {
        let Payload::Retracted(Retraction { identity }) = &by.payload else { continue };
        let struck = events.iter().find(|event| event.identity == *identity);
        let said = struck.filter(|event| matches!(event.payload, Payload::Customer(_)));
        pairs.extend(said.map(|struck| (*struck, *by)));
    }
    pairs
}

/// What the events say that are not struck out.
fn profile(events: &[&Event]) -> Profile {
    let mut profile = Profile::default();
    replay_own(events.iter().copied(), |event, applied| {
        if !matches!(applied.effect, domain::Effect::Retracted { .. }) {
            profile.hear(event);
        }
    });
    profile
}
