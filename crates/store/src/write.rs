//! From a batch of changes to one batch of sled's: one key each, applied together with the cursor or not at all.
//!
//! sled applies a batch in the order of a hash map, not of its keys; see `SledStore::commit`.

use engine::{Batch, Change, StoreError};
use sled::IVec;

use crate::{codec, key};

pub(crate) fn batch(batch: &Batch) -> Result<sled::Batch, StoreError> {
    let Batch { changes, cursor } = batch;
    let mut writer = Writer::default();
    for change in changes {
        writer.write(change)?;
    }
    codec::cursor::encode(cursor, &mut writer.value)?;
    writer.put(key::CURSOR);
    Ok(writer.batch)
}

#[derive(Default)]
struct Writer {
    batch: sled::Batch,
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
                self.batch.remove(key::row(row));
                return Ok(());
            }
            Change::Customer(id, customer) => {
                codec::customer::encode(customer, &mut self.value)?;
                key::customer(*id)
            }
            Change::Department(department, record) => {
                codec::customer::encode_department(record, &mut self.value)?;
                key::department(department)
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
            Change::Window(window) => {
                codec::quarantine::encode_window(window, &mut self.value)?;
                key::window(window.bare)
            }
            Change::Expired(bare) => {
                self.batch.remove(key::window(*bare));
                return Ok(());
            }
        };
        self.put(&key);
        Ok(())
    }

    fn put(&mut self, key: &[u8]) {
        self.batch.insert(IVec::from(key), IVec::from(self.value.as_slice()));
    }
}
