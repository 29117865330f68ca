//! What is opened at a start.

use std::{fs, path::Path, time::Duration};

use domain::Position;
use engine::{Batch, Cursor, Store as _};

use super::*;

const OPTIONS: Options = Options { cache_bytes: 128 << 20, flush_every: None };

/// A store that has folded up to message 7, of a fold of some version.
fn written(dir: &Path, fold_version: u32) -> Generation {
    let opened = open(dir, OPTIONS).unwrap();
    let held = opened.held.unwrap();
    let cursor = Cursor { position: Position::new(7), fold_version, ..Cursor::default() };
    held.store.commit(&Batch { changes: Vec::new(), cursor }).unwrap();
    held.store.flush().unwrap();
    held.generation
}

#[test]
fn a_projection_of_this_fold_is_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let generation = written(dir.path(), domain::FOLD_VERSION);
    let opened = open(dir.path(), OPTIONS).unwrap();
    assert_eq!(opened.projection.position(), Position::new(7));
    assert_eq!(opened.held.unwrap().generation, generation);
    assert!(opened.projection.is_unfinished(), "it never reached the end of the log");
}

#[test]
fn one_of_another_fold_is_kept_and_another_one_begun() {
    let dir = tempfile::tempdir().unwrap();
    let other = written(dir.path(), domain::FOLD_VERSION + 1);
    let opened = open(dir.path(), OPTIONS).unwrap();
    assert_eq!(opened.projection.position(), Position::START);
    assert!(opened.projection.is_unfinished());
    assert_eq!(opened.stores.generations.kept(), Some(other.clone()));
    drop(opened);
    let opened = open(dir.path(), OPTIONS).unwrap();
    assert!(opened.stores.generations.directory(&other).exists(), "over another start, too");
}

#[test]
fn a_suspect_one_is_replaced_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let suspect = written(dir.path(), domain::FOLD_VERSION);
    store::Generations::open(dir.path()).unwrap().suspect(&suspect).unwrap();
    let opened = open(dir.path(), OPTIONS).unwrap();
    assert_eq!(opened.projection.position(), Position::START);
    assert!(!opened.stores.generations.directory(&suspect).exists());
}

#[test]
fn one_that_is_disposed_of_is_deleted_when_its_last_reader_has_gone() {
    let dir = tempfile::tempdir().unwrap();
    let Opened { stores, held, projection } = open(dir.path(), OPTIONS).unwrap();
    let held = held.unwrap();
    let directory = stores.generations.directory(&held.generation);
    let reader = Arc::clone(&held.store);
    drop(projection);
    stores.dispose(held);
    std::thread::sleep(Duration::from_millis(200));
    assert!(directory.exists());
    drop(reader);
    while fs::exists(&directory).unwrap() {
        std::thread::yield_now();
    }
}
