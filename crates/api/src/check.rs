//! Requests to typed questions. Every member that cannot be meant is reported, all of them at once.

mod filter;
mod name;
#[cfg(test)]
mod tests;

use domain::{Department, Position, limits};
use engine::query::ReadAt;
use jiff::Timestamp;
use proto::v1;
use tonic::Status;
use tonic_types::FieldViolation;

use crate::status;

/// What was found wrong so far.
#[derive(Default)]
pub(crate) struct Check {
    violations: Vec<FieldViolation>,
}

/// From which point a request is to be answered, and what to wait for first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) at: ReadAt,
    /// What is to be known at a position takes that the position is folded.
    pub(crate) wait_for: Option<Position>,
}

impl Check {
    /// Notes that a member cannot be meant.
    pub(crate) fn refuse(&mut self, field: &str, description: impl Into<String>) {
        self.violations.push(FieldViolation::new(field, description));
    }

    /// The question, if nothing was found wrong.
    pub(crate) fn done<T>(self, question: Option<T>) -> Result<T, Status> {
        match question {
            Some(question) if self.violations.is_empty() => Ok(question),
            Some(_) | None => Err(status::invalid(self.violations)),
        }
    }

    fn found<T, E: ToString>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.refuse(field, error.to_string())).ok()
    }

    pub(crate) fn read(&mut self, read: Option<&v1::ReadOptions>) -> Read {
        let Some(v1::ReadOptions { as_of, known_at, min_position }) = read else { return Read::default() };
        let as_of = self.instant("read.as_of", as_of.as_ref());
        let known_at = self.position("read.known_at", known_at);
        let wait_for = known_at.max(self.position("read.min_position", min_position));
        Read { at: ReadAt { as_of, known_at }, wait_for }
    }

    /// For questions that are answered as of now alone.
    pub(crate) fn read_now(&mut self, read: Option<&v1::ReadOptions>) -> Option<Position> {
        let Read { at, wait_for } = self.read(read);
        if at.as_of.is_some() {
            self.refuse("read.as_of", "customers' counts are those of now; leave it out");
        }
        if at.known_at.is_some() {
            self.refuse("read.known_at", "customers' counts are those of now; leave it out");
        }
        wait_for
    }

    pub(crate) fn instant(
        &mut self,
        field: &str,
        sent: Option<&prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        let instant = wire::proto::instant(sent?);
        if instant.is_none() {
            self.refuse(field, "is no instant between the years 1 and 9999");
        }
        instant
    }

    /// Empty: none.
    pub(crate) fn position(&mut self, field: &str, sent: &str) -> Option<Position> {
        if sent.is_empty() {
            return None;
        }
        self.found(field, sent.parse::<Position>())
    }

    /// Empty: none.
    pub(crate) fn department(&mut self, field: &str, sent: &str) -> Option<Department> {
        if sent.is_empty() {
            return None;
        }
        self.found(field, sent.parse::<Department>())
    }

    pub(crate) fn page_size(&mut self, sent: i32) -> usize {
        self.rows("page_size", sent)
    }

    /// How many rows are wanted.
    pub(crate) fn rows(&mut self, field: &str, sent: i32) -> usize {
        match usize::try_from(sent) {
            Ok(0) => limits::PAGE_DEFAULT,
            Ok(wanted) => wanted.min(limits::PAGE_MAX),
            Err(_) => {
                self.refuse(field, "is negative; leave it out for 50");
                limits::PAGE_DEFAULT
            }
        }
    }

    pub(crate) fn enumeration<T: TryFrom<i32>>(&mut self, field: &str, sent: i32) -> Option<T> {
        self.found(field, T::try_from(sent).map_err(|_| format!("{sent} is none of its values")))
    }
}

/// Clears what may change between pages, for the binding of page tokens.
pub(crate) fn unread(read: &mut Option<v1::ReadOptions>) {
    if let Some(read) = read {
        read.min_position.clear();
    }
    *read = read.take().filter(|read| *read != v1::ReadOptions::default());
}
