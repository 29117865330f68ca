//! The port on sled.

use std::{
    fmt,
    ops::{Bound, ControlFlow},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{
    CustomerCalendar, CustomerId, Department, Digest, DirectoryChange, EdgeId, EventKey, Issue, IssueId,
    LeafId, Position, Quarantined, identity::Edge,
};
use engine::{
    Batch, Blob, Cursor, CustomerRecord, DepartmentRecord, File, HomeRecord, Kin, Page, Row, RowRange,
    Spilled, Staged, Store, StoreError, Window,
};
use sled::IVec;

use crate::{codec, error::failed, key, verify::Sums, write};

/// A store in a directory of its own.
pub struct SledStore {
    db: sled::Db,
    /// Held while a batch is written, and while rows are read to be verified.
    sums: Mutex<Sums>,
    /// One scan at a time.
    pub(crate) verifying: Mutex<()>,
}

impl fmt::Debug for SledStore {
    /// sled's own would print every row.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").finish_non_exhaustive()
    }
}

type Bounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

impl SledStore {
    pub(crate) const fn new(db: sled::Db, sums: Sums) -> Self {
        Self { db, sums: Mutex::new(sums), verifying: Mutex::new(()) }
    }

    /// Whoever panicked with them left them as they were.
    pub(crate) fn sums(&self) -> MutexGuard<'_, Sums> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(
        &self,
        operation: &'static str,
        key: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.db.get(key).map_err(failed(operation))?.map(|value| decode(&value)).transpose()
    }

    pub(crate) fn scan(
        &self,
        operation: &'static str,
        bounds: Bounds,
    ) -> impl DoubleEndedIterator<Item = Result<(IVec, IVec), StoreError>> {
        self.db.range(bounds).map(move |row| row.map_err(failed(operation)))
    }

    fn all<T>(
        &self,
        operation: &'static str,
        prefix: &[u8],
        decode: impl Fn(&[u8], &[u8]) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.scan(operation, key::under(prefix.to_vec()))
            .map(|row| {
                row.and_then(|(key, value)| decode(key.get(prefix.len()..).unwrap_or_default(), &value))
            })
            .collect()
    }
}

impl Store for SledStore {
    fn cursor(&self) -> Result<Option<Cursor>, StoreError> {
        self.read("read the cursor", key::CURSOR, codec::cursor::decode)
    }

    fn file(&self, key: EventKey) -> Result<Option<File>, StoreError> {
        self.read("read a file", &key::file(key), codec::file::decode)
    }

    fn issue(&self, id: IssueId) -> Result<Option<Issue>, StoreError> {
        let issue = self.read("read an issue", &key::file(EventKey::Issue(id)), codec::file::decode_issue)?;
        Ok(issue.flatten())
    }

    fn kin(&self, id: IssueId) -> Result<Kin, StoreError> {
        let read = "read which issues one is one with";
        Ok(self.read(read, &key::file(EventKey::Issue(id)), codec::file::decode_kin)?.unwrap_or_default())
    }

    fn chunk(&self, key: EventKey, number: u32) -> Result<Option<Blob>, StoreError> {
        self.read("read a chunk", &key::chunk(key, number), codec::file::decode_chunk)
    }

    fn spilled(&self, key: EventKey, identity: Digest) -> Result<Option<Spilled>, StoreError> {
        self.read("look for an event in a chunk", &key::spilled(key, identity), codec::file::decode_spilled)
    }

    fn customer(&self, id: LeafId) -> Result<Option<CustomerRecord>, StoreError> {
        self.read("read a customer", &key::customer(id), codec::customer::decode)
    }

    fn edge(&self, home: CustomerId, id: EdgeId) -> Result<Option<Edge>, StoreError> {
        self.read("read an edge", &key::edge(home, id), codec::edge::decode)
    }

    fn edges(&self, leaf: CustomerId, most: usize) -> Result<Vec<Edge>, StoreError> {
        let rows = self.scan("read the edges of a customer", key::under(key::edges(leaf))).take(most);
        rows.map(|row| row.and_then(|(_, edge)| codec::edge::decode(&edge))).collect()
    }

    fn departments(&self) -> Result<Vec<(Department, DepartmentRecord)>, StoreError> {
        self.all("read the departments", key::DEPARTMENTS, codec::customer::decode_department)
    }

    fn home(&self, home: &str) -> Result<Option<HomeRecord>, StoreError> {
        self.read("read a home", &key::home(home), codec::home::decode)
    }

    fn last_page(&self, customer: LeafId) -> Result<Option<u32>, StoreError> {
        const LOOK: &str = "look for a last page";
        // Most have one page at most, and two keys are found sooner than a range: sled copies a leaf of its tree for that.
        let has = |number| self.db.contains_key(key::page(customer, number)).map_err(failed(LOOK));
        if !has(1)? {
            return Ok(has(0)?.then_some(0));
        }
        let last = self.scan(LOOK, key::under(key::pages(customer))).next_back().transpose()?;
        last.map(|(key, _)| key::page_number(&key)).transpose()
    }

    fn page(&self, customer: LeafId, number: u32) -> Result<Option<Page>, StoreError> {
        self.read("read a page", &key::page(customer, number), codec::page::decode)
    }

    fn quarantined(&self, at: Position) -> Result<Option<Quarantined>, StoreError> {
        self.read("read a quarantined message", &key::quarantined(at), codec::quarantine::decode)
    }

    fn quarantine(
        &self,
        before: Option<Position>,
        visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let (from, to) = key::under(key::QUARANTINE.to_vec());
        let to = before.map_or(to, |before| Bound::Excluded(key::quarantined(before)));
        for row in self.scan("read the quarantine", (from, to)).rev() {
            let (_, message) = row?;
            if visit(codec::quarantine::decode(&message)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn directory(&self) -> Result<Vec<DirectoryChange>, StoreError> {
        self.all("read the directory", key::DIRECTORY, |_, version| codec::directory::decode(version))
    }

    fn calendars(&self) -> Result<Vec<CustomerCalendar>, StoreError> {
        self.all("read the calendars of customers", key::CALENDARS, |_, version| {
            codec::calendar::decode(version)
        })
    }

    fn windows(&self) -> Result<Vec<Window>, StoreError> {
        self.all("read the bare messages", key::WINDOWS, codec::quarantine::decode_window)
    }

    fn rows(&self, range: RowRange, visit: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), StoreError> {
        for row in self.scan("read rows", key::range(range)) {
            let (key, value) = row?;
            if visit(key::read_row(&key, &value)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn stage<'a>(&'a self, batch: &'a Batch) -> Result<Staged<'a>, StoreError> {
        let staged = write::stage(&self.db, write::writes(batch)?)?;
        Ok(Box::new(move || staged.apply(&self.db, &mut self.sums())))
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.db.flush().map(|_bytes| ()).map_err(failed("flush"))
    }
}
