//! A store in maps. What was committed survives a "crash", which is a clone; what was not is nowhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Bound, ControlFlow},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{
    CustomerCalendar, CustomerId, Department, Digest, DirectoryChange, EdgeId, EventKey, Issue, IssueId,
    LeafId, Position, Quarantined, identity::Edge,
};

use crate::{
    Batch, Blob, Change, Cursor, CustomerRecord, DepartmentRecord, Entry, File, HomeRecord, Kin, Page, Row,
    RowRange, Spilled, Staged, Store, StoreError, Window,
};

/// A store in memory. A clone holds what was committed so far and goes its own way from there.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: State,
    fail_next_commit: bool,
}

#[derive(Clone, Debug, Default)]
struct State {
    cursor: Option<Cursor>,
    files: BTreeMap<EventKey, File>,
    chunks: BTreeMap<(EventKey, u32), Blob>,
    spilled: BTreeMap<(EventKey, Digest), Spilled>,
    rows: BTreeSet<Row>,
    customers: BTreeMap<LeafId, CustomerRecord>,
    edges: BTreeMap<(CustomerId, EdgeId), Edge>,
    departments: BTreeMap<Department, DepartmentRecord>,
    homes: BTreeMap<String, HomeRecord>,
    pages: BTreeMap<(LeafId, u32), Page>,
    quarantined: BTreeMap<Position, Quarantined>,
    directory: BTreeMap<Position, DirectoryChange>,
    calendars: BTreeMap<Position, CustomerCalendar>,
    windows: BTreeMap<Digest, Window>,
}

impl MemoryStore {
    /// Lets the next commit fail and change nothing.
    pub fn fail_next_commit(&self) {
        self.lock().fail_next_commit = true;
    }

    /// Puts the store back to where `earlier` stands, as a crash that lost its last batches would.
    pub fn restore(&self, earlier: &Self) {
        let state = earlier.lock().state.clone();
        self.lock().state = state;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Result<T, StoreError> {
        Ok(read(&self.lock().state))
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        let state = self.lock().state.clone();
        Self(Mutex::new(Inner { state, fail_next_commit: false }))
    }
}

impl State {
    fn apply(&mut self, change: Change) {
        match change {
            Change::File(key, file) => drop(self.files.insert(key, *file)),
            Change::Chunk(key, number, chunk) => drop(self.chunks.insert((key, number), chunk)),
            Change::Spilled(key, identity, spilled) => drop(self.spilled.insert((key, identity), spilled)),
            Change::Put(row) => drop(self.rows.insert(row)),
            Change::Remove(row) => drop(self.rows.remove(&row)),
            Change::Customer(id, customer) => drop(self.customers.insert(id, *customer)),
            Change::Edge(edge) => {
                self.edges.extend(edge.leaves().map(|leaf| ((leaf, edge.id), (*edge).clone())));
            }
            Change::Department(department, record) => drop(self.departments.insert(department, record)),
            Change::Home(home, record) => drop(self.homes.insert(home, record)),
            Change::Page(customer, number, page) => drop(self.pages.insert((customer, number), page)),
            Change::Quarantined(message) => drop(self.quarantined.insert(message.position, *message)),
            Change::Directory(change) => drop(self.directory.insert(change.position, *change)),
            Change::Calendar(change) => drop(self.calendars.insert(change.position, *change)),
            Change::Window(window) => drop(self.windows.insert(window.bare, window)),
            Change::Expired(bare) => drop(self.windows.remove(&bare)),
        }
    }
}

impl Store for MemoryStore {
    fn cursor(&self) -> Result<Option<Cursor>, StoreError> {
        self.read(|state| state.cursor.clone())
    }

    fn file(&self, key: EventKey) -> Result<Option<File>, StoreError> {
        self.read(|state| state.files.get(&key).cloned())
    }

    fn issue(&self, id: IssueId) -> Result<Option<Issue>, StoreError> {
        self.read(|state| state.files.get(&EventKey::Issue(id)).and_then(|file| file.issue.clone()))
    }

    fn kin(&self, id: IssueId) -> Result<Kin, StoreError> {
        let kin = self.read(|state| state.files.get(&EventKey::Issue(id)).map(|file| file.kin.clone()))?;
        Ok(kin.unwrap_or_default())
    }

    fn chunk(&self, key: EventKey, number: u32) -> Result<Option<Blob>, StoreError> {
        self.read(|state| state.chunks.get(&(key, number)).cloned())
    }

    fn spilled(&self, key: EventKey, identity: Digest) -> Result<Option<Spilled>, StoreError> {
        self.read(|state| state.spilled.get(&(key, identity)).copied())
    }

    fn customer(&self, id: LeafId) -> Result<Option<CustomerRecord>, StoreError> {
        self.read(|state| state.customers.get(&id).cloned())
    }

    fn edge(&self, home: CustomerId, id: EdgeId) -> Result<Option<Edge>, StoreError> {
        self.read(|state| state.edges.get(&(home, id)).cloned())
    }

    fn edges(&self, leaf: CustomerId, most: usize) -> Result<Vec<Edge>, StoreError> {
        let [first, last] = [[u8::MIN; 16], [u8::MAX; 16]].map(|id| (leaf, EdgeId::from_bytes(id)));
        self.read(|state| state.edges.range(first..=last).take(most).map(|(_, edge)| edge.clone()).collect())
    }

    fn departments(&self) -> Result<Vec<(Department, DepartmentRecord)>, StoreError> {
        self.read(|state| {
            state.departments.iter().map(|(key, record)| (key.clone(), record.clone())).collect()
        })
    }

    fn home(&self, home: &str) -> Result<Option<HomeRecord>, StoreError> {
        self.read(|state| state.homes.get(home).copied())
    }

    fn last_page(&self, customer: LeafId) -> Result<Option<u32>, StoreError> {
        let pages = (customer, u32::MIN)..=(customer, u32::MAX);
        self.read(|state| state.pages.range(pages).next_back().map(|((_, number), _)| *number))
    }

    fn page(&self, customer: LeafId, number: u32) -> Result<Option<Page>, StoreError> {
        self.read(|state| state.pages.get(&(customer, number)).cloned())
    }

    fn quarantined(&self, at: Position) -> Result<Option<Quarantined>, StoreError> {
        self.read(|state| state.quarantined.get(&at).cloned())
    }

    fn quarantine(
        &self,
        before: Option<Position>,
        visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let before = before.map_or(Bound::Unbounded, Bound::Excluded);
        // Copied first: a visitor may read the store.
        let messages: Vec<_> = self.read(|state| {
            state.quarantined.range((Bound::Unbounded, before)).rev().map(|(_, m)| m.clone()).collect()
        })?;
        visit_all(messages, visit);
        Ok(())
    }

    fn directory(&self) -> Result<Vec<DirectoryChange>, StoreError> {
        self.read(|state| state.directory.values().cloned().collect())
    }

    fn calendars(&self) -> Result<Vec<CustomerCalendar>, StoreError> {
        self.read(|state| state.calendars.values().cloned().collect())
    }

    fn windows(&self) -> Result<Vec<Window>, StoreError> {
        self.read(|state| state.windows.values().copied().collect())
    }

    fn rows(&self, range: RowRange, visit: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), StoreError> {
        let from = start(&range);
        let rows: Vec<_> = self.read(|state| {
            let rows = state.rows.range((from, Bound::Unbounded));
            rows.take_while(|row| is_within(row, &range)).cloned().collect()
        })?;
        visit_all(rows, visit);
        Ok(())
    }

    fn stage<'a>(&'a self, batch: &'a Batch) -> Result<Staged<'a>, StoreError> {
        Ok(Box::new(|| {
            let Batch { changes, cursor } = batch.clone();
            let mut inner = self.lock();
            if std::mem::take(&mut inner.fail_next_commit) {
                return Err(StoreError::Io { operation: "commit a batch", source: "told to fail".into() });
            }
            changes.into_iter().for_each(|change| inner.state.apply(change));
            inner.state.cursor = Some(cursor);
            Ok(())
        }))
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

fn visit_all<T>(items: Vec<T>, visit: &mut dyn FnMut(T) -> ControlFlow<()>) {
    let _all_or_broken = items.into_iter().try_for_each(visit);
}

const FIRST_ISSUE: IssueId = IssueId::from_bytes([0; 16]);

/// The first row that a range may hold.
fn start(range: &RowRange) -> Bound<Row> {
    match range.clone() {
        RowRange::Issues { rank, after: None } => {
            Bound::Included(Row::Issue { rank, since: i64::MIN, id: FIRST_ISSUE })
        }
        RowRange::Issues { rank, after: Some((since, id)) } => {
            Bound::Excluded(Row::Issue { rank, since, id })
        }
        RowRange::Unacknowledged { rank, after: None } => {
            Bound::Included(Row::Unacknowledged { rank, since: i64::MIN, entry: Entry::Issue(FIRST_ISSUE) })
        }
        RowRange::Unacknowledged { rank, after: Some((since, entry)) } => {
            Bound::Excluded(Row::Unacknowledged { rank, since, entry })
        }
        RowRange::OfCustomer { customer, after: None } => {
            Bound::Included(Row::OfCustomer { customer, id: FIRST_ISSUE })
        }
        RowRange::OfCustomer { customer, after: Some(id) } => {
            Bound::Excluded(Row::OfCustomer { customer, id })
        }
        RowRange::Customers { after: None } => {
            Bound::Included(Row::Customer { token: String::new(), customer: None })
        }
        // A token is one customer's: the greatest id sorts after its row.
        RowRange::Customers { after: Some(token) } => {
            Bound::Excluded(Row::Customer { token, customer: Some(CustomerId::from_bytes([255; 16])) })
        }
        RowRange::Duplicates { of, after: None } => Bound::Included(Row::Duplicate { of, id: FIRST_ISSUE }),
        RowRange::Duplicates { of, after: Some(id) } => Bound::Excluded(Row::Duplicate { of, id }),
        RowRange::SameId { encoded } => {
            Bound::Included(Row::SameId { encoded, customer: CustomerId::from_bytes([0; 16]) })
        }
        RowRange::Concerns { department, after: None } => {
            Bound::Included(Row::Concern { department, rank: u8::MIN, since: i64::MIN, id: FIRST_ISSUE })
        }
        RowRange::Concerns { department, after: Some((rank, since, id)) } => {
            Bound::Excluded(Row::Concern { department, rank, since, id })
        }
        RowRange::Gone { after: None } => Bound::Included(Row::Gone { id: FIRST_ISSUE }),
        RowRange::Gone { after: Some(id) } => Bound::Excluded(Row::Gone { id }),
        RowRange::Timers { after: None, .. } => Bound::Included(Row::Timer { at: i64::MIN, id: FIRST_ISSUE }),
        RowRange::Timers { after: Some((at, id)), .. } => Bound::Excluded(Row::Timer { at, id }),
        RowRange::Owed { after: None } => Bound::Included(Row::Owed { id: FIRST_ISSUE }),
        RowRange::Owed { after: Some(id) } => Bound::Excluded(Row::Owed { id }),
        RowRange::ContactsOf { customer } => {
            Bound::Included(Row::Contact { customer, before: i64::MIN, issue: None })
        }
        RowRange::Contacts { after: None } => {
            let customer = CustomerId::from_bytes([0; 16]);
            Bound::Included(Row::Contact { customer, before: i64::MIN, issue: None })
        }
        RowRange::Contacts { after: Some(customer) } => {
            let last = Some(IssueId::from_bytes([u8::MAX; 16]));
            Bound::Excluded(Row::Contact { customer, before: i64::MAX, issue: last })
        }
        RowRange::Ping { ping } => Bound::Included(Row::Ping { ping, issue: FIRST_ISSUE }),
    }
}

fn is_within(row: &Row, range: &RowRange) -> bool {
    match (row, range) {
        (Row::Issue { rank, .. }, RowRange::Issues { rank: wanted, .. })
        | (Row::Unacknowledged { rank, .. }, RowRange::Unacknowledged { rank: wanted, .. }) => rank == wanted,
        (Row::OfCustomer { customer, .. }, RowRange::OfCustomer { customer: wanted, .. }) => {
            customer == wanted
        }
        (Row::SameId { encoded, .. }, RowRange::SameId { encoded: wanted }) => encoded == wanted,
        (Row::Ping { ping, .. }, RowRange::Ping { ping: wanted }) => ping == wanted,
        (Row::Contact { customer, .. }, RowRange::ContactsOf { customer: wanted }) => customer == wanted,
        (Row::Contact { .. }, RowRange::Contacts { .. })
        | (Row::Customer { .. }, RowRange::Customers { .. })
        | (Row::Gone { .. }, RowRange::Gone { .. })
        | (Row::Owed { .. }, RowRange::Owed { .. }) => true,
        (Row::Timer { at, .. }, RowRange::Timers { until, .. }) => at <= until,
        (Row::Duplicate { of, .. }, RowRange::Duplicates { of: wanted, .. }) => of == wanted,
        (Row::Concern { department, .. }, RowRange::Concerns { department: wanted, .. }) => {
            department == wanted
        }
        (
            Row::Issue { .. }
            | Row::Unacknowledged { .. }
            | Row::OfCustomer { .. }
            | Row::Customer { .. }
            | Row::Duplicate { .. }
            | Row::Gone { .. }
            | Row::Concern { .. }
            | Row::SameId { .. }
            | Row::Timer { .. }
            | Row::Owed { .. }
            | Row::Ping { .. }
            | Row::Contact { .. },
            RowRange::Issues { .. }
            | RowRange::Unacknowledged { .. }
            | RowRange::OfCustomer { .. }
            | RowRange::Customers { .. }
            | RowRange::Duplicates { .. }
            | RowRange::Gone { .. }
            | RowRange::Concerns { .. }
            | RowRange::SameId { .. }
            | RowRange::Timers { .. }
            | RowRange::Owed { .. }
            | RowRange::Ping { .. }
            | RowRange::ContactsOf { .. }
            | RowRange::Contacts { .. },
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{exported, sample, store_contract};

    #[test]
    fn the_store_in_memory_keeps_the_contract() {
        store_contract(MemoryStore::default);
    }

    #[test]
    fn a_failed_commit_changes_nothing_and_the_next_one_succeeds() {
        let store = MemoryStore::default();
        store.fail_next_commit();
        assert!(store.commit(&sample::batch()).is_err());
        assert_eq!(exported(&store), exported(&MemoryStore::default()));
        store.commit(&sample::batch()).unwrap();
        assert_eq!(store.cursor().unwrap(), Some(sample::batch().cursor));
    }

    #[test]
    fn a_clone_is_the_store_at_that_batch() {
        let store = MemoryStore::default();
        store.commit(&sample::batch()).unwrap();
        let crashed = store.clone();
        store.commit(&sample::later_batch()).unwrap();
        assert_ne!(exported(&store), exported(&crashed));
        store.restore(&crashed);
        assert_eq!(exported(&store), exported(&crashed));
    }
}
