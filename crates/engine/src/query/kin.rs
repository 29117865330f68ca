//! Issues that are one (`issue.known_as`), as things are and as they were: the events of all of them, folded together.

use std::collections::BTreeSet;

use domain::{
    Applied, ClockHistory, Directory, Effect, Event, EventKey, Issue, IssueId, Kinship, LeafId, Payload,
    explain_clocks, listed_under, replay_joined,
};

use super::{QueryError, past::Past};
use crate::{StoreError, View};

/// An issue with the events of all that are part of it.
pub(super) struct Whole {
    /// The issue that the others are part of.
    pub(super) root: IssueId,
    kinship: Kinship,
    /// In order.
    pub(super) events: Vec<Event>,
}

impl View<'_> {
    /// The issue that an id stands for: itself, or the one that it is part of.
    pub(crate) fn standing(&self, id: IssueId) -> Result<IssueId, StoreError> {
        Ok(self.store.kin(id)?.into.unwrap_or(id))
    }

    /// All issues that were ever named together with one, directly or not, and that one.
    pub(super) fn tied(&self, id: IssueId) -> Result<BTreeSet<IssueId>, StoreError> {
        let mut found = BTreeSet::from([id]);
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            waiting.extend(self.store.kin(next)?.ties.into_iter().filter(|other| found.insert(*other)));
        }
        Ok(found)
    }

    /// The issues that one is one with, as things are.
    pub(super) fn members(&self, id: IssueId) -> Result<BTreeSet<IssueId>, StoreError> {
        let (root, mut members) = (self.standing(id)?, self.tied(id)?);
        let mut failed = Ok(());
        members.retain(|member| match self.standing(*member) {
            Ok(other) => other == root,
            Err(error) => {
                failed = Err(error);
                false
            }
        });
        failed.map(|()| members)
    }

    /// What an id stands for, by the events that had happened and were known; all that are known without `past`.
    pub(super) fn whole(&self, id: IssueId, past: Option<Past>) -> Result<Whole, QueryError> {
        let ids = self.tied(id)?;
        let mut events = Vec::new();
        for id in &ids {
            events.extend(self.events(EventKey::Issue(*id))?);
        }
        events.retain(|event| past.is_none_or(|past| past.holds(event)));
        Ok(Whole::of(id, &ids, events))
    }
}

impl Whole {
    /// What an id stands for, by all events of the issues that it was ever named together with.
    pub(super) fn of(id: IssueId, tied: &BTreeSet<IssueId>, mut events: Vec<Event>) -> Self {
        let kinship = Kinship::among(tied, &events);
        let root = kinship.root(id);
        events.retain(|event| event.issue.as_ref().is_some_and(|name| kinship.root(name.id) == root));
        events.sort_by(|one, other| one.order().cmp(&other.order()));
        Self { root, kinship, events }
    }

    /// The state, and what became of each event in order.
    pub(super) fn replay<'a>(
        &'a self,
        directory: &Directory,
        watch: impl FnMut(&'a Event, Applied),
    ) -> Option<Issue> {
        replay_joined(self.root, &self.kinship, &self.events, directory, Issue::apply, watch)
    }

    /// The state.
    pub(super) fn state(&self, directory: &Directory) -> Option<Issue> {
        self.replay(directory, |_, _| ())
    }

    /// Every clock that it ever had.
    pub(super) fn clock_histories(&self, directory: &Directory) -> Vec<ClockHistory> {
        explain_clocks(self.root, &self.kinship, &self.events, directory)
    }

    /// The customer in whose timeline the events stand, by the state that they fold to.
    pub(super) fn under(&self, state: Option<&Issue>) -> LeafId {
        listed_under(state, &self.events).map(|customer| customer.leaf.id())
    }

    /// The report that counts; `None` while the issue is unreported.
    pub(super) fn report(&self, directory: &Directory) -> Option<Event> {
        let mut report = None;
        self.replay(directory, |event, applied| {
            if matches!(event.payload, Payload::Reported(_)) && applied.effect == Effect::Applied {
                report.get_or_insert(event);
            }
        });
        report.cloned()
    }

    /// The events that name one issue.
    pub(super) fn naming(&self, id: IssueId) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.issue.as_ref().is_some_and(|name| name.id == id))
    }
}
