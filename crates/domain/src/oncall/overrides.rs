//! Changes to who is on duty for a while.

use jiff::Timestamp;

use super::OnCallError;

/// Somebody comes, goes, or stands in for somebody else, `[from, until)`.
///
/// Overrides are applied one after the other, in the order in which they were made:
/// - `adds` alone puts a person on duty beside the others.
/// - `removes` alone takes a person off duty.
/// - Both are a replacement: it holds where the first person is on duty, or would be but for an earlier override. So the
///   last replacement of a person wins, and who stands in can be replaced too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// Who goes.
    pub removes: Option<String>,
    /// Who comes.
    pub adds: Option<String>,
}

impl Override {
    /// Whether it can have an effect.
    ///
    /// # Errors
    /// It ends before it begins, or names nobody.
    pub fn check(&self) -> Result<(), OnCallError> {
        if self.until <= self.from {
            return Err(OnCallError::EndsFirst("an override"));
        }
        if self.removes.is_none() && self.adds.is_none() {
            return Err(OnCallError::ChangesNothing);
        }
        Ok(())
    }

    pub(super) fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}
