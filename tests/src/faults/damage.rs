//! The disk lies: files of a store that are flipped, cut, zeroed, swapped or gone. Whatever a Davy finds at its start, once it says
//! that its rows are verified they are those of a fresh fold.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use testkit::{Davy, DavyOptions, Rows, client::v1, nats_server, projection};

use super::{
    publishing::{Confirmed, Publishing},
    scene::{alone, await_position, form, say},
    traffic::Traffic,
};
use crate::{DAVY, block_on, generated::Numbers};

const IMAGES: usize = 60;
const EVENTS: usize = 3_000;
/// Processes at once.
const AT_ONCE: usize = 4;
/// How long one may take until it is verified.
const PATIENCE: Duration = Duration::from_secs(120);
pub(super) const PAGE: usize = 4_096;

#[test]
fn sixty_damaged_stores_are_noticed_and_made_whole() {
    let _alone = alone();
    let started = Instant::now();
    let dir = tempfile::tempdir().unwrap();
    let nats = block_on(nats_server(&dir.path().join("nats"))).unwrap();
    let whole = dir.path().join("whole");
    let last = fold(nats.url(), &whole);
    let fresh = block_on(Rows::folded(nats.url())).unwrap();

    let images = form(IMAGES, 10 * IMAGES);
    let found = judge(images, |number| {
        let data_dir = dir.path().join(format!("image-{number}"));
        copy(&whole, &data_dir);
        let damage = damage(&data_dir, &mut Numbers::new(number as u64 + 1));
        let healed = heal(nats.url(), &data_dir, last, &fresh);
        fs::remove_dir_all(&data_dir).unwrap();
        healed.map_err(|why| format!("image {number}, {damage}: {why}"))
    });
    say(&format!(
        "{images} damaged stores of {EVENTS} events, all answers right: {:?}; {:.1} s",
        found.unwrap_or_else(|failed| panic!("{failed}")),
        started.elapsed().as_secs_f64()
    ));
}

/// Judges so many images, some at once. How often each outcome was found; or everything that failed.
pub(super) fn judge<T: Ord + Send>(
    images: usize,
    one: impl Fn(usize) -> Result<T, String> + Sync,
) -> Result<BTreeMap<T, usize>, String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(BTreeMap::<T, usize>::new()));
    let failed = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= images {
                return;
            }
            match one(number) {
                Ok(outcome) => *found.lock().unwrap().entry(outcome).or_default() += 1,
                Err(why) => failed.lock().unwrap().push(why),
            }
        }
    };
    thread::scope(|scope| {
        for worker in [(); AT_ONCE].map(|()| scope.spawn(work)) {
            worker.join().unwrap();
        }
    });
    let failed = failed.into_inner().unwrap();
    if failed.is_empty() {
        return Ok(found.into_inner().unwrap());
    }
    Err(format!("{} of {images}:\n{}", failed.len(), failed.join("\n")))
}

/// Publishes and folds, and leaves the store as a crash does. The last position.
fn fold(nats: &str, data_dir: &Path) -> u64 {
    let mut davy = Davy::start_with(DAVY, options(nats, data_dir)).unwrap();
    let confirmed = Confirmed::default();
    let publishing = Publishing::start(nats, Traffic::new("damage", 300, 17), 2_000, &confirmed);
    while confirmed.count() < EVENTS {
        thread::sleep(Duration::from_millis(10));
    }
    block_on(publishing.stop());
    await_position(&mut davy, confirmed.last());
    // So that there is something to damage: what is not flushed is not in the files.
    assert_eq!(davy.interrupt().unwrap(), Some(0));
    confirmed.last()
}

pub(super) fn options(nats: &str, data_dir: &Path) -> DavyOptions {
    let (nats_url, data_dir) = (Some(nats.to_owned()), Some(data_dir.to_owned()));
    DavyOptions { nats_url, data_dir, ..DavyOptions::default() }
}

/// Starts a Davy on what is there, waits until it is whole, and compares.
pub(super) fn heal(nats: &str, data_dir: &Path, last: u64, fresh: &Rows) -> Result<&'static str, String> {
    let mut davy = Davy::prepare(DAVY, options(nats, data_dir)).unwrap();
    davy.spawn().unwrap();
    let api = block_on(async { davy.api().await }).unwrap().with_deadline(Duration::from_secs(1));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = block_on(api.get_status(v1::GetStatusRequest::default()));
        if let Ok(status) = &status
            && status.verified
            && status.phase() == v1::Phase::Live
            && status.position == format!("0-{last}")
        {
            break;
        }
        if davy.ended().is_some() {
            return Err(format!("it ended: {}", davy.log()));
        }
        if Instant::now() > deadline {
            return Err(format!("it is not whole again: {status:?}\n{}", davy.log()));
        }
        thread::sleep(Duration::from_millis(20));
    }
    let log = fs::read_to_string(data_dir.join("davy.log")).unwrap_or_default();
    if davy.interrupt().unwrap() != Some(0) {
        return Err(format!("it ended badly: {}", davy.log()));
    }
    let stored = Rows::stored(data_dir).map_err(|error| format!("{error:#}\n{log}"))?;
    stored.compare(fresh).map_err(|error| format!("{error:#}\n{log}"))?;
    Ok(if log.contains("rebuilt from the log") { "rebuilt" } else { "gone on with" })
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else if from.extension().is_none_or(|extension| extension != "log") {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// Does one thing to the store.
pub(crate) fn damage(data_dir: &Path, numbers: &mut Numbers) -> String {
    let generation = projection(data_dir).unwrap();
    match numbers.below(12) {
        0 => {
            // As of a process that died while it opened the store.
            fs::write(generation.with_extension("suspect"), "").unwrap();
            "a stale marker".to_owned()
        }
        1 => {
            fs::remove_dir_all(&generation).unwrap();
            format!("{} deleted", generation.display())
        }
        2 => {
            fs::write(data_dir.join("projection/CURRENT"), "\0\0\0\0").unwrap();
            "CURRENT overwritten".to_owned()
        }
        _ => damage_file(&generation, numbers),
    }
}

/// Does one thing to one file.
fn damage_file(generation: &Path, numbers: &mut Numbers) -> String {
    let mut files = files(generation);
    files.sort();
    // The largest holds nearly everything.
    files.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
    let path =
        if numbers.below(3) < 2 { files[0].clone() } else { files[numbers.below(files.len())].clone() };
    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len().max(1);
    let at = numbers.below(length);
    let what = match numbers.below(8) {
        0..3 => {
            let flips = 1 + numbers.below(8);
            for _ in 0..flips {
                let at = numbers.below(length);
                bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << numbers.below(8));
            }
            format!("{flips} bits flipped")
        }
        3 | 4 => {
            bytes.truncate(at);
            format!("cut to {at} of {length} bytes")
        }
        5 => {
            let pages = 1 + numbers.below(4);
            bytes.iter_mut().skip(at / PAGE * PAGE).take(pages * PAGE).for_each(|byte| *byte = 0);
            format!("{pages} pages zeroed from {at} of {length}")
        }
        6 => {
            let (one, other) = (at / PAGE * PAGE, numbers.below(length) / PAGE * PAGE);
            let page: Vec<_> = bytes.iter().skip(one).take(PAGE).copied().collect();
            bytes.iter_mut().skip(other).zip(page).for_each(|(byte, copied)| *byte = copied);
            format!("the page at {one} written over that at {other} of {length}")
        }
        _ => {
            fs::remove_file(&path).unwrap();
            return format!("{} deleted", path.display());
        }
    };
    fs::write(&path, bytes).unwrap();
    format!("{what} in {}", path.display())
}

pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
