//! What Davy's escalator says of clocks. Every such event was right where it was decided; where it sorts now it may not fit
//! any more, since a late event came before it, and then it is void: it changes nothing, and nobody is at fault.

use jiff::Timestamp;

use crate::{Announced, Assist, ClockKind, Directory, Event, Issue, ItemId, ItemRef, Mark, Since};

impl Issue {
    /// `clock.warned` and `clock.breached`: void unless that clock runs, was to be announced, and runs out just then. What
    /// is announced stays so until the clock ends.
    pub(in crate::fold) fn mark_clock(
        &mut self,
        mark: &Announced,
        event: &Event,
        directory: &Directory,
    ) -> bool {
        let announced = |mark_as| self.clocks.announced(mark.clock, mark_as).is_some();
        let stale = match mark.mark {
            Mark::Warned => announced(Mark::Warned) || announced(Mark::Breached),
            Mark::Breached => announced(Mark::Breached) || event.time < mark.deadline,
        };
        let fits = !stale && event.origin.is_own() && self.runs_out(mark, event.time, directory);
        if fits {
            self.clocks.announced.push(*mark);
        }
        fits
    }

    fn runs_out(&self, mark: &Announced, at: Timestamp, directory: &Directory) -> bool {
        self.ticking().find(|clock| clock.name == mark.clock).is_some_and(|clock| {
            let deadline = clock.deadline(self.severity(), directory);
            let is_so = match mark.mark {
                Mark::Warned => deadline == Some(mark.deadline),
                // What a late fact moved, but not past the announcement, has run out all the same.
                Mark::Breached => deadline.is_some_and(|deadline| deadline <= at),
            };
            !clock.since.silent && is_so
        })
    }

    /// `handoff.timed_out`: the offer bounced, once. It stays open, since only an answer, another offer, another department
    /// or a resolution ends one (`contract.md` 4): who was asked still owes the answer, and may take the issue late.
    pub(in crate::fold) fn time_out_offer(
        &mut self,
        item: &ItemRef,
        event: &Event,
        directory: &Directory,
    ) -> bool {
        let meant = self.custody.offer.as_ref().filter(|offer| is_meant(item, offer.id, &offer.since));
        let Some((id, to_person)) = meant.map(|offer| (offer.id, offer.person.is_some())) else {
            return false;
        };
        let bounced = self.time_out(id, event, directory);
        if bounced && to_person {
            self.resume_run(event);
        }
        self.custody.bounces = self.custody.bounces.saturating_add(u32::from(bounced));
        bounced
    }

    /// `assist.timed_out`: it stays asked for.
    pub(in crate::fold) fn time_out_assist(
        &mut self,
        item: &ItemRef,
        event: &Event,
        directory: &Directory,
    ) -> bool {
        let meant = |assist: &&Assist| assist.is_open() && is_meant(item, assist.id, &assist.since);
        let ids: Vec<_> = self.work.assists.iter().filter(meant).map(|assist| assist.id).collect();
        ids.into_iter().any(|id| self.time_out(id, event, directory))
    }

    /// Once a cycle, and not before its time is over.
    fn time_out(&mut self, id: ItemId, event: &Event, directory: &Directory) -> bool {
        let clock = self.ticking().find(|clock| clock.name.item == Some(id) && !clock.since.silent);
        let deadline = clock.and_then(|clock| clock.deadline(self.severity(), directory));
        if !event.origin.is_own() || deadline.is_none_or(|deadline| event.time < deadline) {
            return false;
        }
        let fresh = self.clocks.items.iter_mut().find(|clock| clock.item == id && !clock.timed_out);
        fresh.map(|clock| clock.timed_out = true).is_some()
    }

    /// `owner.orphaned`: somebody has to take the issue from one who is gone. Who is named in the log stays so, and is shown
    /// as a desk (`contract.md` 4, last row); the clock alone begins, once until somebody takes it, and with it that of taking
    /// the issue up where it does not run ([`Issue::run_own`]).
    pub(in crate::fold) fn orphan(&mut self, event: &Event, directory: &Directory) -> bool {
        let gone = self.custody.owner.shown(directory, event.position).was.is_some();
        let fits = event.origin.is_own() && gone && self.is_unsettled() && self.clocks.orphan.is_none();
        if fits {
            let mut clock = self.begin(ClockKind::Orphan, event, directory);
            clock.since.silent |= self.is_history();
            self.clocks.orphan = Some(clock);
        }
        fits
    }
}

/// Whether an event names this item: by its id, by the id of the event that made it, or as whichever is open.
fn is_meant(item: &ItemRef, id: ItemId, since: &Since) -> bool {
    match item {
        ItemRef::Open => true,
        ItemRef::Named(text) => text.parse() == Ok(id) || since.by.id == *text,
    }
}
