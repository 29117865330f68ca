//! How far the fold is, and what it counted. Answered in every phase.

use std::collections::BTreeMap;

use domain::Department;

use super::Reader;
use crate::{Cursor, Phase, Sight};

/// How far the fold is, and what it counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What the pipeline is doing.
    pub phase: Phase,
    /// How far the store is, with its counts.
    pub cursor: Cursor,
    /// What is known of the log's end.
    pub sight: Sight,
    /// Departments that were seen or have a document.
    pub departments: BTreeMap<Department, DepartmentStatus>,
}

/// A department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepartmentStatus {
    /// Without a document in the directory.
    pub unlisted: bool,
    /// Not closed.
    pub active: bool,
    /// Issues it owns that no human acknowledged.
    pub unacknowledged: u32,
}

impl Reader {
    /// How far the fold is, and what it counted.
    pub fn status(&self) -> Status {
        let published = self.projection.published();
        let mut departments: BTreeMap<_, _> = published
            .departments
            .into_iter()
            .map(|(department, record)| {
                let unacknowledged = record.unacknowledged.iter().sum();
                (department, DepartmentStatus { unlisted: true, active: true, unacknowledged })
            })
            .collect();
        for document in published.directory.departments(published.cursor.position) {
            let listed = DepartmentStatus { unlisted: true, active: true, unacknowledged: 0 };
            let department = departments.entry(document.department.clone()).or_insert(listed);
            department.unlisted = false;
            department.active = document.active;
        }
        let phase = self.projection.phase_now().clone();
        Status { phase, cursor: published.cursor, sight: self.projection.sight(), departments }
    }
}
