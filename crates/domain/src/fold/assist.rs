//! Work asked of other departments (`domain.md` 4.7): the owner stays.

use crate::{
    Anomalies, Assist, AssistState, AssistTerms, Directory, Event, Issue, ItemRef, Person, work::brief,
};

use super::{
    item::{answered, speaks_for},
    note_gone, since,
};

impl Issue {
    /// `assist.requested`.
    pub(super) fn request_assist(
        &mut self,
        terms: &AssistTerms,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        note_gone(Some(&terms.department), terms.person.as_ref(), event, directory, doubts);
        let assist = Assist {
            id: self.item_id(event),
            terms: AssistTerms { question: brief(&terms.question), ..terms.clone() },
            from: event.origin.department().clone(),
            state: AssistState::Requested,
            since: since(event),
        };
        self.add_assist(assist, doubts)
    }

    fn add_assist(&mut self, assist: Assist, doubts: &mut Anomalies) -> bool {
        let admitted = self.admits(&assist, doubts);
        if admitted {
            self.work.assists.push(assist);
        }
        admitted
    }

    /// `assist.accepted`: that person of the department asked does it. Named, it may also pass to another person.
    pub(super) fn accept_assist(
        &mut self,
        item: &ItemRef,
        person: &Person,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        let fits = |assist: &Assist| {
            let waits = match (item, &assist.state) {
                (_, AssistState::Requested) | (ItemRef::Named(_), AssistState::Accepted { .. }) => true,
                (ItemRef::Open, AssistState::Accepted { .. })
                | (
                    _,
                    AssistState::Answered { .. }
                    | AssistState::Declined { .. }
                    | AssistState::Cancelled { .. },
                ) => false,
            };
            waits && speaks_for(event, &assist.terms.department)
        };
        let state = AssistState::Accepted { by: person.clone() };
        answered(&mut self.work.assists, item, event, doubts, fits)
            .map(|assist| assist.state = state)
            .is_some()
    }

    /// `assist.answered`; what nobody had asked is an assist of its own, done (F23).
    pub(super) fn answer_assist(
        &mut self,
        item: &ItemRef,
        unrequested: bool,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        let state = AssistState::Answered { at: event.time, unrequested };
        if unrequested {
            return self.add_assist(self.unrequested(state, event), doubts);
        }
        self.end_assist(item, state, event, doubts)
    }

    /// Help by who speaks, for the department whose issue it is.
    fn unrequested(&self, state: AssistState, event: &Event) -> Assist {
        let terms = AssistTerms {
            department: event.origin.department().clone(),
            person: event.actor.person.clone(),
            question: String::new(),
            due: None,
            blocking: false,
        };
        let id = self.item_id(event);
        Assist { id, terms, from: self.custody.owner.department.clone(), state, since: since(event) }
    }

    /// `assist.declined`: the department asked does not do it.
    pub(super) fn decline_assist(&mut self, item: &ItemRef, event: &Event, doubts: &mut Anomalies) -> bool {
        self.end_assist(item, AssistState::Declined { at: event.time }, event, doubts)
    }

    fn end_assist(
        &mut self,
        item: &ItemRef,
        state: AssistState,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        let fits = |assist: &Assist| assist.is_open() && speaks_for(event, &assist.terms.department);
        answered(&mut self.work.assists, item, event, doubts, fits)
            .map(|assist| assist.state = state)
            .is_some()
    }

    /// `assist.cancelled`: the department that asked does not need it any more.
    pub(super) fn cancel_assist(&mut self, item: &ItemRef, event: &Event, doubts: &mut Anomalies) -> bool {
        let fits = |assist: &Assist| assist.is_open() && speaks_for(event, &assist.from);
        answered(&mut self.work.assists, item, event, doubts, fits)
            .map(|assist| assist.state = AssistState::Cancelled { at: event.time })
            .is_some()
    }
}
