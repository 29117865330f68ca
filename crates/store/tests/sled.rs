//! The store on sled: the contract of every store, and what only a directory can do.

#![expect(clippy::unwrap_used, reason = "tests: what fails here fails the test")]

use std::{
    cell::Cell,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use davy_store::{OpenError, Options, SledStore, Verification, Version};
use domain::{EventKey, Position, Quarantined};
use engine::{
    Batch, Change, Counts, Store,
    testing::{MemoryStore, exported, sample, store_contract},
};
use tempfile::TempDir;

const OPTIONS: Options = Options { cache_bytes: 8 << 20, flush_every: None };

fn open(dir: &Path) -> SledStore {
    SledStore::open(dir, OPTIONS).unwrap()
}

/// The directory as sled sees it, once the store that had it open has let go of it.
fn raw(dir: &Path) -> sled::Db {
    loop {
        match sled::open(dir) {
            Ok(db) => return db,
            Err(_still_locked) => std::thread::yield_now(),
        }
    }
}

fn temporary() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn the_store_on_sled_keeps_the_contract() {
    let dir = temporary();
    let opened = Cell::new(0);
    store_contract(|| {
        opened.set(opened.get() + 1);
        open(&dir.path().join(opened.get().to_string()))
    });
}

#[test]
fn both_stores_list_the_same() {
    let dir = temporary();
    let (sled, memory) = (open(dir.path()), MemoryStore::default());
    for batch in [sample::batch(), sample::later_batch()] {
        sled.commit(&batch).unwrap();
        memory.commit(&batch).unwrap();
        assert_eq!(exported(&sled), exported(&memory));
    }
}

#[test]
fn a_store_opened_again_holds_the_same() {
    let dir = temporary();
    let before = {
        let store = open(dir.path());
        store.commit(&sample::batch()).unwrap();
        exported(&store)
    };
    assert_eq!(exported(&open(dir.path())), before);
}

#[test]
fn a_store_that_is_open_is_in_use() {
    let dir = temporary();
    let _open = open(dir.path());
    assert!(matches!(SledStore::open(dir.path(), OPTIONS), Err(OpenError::InUse { .. })));
}

/// The directory as something other than this store wrote it.
fn with_cursor(bytes: &[u8]) -> TempDir {
    let dir = temporary();
    raw(dir.path()).insert("m", bytes).unwrap();
    dir
}

#[test]
fn a_store_of_another_version_is_refused() {
    let Version { format, fold } = Version::OURS;
    for found in [Version { format: format + 1, fold }, Version { format, fold: fold + 1 }] {
        let dir =
            with_cursor(&[&[found.format][..], &found.fold.to_be_bytes(), b"whatever follows"].concat());
        let error = SledStore::open(dir.path(), OPTIONS).unwrap_err();
        assert!(error.to_string().contains(&found.to_string()), "{error}");
        assert!(matches!(error, OpenError::OtherVersion { found: told, .. } if told == found));
    }
}

#[test]
fn a_store_without_a_readable_cursor_is_damaged() {
    let cut = with_cursor(&[1, 0]);
    assert!(matches!(SledStore::open(cut.path(), OPTIONS), Err(OpenError::Damaged { .. })));
    let missing = temporary();
    raw(missing.path()).insert("i", "a row").unwrap();
    assert!(matches!(SledStore::open(missing.path(), OPTIONS), Err(OpenError::Damaged { .. })));
}

#[test]
fn missing_rows_are_found() {
    let dir = temporary();
    let store = open(dir.path());
    assert_eq!(store.verify().unwrap(), Verification::Whole, "an empty store is whole");
    store.commit(&sample::batch()).unwrap();
    assert_eq!(store.verify().unwrap(), Verification::Whole);
    drop(store);
    raw(dir.path()).remove([b"i".as_slice(), &sample::PUMP.to_bytes()].concat()).unwrap();
    assert!(matches!(open(dir.path()).verify().unwrap(), Verification::Differs { .. }));
}

#[test]
fn rows_that_are_old_are_found_however_much_is_written_after_them() {
    let dir = temporary();
    open(dir.path()).commit(&sample::batch()).unwrap();
    let old: Vec<_> = raw(dir.path()).iter().map(Result::unwrap).collect();
    open(dir.path()).commit(&numbered(1)).unwrap();
    let (key, value) = old.into_iter().find(|(key, _)| key.starts_with(b"i")).unwrap();
    raw(dir.path()).insert(key, value).unwrap();
    let store = open(dir.path());
    for number in 2..5 {
        assert!(matches!(store.verify().unwrap(), Verification::Differs { .. }));
        store.commit(&numbered(number)).unwrap();
    }
}

#[test]
fn a_store_is_verified_while_it_is_written() {
    let dir = temporary();
    let store = open(dir.path());
    (0..4).for_each(|number| store.commit(&numbered(number)).unwrap());
    std::thread::scope(|scope| {
        let verifying = scope.spawn(|| (0..20).map(|_| store.verify().unwrap()).collect::<Vec<_>>());
        let mut number = 4;
        while !verifying.is_finished() {
            store.commit(&numbered(number % 8)).unwrap();
            number += 1;
        }
        assert_eq!(verifying.join().unwrap(), [Verification::Whole; 20]);
    });
}

#[test]
fn damaged_values_are_told_and_never_panic() {
    let dir = temporary();
    open(dir.path()).commit(&sample::batch()).unwrap();
    let db = raw(dir.path());
    for row in db.iter() {
        let (key, value) = row.unwrap();
        if key != b"m" && key != b"n" && !value.is_empty() {
            db.insert(key, &value[..value.len() - 1]).unwrap();
        }
    }
    drop(db);
    let lines = exported(&open(dir.path()));
    assert_eq!(lines.iter().filter(|line| line.contains("Damaged")).count(), 13, "{lines:#?}");
}

/// Messages in a batch of [`numbered`]: with 1 KB each, more than one of sled's segments holds.
const MESSAGES: u64 = 700;

/// A batch whose two issues, messages and cursor all tell its number.
fn numbered(number: u64) -> Batch {
    let mut batch = sample::batch();
    batch.changes.retain(|change| !matches!(change, Change::Quarantined(_)));
    for change in &mut batch.changes {
        if let Change::File(EventKey::Issue(_), file) = change
            && let Some(issue) = &mut file.issue
        {
            issue.position = Position::new(number);
        }
    }
    batch.changes.extend((0..MESSAGES).map(|nth| {
        let message = sample::message(number * MESSAGES + nth);
        Change::Quarantined(Box::new(Quarantined { excerpt: "x".repeat(1_000), ..message }))
    }));
    let counts = Counts { quarantined: MESSAGES * (number + 1), ..batch.cursor.counts };
    batch.cursor = sample::cursor(number, counts);
    batch
}

#[test]
#[ignore = "the child process of a_killed_writer_leaves_whole_batches"]
fn write_until_killed() {
    let store = open(Path::new("store"));
    for number in 0.. {
        store.commit(&numbered(number)).unwrap();
        if number % 2 == 1 {
            store.flush().unwrap();
            println!("\n{FLUSHED}{number}");
        }
    }
}

const FLUSHED: &str = "flushed ";

/// Lets a child write into `dir` until it has flushed `times` times, and kills it. The last batch that it flushed.
fn kill_a_writer(dir: &Path, times: usize) -> u64 {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "write_until_killed"])
        .current_dir(dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut flushed = lines.filter_map(|line| line.strip_prefix(FLUSHED)?.parse().ok());
    let last = flushed.nth(times - 1).unwrap();
    writer.kill().unwrap();
    writer.wait().unwrap();
    last
}

#[test]
fn a_killed_writer_leaves_whole_batches() {
    for times in [1, 4, 10] {
        let dir = temporary();
        let flushed = kill_a_writer(dir.path(), times);
        let store = open(&dir.path().join("store"));
        let cursor = store.cursor().unwrap().unwrap();
        assert!(cursor.position >= Position::new(flushed), "{} after {flushed}", cursor.position);
        assert_eq!(store.verify().unwrap(), Verification::Whole);
        for id in [sample::PUMP, sample::MONEY] {
            assert_eq!(store.issue(id).unwrap().unwrap().position, cursor.position);
        }
    }
}
