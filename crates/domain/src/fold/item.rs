//! Which assist, deferral, promise or workaround an answer is about, and whether one more has room.

use crate::{
    Anomalies, Anomaly, Department, Event, Issue, ItemId, ItemRef,
    work::{Item, weight},
};

/// The item that an answer names and fits, rather one of the same source; or the oldest that it fits. A doubt where there
/// is none.
pub(super) fn answered<'a, T: Item>(
    items: &'a mut [T],
    item: &ItemRef,
    event: &Event,
    doubts: &mut Anomalies,
    fits: impl Fn(&T) -> bool,
) -> Option<&'a mut T> {
    let mut fitting = items.iter_mut().filter(|item| fits(item));
    let found = match item {
        ItemRef::Open => fitting.next(),
        ItemRef::Named(text) => {
            let id = text.parse::<ItemId>().ok();
            let named = |item: &T| Some(item.id()) == id || item.since().by.id == *text;
            fitting
                .filter(|item| named(item))
                .min_by_key(|item| item.since().by.source != event.identity.source)
        }
    };
    if found.is_none() {
        doubts.insert(Anomaly::UnknownRef);
    }
    found
}

/// Whether a fact of another department is out of place: Davy's own events were judged when they were made.
pub(super) fn speaks_for(event: &Event, department: &Department) -> bool {
    event.origin.is_own() || event.origin.department() == department
}

impl Issue {
    /// Of what an event makes within the issue. It goes by the issue that the event names, so it stays the same when that
    /// one becomes part of another.
    pub(super) fn item_id(&self, event: &Event) -> ItemId {
        ItemId::of(event.issue.as_ref().map_or(self.id, |name| name.id), &event.identity)
    }

    /// Makes room for one more, or says that there is none.
    pub(super) fn admits(&mut self, item: &impl Item, doubts: &mut Anomalies) -> bool {
        let admitted = self.work.make_room(weight(item));
        if !admitted {
            doubts.insert(Anomaly::TooMany);
        }
        admitted
    }
}
