//! Issues that are one (`issue.known_as`): the state of the one that the others are part of is folded from the events of
//! all of them.
//!
//! Every event stays in the file of the issue that it names, so an identity is judged within that issue, and to part two
//! issues again moves no event. Deliberately absent: which sayings count ([`Kinship`]).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
};

use domain::{
    Applied, AsReported, Directory, Event, EventKey, Issue, IssueId, Kinship, LeafId, Payload, Position,
    limits, listed_under, replay_joined, tie,
};

use super::{
    file::{Apply, OpenFile},
    folder::Folder,
    index::reference,
};
use crate::{StoreError, TimelineRef};

type Packed = (Event, Vec<u8>);

/// The events of some issues that were ever named together, in order, by the issue that they name.
type Files = BTreeMap<IssueId, Vec<Packed>>;

/// How the issues stand by their events.
struct Reading {
    kinship: Kinship,
    /// By the issues that are part of no other one.
    wholes: BTreeMap<IssueId, Whole>,
    /// What became of each event.
    became: HashMap<Position, Applied>,
}

struct Whole {
    state: Option<Issue>,
    /// In whose timeline the events stand.
    under: Option<AsReported>,
}

impl Reading {
    fn of(files: &Files, directory: &Directory, apply: Apply) -> Self {
        let ids = files.keys().copied().collect();
        let kinship = Kinship::among(&ids, files.values().flatten().map(|(event, _)| event));
        let mut groups: BTreeMap<IssueId, Vec<&Event>> = BTreeMap::new();
        for (id, events) in files {
            groups.entry(kinship.root(*id)).or_default().extend(events.iter().map(|(event, _)| event));
        }
        let mut became = HashMap::new();
        let mut wholes = BTreeMap::new();
        for (root, mut events) in groups {
            events.sort_by(|one, other| one.order().cmp(&other.order()));
            let watch = |event: &Event, applied| became.extend([(event.position, applied)]);
            let state = replay_joined(root, &kinship, events.iter().copied(), directory, apply, watch);
            let under = listed_under(state.as_ref(), events);
            wholes.insert(root, Whole { state, under });
        }
        Self { kinship, wholes, became }
    }

    /// In whose timeline the events that name an issue stand.
    fn under(&self, id: IssueId) -> Option<&AsReported> {
        self.wholes.get(&self.kinship.root(id))?.under.as_ref()
    }
}

impl Folder {
    /// The issues that an event is folded with, where its issue was ever named together with another one, or is now.
    pub(super) fn kin(
        &mut self,
        id: IssueId,
        event: &Event,
    ) -> Result<Option<BTreeSet<IssueId>>, StoreError> {
        let alone = self.open_issue(id)?.file.kin.ties.is_empty();
        let tie = tie(event);
        if alone && tie.is_none() {
            return Ok(None);
        }
        let mut ids = self.tied(id)?;
        if let Some((_, other)) = tie.filter(|(_, other)| !ids.contains(other)) {
            let others = self.tied(other)?;
            if ids.len() + others.len() <= limits::KIN {
                ids.extend(others);
            }
        }
        Ok(Some(ids))
    }

    /// All that were ever named together with an issue, directly or not.
    fn tied(&mut self, id: IssueId) -> Result<BTreeSet<IssueId>, StoreError> {
        let mut found = BTreeSet::from([id]);
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            let ties = &self.open_issue(next)?.file.kin.ties;
            waiting.extend(ties.iter().copied().filter(|other| found.insert(*other)));
        }
        Ok(found)
    }

    fn open_issue(&mut self, id: IssueId) -> Result<&mut OpenFile, StoreError> {
        let Self { store, files, directory, .. } = self;
        let key = EventKey::Issue(id);
        files.open(key, || OpenFile::load(&**store, key, directory))
    }

    /// Folds an event about issue `id`, and all that it may be one with, again; `false`, and nothing changed, if that
    /// panicked.
    pub(super) fn fold_kin(
        &mut self,
        ids: &BTreeSet<IssueId>,
        id: IssueId,
        event: &Event,
        packed: &[u8],
    ) -> Result<bool, StoreError> {
        let mut files = self.files_of(ids)?;
        let held: Vec<IssueId> =
            files.iter().filter(|(_, events)| !events.is_empty()).map(|(id, _)| *id).collect();
        let own = files.entry(id).or_default();
        let place = own.partition_point(|(known, _)| known.order() < event.order());
        let is_last = place == own.len();
        let (directory, apply) = (&*self.directory, self.apply);
        let folded = catch_unwind(AssertUnwindSafe(|| {
            let before = Reading::of(&files, directory, apply);
            files.entry(id).or_default().insert(place, (event.clone(), packed.to_vec()));
            let after = Reading::of(&files, directory, apply);
            (before, after)
        }));
        let Ok((before, mut after)) = folded else { return Ok(false) };

        let open = self.open_issue(id)?;
        if is_last {
            open.push(event, packed);
            open.spill();
        } else {
            open.replace(files.get(&id).map(Vec::as_slice).unwrap_or_default());
        }
        self.files.touch(EventKey::Issue(id), self.number);
        self.note_tie(ids, event)?;
        self.settle_kin(ids, &mut after)?;
        self.move_kin(&held, &before, &after)?;
        let under = after.under(id).cloned();
        self.see_customers(event, under.as_ref())?;
        self.list_kin(ids, event, &files)?;
        self.touch_different(&files, &before, &after);
        let leaf = self.leaves.id(under.as_ref());
        self.refer(leaf, reference(event))?;
        Ok(true)
    }

    fn files_of(&mut self, ids: &BTreeSet<IssueId>) -> Result<Files, StoreError> {
        let mut files = Files::new();
        for id in ids {
            let Self { store, codec, files: cache, directory, .. } = self;
            let key = EventKey::Issue(*id);
            let open = cache.open(key, || OpenFile::load(&**store, key, directory))?;
            files.insert(*id, open.events(&**store, &**codec, key)?);
        }
        Ok(files)
    }

    /// Each of the two leads to the other from now on, whatever becomes of the saying.
    fn note_tie(&mut self, ids: &BTreeSet<IssueId>, event: &Event) -> Result<(), StoreError> {
        let Some((one, other)) = tie(event).filter(|(one, other)| one != other && ids.contains(other)) else {
            return Ok(());
        };
        for (id, kin) in [(one, other), (other, one)] {
            self.open_issue(id)?.file.kin.tie(kin);
            self.files.touch(EventKey::Issue(id), self.number);
        }
        Ok(())
    }

    fn settle_kin(&mut self, ids: &BTreeSet<IssueId>, after: &mut Reading) -> Result<(), StoreError> {
        for id in ids {
            let root = after.kinship.root(*id);
            let into = (root != *id).then_some(root);
            let state = after.wholes.get_mut(id).and_then(|whole| whole.state.take());
            let open = self.open_issue(*id)?;
            let changed = open.file.issue != state || open.file.kin.into != into;
            open.file.issue = state;
            open.file.kin.into = into;
            if changed {
                self.files.touch(EventKey::Issue(*id), self.number);
            }
        }
        Ok(())
    }

    /// Events stand in the timeline of the customer of the whole, and go with it.
    fn move_kin(&mut self, held: &[IssueId], before: &Reading, after: &Reading) -> Result<(), StoreError> {
        for id in held {
            let was = self.leaves.id(before.under(*id));
            let is = self.leaves.id(after.under(*id));
            if was != is {
                self.move_references(*id, was, is)?;
            }
        }
        Ok(())
    }

    /// Lists every one of the issues under every customer that an event of any of them names: whosever the whole is or was,
    /// at whatever earlier instant, it is found there.
    fn list_kin(&mut self, ids: &BTreeSet<IssueId>, event: &Event, files: &Files) -> Result<(), StoreError> {
        let is_tie = tie(event).is_some();
        let events = files.values().flatten().map(|(event, _)| event).filter(|_| is_tie);
        let mut customers: BTreeSet<LeafId> = BTreeSet::new();
        for event in events.chain([event]) {
            customers.insert(self.leaves.id(event.customer.as_ref()));
            if let Payload::CustomerCorrected { to } = &event.payload {
                customers.insert(self.leaves.id(Some(to)));
            }
        }
        for id in ids {
            self.list(EventKey::Issue(*id), *id, customers.iter().copied())?;
        }
        Ok(())
    }

    /// Events of which something else became. Those that left a timeline for another are told by the move.
    fn touch_different(&mut self, files: &Files, before: &Reading, after: &Reading) {
        let events = files.values().flatten().map(|(event, _)| event);
        let different = events.filter(|event| {
            before
                .became
                .get(&event.position)
                .is_some_and(|was| after.became.get(&event.position) != Some(was))
        });
        let different: Vec<TimelineRef> = different.map(reference).collect();
        for reference in different {
            let leaf = self.leaves.id(reference.issue.and_then(|id| after.under(id)));
            self.touch_entry(leaf, reference, false);
        }
    }
}
