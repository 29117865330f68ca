//! The clocks of offers, assists, promises and deferrals: each lives as long as its item is open.

use jiff::Timestamp;

use crate::{
    Assist, ClockKind, Deferral, Department, Event, Issue, ItemClock, ItemId, Payload, Promise, Started,
};

/// Something that is waited for.
struct Awaited<'a> {
    kind: ClockKind,
    item: ItemId,
    /// Who owes it.
    department: &'a Department,
    due: Option<Timestamp>,
}

impl Issue {
    /// Begins the clocks of new items and ends those of settled ones. A day agreed anew for a promise begins its clock again,
    /// and a reopening those of assists: nobody works for an issue that is resolved.
    pub(super) fn run_items(&mut self, event: &Event, applied: bool) {
        if self.clocks.items.is_empty() && self.awaited().next().is_none() {
            return;
        }
        let back = applied && matches!(event.payload, Payload::Reopened);
        let known = std::mem::take(&mut self.clocks.items);
        let items = self.awaited().map(|awaited| {
            let before = known.iter().find(|clock| clock.item == awaited.item);
            let again = |clock: &ItemClock| {
                clock.due != awaited.due || (back && clock.kind == ClockKind::AssistAnswer)
            };
            match before {
                Some(clock) if !again(clock) => clock.clone(),
                Some(_) | None => self.begin_item(&awaited, before.map_or(0, |clock| clock.cycle), event),
            }
        });
        self.clocks.items = items.collect();
    }

    fn begin_item(&self, awaited: &Awaited<'_>, cycles: u32, event: &Event) -> ItemClock {
        let Awaited { kind, item, department, due } = *awaited;
        let since: Started = self.started(kind, department.clone(), event);
        ItemClock { kind, item, cycle: cycles.saturating_add(1), since, due, timed_out: false }
    }

    /// Every item that somebody waits for: the open offer first, then by kind in the order of the events.
    fn awaited(&self) -> impl Iterator<Item = Awaited<'_>> {
        let owner = &self.custody.owner.department;
        let offer = self.custody.offer.iter().map(|offer| Awaited {
            kind: ClockKind::HandOffAccept,
            item: offer.id,
            department: &offer.department,
            due: None,
        });
        let assists =
            self.work.assists.iter().filter(|assist| assist.is_open()).map(|Assist { id, terms, .. }| {
                Awaited {
                    kind: ClockKind::AssistAnswer,
                    item: *id,
                    department: &terms.department,
                    due: terms.due,
                }
            });
        let promises = self.work.promises.iter().filter(|promise| promise.is_open());
        let promises = promises.map(move |Promise { id, terms, .. }| Awaited {
            kind: ClockKind::Promise,
            item: *id,
            department: owner,
            due: Some(terms.due),
        });
        let deferrals = self.work.deferrals.iter().filter(|deferral| deferral.is_in_force());
        let deferrals = deferrals.map(move |Deferral { id, terms, .. }| Awaited {
            kind: ClockKind::Deferral,
            item: *id,
            department: owner,
            due: Some(terms.until),
        });
        offer.chain(assists).chain(promises).chain(deferrals)
    }
}
