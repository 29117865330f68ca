//! The power goes: what is then left of a store on its disk, and what Davy makes of it.
//!
//! The model. While Davy folds, it is stopped (SIGSTOP) now and then, and everything under its `projection` is copied: the moments
//! of a recording. In the middle it is killed and started again, so that sled writes its snapshots anew. An image lies between two
//! moments: the disk has all that was written up to the one, and any part of what was written up to the other. Page by page (4,096
//! bytes) it holds one of the versions that the page had in between, or is torn: each of its sectors (512 bytes) is of one version
//! or of the last. A file is there and as long as at any of these moments, with zeros where its length was kept and the data were
//! not. sled has often synced in between, so these disks are worse than honest ones: they confirm what they have not written.
//! Deliberately absent: losses of NATS, which confirms what is on its disk.
//!
//! A number chooses an image of a recording. sled's files differ from run to run, so a recording of which an image fails is left
//! where it is, and `DAVY_POWER=<recording>:<number>` judges that image again.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use testkit::{Davy, Rows, messages, nats_server, send_signal};

use super::{
    damage::{PAGE, copy, files, heal, judge, options},
    publishing::{Confirmed, Publishing},
    scene::{alone, await_position, form, say},
    traffic::Traffic,
};
use crate::{DAVY, block_on, generated::Numbers};

const EVENTS: usize = 3_000;
/// Events a second while a recording is made: sled writes through several times in between.
const RATE: usize = 600;
const MOMENTS: usize = 12;
const SECTOR: usize = 512;
/// Of one recording.
const IMAGES: usize = 20;

#[test]
fn a_store_that_lost_its_power_is_right_or_made_whole() {
    let _alone = alone();
    if let Some(failed) = std::env::var_os("DAVY_POWER") {
        return judge_again(failed.to_str().unwrap());
    }
    let (recordings, images) = form((1, IMAGES), (5, 2 * IMAGES));
    for seed in 1..=recordings {
        let started = Instant::now();
        let dir = tempfile::tempdir().unwrap();
        record(dir.path(), seed);
        match Recording::of(dir.path()).judge(images) {
            Ok(outcomes) => say(&format!(
                "{images} stores without power, of {EVENTS} events: {outcomes:?}; {:.1} s",
                started.elapsed().as_secs_f64()
            )),
            Err(failed) => panic!("the recording is left in {}: {failed}", dir.keep().display()),
        }
    }
}

/// One image of a recording that was left behind.
fn judge_again(failed: &str) {
    let (dir, number) = failed.rsplit_once(':').unwrap();
    let recording = Recording::of(Path::new(dir));
    let found = recording.judge_one(number.parse().unwrap()).unwrap_or_else(|why| panic!("{why}"));
    say(&format!("image {number}: {found}"));
}

/// Folds with a Davy, and keeps what lies on the disk at every moment.
fn record(dir: &Path, seed: u64) {
    let nats = block_on(nats_server(&dir.join("nats"))).unwrap();
    let mut davy = Davy::start_with(DAVY, options(nats.url(), &dir.join("data"))).unwrap();
    let confirmed = Confirmed::default();
    let publishing = Publishing::start(nats.url(), Traffic::new("power", 300, seed), RATE, &confirmed);
    for moment in 0..MOMENTS {
        while confirmed.count() < (moment + 1) * EVENTS / MOMENTS {
            thread::sleep(Duration::from_millis(5));
        }
        if moment == MOMENTS / 2 {
            davy.kill().unwrap();
            davy.restart().unwrap();
        }
        let pid = davy.pid().unwrap();
        send_signal(pid, "STOP").unwrap();
        copy(&dir.join("data/projection"), &dir.join(format!("moment-{moment}")));
        send_signal(pid, "CONT").unwrap();
    }
    block_on(publishing.stop());
    await_position(&mut davy, confirmed.last());
    davy.kill().unwrap();
}

/// Files, by their path under `projection`.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What was on the disk when, and the log that was folded.
struct Recording {
    dir: PathBuf,
    moments: Vec<Files>,
    nats: testkit::NatsServer,
    last: u64,
    /// Of the whole log.
    fresh: Rows,
    /// Of what it was up to a position.
    earlier: Mutex<BTreeMap<u64, Arc<Rows>>>,
}

/// How the power goes.
struct Loss {
    /// The moment up to which everything is on the disk.
    synced: usize,
    /// The moment when it goes.
    cut: usize,
    /// Of a hundred pages that were written in between, these are of the last moment.
    kept: usize,
    /// Of a hundred, these are torn.
    torn: usize,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { synced, cut, kept, torn } = self;
        write!(
            f,
            "of what was written between moments {synced} and {cut} {kept} % are kept and {torn} % torn"
        )
    }
}

impl Loss {
    fn of(numbers: &mut Numbers) -> Self {
        let cut = 1 + numbers.below(MOMENTS - 1);
        // As often what one interval wrote as anything before.
        let synced = if numbers.below(2) == 0 { cut - 1 } else { numbers.below(cut) };
        Self { synced, cut, kept: numbers.pick(&[0, 50, 90, 99, 100]), torn: numbers.pick(&[0, 0, 10]) }
    }

    /// Of which moment a page, a length or a name is.
    fn moment(&self, numbers: &mut Numbers) -> usize {
        if numbers.below(100) < self.kept {
            self.cut
        } else {
            self.synced + numbers.below(self.cut - self.synced)
        }
    }
}

impl Recording {
    fn of(dir: &Path) -> Self {
        let moment = |number| {
            let root = dir.join(format!("moment-{number}"));
            let relative = |path: PathBuf| path.strip_prefix(&root).unwrap().to_owned();
            files(&root).into_iter().map(|path| (relative(path.clone()), fs::read(path).unwrap())).collect()
        };
        let nats = block_on(nats_server(&dir.join("nats"))).unwrap();
        let last = block_on(messages(nats.url())).unwrap().len() as u64;
        let fresh = block_on(Rows::folded(nats.url())).unwrap();
        let moments = (0..MOMENTS).map(moment).collect();
        Self { dir: dir.to_owned(), moments, nats, last, fresh, earlier: Mutex::default() }
    }

    fn judge(&self, images: usize) -> Result<BTreeMap<String, usize>, String> {
        judge(images, |number| self.judge_one(number))
    }

    /// What a Davy would go on with must be that of a fresh fold of as much of the log; and whatever it is, a Davy that starts on it
    /// must come to the whole of the log.
    fn judge_one(&self, number: usize) -> Result<String, String> {
        let (image, loss) = self.image(number);
        let lay = |name: &str| {
            let data_dir = self.dir.join(format!("{name}-{number}"));
            image.iter().for_each(|(path, bytes)| write(&data_dir.join("projection").join(path), bytes));
            data_dir
        };
        let (opened, healed) = (lay("opened"), lay("healed"));
        let judged = self.trusted(&opened).and_then(|trusted| {
            let healed = heal(self.nats.url(), &healed, self.last, &self.fresh)?;
            Ok(format!("{trusted}, {healed}"))
        });
        // A store that could not be opened may still be held by the thread that tried; all of it goes with the recording.
        [opened, healed].iter().for_each(|data_dir| drop(fs::remove_dir_all(data_dir)));
        judged.map_err(|why| format!("image {number}, {loss}: {why}"))
    }

    fn trusted(&self, data_dir: &Path) -> Result<&'static str, String> {
        let trusted = Rows::trusted(data_dir).map_err(|error| format!("{error:#}"))?;
        let Some((sequence, rows)) = trusted else { return Ok("noticed") };
        let same = rows.compare(&self.folded_to(sequence));
        same.map_err(|error| format!("what it holds up to {sequence}: {error:#}"))?;
        Ok(if sequence == 0 { "empty" } else { "right" })
    }

    fn folded_to(&self, sequence: u64) -> Arc<Rows> {
        let mut earlier = self.earlier.lock().unwrap();
        let fold = || Arc::new(block_on(Rows::folded_to(self.nats.url(), sequence)).unwrap());
        Arc::clone(earlier.entry(sequence).or_insert_with(fold))
    }

    fn image(&self, number: usize) -> (Files, Loss) {
        let mut numbers = Numbers::new(number as u64 + 1);
        let loss = Loss::of(&mut numbers);
        let between = &self.moments[loss.synced..=loss.cut];
        let mut paths: Vec<_> = between.iter().flat_map(Files::keys).collect();
        paths.sort();
        paths.dedup();
        let mut image = Files::new();
        for path in paths {
            let Some(there) = self.moments[loss.moment(&mut numbers)].get(path) else { continue };
            let mut bytes = vec![0; there.len()];
            for (page, bytes) in bytes.chunks_mut(PAGE).enumerate() {
                self.page(path, page * PAGE, bytes, &loss, &mut numbers);
            }
            image.insert(path.clone(), bytes);
        }
        (image, loss)
    }

    /// Fills a page that is all zeros.
    fn page(&self, path: &Path, at: usize, bytes: &mut [u8], loss: &Loss, numbers: &mut Numbers) {
        let moment = loss.moment(numbers);
        let is_torn = numbers.below(100) < loss.torn;
        for (sector, bytes) in bytes.chunks_mut(SECTOR).enumerate() {
            let moment = if is_torn && numbers.below(2) == 0 { loss.cut } else { moment };
            let written = self.moments[moment].get(path).and_then(|file| file.get(at + sector * SECTOR..));
            bytes.iter_mut().zip(written.unwrap_or_default()).for_each(|(byte, written)| *byte = *written);
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
