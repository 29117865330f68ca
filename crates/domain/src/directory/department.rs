//! Departments: who leads them, what they ask for when an issue is handed to them, and who answers once they are closed.

use super::{Directory, Document, DocumentKey, PersonDocument};
use crate::{Department, Position};

/// A department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentDocument {
    /// Its slug.
    pub department: Department,
    /// For display.
    pub name: Option<String>,
    /// False once it is closed.
    pub active: bool,
    /// Who answers for its issues once it is closed.
    pub successor: Option<Department>,
    /// The id of the person who leads it.
    pub head: Option<String>,
    /// The id of the person who decides where departments bounce its issues.
    pub arbiter: Option<String>,
    /// The id of its calendar.
    pub calendar: Option<String>,
    /// The id of its policy.
    pub policy: Option<String>,
    /// The id of the schedule by which somebody of it is on call.
    pub schedule: Option<String>,
    /// Names of the fields without which no issue is handed to it.
    pub hand_off_template: Vec<String>,
}

impl DepartmentDocument {
    /// An open department of which nothing else is known.
    pub const fn new(department: Department) -> Self {
        Self {
            department,
            name: None,
            active: true,
            successor: None,
            head: None,
            arbiter: None,
            calendar: None,
            policy: None,
            schedule: None,
            hand_off_template: Vec::new(),
        }
    }
}

impl Directory {
    /// The departments that have a document in force.
    pub fn departments(&self, at: Position) -> impl Iterator<Item = &DepartmentDocument> {
        self.documents(at).filter_map(Document::as_department)
    }

    /// The document of a department in force at `at`.
    pub fn department(&self, department: &Department, at: Position) -> Option<&DepartmentDocument> {
        if self.is_empty() {
            return None;
        }
        self.document(&DocumentKey::Department(department.clone()), at)?.as_department()
    }

    /// Whether the directory says that it is closed. One that it does not know is open.
    pub fn is_closed(&self, department: &Department, at: Position) -> bool {
        self.department(department, at).is_some_and(|document| !document.active)
    }

    /// The department itself while it is open, else the first open one in the chain of its successors, if any.
    pub fn successor(&self, department: &Department, at: Position) -> Option<Department> {
        let mut seen = vec![department.clone()];
        loop {
            let last = seen.last()?;
            let next = match self.department(last, at) {
                Some(document) if !document.active => document.successor.clone()?,
                Some(_) | None => return Some(last.clone()),
            };
            if seen.contains(&next) {
                return None;
            }
            seen.push(next);
        }
    }

    /// The fields that a hand-off to this department must carry (`domain.md` 4.7).
    pub fn template(&self, department: &Department, at: Position) -> &[String] {
        self.department(department, at).map_or(&[], |document| &document.hand_off_template)
    }

    /// Who leads the department, unless they left. They may be on leave.
    pub fn head(&self, department: &Department, at: Position) -> Option<&PersonDocument> {
        self.still_here(self.department(department, at)?.head.as_deref()?, at)
    }

    /// Who decides where departments bounce an issue of this one: its arbiter, else its head.
    pub fn arbiter(&self, department: &Department, at: Position) -> Option<&PersonDocument> {
        let document = self.department(department, at)?;
        let named = [&document.arbiter, &document.head];
        named.into_iter().flatten().find_map(|id| self.still_here(id, at))
    }

    /// The people of a department who did not leave, by id.
    pub fn members(&self, department: &Department, at: Position) -> impl Iterator<Item = &PersonDocument> {
        self.people(at).filter(move |person| !person.has_left() && person.departments.contains(department))
    }

    fn still_here(&self, id: &str, at: Position) -> Option<&PersonDocument> {
        self.person_by_id(id, at).filter(|person| !person.has_left())
    }
}
