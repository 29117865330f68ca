//! Records read back as they were written, and damaged ones never panic.

mod issue;
mod work;

use domain::Digest;
use engine::{Blob, BlobEntry, File, Store as _, StoreError, testing::sample};
use proptest::{collection::vec, option, prelude::*};

use self::issue::{issue, position};
use crate::{Options, SledStore, Sum, codec, error::damaged, key};

prop_compose! {
    fn blob()(entries in vec((any::<[u8; 16]>(), any::<[u8; 16]>(), position(), vec(any::<u8>(), 0..40)), 0..4)) -> Blob {
        let mut blob = Blob::default();
        for (identity, content, position, bytes) in &entries {
            let (identity, content) = (Digest(*identity), Digest(*content));
            blob.push(BlobEntry { identity, content, position: *position, bytes });
        }
        blob
    }
}

prop_compose! {
    fn file()(
        issue in option::of(issue()),
        has_retractions in any::<bool>(),
        chunks in any::<u32>(),
        tail in blob(),
    ) -> File {
        File { issue, has_retractions, chunks, tail, ..File::default() }
    }
}

proptest! {
    #[test]
    fn a_file_reads_back(file in file()) {
        let mut bytes = vec![0; 7];
        codec::file::encode(&file, &mut bytes).unwrap();
        prop_assert_eq!(codec::file::decode_issue(&bytes).unwrap(), file.issue.clone());
        prop_assert_eq!(codec::file::decode(&bytes).unwrap(), file);
    }

    #[test]
    fn any_bytes_are_a_file_or_damage(bytes in vec(any::<u8>(), 0..200)) {
        let bytes = [&[codec::FORMAT][..], &bytes].concat();
        let read = codec::file::decode(&bytes);
        let is_told = matches!(read, Ok(_) | Err(StoreError::Damaged { .. }));
        prop_assert!(is_told, "{:?}", read);
    }
}

/// Reads a record as its key says.
fn decode(key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    match key[0] {
        b'm' => codec::cursor::decode(value).map(drop),
        b'n' => Sum::from_bytes(value).map(drop).ok_or_else(|| damaged("sum", "it has another length")),
        b'i' | b'f' | b'F' => {
            codec::file::decode_issue(value).and_then(|_| codec::file::decode(value)).map(drop)
        }
        b'h' => codec::file::decode_chunk(value).map(drop),
        b's' => codec::file::decode_spilled(value).map(drop),
        b'c' | b'C' => codec::customer::decode(value).map(drop),
        b'p' | b'P' => codec::page::decode(value).map(drop),
        b'd' => codec::customer::decode_department(&key[1..], value).map(drop),
        b'e' => codec::edge::decode(value).map(drop),
        b'a' => codec::home::decode(value).map(drop),
        b'q' => codec::quarantine::decode(value).map(drop),
        b'y' => codec::directory::decode(value).map(drop),
        b'z' => codec::calendar::decode(value).map(drop),
        b'w' => codec::quarantine::decode_window(&key[1..], value).map(drop),
        _ => key::read_row(key, value).map(drop),
    }
}

#[test]
fn damaged_records_are_damage_or_another_record() {
    let dir = tempfile::tempdir().unwrap();
    let store = SledStore::open(dir.path(), Options { cache_bytes: 1 << 20, flush_every: None }).unwrap();
    store.commit(&sample::batch()).unwrap();
    let mut letters = Vec::new();
    for row in store.scan("read everything", key::under(Vec::new())) {
        let (key, value) = row.unwrap();
        letters.push(char::from(key[0]));
        decode(&key, &value).unwrap();
        for damaged in damage(&value) {
            let read = decode(&key, &damaged);
            assert!(matches!(read, Ok(()) | Err(StoreError::Damaged { .. })), "{key:?}: {read:?}");
        }
    }
    letters.dedup();
    assert_eq!(String::from_iter(letters), "CFOPacdefghijklmnopqrstuvwxyz", "a record of every sort");
}

/// Every cut, every flipped bit, and a byte too many.
fn damage(value: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let cuts = (0..value.len()).map(|end| value[..end].to_vec());
    let flips = (0..value.len() * 8).map(|bit| {
        let mut flipped = value.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    });
    cuts.chain(flips).chain([[value, &[0]].concat()])
}

#[test]
fn a_cut_file_is_damage() {
    let mut bytes = Vec::new();
    let file = File { issue: Some(sample::full()), chunks: 1, tail: sample::blob([1, 2]), ..File::default() };
    codec::file::encode(&file, &mut bytes).unwrap();
    let ends_of_entries = [bytes.len() - 2 * 44 - 3, bytes.len() - 44 - 2];
    for end in (0..bytes.len()).filter(|end| !ends_of_entries.contains(end)) {
        let read = codec::file::decode(&bytes[..end]);
        assert!(matches!(read, Err(StoreError::Damaged { .. })), "cut at {end}: {read:?}");
    }
}
