//! Offers of an issue to another department (`contract.md` 4, `domain.md` 4.7): the owner answers for it until the offer is
//! accepted.

use crate::{
    Anomalies, Anomaly, Department, Directory, Event, Holding, Issue, Offer, OfferTerms, Person, Position,
    Severity, limits::ISSUE_LIST, work::brief,
};

use super::since;

/// What every offer says, whomever it goes to.
const REQUIRED: [&str; 3] = ["summary", "done_so_far", "next_actions"];

impl Issue {
    /// `handoff.offered`: shown; an earlier offer ends.
    pub(super) fn offer(
        &mut self,
        terms: &OfferTerms,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        let OfferTerms { department, team, person, given } = terms.clone();
        super::note_gone(Some(&department), person.as_ref(), event, directory, doubts);
        let missing = missing(&department, &given, directory, event.position);
        if !missing.is_empty() {
            doubts.insert(Anomaly::Incomplete);
        }
        self.entitle(&department, event);
        let id = self.item_id(event);
        self.custody.offer = Some(Offer { id, department, team, person, missing, since: since(event) });
        true
    }

    /// `handoff.accepted`: that person in the department and team that it was offered to. Without an offer it counts as
    /// `owner.accepted`.
    pub(super) fn accept_offer(
        &mut self,
        person: &Person,
        read_back: bool,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        let Some(offer) = self.answer_offer(event, doubts) else {
            return self.accept(person, None, event, directory, doubts);
        };
        super::note_gone(Some(&offer.department), Some(person), event, directory, doubts);
        if !read_back && self.asks_read_back(&offer) {
            doubts.insert(Anomaly::NoReadBack);
        }
        self.custody.bounces = 0;
        let holding = Holding::Accepted { team: offer.team, person: person.clone() };
        self.custody.give(offer.department, holding, since(event));
        true
    }

    /// Whether who takes it has to say back what it is about: where it is grave or the offer lacks something.
    pub(crate) fn asks_read_back(&self, offer: &Offer) -> bool {
        match self.severity() {
            Severity::One | Severity::Two => true,
            Severity::Three | Severity::Four | Severity::Unassessed => !offer.missing.is_empty(),
        }
    }

    /// `handoff.declined`: the offer ends, and bounced.
    pub(super) fn decline_offer(&mut self, event: &Event, doubts: &mut Anomalies) -> bool {
        let declined = self.answer_offer(event, doubts);
        self.custody.bounces = self.custody.bounces.saturating_add(u32::from(declined.is_some()));
        if declined.as_ref().is_some_and(|offer| offer.person.is_some()) {
            self.resume_run(event);
        }
        declined.is_some()
    }

    /// `handoff.withdrawn`: the offer ends, whoever says so.
    pub(super) fn withdraw_offer(&mut self, doubts: &mut Anomalies) -> bool {
        let withdrawn = self.custody.offer.take().is_some();
        if !withdrawn {
            doubts.insert(Anomaly::NoOpenOffer);
        }
        withdrawn
    }

    /// Ends the open offer to the department that answers.
    fn answer_offer(&mut self, event: &Event, doubts: &mut Anomalies) -> Option<Offer> {
        let answered = self.custody.offer.take_if(|offer| offer.department == *event.origin.department());
        if answered.is_none() {
            doubts.insert(Anomaly::NoOpenOffer);
        }
        answered
    }
}

/// What an offer to this department lacks, by the template in force at `at`.
pub(crate) fn missing(
    department: &Department,
    given: &[String],
    directory: &Directory,
    at: Position,
) -> Vec<String> {
    let of_department = directory.template(department, at).iter().map(String::as_str);
    let own = of_department.filter(|field| !REQUIRED.contains(field));
    let lacks = |field: &&str| !given.iter().any(|given| given == field);
    REQUIRED.into_iter().chain(own).filter(lacks).take(ISSUE_LIST).map(brief).collect()
}
