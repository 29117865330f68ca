//! Whether the rows are all there: sled may open a damaged directory with some of them missing.

use engine::{Counts, Store as _, StoreError};

use crate::{SledStore, codec, key};

/// Rows that are counted both in the cursor, batch by batch, and by a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Issues, by their files.
    pub issues: u64,
    /// Open issues that no human has acknowledged, by their states.
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
        let (issues, unacknowledged) = self.count_issues()?;
        let quarantined = self.count(key::QUARANTINE)?;
        let found = Tally { issues, unacknowledged, quarantined, customers: self.count(key::CUSTOMERS)? };
        if self.cursor()? != cursor {
            return Ok(Verification::Moved);
        }
        let recorded = cursor.unwrap_or_default().counts.into();
        Ok(if recorded == found { Verification::Whole } else { Verification::Differs { recorded, found } })
    }

    fn count_issues(&self) -> Result<(u64, u64), StoreError> {
        let mut counts = (0, 0);
        for row in self.scan("count issues", key::under(key::ISSUE_FILES.to_vec())) {
            let (_, record) = row?;
            let issue = codec::file::decode_issue(&record)?;
            counts.0 += 1;
            let waits = |issue: domain::Issue| issue.lifecycle().is_open() && issue.acknowledged.is_none();
            counts.1 += u64::from(issue.is_some_and(waits));
        }
        Ok(counts)
    }

    fn count(&self, prefix: &[u8]) -> Result<u64, StoreError> {
        self.scan("count rows", key::under(prefix.to_vec())).try_fold(0, |count, row| row.map(|_| count + 1))
    }
}
