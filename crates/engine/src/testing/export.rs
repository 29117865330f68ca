//! Everything that a store holds, as text: two stores that print the same answer the same.

use std::{collections::BTreeSet, fmt::Debug, ops::ControlFlow};

use domain::{Digest, EventKey, LeafId};

use crate::{Blob, BlobEntry, File, Row, RowRange, Store, StoreError};

/// A line for every record and row of a store, in one order, whatever the store.
///
/// Files, pages and counts are found by way of the rows: what no row leads to is not there for a reader either.
/// Where a record cannot be read, the error is its line.
pub fn exported(store: &dyn Store) -> Vec<String> {
    let mut export = Export { store, lines: Vec::new() };
    export.singletons();
    let issues = export.by_rank(|rank| RowRange::Issues { rank, after: None });
    export.by_rank(|rank| RowRange::Unacknowledged { rank, after: None });
    let customers = export.rows(RowRange::Customers { after: None });
    for row in &issues {
        if let Row::Issue { id, .. } = row {
            export.file(EventKey::Issue(*id));
            export.rows(RowRange::Duplicates { of: *id, after: None });
            export.home(&format!("davy:{id}"));
        }
    }
    for row in export.rows(RowRange::Gone { after: None }) {
        if let Row::Gone { id } = row {
            export.file(EventKey::Issue(id));
            export.rows(RowRange::Duplicates { of: id, after: None });
        }
    }
    export.rows(RowRange::Timers { after: None, until: i64::MAX });
    export.rows(RowRange::Owed { after: None });
    export.rows(RowRange::Contacts { after: None });
    export.file(EventKey::Nobody);
    let named = customers.iter().filter_map(|row| match row {
        Row::Customer { token: _, customer } => Some(*customer),
        Row::Issue { .. }
        | Row::Unacknowledged { .. }
        | Row::OfCustomer { .. }
        | Row::Duplicate { .. }
        | Row::Gone { .. }
        | Row::Concern { .. }
        | Row::SameId { .. }
        | Row::Timer { .. }
        | Row::Owed { .. }
        | Row::Ping { .. }
        | Row::Contact { .. } => None,
    });
    for customer in named.chain([None]).collect::<BTreeSet<LeafId>>() {
        export.customer(customer);
    }
    for row in &customers {
        if let Row::Customer { token, .. } = row {
            export.home(token);
        }
    }
    for (department, _) in store.departments().unwrap_or_default() {
        export.rows(RowRange::Concerns { department, after: None });
    }
    export.lines
}

struct Export<'a> {
    store: &'a dyn Store,
    lines: Vec<String>,
}

impl Export<'_> {
    fn line(&mut self, name: &str, value: &dyn Debug) {
        self.lines.push(format!("{name} {value:?}"));
    }

    /// A record that is there, or cannot be read.
    fn record<T: Debug>(&mut self, name: &str, record: Result<Option<T>, StoreError>) -> Option<T> {
        match record {
            Ok(None) => None,
            Ok(Some(record)) => {
                self.line(name, &record);
                Some(record)
            }
            Err(error) => {
                self.line(name, &error);
                None
            }
        }
    }

    fn list<T: Debug>(&mut self, name: &str, list: Result<Vec<T>, StoreError>) {
        match list {
            Ok(list) => list.iter().for_each(|item| self.line(name, item)),
            Err(error) => self.line(name, &error),
        }
    }

    fn singletons(&mut self) {
        self.record("cursor", self.store.cursor());
        self.list("department", self.store.departments());
        self.list("directory", self.store.directory());
        self.list("calendar", self.store.calendars());
        self.list("window", self.store.windows());
        let mut quarantine = Vec::new();
        let read = self.store.quarantine(None, &mut |message| {
            quarantine.push(message);
            ControlFlow::Continue(())
        });
        self.list("quarantined", read.map(|()| quarantine));
    }

    fn home(&mut self, home: &str) {
        self.record(&format!("home {home}"), self.store.home(home));
    }

    fn by_rank(&mut self, range: impl Fn(u8) -> RowRange) -> Vec<Row> {
        (u8::MIN..=u8::MAX).flat_map(|rank| self.rows(range(rank))).collect()
    }

    fn rows(&mut self, range: RowRange) -> Vec<Row> {
        let mut rows = Vec::new();
        let read = self.store.rows(range, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        });
        self.list("row", read.map(|()| rows.clone()));
        rows
    }

    fn file(&mut self, key: EventKey) {
        match self.store.file(key) {
            Ok(None) => {}
            Ok(Some(File { issue, kin, has_retractions, chunks, tail })) => {
                self.line(&format!("file {key:?} of {chunks} chunks"), &(issue, kin, has_retractions));
                for number in 0..chunks {
                    self.chunk(key, number);
                }
                self.events(&format!("file {key:?} tail"), &tail);
            }
            Err(error) => self.line(&format!("file {key:?}"), &error),
        }
    }

    fn chunk(&mut self, key: EventKey, number: u32) {
        let name = format!("file {key:?} chunk {number}");
        match self.store.chunk(key, number) {
            Ok(chunk) => {
                let chunk = chunk.unwrap_or_default();
                self.events(&name, &chunk);
                let identities: Vec<Digest> = chunk.iter().map(|entry| entry.identity).collect();
                for identity in identities {
                    self.record(&format!("{name} {identity:?}"), self.store.spilled(key, identity));
                }
            }
            Err(error) => self.line(&name, &error),
        }
    }

    fn events(&mut self, name: &str, blob: &Blob) {
        for BlobEntry { identity, content, position, bytes } in blob.iter() {
            let line = format!("{name} {position} {identity:?} {content:?} {}", bytes.escape_ascii());
            self.lines.push(line);
        }
    }

    fn customer(&mut self, id: LeafId) {
        let name = id.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
        let record = self.record(&format!("customer {name}"), self.store.customer(id));
        if let Some(id) = id {
            self.file(EventKey::Customer(id));
            self.list(&format!("edge of {name}"), self.store.edges(id, usize::MAX));
            let encoded = record.and_then(|record| record.leaf).map(|leaf| leaf.encoded().to_owned());
            encoded.into_iter().for_each(|encoded| drop(self.rows(RowRange::SameId { encoded })));
        }
        self.rows(RowRange::OfCustomer { customer: id, after: None });
        match self.store.last_page(id) {
            Ok(None) => {}
            Ok(Some(last)) => {
                for number in 0..=last {
                    self.record(&format!("page {number} of {name}"), self.store.page(id, number));
                }
            }
            Err(error) => self.line(&format!("last page of {name}"), &error),
        }
    }
}
