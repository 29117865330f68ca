//! Which calendar a customer has (`customer.profile_set`), as of a position.
//!
//! What is said about customers is kept with their leaves; of all that, only this is looked up by the folds of issues. So it
//! has versions like a document, each in force from the position on at which Davy learned of it. Deliberately absent: the
//! rest of the profile, and other leaves of the same customer: a merge moves no clock (`domain.md` 4.3).

use super::{CalendarDocument, Directory};
use crate::{CustomerId, Department, Position, limits};

/// From a position on, a customer has this calendar of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerCalendar {
    /// Whose: of this leaf.
    pub customer: CustomerId,
    /// Of the message that says so; in force from here on.
    pub position: Position,
    /// Its id in the directory; absent: none any more.
    pub calendar: Option<String>,
}

impl Directory {
    /// Adds a version, in the order of the log. `false` if that is how it is already, or if the customer had
    /// [`limits::CUSTOMER_CALENDARS`] of them: then it stays as it was.
    pub fn record_calendar(&mut self, change: &CustomerCalendar) -> bool {
        let news = self.is_news(change);
        if news {
            let versions = self.customers.entry(change.customer).or_default();
            versions.push((change.position, change.calendar.clone()));
        }
        news
    }

    /// Whether [`Directory::record_calendar`] would add it.
    pub fn is_news(&self, change: &CustomerCalendar) -> bool {
        let versions = self.customers.get(&change.customer).map(Vec::as_slice).unwrap_or_default();
        let known = versions.last().and_then(|(_, calendar)| calendar.as_deref());
        known != change.calendar.as_deref() && versions.len() < limits::CUSTOMER_CALENDARS
    }

    /// The id of the calendar that the customer of a leaf has of their own at `at`, whether there is such a document or not.
    pub fn customers_calendar(&self, customer: CustomerId, at: Position) -> Option<&str> {
        let versions = self.customers.get(&customer)?;
        let after = versions.partition_point(|(position, _)| *position <= at);
        let (_, calendar) = versions.get(after.checked_sub(1)?)?;
        calendar.as_deref()
    }

    /// Whether any customer has, or had, a calendar of their own.
    pub(crate) fn knows_customers(&self) -> bool {
        !self.customers.is_empty()
    }

    /// The document of the calendar of this id in force at `at`, else that of the department.
    pub(crate) fn calendar_or_departments(
        &self,
        id: Option<&str>,
        department: &Department,
        at: Position,
    ) -> Option<(&CalendarDocument, Position)> {
        id.and_then(|id| self.calendar_version(id, at)).or_else(|| self.calendar_document(department, at))
    }
}
