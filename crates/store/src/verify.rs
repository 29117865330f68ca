//! Whether the rows are those that were written: sled may open a damaged directory with some of them missing, or as they were
//! some batches ago.
//!
//! Batches go on during a scan. It reads some rows at a time while none is written, and what is written to rows that it has
//! passed is taken over into its sum, so that it ends however much is written.

use std::{
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::PoisonError,
    thread,
    time::Duration,
};

use engine::StoreError;
use sled::IVec;

use crate::{SledStore, Sum, codec, error::damaged, key};

/// Rows that are read while a batch has to wait: a few milliseconds for the largest.
const ROWS_AT_ONCE: usize = 256;
/// Between two of those, for batches.
const PAUSE: Duration = Duration::from_micros(200);

/// What a scan found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Every row is the one that was written last.
    Whole,
    /// Rows are missing, or old: rebuild the store from the log.
    Differs {
        /// Over what was written.
        recorded: Sum,
        /// Over what is there.
        found: Sum,
    },
}

/// The sum that is kept, and the one of a scan that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    kept: Sum,
    scan: Option<Scan>,
}

/// How far a scan is.
#[derive(Clone, Debug, Default)]
struct Scan {
    sum: Sum,
    /// The last row that it has read; none before the first.
    upto: Option<IVec>,
}

impl Sums {
    pub(crate) const fn new(kept: Sum) -> Self {
        Self { kept, scan: None }
    }

    /// Over every row but its own.
    pub(crate) const fn kept(&self) -> Sum {
        self.kept
    }

    /// A row is written.
    pub(crate) fn replace(&mut self, key: &[u8], old: Option<&[u8]>, new: Option<&[u8]>) {
        self.kept.replace(key, old, new);
        if let Some(Scan { sum, upto: Some(upto) }) = &mut self.scan
            && key <= &**upto
        {
            sum.replace(key, old, new);
        }
    }
}

impl SledStore {
    /// Reads every row there is, which lets sled check its checksums and us every record, and compares the sum over them with
    /// the one that is kept: some seconds for a million issues.
    ///
    /// # Errors
    /// If a row cannot be read: rebuild the store.
    pub fn verify(&self) -> Result<Verification, StoreError> {
        let _alone = self.verifying.lock().unwrap_or_else(PoisonError::into_inner);
        let scanned = catch_unwind(AssertUnwindSafe(|| self.compare()));
        self.sums().scan = None;
        scanned.unwrap_or_else(|_| Err(damaged("rows", "sled panicked while they were read")))
    }

    fn compare(&self) -> Result<Verification, StoreError> {
        self.sums().scan = Some(Scan::default());
        loop {
            if let Some(verification) = self.read_on()? {
                return Ok(verification);
            }
            // A lock that is taken again at once is hardly ever another's.
            thread::sleep(PAUSE);
        }
    }

    /// Reads the next rows; the outcome after the last.
    fn read_on(&self) -> Result<Option<Verification>, StoreError> {
        let mut sums = self.sums();
        let Sums { kept: recorded, scan } = &mut *sums;
        let Scan { sum: found, upto } = scan.get_or_insert_default();
        let from = upto.as_ref().map_or(Bound::Unbounded, |upto| Bound::Excluded(upto.to_vec()));
        let mut rows = self.scan("read every row", (from, Bound::Unbounded));
        for _ in 0..ROWS_AT_ONCE {
            let Some(row) = rows.next() else {
                let (recorded, found) = (*recorded, *found);
                let same = recorded == found;
                return Ok(Some(if same {
                    Verification::Whole
                } else {
                    Verification::Differs { recorded, found }
                }));
            };
            let (key, value) = row?;
            if *key != *key::SUM {
                check(&key, &value)?;
                found.add(&key, &value);
            }
            *upto = Some(key);
        }
        Ok(None)
    }
}

/// Reads a row's record.
fn check(key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    let Some((letter, rest)) = key.split_first() else { return Err(damaged("row", "its key is empty")) };
    match std::slice::from_ref(letter) {
        key::CURSOR => codec::cursor::decode(value).map(drop),
        key::ISSUE_FILES | b"f" | b"F" => codec::file::decode(value).map(drop),
        key::CUSTOMERS | b"C" => codec::customer::decode(value).map(drop),
        key::EDGES => codec::edge::decode(value).map(drop),
        key::QUARANTINE => codec::quarantine::decode(value).map(drop),
        b"h" => codec::file::decode_chunk(value).map(drop),
        b"s" => codec::file::decode_spilled(value).map(drop),
        b"p" | b"P" => codec::page::decode(value).map(drop),
        key::DEPARTMENTS => codec::customer::decode_department(rest, value).map(drop),
        key::DIRECTORY => codec::directory::decode(value).map(drop),
        key::CALENDARS => codec::calendar::decode(value).map(drop),
        key::HOMES => codec::home::decode(value).map(drop),
        key::WINDOWS => codec::quarantine::decode_window(rest, value).map(drop),
        _ => key::read_row(key, value).map(drop),
    }
}
