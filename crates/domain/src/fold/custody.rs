//! Whose an issue becomes (`contract.md` 4): one function a row of the table.

use crate::{
    Anomalies, Anomaly, Assignment, Department, Event, Holding, Issue, Named, Offer, OfferTerms, Person,
};

use super::since;

impl Issue {
    /// `issue.reported {heard_by}`: that person of the department that heard it.
    pub(super) fn name_who_heard(&mut self, person: &Person, event: &Event) {
        let holding = Holding::Provisional(Named::Person { team: None, person: person.clone() });
        self.custody.give(event.origin.department().clone(), holding, since(event));
    }

    /// `owner.assigned`: at once the one named.
    pub(super) fn assign(&mut self, assignment: &Assignment, event: &Event) -> bool {
        let Assignment { department, team, person } = assignment.clone();
        let owner = &self.custody.owner;
        let moves = department.as_ref().is_some_and(|to| *to != owner.department);
        let team = match team {
            None if person.is_some() && !moves => owner.holding.team().map(ToOwned::to_owned),
            team => team,
        };
        let department = department.unwrap_or_else(|| owner.department.clone());
        self.custody.give(department, Holding::named(team, person), since(event));
        true
    }

    /// `owner.accepted`: that person in the department named, else in the origin's.
    pub(super) fn accept(&mut self, person: &Person, department: Option<&Department>, event: &Event) -> bool {
        let department = department.unwrap_or_else(|| event.origin.department()).clone();
        let owner = &self.custody.owner;
        let stays = owner.department == department;
        let team = owner.holding.team().filter(|_| stays).map(ToOwned::to_owned);
        self.custody.give(department, Holding::Accepted { team, person: person.clone() }, since(event));
        true
    }

    /// `owner.declined`: back to the desk of the same department.
    pub(super) fn decline(&mut self, event: &Event) -> bool {
        self.custody.give(self.custody.owner.department.clone(), Holding::Desk, since(event));
        true
    }

    /// `handoff.offered`: shown; an earlier offer ends.
    pub(super) fn offer(&mut self, terms: &OfferTerms, event: &Event) -> bool {
        let OfferTerms { department, team, person } = terms.clone();
        self.custody.offer = Some(Offer { department, team, person, since: since(event) });
        true
    }

    /// `handoff.accepted`: that person in the department and team that it was offered to.
    pub(super) fn accept_offer(&mut self, person: &Person, event: &Event, doubts: &mut Anomalies) -> bool {
        let Some(offer) = self.answer_offer(event, doubts) else {
            return self.accept(person, None, event);
        };
        let holding = Holding::Accepted { team: offer.team, person: person.clone() };
        self.custody.give(offer.department, holding, since(event));
        true
    }

    /// Ends the open offer to the department that answers.
    pub(super) fn answer_offer(&mut self, event: &Event, doubts: &mut Anomalies) -> Option<Offer> {
        let answered = self.custody.offer.take_if(|offer| offer.department == *event.origin.department());
        if answered.is_none() {
            doubts.insert(Anomaly::NoOpenOffer);
        }
        answered
    }

    /// `handoff.withdrawn`: the offer ends, whoever says so.
    pub(super) fn withdraw_offer(&mut self, doubts: &mut Anomalies) -> bool {
        let withdrawn = self.custody.offer.take().is_some();
        if !withdrawn {
            doubts.insert(Anomaly::NoOpenOffer);
        }
        withdrawn
    }
}
