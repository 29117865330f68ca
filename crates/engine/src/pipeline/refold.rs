//! Folding all events of a file again: for one that sorts before others, and wherever something is struck out.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use domain::{
    Applied, AsReported, Directory, Event, EventKey, Issue, Kinship, listed_under, replay_joined, replay_own,
};

use super::{
    file::{Apply, OpenFile},
    index::reference,
};
use crate::{Codec, Store, StoreError, TimelineRef};

/// An event that the others are folded again with.
pub(crate) struct Refold<'a> {
    pub(crate) event: &'a Event,
    pub(crate) packed: &'a [u8],
    pub(crate) directory: &'a Directory,
    pub(crate) apply: Apply,
    /// Whether it is wanted which other events come out differently.
    pub(crate) watched: bool,
}

/// What folding one event did to its issue.
#[derive(Debug)]
pub(crate) struct Folded {
    /// In whose timeline the issue's events stood; `None` if there were none.
    pub(crate) before: Option<Option<AsReported>>,
    /// In whose timeline they stand.
    pub(crate) after: Option<AsReported>,
    /// Other events of which something else became.
    pub(crate) different: Vec<TimelineRef>,
}

type Packed = (Event, Vec<u8>);

/// Folds an issue again with one more event in its place; `None`, and nothing changed, if that panicked.
pub(crate) fn refold(
    open: &mut OpenFile,
    store: &dyn Store,
    codec: &dyn Codec,
    key: EventKey,
    refold: &Refold<'_>,
) -> Result<Option<Folded>, StoreError> {
    let mut events = open.events(store, codec, key)?;
    let place = events.partition_point(|(known, _)| known.order() < refold.event.order());
    let issue = open.file.issue.as_ref();
    let folded = catch_unwind(AssertUnwindSafe(|| {
        let before = (!events.is_empty()).then(|| listed_under(issue, facts(&events)));
        let was = refold.watched.then(|| refold.replay(&events).1);
        events.insert(place, (refold.event.clone(), refold.packed.to_vec()));
        let (state, is) = refold.replay(&events);
        let after = listed_under(state.as_ref(), facts(&events));
        let different = was.map_or_else(Vec::new, |was| differing(&events, place, was, &is));
        (state, Folded { before, after, different })
    }));
    let Ok((state, folded)) = folded else { return Ok(None) };
    open.file.issue = state;
    open.replace(&events);
    Ok(Some(folded))
}

impl Refold<'_> {
    /// The state after events in order, and what became of each.
    fn replay(&self, events: &[Packed]) -> (Option<Issue>, Vec<Applied>) {
        let mut became = Vec::with_capacity(events.len());
        let state = replay_alone(facts(events), self.directory, self.apply, |applied| became.push(applied));
        (state, became)
    }
}

/// The state of an issue that no other is part of, whatever its events say: where they would make too many one, they make
/// none so.
pub(crate) fn replay_alone<'a>(
    events: impl Iterator<Item = &'a Event> + Clone,
    directory: &Directory,
    apply: Apply,
    mut watch: impl FnMut(Applied),
) -> Option<Issue> {
    let id = events.clone().find_map(|event| event.issue.as_ref())?.id;
    let kinship = Kinship::among(&BTreeSet::from([id]), events.clone());
    replay_joined(id, &kinship, events, directory, apply, |_, applied| watch(applied))
}

/// Which of a customer's own events look different with one more at the end.
pub(crate) fn restrike(
    open: &OpenFile,
    store: &dyn Store,
    codec: &dyn Codec,
    key: EventKey,
    event: &Event,
) -> Result<Vec<TimelineRef>, StoreError> {
    let mut events = open.events(store, codec, key)?;
    let became = |events: &[Packed]| {
        let mut became = Vec::with_capacity(events.len());
        replay_own(facts(events), |_, applied| became.push(applied));
        became
    };
    let was = became(&events);
    let place = events.len();
    events.push((event.clone(), Vec::new()));
    Ok(differing(&events, place, was, &became(&events)))
}

/// The events but for the one at `place` of which something else became.
fn differing(events: &[Packed], place: usize, mut was: Vec<Applied>, is: &[Applied]) -> Vec<TimelineRef> {
    was.insert(place.min(was.len()), Applied::default());
    let both = events.iter().zip(was.iter().zip(is)).enumerate();
    both.filter(|(at, (_, (was, is)))| *at != place && was != is)
        .map(|(_, ((event, _), _))| reference(event))
        .collect()
}

fn facts(events: &[Packed]) -> impl Iterator<Item = &Event> + Clone {
    events.iter().map(|(event, _)| event)
}
