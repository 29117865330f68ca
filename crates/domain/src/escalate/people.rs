//! Whom a step pings, found out when it fires (`escalation.md` rule 8).

use jiff::Timestamp;

use super::Moment;
use crate::{
    Department, Issue, Person, PersonDocument, PersonStatus, PingTarget, PolicyDocument, limits::STEP_PEOPLE,
    people_on_call,
};

/// How many stand-ins of stand-ins are asked.
const STAND_INS: usize = 5;

/// Who asks: a department that owes an act.
#[derive(Clone, Copy)]
pub(super) struct Asker<'i, 'a> {
    pub(super) issue: &'i Issue,
    pub(super) moment: &'a Moment<'a>,
    pub(super) department: &'i Department,
}

/// Whom targets come to, each once.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) people: Vec<&'a PersonDocument>,
    pub(super) channels: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn add(&mut self, person: Option<&'a PersonDocument>) {
        if let Some(person) = person
            && self.people.len() < STEP_PEOPLE
            && !self.people.iter().any(|known| known.id == person.id)
        {
            self.people.push(person);
        }
    }
}

impl<'a> Asker<'_, 'a> {
    /// Who answers for the department if it is closed; else itself.
    fn acting(&self) -> Department {
        let successor = self.moment.directory.successor(self.department, self.moment.at);
        successor.unwrap_or_else(|| self.department.clone())
    }

    /// The department's policy in force.
    pub(super) fn policy(&self) -> &'a PolicyDocument {
        self.moment.directory.policy(&self.acting(), self.moment.at)
    }

    /// Whom these come to at an instant.
    pub(super) fn find(
        &self,
        targets: impl IntoIterator<Item = &'a PingTarget>,
        when: Timestamp,
    ) -> Found<'a> {
        let mut found = Found::default();
        for target in targets {
            self.add(target, when, &mut found);
        }
        found
    }

    /// These people too, and who is on call by the department's own schedule.
    pub(super) fn find_too(&self, ids: &[String], when: Timestamp, found: &mut Found<'a>) {
        ids.iter().for_each(|id| found.add(self.present(id)));
        self.add(&PingTarget::OnCall(None), when, found);
    }

    fn add(&self, target: &'a PingTarget, when: Timestamp, found: &mut Found<'a>) {
        match target {
            PingTarget::Person(id) => found.add(self.present(id)),
            PingTarget::OnCall(schedule) => {
                let on_call = self.schedule(schedule.as_deref()).map(|id| self.on_call(&id, when));
                on_call.into_iter().flatten().for_each(|id| found.add(self.present(&id)));
            }
            PingTarget::Head(department) => {
                let department = department.clone().unwrap_or_else(|| self.acting());
                found.add(self.head(&department));
            }
            PingTarget::HearingHead => found.add(self.head(&self.issue.heard_in)),
            PingTarget::Owner => found.add(self.owner()),
            PingTarget::HeardBy => {
                let heard_by = self.issue.reported.as_ref().and_then(|report| report.heard_by.as_ref());
                found.add(heard_by.and_then(|person| self.behind(person)));
            }
            PingTarget::AccountOwner => {
                found.add(self.moment.account_owner.as_deref().and_then(|id| self.present(id)));
            }
            PingTarget::Channel(name) if !found.channels.contains(&name.as_str()) => {
                found.channels.push(name)
            }
            PingTarget::Channel(_) => {}
        }
    }

    /// The schedule of this id, or the department's.
    pub(super) fn schedule(&self, named: Option<&str>) -> Option<String> {
        let own = || self.moment.directory.department(&self.acting(), self.moment.at)?.schedule.clone();
        named.map(ToOwned::to_owned).or_else(own)
    }

    /// The schedules that targets ask.
    pub(super) fn schedules(&self, targets: &[PingTarget]) -> Vec<String> {
        let asked = targets.iter().filter_map(|target| match target {
            PingTarget::OnCall(schedule) => self.schedule(schedule.as_deref()),
            PingTarget::Person(_)
            | PingTarget::Head(_)
            | PingTarget::HearingHead
            | PingTarget::Owner
            | PingTarget::HeardBy
            | PingTarget::AccountOwner
            | PingTarget::Channel(_) => None,
        });
        asked.collect()
    }

    /// The ids of those on call by a schedule.
    fn on_call(&self, schedule: &str, when: Timestamp) -> Vec<String> {
        let Moment { directory, at, .. } = *self.moment;
        let Some(found) = directory.schedule(schedule, at) else { return Vec::new() };
        let on_call = people_on_call(&found, &directory.overrides(schedule, at), when);
        on_call.into_iter().map(|(person, _)| person).collect()
    }

    /// Who leads a department.
    pub(super) fn head(&self, department: &Department) -> Option<&'a PersonDocument> {
        self.present(&self.moment.directory.head(department, self.moment.at)?.id)
    }

    /// The owner, where a person is named.
    pub(super) fn owner(&self) -> Option<&'a PersonDocument> {
        self.behind(self.issue.custody.owner.holding.person()?)
    }

    /// The person behind an account.
    pub(super) fn behind(&self, person: &Person) -> Option<&'a PersonDocument> {
        self.present(&self.moment.directory.person(&person.account, self.moment.at)?.id)
    }

    /// A person, or who stands in for them while they are on leave.
    pub(super) fn present(&self, id: &str) -> Option<&'a PersonDocument> {
        let Moment { directory, at, .. } = *self.moment;
        let mut person = directory.person_by_id(id, at)?;
        for _ in 0..STAND_INS {
            match person.status {
                PersonStatus::Active => return Some(person),
                PersonStatus::Left => return None,
                PersonStatus::OnLeave { .. } => {
                    person = directory.person_by_id(person.delegate.as_deref()?, at)?
                }
            }
        }
        None
    }
}
