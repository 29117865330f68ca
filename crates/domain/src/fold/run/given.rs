//! An issue that is given or offered to a person (`escalation.md` rule 6): they are told at once, and where they refuse, or
//! never answer, the run goes on with its next step: neither silent nor from its beginning.

use crate::{
    Directory, Event, Given, Holding, Issue, ItemId, Named, Payload, Person, RunPhase,
    fold::clock::is_history, fold::since,
};

impl Issue {
    /// Notes whom an event gave or offered the issue to, if they can be told: the directory knows them by a contact, and it
    /// was not they who did it.
    pub(in crate::fold) fn note_given(&mut self, event: &Event, applied: bool, directory: &Directory) {
        if !applied || is_history(event) || !self.lifecycle().is_open() {
            return;
        }
        let to = if let Payload::Assigned(to) = &event.payload {
            // To be given what one has already is nothing new.
            to.person.as_ref().filter(|_| self.custody.owner.since.by == event.identity)
        } else if let Payload::Offered(terms) = &event.payload {
            terms.person.as_ref()
        } else {
            None
        };
        let by_another = |to: &&Person| !event.actor.person.as_ref().is_some_and(|by| by.is(to));
        let known = to.filter(by_another).and_then(|to| directory.person(&to.account, event.position));
        if known.is_some_and(|person| !person.contacts.is_empty()) {
            let given = Given { by: self.item_id(event), since: since(event), told: false };
            self.escalation.given.push(given);
        }
    }

    /// Forgets what was taken, refused or given to others.
    pub(super) fn settle_given(&mut self) {
        if self.escalation.given.is_empty() {
            return;
        }
        let mut given = std::mem::take(&mut self.escalation.given);
        given.retain(|given| self.given_to(given).is_some());
        self.escalation.given = given;
    }

    /// To whom it was given, while that stands.
    pub(crate) fn given_to(&self, given: &Given) -> Option<&Person> {
        let owner = &self.custody.owner;
        if owner.since.by == given.since.by {
            return match &owner.holding {
                Holding::Provisional(Named::Person { team: _, person }) => Some(person),
                Holding::Desk | Holding::Provisional(Named::Team(_)) | Holding::Accepted { .. } => None,
            };
        }
        let offer = self.custody.offer.as_ref().filter(|offer| offer.since.by == given.since.by);
        offer.and_then(|offer| offer.person.as_ref())
    }

    /// Whether this still stands.
    pub(super) fn is_given(&self, by: ItemId) -> bool {
        self.escalation.given.iter().any(|given| given.by == by)
    }

    /// Whoever was asked does not take it, or did not say so in time: the run of the owner's department, which answers for it
    /// all the while, does not wait for its next step, nor for the end of an answer.
    pub(in crate::fold) fn resume_run(&mut self, event: &Event) {
        let department = &self.custody.owner.department;
        let Some(run) = self.escalation.runs.iter_mut().find(|run| run.department == *department) else {
            return;
        };
        match run.phase {
            RunPhase::Stepping { .. } => run.phase = RunPhase::Stepping { next_at: event.time },
            RunPhase::Answered { .. } => run.step_now(event.time),
            RunPhase::Snoozed { .. } | RunPhase::Ended { .. } => {}
        }
    }
}
