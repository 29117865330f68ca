//! Postponement as a loan with a due date (`domain.md` 4.4 T6 and T7, F01).
//!
//! Deliberately absent: its day, and a contract that is to be renewed soon, which no event of the issue tells: Davy's
//! escalator ends the deferral then.

use jiff::Timestamp;

use crate::{
    Anomalies, Anomaly, Deferral, DeferralState, DeferralTerms, Directory, EndCause, Event, Issue, ItemId,
    ItemRef, Person, work::brief,
};

use super::{item::answered, since};

impl Issue {
    /// `deferral.requested`.
    pub(super) fn request_deferral(
        &mut self,
        terms: &DeferralTerms,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        if !self.is_worked_on(doubts) || !self.is_deferrable(terms.until, event, doubts) {
            return false;
        }
        let deferral = Deferral {
            id: self.item_id(event),
            terms: DeferralTerms { reason: brief(&terms.reason), ..terms.clone() },
            from: event.origin.department().clone(),
            by: event.actor.person.clone(),
            state: DeferralState::Requested,
            since: since(event),
        };
        let admitted = self.admits(&deferral, doubts);
        if admitted {
            self.work.deferrals.push(deferral);
        }
        admitted
    }

    /// What a fact has to keep to. Davy's own events were judged when they were made.
    fn is_deferrable(&self, until: Timestamp, event: &Event, doubts: &mut Anomalies) -> bool {
        if event.origin.is_own() {
            return true;
        }
        let longest = DeferralTerms::longest(self.severity());
        let asked = until.duration_since(event.time);
        let wrong = [
            (!asked.is_positive(), Anomaly::UntilPast),
            (longest.is_some_and(|longest| asked > longest), Anomaly::UntilTooFar),
            (longest.is_none() || self.acknowledged.is_none(), Anomaly::NotDeferrable),
        ];
        wrong.iter().filter(|(is_wrong, _)| *is_wrong).for_each(|(_, doubt)| doubts.insert(*doubt));
        wrong.iter().all(|(is_wrong, _)| !is_wrong)
    }

    /// `deferral.approved`: it comes in force, in the place of one that was.
    pub(super) fn approve_deferral(
        &mut self,
        item: &ItemRef,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        if !self.is_worked_on(doubts) {
            return false;
        }
        let found = answered(&mut self.work.deferrals, item, event, doubts, Deferral::is_pending);
        let asked = found.map(|asked| (asked.id, asked.terms.until, approves_own(asked, event, directory)));
        let Some((id, until, own)) = asked else { return false };
        if own {
            doubts.insert(Anomaly::ApproverSelf);
        }
        let approved = self.is_deferrable(until, event, doubts) && !own;
        if approved {
            end(&mut self.work.deferrals, EndCause::Cancelled, event.time, Deferral::is_in_force);
            self.bring_in_force(id, event);
        }
        approved
    }

    fn bring_in_force(&mut self, id: ItemId, event: &Event) {
        let approved = self.work.deferrals.iter_mut().filter(|deferral| deferral.id == id);
        approved.for_each(|deferral| {
            deferral.state = DeferralState::Approved { by: event.actor.person.clone(), at: event.time };
        });
    }

    /// `deferral.denied`.
    pub(super) fn deny_deferral(&mut self, item: &ItemRef, event: &Event, doubts: &mut Anomalies) -> bool {
        answered(&mut self.work.deferrals, item, event, doubts, Deferral::is_pending)
            .map(|deferral| deferral.state = DeferralState::Denied { at: event.time })
            .is_some()
    }

    /// `deferral.cancelled` and `deferral.ended`, of one that is asked for or in force.
    pub(super) fn end_deferral(
        &mut self,
        item: &ItemRef,
        cause: EndCause,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        answered(&mut self.work.deferrals, item, event, doubts, is_alive)
            .map(|deferral| deferral.state = DeferralState::Ended { cause, at: event.time })
            .is_some()
    }

    /// What is in force ends, since the customer is worse off than when it was allowed. What is asked for stays so.
    pub(super) fn break_deferral(&mut self, event: &Event) {
        end(&mut self.work.deferrals, EndCause::Broken, event.time, Deferral::is_in_force);
    }

    /// There is nothing left to postpone.
    pub(super) fn settle_deferrals(&mut self, event: &Event) {
        end(&mut self.work.deferrals, EndCause::Settled, event.time, is_alive);
    }
}

const fn is_alive(deferral: &Deferral) -> bool {
    deferral.is_pending() || deferral.is_in_force()
}

fn end(deferrals: &mut [Deferral], cause: EndCause, at: Timestamp, which: impl Fn(&Deferral) -> bool) {
    let ended = deferrals.iter_mut().filter(|deferral| which(deferral));
    ended.for_each(|deferral| deferral.state = DeferralState::Ended { cause, at });
}

/// Whether a fact allows what the same person asked for or, where it is not known who, the same tool.
fn approves_own(deferral: &Deferral, event: &Event, directory: &Directory) -> bool {
    if event.origin.is_own() {
        return false;
    }
    match (&deferral.by, &event.actor.person) {
        (Some(one), Some(other)) => are_one(one, other, event, directory),
        (None, _) | (_, None) => {
            deferral.from == *event.origin.department() && deferral.since.by.source == event.identity.source
        }
    }
}

/// By their account, or by the accounts that the directory knows of them.
fn are_one(one: &Person, other: &Person, event: &Event, directory: &Directory) -> bool {
    let known = |person: &Person| directory.person(&person.account, event.position).map(|known| &known.id);
    one.is(other) || known(one).is_some_and(|id| known(other) == Some(id))
}
