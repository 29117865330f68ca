//! From a batch of changes to keys and values, applied together with the cursor and the sum or not at all.
//!
//! The sum needs what a key was before. Nobody else writes, so for a batch of few keys that is read ahead, while others read:
//! sled shuts everybody out while it applies a batch, and that is the time to keep short.
//!
//! sled's own `Batch` is a hash map and is applied in its order, which touches the leaves of the tree at random. A
//! transaction over several handles of one tree commits them one after the other under the same seal, so handing each
//! the next few keys makes a batch both atomic and sorted. With 68,000 keys a batch that took 17 % less CPU time and
//! 0.6 of the peak memory; with 1,000 keys it made no difference, and a transaction reads every key again before it writes
//! it. So few keys are a `Batch`, and many are a transaction.

use std::convert::Infallible;

use engine::{Batch, Change, StoreError};
use sled::{
    IVec,
    transaction::{TransactionError, Transactional, TransactionalTree, UnabortableTransactionError},
};

use crate::{codec, error::failed, key, verify::Sums};

/// A key and what it becomes; `None` removes it.
type Write = (IVec, Option<IVec>);

/// Keys a handle takes. Few enough to fall into neighbouring leaves, enough to be worth a handle.
const KEYS_A_HANDLE: usize = 32;

/// Keys that are few.
const FEW: usize = 2_000;

/// A batch that only needs to be applied; its keys in order, each once.
pub(crate) enum Staged {
    Few { writes: Vec<Write>, before: Vec<Option<IVec>>, batch: sled::Batch },
    Many(Vec<Write>),
}

/// Reads what is needed to write it. Until it is applied nobody else may write.
pub(crate) fn stage(db: &sled::Db, mut writes: Vec<Write>) -> Result<Staged, StoreError> {
    writes.sort_by(|(one, _), (other, _)| one.cmp(other));
    keep_last(&mut writes);
    if writes.len() > FEW {
        return Ok(Staged::Many(writes));
    }
    let mut before = Vec::with_capacity(writes.len());
    let mut batch = sled::Batch::default();
    for (key, value) in &writes {
        before.push(db.get(key).map_err(failed("read what a batch replaces"))?);
        match value {
            Some(value) => batch.insert(key, value),
            None => batch.remove(key),
        }
    }
    Ok(Staged::Few { writes, before, batch })
}

impl Staged {
    /// Writes all of it or nothing. `sums` are those before, and after if it was written.
    pub(crate) fn apply(self, db: &sled::Db, sums: &mut Sums) -> Result<(), StoreError> {
        *sums = match self {
            Self::Few { writes, before, batch } => apply_few(db, (&writes, &before), batch, sums.clone())?,
            Self::Many(writes) => apply_many(db, &writes, sums)?,
        };
        Ok(())
    }
}

fn apply_few(
    db: &sled::Db,
    (writes, before): (&[Write], &[Option<IVec>]),
    mut batch: sled::Batch,
    mut sums: Sums,
) -> Result<Sums, StoreError> {
    for ((key, value), before) in writes.iter().zip(before) {
        sums.replace(key, before.as_deref(), value.as_deref());
    }
    batch.insert(key::SUM, sums.kept().to_bytes().as_slice());
    db.apply_batch(batch).map_err(failed("commit a batch"))?;
    Ok(sums)
}

fn apply_many(db: &sled::Db, writes: &[Write], sums: &Sums) -> Result<Sums, StoreError> {
    let chunks: Vec<&[Write]> = writes.chunks(KEYS_A_HANDLE).collect();
    let handles = vec![sled::Tree::clone(db); chunks.len()];
    let written = Transactional::<Infallible>::transaction(handles.as_slice(), |views| {
        // From the start each time: sled may run this again.
        let mut after = sums.clone();
        for (view, chunk) in views.iter().zip(&chunks) {
            replace(view, chunk, &mut after)?;
        }
        if let Some(view) = views.last() {
            view.insert(key::SUM, after.kept().to_bytes().as_slice())?;
        }
        Ok(after)
    });
    written.map_err(|error| match error {
        TransactionError::Abort(never) => match never {},
        TransactionError::Storage(error) => failed("commit a batch")(error),
    })
}

/// Of writes to one key the last. Two handles would not see each other's.
fn keep_last(writes: &mut Vec<Write>) {
    writes.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
}

fn replace(
    view: &TransactionalTree,
    writes: &[Write],
    sums: &mut Sums,
) -> Result<(), UnabortableTransactionError> {
    for (key, value) in writes {
        let old = match value {
            Some(value) => view.insert(key.clone(), value.clone())?,
            None => view.remove(key.clone())?,
        };
        sums.replace(key, old.as_deref(), value.as_deref());
    }
    Ok(())
}

/// The writes of a batch, its cursor among them.
pub(crate) fn writes(batch: &Batch) -> Result<Vec<Write>, StoreError> {
    let Batch { changes, cursor } = batch;
    let mut writer = Writer { writes: Vec::with_capacity(changes.len() + 1), value: Vec::new() };
    for change in changes {
        writer.write(change)?;
    }
    codec::cursor::encode(cursor, &mut writer.value)?;
    writer.put(key::CURSOR);
    Ok(writer.writes)
}

struct Writer {
    writes: Vec<Write>,
    /// The record at hand. One buffer for all, so that a record is allocated once, at its final length.
    value: Vec<u8>,
}

impl Writer {
    fn write(&mut self, change: &Change) -> Result<(), StoreError> {
        let key = match change {
            Change::File(key, file) => {
                codec::file::encode(file, &mut self.value)?;
                key::file(*key)
            }
            Change::Chunk(key, number, chunk) => {
                codec::file::encode_chunk(chunk, &mut self.value);
                key::chunk(*key, *number)
            }
            Change::Spilled(key, identity, spilled) => {
                codec::file::encode_spilled(*spilled, &mut self.value);
                key::spilled(*key, *identity)
            }
            Change::Put(row) => {
                self.value = key::row_value(row);
                key::row(row)
            }
            Change::Remove(row) => {
                self.remove(&key::row(row));
                return Ok(());
            }
            Change::Customer(id, customer) => {
                codec::customer::encode(customer, &mut self.value)?;
                key::customer(*id)
            }
            Change::Edge(edge) => {
                codec::edge::encode(edge, &mut self.value)?;
                edge.leaves().for_each(|leaf| self.put(&key::edge(leaf, edge.id)));
                return Ok(());
            }
            Change::Department(department, record) => {
                codec::customer::encode_department(record, &mut self.value)?;
                key::department(department)
            }
            Change::Home(home, record) => {
                codec::home::encode(record, &mut self.value)?;
                key::home(home)
            }
            Change::Page(customer, number, page) => {
                codec::page::encode(page, &mut self.value)?;
                key::page(*customer, *number)
            }
            Change::Quarantined(message) => {
                codec::quarantine::encode(message, &mut self.value)?;
                key::quarantined(message.position)
            }
            Change::Directory(change) => {
                codec::directory::encode(change, &mut self.value)?;
                key::directory(change.position)
            }
            Change::Calendar(change) => {
                codec::calendar::encode(change, &mut self.value)?;
                key::calendar(change.position)
            }
            Change::Window(window) => {
                codec::quarantine::encode_window(window, &mut self.value)?;
                key::window(window.bare)
            }
            Change::Expired(bare) => {
                self.remove(&key::window(*bare));
                return Ok(());
            }
        };
        self.put(&key);
        Ok(())
    }

    fn put(&mut self, key: &[u8]) {
        self.writes.push((IVec::from(key), Some(IVec::from(self.value.as_slice()))));
    }

    fn remove(&mut self, key: &[u8]) {
        self.writes.push((IVec::from(key), None));
    }
}
