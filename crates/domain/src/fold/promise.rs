//! Dated undertakings to the customer (F14, F20).

use jiff::Timestamp;

use crate::{Anomalies, Event, Issue, ItemRef, Promise, PromiseState, PromiseTerms, work::brief};

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

    /// `promise.kept`, in time or late.
    pub(super) fn keep_promise(&mut self, item: &ItemRef, event: &Event, doubts: &mut Anomalies) -> bool {
        let at = event.time;
        answered(&mut self.work.promises, item, event, doubts, Promise::is_open)
            .map(|promise| {
                let late = at > promise.terms.due;
                promise.state = if late { PromiseState::KeptLate { at } } else { PromiseState::Kept { at } };
            })
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
