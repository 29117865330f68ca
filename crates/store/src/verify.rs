//! Whether the rows are all there: sled may open a damaged directory with some of them missing.

use engine::{Counts, Store as _, StoreError};

use crate::{SledStore, key};

/// Rows that are counted both in the cursor, batch by batch, and by a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Issues, by their files.
    pub issues: u64,
    /// Issues in the list of the unacknowledged.
    pub unacknowledged: u64,
    /// Quarantined messages.
    pub quarantined: u64,
    /// Customers' leaves, without the record of what names none.
    pub customers: u64,
}

/// What a scan found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// As many rows as the cursor says.
    Whole,
    /// Rows are missing: move the store aside and rebuild it from the log.
    Differs {
        /// In the cursor.
        recorded: Tally,
        /// In the scan.
        found: Tally,
    },
    /// Batches were committed during the scan, so it tells nothing.
    Moved,
}

impl From<Counts> for Tally {
    fn from(counts: Counts) -> Self {
        let Counts { events: _, duplicates: _, quarantined, issues, unacknowledged, customers } = counts;
        Self { issues, unacknowledged, quarantined, customers }
    }
}

impl SledStore {
    /// Scans and compares with the cursor: about a second for a million rows. To be called while nothing is committed.
    ///
    /// # Errors
    /// As every read.
    pub fn verify(&self) -> Result<Verification, StoreError> {
        let cursor = self.cursor()?;
        let found = Tally {
            issues: self.count(key::ISSUE_FILES, |_| true)?,
            unacknowledged: self.count(key::UNACKNOWLEDGED, key::is_unacknowledged_issue)?,
            quarantined: self.count(key::QUARANTINE, |_| true)?,
            customers: self.count(key::CUSTOMERS, |_| true)?,
        };
        if self.cursor()? != cursor {
            return Ok(Verification::Moved);
        }
        let recorded = cursor.unwrap_or_default().counts.into();
        Ok(if recorded == found { Verification::Whole } else { Verification::Differs { recorded, found } })
    }

    fn count(&self, prefix: &[u8], counts: impl Fn(&[u8]) -> bool) -> Result<u64, StoreError> {
        self.scan("count rows", key::under(prefix.to_vec())).try_fold(0, |count, row| {
            let (key, _) = row?;
            Ok(if counts(&key) { count + 1 } else { count })
        })
    }
}
