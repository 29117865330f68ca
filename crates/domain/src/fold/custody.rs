//! Whose an issue becomes (`contract.md` 4): one function a row of the table; offers are in `hand_off`.

use crate::{Anomalies, Assignment, Department, Directory, Event, Holding, Issue, Named, Person};

use super::since;

impl Issue {
    /// `issue.reported {heard_by}`: that person of the department that heard it.
    pub(super) fn name_who_heard(&mut self, person: &Person, event: &Event) {
        let holding = Holding::Provisional(Named::Person { team: None, person: person.clone() });
        self.custody.give(event.origin.department().clone(), holding, since(event));
    }

    /// `owner.assigned`: at once the one named.
    pub(super) fn assign(
        &mut self,
        assignment: &Assignment,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        let Assignment { department, team, person } = assignment.clone();
        super::note_gone(department.as_ref(), person.as_ref(), event, directory, doubts);
        let owner = &self.custody.owner;
        let moves = department.as_ref().is_some_and(|to| *to != owner.department);
        let team = match team {
            None if person.is_some() && !moves => owner.holding.team().map(ToOwned::to_owned),
            team => team,
        };
        let department = department.unwrap_or_else(|| owner.department.clone());
        if moves {
            self.custody.bounces = 0;
        }
        self.entitle(&department, event);
        self.custody.give(department, Holding::named(team, person), since(event));
        true
    }

    /// `owner.accepted`: that person in the department named, else in the origin's.
    pub(super) fn accept(
        &mut self,
        person: &Person,
        department: Option<&Department>,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        super::note_gone(department, Some(person), event, directory, doubts);
        let department = department.unwrap_or_else(|| event.origin.department()).clone();
        self.entitle(&department, event);
        let owner = &self.custody.owner;
        let stays = owner.department == department;
        let team = owner.holding.team().filter(|_| stays).map(ToOwned::to_owned);
        self.custody.give(department, Holding::Accepted { team, person: person.clone() }, since(event));
        true
    }

    /// `owner.declined`: back to the desk of the same department.
    pub(super) fn decline(&mut self, event: &Event) -> bool {
        let named = self.custody.owner.holding.person().is_some();
        self.custody.give(self.custody.owner.department.clone(), Holding::Desk, since(event));
        if named {
            self.resume_run(event);
        }
        true
    }
}
