//! A directory that a crash left between any two steps, and stores that cannot be gone on with.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::Position;
use engine::{Batch, Cursor, Store as _, StoreError};
use tempfile::TempDir;

use super::*;

const OPTIONS: Options = Options { cache_bytes: 8 << 20, flush_every: None };

/// Fails every step from one on, as if the process were gone.
#[derive(Debug)]
pub(super) struct Crash(AtomicU32);

impl Default for Crash {
    fn default() -> Self {
        Self(AtomicU32::new(u32::MAX))
    }
}

impl Crash {
    pub(super) fn before(&self, path: &Path) -> io::Result<()> {
        let counted = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        counted.map(|_| ()).map_err(|_| io::Error::other(format!("crashed before {}", path.display())))
    }
}

fn crashing(dir: &Path, after: u32) -> Result<Generations, GenerationsError> {
    Generations::on(Disk { crash: Crash(AtomicU32::new(after)) }, dir)
}

fn store(generations: &Generations, generation: &Generation) -> Result<Arc<SledStore>, String> {
    let opened = generations.open_store(generation, OPTIONS, Ok);
    opened.map_err(|error| error.to_string())?.map_err(|unusable| unusable.to_string())
}

/// A generation that has folded up to a position and answers.
fn folded(
    generations: &Generations,
    position: u64,
    keep: Option<&Generation>,
) -> Result<Generation, GenerationsError> {
    let generation = generations.begin()?;
    let read = move |store: Arc<SledStore>| {
        let fold_version = domain::FOLD_VERSION;
        let cursor = Cursor { position: Position::new(position), fold_version, ..Cursor::default() };
        store.commit(&Batch { changes: Vec::new(), cursor })?;
        store.flush()
    };
    generations.open_store(&generation, OPTIONS, read)?.unwrap();
    generations.finish(&generation)?;
    generations.make_current(&generation, keep)?;
    Ok(generation)
}

fn position(generations: &Generations, generation: &Generation) -> u64 {
    let store = store(generations, generation).unwrap();
    store.cursor().unwrap().unwrap_or_default().position.sequence()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn temporary() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn wherever_a_swap_is_cut_off_one_of_the_two_answers_and_nothing_is_left_over() {
    let mut seen = [0, 0];
    for steps in 0.. {
        let dir = temporary();
        let old = folded(&Generations::open(dir.path()).unwrap(), 7, None).unwrap();
        let whole = crashing(dir.path(), steps).and_then(|generations| {
            let new = folded(&generations, 9, Some(&old))?;
            generations.begin().map(|_| new)
        });
        let generations = Generations::open(dir.path()).unwrap();
        let current = generations.current().unwrap();
        let is_new = current != old;
        assert_eq!(position(&generations, &current), if is_new { 9 } else { 7 }, "after {steps} steps");
        assert!(!generations.is_building(&current));
        if is_new {
            assert_eq!(generations.kept().as_ref(), Some(&old), "after {steps} steps");
            assert_eq!(position(&generations, &old), 7);
        }
        let left = names(&dir.path().join(PROJECTION));
        let expected = [CURRENT.to_owned(), KEPT.to_owned(), old.to_string(), current.to_string()];
        assert!(left.iter().all(|name| expected.contains(name)), "after {steps} steps: {left:?}");
        seen[usize::from(is_new)] += 1;
        if whole.is_ok() {
            break;
        }
    }
    assert!(seen.into_iter().all(|times| times > 2), "old, new: {seen:?}");
}

#[test]
fn wherever_a_first_start_is_cut_off_the_next_one_begins_anew_or_goes_on() {
    for steps in 0.. {
        let dir = temporary();
        let whole = crashing(dir.path(), steps).and_then(|generations| folded(&generations, 7, None));
        let generations = Generations::open(dir.path()).unwrap();
        match generations.current() {
            Some(current) => assert_eq!(position(&generations, &current), 7),
            None => assert_eq!(names(&dir.path().join(PROJECTION)), [""; 0], "after {steps} steps"),
        }
        folded(&generations, 9, None).unwrap();
        if whole.is_ok() {
            break;
        }
    }
}

#[test]
fn what_nobody_names_is_deleted_at_the_next_start_and_what_is_kept_is_not() {
    let dir = temporary();
    let generations = Generations::open(dir.path()).unwrap();
    let first = folded(&generations, 1, None).unwrap();
    let second = folded(&generations, 2, Some(&first)).unwrap();
    let third = folded(&generations, 3, None).unwrap();
    let begun = generations.begin().unwrap();
    drop(store(&generations, &begun).unwrap());
    drop(generations);
    let generations = Generations::open(dir.path()).unwrap();
    assert_eq!((generations.current(), generations.kept()), (Some(third.clone()), Some(first.clone())));
    let directory = |generation: &Generation| generations.directory(generation).exists();
    assert_eq!([&first, &second, &third, &begun].map(directory), [true, false, true, false]);
    assert!(generations.begin().unwrap() != third, "a name is not given twice");
    assert!(generations.size(&third) > 0);
}

#[test]
fn one_that_is_being_built_is_known_as_such_over_a_restart() {
    let dir = temporary();
    let generations = Generations::open(dir.path()).unwrap();
    let begun = generations.begin().unwrap();
    generations.make_current(&begun, None).unwrap();
    drop(generations);
    let generations = Generations::open(dir.path()).unwrap();
    assert!(generations.is_building(&begun));
    generations.finish(&begun).unwrap();
    assert!(!generations.is_building(&begun));
}

#[test]
fn a_suspect_one_is_not_opened() {
    let dir = temporary();
    let generations = Generations::open(dir.path()).unwrap();
    let generation = folded(&generations, 7, None).unwrap();
    generations.suspect(&generation).unwrap();
    assert_eq!(store(&generations, &generation).unwrap_err(), "an earlier run left it suspect");
    generations.remove(&generation).unwrap();
    assert!(store(&generations, &generation).is_ok(), "the mark goes with it");
}

#[test]
fn one_that_panics_or_is_garbage_is_unusable_and_another_one_opens() {
    let dir = temporary();
    let generations = Generations::open(dir.path()).unwrap();
    let generation = folded(&generations, 7, None).unwrap();
    let panics = |_| -> Result<(), StoreError> { panic!("as sled does") };
    let opened = generations.open_store(&generation, OPTIONS, panics).unwrap();
    assert!(matches!(opened, Err(Unusable::Panicked)));
    for name in names(&generations.directory(&generation)) {
        let path = generations.directory(&generation).join(name);
        if path.is_file() {
            let length = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
            fs::write(&path, vec![0x5a; length]).unwrap();
        }
    }
    let opened = generations.open_store(&generation, OPTIONS, |_| Ok(())).unwrap();
    assert!(matches!(opened, Err(Unusable::Store(_) | Unusable::Panicked)), "{opened:?}");
    assert_eq!(position(&generations, &folded(&generations, 8, None).unwrap()), 8);
}

#[test]
fn a_directory_in_use_is_left_alone() {
    let dir = temporary();
    let first = Generations::open(dir.path()).unwrap();
    let told = Generations::open(dir.path()).unwrap_err().to_string();
    assert!(told.contains("another Davy uses this directory"), "{told}");
    drop(first);
    Generations::open(dir.path()).unwrap();
}

#[test]
fn a_store_of_the_old_layout_is_moved_aside_and_deleted_once_another_one_answers() {
    let dir = temporary();
    drop(SledStore::open(&dir.path().join(PROJECTION), OPTIONS).unwrap());
    for steps in 0..4 {
        crashing(dir.path(), steps).ok();
    }
    let generations = Generations::open(dir.path()).unwrap();
    assert_eq!(generations.current(), None);
    assert_eq!(names(dir.path()), [PROJECTION, LOCK, OLD_LAYOUT]);
    folded(&generations, 7, None).unwrap();
    drop(generations);
    Generations::open(dir.path()).unwrap();
    assert_eq!(names(dir.path()), [PROJECTION, LOCK]);
}
