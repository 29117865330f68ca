//! Dated undertakings to the customer (F14, F20).

use jiff::Timestamp;

use crate::{
    Anomalies, Event, Issue, ItemRef, Promise, PromiseOrigin, PromiseState, PromiseTerms,
    work::{TELL, brief},
};

use super::{item::answered, since};

impl Issue {
    /// `promise.made`, by the actor where it names nobody.
    pub(super) fn make_promise(
        &mut self,
        terms: &PromiseTerms,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        let promise = Promise {
            id: self.item_id(event),
            terms: PromiseTerms {
                what: brief(&terms.what),
                to: terms.to.as_deref().map(brief),
                by: terms.by.clone().or_else(|| event.actor.person.clone()),
                ..*terms
            },
            renegotiated: 0,
            state: PromiseState::Open,
            since: since(event),
        };
        let admitted = self.admits(&promise, doubts);
        if admitted {
            self.work.promises.push(promise);
        }
        admitted
    }

    /// Where a human told the customer how it stands, as `told` says: that was promised before is kept by it, and whoever said
    /// when they hear more owes them that (`domain.md` 4.8, "nearest promise wins"). A command says so in an event of its own.
    pub(super) fn tell_customer(
        &mut self,
        told: bool,
        next: Option<Timestamp>,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        if told {
            self.keep_told(event);
            let due = next.filter(|due| *due > event.time && !event.origin.is_own());
            if let Some(due) = due.filter(|_| self.lifecycle().is_open()) {
                let (what, origin) = (TELL.to_owned(), PromiseOrigin::Issue);
                self.make_promise(&PromiseTerms { what, to: None, by: None, due, origin }, event, doubts);
            }
        }
        told
    }

    /// The customer heard how it stands.
    pub(super) fn keep_told(&mut self, event: &Event) {
        let promises = self.work.promises.iter_mut();
        let told = promises.filter(|promise| promise.is_open() && promise.terms.what == TELL);
        told.for_each(|promise| promise.keep(event.time));
    }

    /// `promise.kept`, in time or late.
    pub(super) fn keep_promise(&mut self, item: &ItemRef, event: &Event, doubts: &mut Anomalies) -> bool {
        answered(&mut self.work.promises, item, event, doubts, Promise::is_open)
            .map(|promise| promise.keep(event.time))
            .is_some()
    }

    /// `promise.renegotiated`: owed until another day, also where the first one had passed.
    pub(super) fn renegotiate_promise(
        &mut self,
        item: &ItemRef,
        due: Timestamp,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        answered(&mut self.work.promises, item, event, doubts, Promise::is_open)
            .map(|promise| {
                promise.terms.due = due;
                promise.renegotiated = promise.renegotiated.saturating_add(1);
                promise.state = PromiseState::Open;
            })
            .is_some()
    }

    /// `promise.broken`: its day passed. Davy's own word that came before the day that it is owed now is void: another day was
    /// agreed, and that was heard of late.
    pub(super) fn break_promise(&mut self, item: &ItemRef, event: &Event, doubts: &mut Anomalies) -> bool {
        let due = |promise: &Promise| !event.origin.is_own() || promise.terms.due <= event.time;
        let fits = |promise: &Promise| promise.state == PromiseState::Open && due(promise);
        answered(&mut self.work.promises, item, event, doubts, fits)
            .map(|promise| promise.state = PromiseState::Broken { at: event.time })
            .is_some()
    }
}
