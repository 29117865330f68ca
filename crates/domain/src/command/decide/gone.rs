//! Nothing is given to a department or a person that is not there.

use crate::{Department, Person, PersonDocument, PersonStatus, Refusal, RefusalCode};

use super::super::Context;

/// Departments that are named to somebody who mistyped one.
const NAMED: usize = 20;

impl Context<'_> {
    /// The department is open, and known if the directory knows any.
    pub(super) fn require_department(
        &self,
        field: &'static str,
        department: &Department,
    ) -> Result<(), Refusal> {
        match self.directory.department(department, self.at) {
            Some(document) if document.active => Ok(()),
            Some(_) => Err(self.closed(department).about([field])),
            None => {
                let known = self.directory.departments(self.at).filter(|document| document.active);
                let known: Vec<_> = known.take(NAMED).map(|document| document.department.as_str()).collect();
                if known.is_empty() { Ok(()) } else { Err(unknown(department, &known).about([field])) }
            }
        }
    }

    fn closed(&self, department: &Department) -> Refusal {
        let successor = self.directory.successor(department, self.at);
        let next = successor.as_ref().map_or_else(
            || "name another department".to_owned(),
            |successor| format!("name {successor} instead, which took over from it"),
        );
        Refusal::new(RefusalCode::InactiveDepartment, format!("{department} is closed"), next)
            .could(successor.map(|successor| successor.to_string()))
    }

    /// The person is there, or unknown to the directory.
    pub(super) fn require_active(&self, field: &'static str, person: &Person) -> Result<(), Refusal> {
        match self.directory.person(&person.account, self.at) {
            Some(document) if !document.is_active() => Err(away(person, document).about([field])),
            Some(_) | None => Ok(()),
        }
    }
}

fn unknown(department: &Department, known: &[&str]) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownDepartment,
        format!("the directory knows no department {department}"),
        format!("name one of {}", known.join(", ")),
    )
}

fn away(person: &Person, document: &PersonDocument) -> Refusal {
    let account = &person.account;
    let why = match document.status {
        PersonStatus::OnLeave { until: Some(until) } => format!("{account} is on leave until {until}"),
        PersonStatus::OnLeave { until: None } => format!("{account} is on leave"),
        PersonStatus::Active | PersonStatus::Left => format!("{account} left"),
    };
    let next = document.delegate.as_ref().map_or_else(
        || "name somebody else, or the department alone".to_owned(),
        |delegate| format!("name {delegate}, who stands in for them"),
    );
    Refusal::new(RefusalCode::InactivePerson, why, next).could(document.delegate.clone())
}
