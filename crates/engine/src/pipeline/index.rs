//! What the indexes and the counts say of an issue, written as the difference to what they said before.

use domain::{Directory, Event, EventKey};

use super::{
    file::OpenFile,
    rows::{Indexed, Sketch},
    tally::Tally,
};
use crate::{Change, Cursor, Store, StoreError, TimelineRef};

/// What rows and counts are written from.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) directory: &'a Directory,
    /// The batch in the making.
    pub(crate) batch: u64,
}

/// Writes the rows of an issue that differ, and counts it anew.
pub(crate) fn index(
    key: EventKey,
    open: &mut OpenFile,
    ground: Ground<'_>,
    tally: &mut Tally,
    cursor: &mut Cursor,
    changes: &mut Vec<Change>,
) -> Result<(), StoreError> {
    let Ground { store, directory, batch } = ground;
    let EventKey::Issue(id) = key else { return Ok(()) };
    let is = Indexed::of(open.file.issue.as_ref(), directory);
    let was = std::mem::replace(&mut open.indexed, is.clone());
    if was == is {
        return Ok(());
    }
    let (old, new): (Vec<_>, Vec<_>) = (was.rows(id).collect(), is.rows(id).collect());
    changes.extend(old.iter().filter(|row| !new.contains(row)).cloned().map(Change::Remove));
    changes.extend(new.iter().filter(|row| !old.contains(row)).cloned().map(Change::Put));
    let (was, is) = (was.sketch(), is.sketch());
    let counts = &mut cursor.counts;
    let recount = |count: &mut u64, was: bool, is: bool| {
        *count = (*count + u64::from(is)).saturating_sub(u64::from(was));
    };
    recount(&mut counts.issues, was.is_some(), is.is_some());
    let waits = |sketch: Option<&Sketch>| sketch.is_some_and(|sketch| sketch.unacknowledged);
    recount(&mut counts.unacknowledged, waits(was), waits(is));
    tally.recount(store, was, is, batch)
}

/// Where an event stands in a timeline.
pub(crate) fn reference(event: &Event) -> TimelineRef {
    let issue = event.issue.as_ref().map(|issue| issue.id);
    TimelineRef { time: event.time.as_microsecond(), position: event.position, issue }
}
