//! What every store must do, run against each of them; and what every log.

#![expect(clippy::unwrap_used, reason = "only tests use it: a read that fails is a failed test")]

mod log;

use std::ops::ControlFlow;

use domain::{CustomerId, EventKey, IssueId, LeafId, PingId, Position, Quarantined};

pub use log::log_contract;

use super::{exported, sample};
use crate::{Batch, Change, Cursor, Entry, File, Page, Row, RowRange, Store};

/// Runs every check, each on a store of its own: `open` opens an empty one.
///
/// # Panics
/// Where the store breaks the contract.
pub fn store_contract<S: Store>(open: impl Fn() -> S) {
    an_empty_store_holds_nothing(&open());
    what_was_committed_is_read_back(&open());
    a_later_batch_replaces_and_removes(&open());
    an_order_of_changes_makes_no_difference(&open(), &open());
    rows_come_in_order_and_only_of_their_range(&open());
    rows_come_after_the_given_one_until_the_visitor_breaks(&open());
    timers_come_until_the_given_instant(&open());
    contacts_come_customer_by_customer(&open());
    nobody_is_apart_from_every_customer(&open());
    pages_are_found_by_their_last_number(&open());
    quarantined_messages_come_newest_first(&open());
    directory_versions_come_in_the_order_of_the_log(&open());
}

fn an_empty_store_holds_nothing(store: &impl Store) {
    assert_eq!(exported(store), Vec::<String>::new());
    assert_eq!(store.cursor().unwrap(), None);
    assert_eq!(store.issue(sample::PUMP).unwrap(), None);
    assert!(store.kin(sample::PUMP).unwrap().is_empty());
    assert_eq!(store.quarantined(Position::new(1)).unwrap(), None);
    assert_eq!(store.last_page(None).unwrap(), None);
}

fn what_was_committed_is_read_back(store: &impl Store) {
    let batch = sample::batch();
    store.commit(&batch).unwrap();
    assert_eq!(store.cursor().unwrap(), Some(batch.cursor.clone()));
    batch.changes.iter().for_each(|change| assert_reads_back(store, change));
    store.flush().unwrap();
    batch.changes.iter().for_each(|change| assert_reads_back(store, change));
}

/// One reader a sort of change.
fn assert_reads_back(store: &impl Store, change: &Change) {
    match change {
        Change::File(key, file) => {
            assert_eq!(store.file(*key).unwrap().as_ref(), Some(&**file));
            if let EventKey::Issue(id) = key {
                assert_eq!(store.issue(*id).unwrap(), file.issue);
                assert_eq!(store.kin(*id).unwrap(), file.kin);
            }
        }
        Change::Chunk(key, number, chunk) => {
            assert_eq!(store.chunk(*key, *number).unwrap().as_ref(), Some(chunk))
        }
        Change::Spilled(key, identity, spilled) => {
            assert_eq!(store.spilled(*key, *identity).unwrap(), Some(*spilled));
            assert_eq!(store.spilled(*key, sample::digest(0xee)).unwrap(), None);
        }
        Change::Put(row) => assert!(rows(store, holding(row)).contains(row), "{row:?}"),
        Change::Remove(row) => assert!(!rows(store, holding(row)).contains(row), "{row:?}"),
        Change::Customer(id, customer) => {
            assert_eq!(store.customer(*id).unwrap().as_ref(), Some(&**customer))
        }
        Change::Edge(edge) => {
            assert_eq!(store.edge(edge.home, edge.id).unwrap().as_ref(), Some(&**edge));
            for leaf in edge.leaves() {
                assert!(store.edges(leaf, 9).unwrap().contains(edge), "{leaf}");
                assert_eq!(store.edges(leaf, 0).unwrap(), []);
            }
        }
        Change::Department(department, record) => {
            assert!(store.departments().unwrap().contains(&(department.clone(), record.clone())));
        }
        Change::Home(home, record) => assert_eq!(store.home(home).unwrap(), Some(*record)),
        Change::Page(customer, number, page) => {
            assert_eq!(store.page(*customer, *number).unwrap().as_ref(), Some(page));
        }
        Change::Quarantined(message) => {
            assert_eq!(store.quarantined(message.position).unwrap().as_ref(), Some(&**message));
        }
        Change::Directory(change) => assert!(store.directory().unwrap().contains(change)),
        Change::Calendar(change) => assert!(store.calendars().unwrap().contains(change)),
        Change::Window(window) => assert!(store.windows().unwrap().contains(window)),
        Change::Expired(bare) => assert!(store.windows().unwrap().iter().all(|window| window.bare != *bare)),
    }
}

/// The range that a row lies in.
fn holding(row: &Row) -> RowRange {
    match row {
        Row::Issue { rank, .. } => RowRange::Issues { rank: *rank, after: None },
        Row::Unacknowledged { rank, .. } => RowRange::Unacknowledged { rank: *rank, after: None },
        Row::OfCustomer { customer, .. } => RowRange::OfCustomer { customer: *customer, after: None },
        Row::Customer { .. } => RowRange::Customers { after: None },
        Row::Duplicate { of, .. } => RowRange::Duplicates { of: *of, after: None },
        Row::Gone { .. } => RowRange::Gone { after: None },
        Row::Concern { department, .. } => RowRange::Concerns { department: department.clone(), after: None },
        Row::SameId { encoded, .. } => RowRange::SameId { encoded: encoded.clone() },
        Row::Timer { .. } => RowRange::Timers { after: None, until: i64::MAX },
        Row::Owed { .. } => RowRange::Owed { after: None },
        Row::Contact { customer, .. } => RowRange::ContactsOf { customer: *customer },
        Row::Ping { ping, .. } => RowRange::Ping { ping: *ping },
    }
}

fn a_later_batch_replaces_and_removes(store: &impl Store) {
    store.commit(&sample::batch()).unwrap();
    let later = sample::later_batch();
    store.commit(&later).unwrap();
    assert_eq!(store.cursor().unwrap(), Some(later.cursor.clone()));
    later.changes.iter().for_each(|change| assert_reads_back(store, change));
    assert_eq!(store.windows().unwrap().len(), 1);
}

fn an_order_of_changes_makes_no_difference(store: &impl Store, other: &impl Store) {
    let mut batch = sample::batch();
    store.commit(&batch).unwrap();
    batch.changes.reverse();
    other.commit(&batch).unwrap();
    assert_eq!(exported(store), exported(other));
}

const ISSUES: [IssueId; 3] = [IssueId::from_bytes([0; 16]), sample::PUMP, IssueId::from_bytes([0xff; 16])];
const CUSTOMERS: [LeafId; 3] = [None, Some(CustomerId::from_bytes([0; 16])), Some(sample::CRM)];
const TIMES: [i64; 5] = [i64::MIN, -1, 0, 1, i64::MAX];

/// Rows at both ends of every part of every key, in order.
fn many_rows() -> Vec<Row> {
    let mut rows: Vec<Row> = ["_", "a", "crm:1", "crm:10", "crm:2", "crm:%C3%A9"]
        .into_iter()
        .zip(1..)
        .map(|(token, number)| Row::Customer {
            token: token.to_owned(),
            customer: (token != "_").then(|| CustomerId::from_bytes([number; 16])),
        })
        .collect();
    for id in ISSUES {
        rows.extend(CUSTOMERS.map(|customer| Row::OfCustomer { customer, id }));
        for customer in CUSTOMERS.into_iter().flatten() {
            rows.extend(TIMES.map(|before| Row::Contact { customer, before, issue: Some(id) }));
        }
        rows.extend(ISSUES.map(|of| Row::Duplicate { of, id }));
        rows.extend([Row::Gone { id }, Row::Owed { id }]);
        rows.push(Row::Ping { ping: PingId::from_bytes(id.to_bytes()), issue: id });
        rows.extend(TIMES.map(|at| Row::Timer { at, id }));
        for rank in [0, 1, 4, u8::MAX] {
            for since in TIMES {
                rows.push(Row::Issue { rank, since, id });
                for slug in ["it", "it-desk"] {
                    rows.push(Row::Concern { department: slug.parse().unwrap(), rank, since, id });
                }
                rows.push(Row::Unacknowledged { rank, since, entry: Entry::Issue(id) });
            }
        }
    }
    for sequence in [0, 1, u64::MAX] {
        let entry = Entry::Quarantined(Position::new(sequence));
        rows.extend(TIMES.map(|since| Row::Unacknowledged { rank: 4, since, entry }));
    }
    rows.sort();
    rows
}

fn rows_come_in_order_and_only_of_their_range(store: &impl Store) {
    put(store, &many_rows());
    for row in many_rows() {
        let range = holding(&row);
        let expected: Vec<Row> = many_rows().into_iter().filter(|other| holding(other) == range).collect();
        assert_eq!(rows(store, range.clone()), expected, "{range:?}");
    }
}

fn rows_come_after_the_given_one_until_the_visitor_breaks(store: &impl Store) {
    put(store, &many_rows());
    for row in many_rows() {
        let all = rows(store, holding(&row));
        let index = all.iter().position(|other| *other == row).unwrap();
        let Some(after) = after(&row) else { continue };
        assert_eq!(rows(store, after.clone()), all[index + 1..], "{after:?}");
        let mut first = None;
        let visit = &mut |row| {
            first = Some(row);
            ControlFlow::Break(())
        };
        store.rows(after, visit).unwrap();
        assert_eq!(first.as_ref(), all.get(index + 1));
    }
    let beyond = RowRange::Customers { after: Some("crm:1%".to_owned()) };
    assert_eq!(rows(store, beyond).len(), 2, "a token that is not there");
}

/// What comes after a row; `None` for what is asked for by its whole id.
fn after(row: &Row) -> Option<RowRange> {
    Some(match row.clone() {
        Row::Issue { rank, since, id } => RowRange::Issues { rank, after: Some((since, id)) },
        Row::Unacknowledged { rank, since, entry } => {
            RowRange::Unacknowledged { rank, after: Some((since, entry)) }
        }
        Row::OfCustomer { customer, id } => RowRange::OfCustomer { customer, after: Some(id) },
        Row::Customer { token, customer: _ } => RowRange::Customers { after: Some(token) },
        Row::Duplicate { of, id } => RowRange::Duplicates { of, after: Some(id) },
        Row::Gone { id } => RowRange::Gone { after: Some(id) },
        Row::Concern { department, rank, since, id } => {
            RowRange::Concerns { department, after: Some((rank, since, id)) }
        }
        // Few are of one id, and all of them are read.
        Row::SameId { encoded, .. } => RowRange::SameId { encoded },
        Row::Timer { at, id } => RowRange::Timers { after: Some((at, id)), until: i64::MAX },
        Row::Owed { id } => RowRange::Owed { after: Some(id) },
        // The first of one customer, or all of the next.
        Row::Contact { .. } | Row::Ping { .. } => return None,
    })
}

fn contacts_come_customer_by_customer(store: &impl Store) {
    let own = CUSTOMERS.into_iter().flatten();
    let own: Vec<_> = own.map(|customer| Row::Contact { customer, before: i64::MAX, issue: None }).collect();
    put(store, &many_rows());
    put(store, &own);
    let all = rows(store, RowRange::Contacts { after: None });
    let apart: Vec<Row> = own.iter().flat_map(|row| rows(store, holding(row))).collect();
    assert_eq!(all, apart);
    for row in &own {
        let Row::Contact { customer, .. } = row else { continue };
        let later =
            all.iter().filter(|other| matches!(other, Row::Contact { customer: of, .. } if of > customer));
        assert_eq!(
            rows(store, RowRange::Contacts { after: Some(*customer) }),
            later.cloned().collect::<Vec<_>>()
        );
    }
}

fn timers_come_until_the_given_instant(store: &impl Store) {
    put(store, &many_rows());
    let timers = rows(store, RowRange::Timers { after: None, until: i64::MAX });
    for until in TIMES {
        let is_due = |row: &&Row| matches!(row, Row::Timer { at, .. } if *at <= until);
        let due: Vec<Row> = timers.iter().filter(is_due).cloned().collect();
        assert_eq!(rows(store, RowRange::Timers { after: None, until }), due, "until {until}");
        for row in &due {
            let Row::Timer { at, id } = row else { continue };
            let later = rows(store, RowRange::Timers { after: Some((*at, *id)), until });
            assert_eq!(due.iter().filter(|other| *other > row).cloned().collect::<Vec<_>>(), later);
        }
    }
    let over = RowRange::Timers { after: Some((1, sample::PUMP)), until: -1 };
    assert_eq!(rows(store, over), [], "after what is later");
}

fn nobody_is_apart_from_every_customer(store: &impl Store) {
    // A file's key that begins with the bytes of another file's key must not be taken for it.
    let keys = CUSTOMERS.map(|customer| customer.map_or(EventKey::Nobody, EventKey::Customer));
    let file = |number| Box::new(File { tail: sample::blob([number]), ..File::default() });
    let changes = keys.iter().zip(1..).flat_map(|(key, number)| {
        [Change::File(*key, file(number)), Change::Chunk(*key, number.into(), sample::blob([number]))]
    });
    store.commit(&Batch { changes: changes.collect(), cursor: Cursor::default() }).unwrap();
    for (key, number) in keys.into_iter().zip(1..) {
        assert_eq!(store.file(key).unwrap(), Some(*file(number)));
        for other in 1..=3 {
            let chunk = (other == number).then(|| sample::blob([number]));
            assert_eq!(store.chunk(key, other.into()).unwrap(), chunk);
        }
    }
}

fn pages_are_found_by_their_last_number(store: &impl Store) {
    for (customer, last) in CUSTOMERS.into_iter().zip([0, 256, 65_536]) {
        let pages = [0, last.min(1), last].map(|number| Change::Page(customer, number, Page::default()));
        store.commit(&Batch { changes: pages.to_vec(), cursor: Cursor::default() }).unwrap();
    }
    assert_eq!(
        CUSTOMERS.map(|customer| store.last_page(customer).unwrap()),
        [Some(0), Some(256), Some(65_536)]
    );
    assert_eq!(store.last_page(Some(CustomerId::from_bytes([0x80; 16]))).unwrap(), None);
}

fn quarantined_messages_come_newest_first(store: &impl Store) {
    let messages =
        [2, 300, 10, u64::MAX].map(|sequence| Change::Quarantined(Box::new(sample::message(sequence))));
    store.commit(&Batch { changes: messages.to_vec(), cursor: Cursor::default() }).unwrap();
    assert_eq!(quarantine(store, None, 9), [u64::MAX, 300, 10, 2]);
    assert_eq!(quarantine(store, Some(300), 9), [10, 2]);
    assert_eq!(quarantine(store, Some(301), 2), [300, 10]);
    assert_eq!(quarantine(store, Some(2), 9), [0; 0]);
}

fn quarantine(store: &impl Store, before: Option<u64>, limit: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    let visit = &mut |message: Quarantined| {
        seen.push(message.position.sequence());
        if seen.len() == limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.quarantine(before.map(Position::new), visit).unwrap();
    seen
}

fn directory_versions_come_in_the_order_of_the_log(store: &impl Store) {
    store.commit(&sample::batch()).unwrap();
    let positions: Vec<u64> =
        store.directory().unwrap().iter().map(|change| change.position.sequence()).collect();
    assert_eq!(positions, [4, 5, 6, 7, 8, 9, 10, 11]);
}

fn put(store: &impl Store, rows: &[Row]) {
    // Not in their order.
    let changes = rows.iter().rev().cloned().map(Change::Put).collect();
    store.commit(&Batch { changes, cursor: Cursor::default() }).unwrap();
}

fn rows(store: &impl Store, range: RowRange) -> Vec<Row> {
    let mut rows = Vec::new();
    let visit = &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    };
    store.rows(range, visit).unwrap();
    rows
}
