//! A Davy with its NATS, a tool that publishes and somebody who asks; and the judgement when the faults are over.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use testkit::{
    Davy, DavyOptions, NatsServer, Rows, client::v1, client::v1::EventMessage, eventually, messages,
    nats_server,
};

use super::{
    probing::{Probed, Probing, sequence},
    publishing::{Confirmed, Publishing},
    traffic::Traffic,
    truth::Truth,
};
use crate::{DAVY, block_on};

/// The most memory that the process may ever take in these tests: the cache of its store is 256 MiB at most.
pub(super) const MEMORY: u64 = 512 << 20;
/// Events a second, unless a test says otherwise.
const RATE: usize = 400;
/// Issues that the traffic is about.
const ISSUES: usize = 200;
/// How long a Davy that was told to end may take.
const GRACE: Duration = Duration::from_secs(10);
/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(120);

/// One at a time: each of them keeps a machine of two cores busy.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often, or for how long: the second in the longer form of the tests, by hand.
pub(crate) fn form<T>(short: T, long: T) -> T {
    if std::env::var_os("DAVY_FAULTS").is_some_and(|form| form == "long") { long } else { short }
}

/// Where a scene is set.
#[derive(Default)]
pub(crate) struct Setting {
    /// NATS is a child of Davy's.
    pub(crate) own_nats: bool,
    /// Where NATS keeps its store.
    pub(crate) nats_dir: Option<PathBuf>,
    /// Where Davy keeps its store.
    pub(crate) data_dir: Option<PathBuf>,
}

pub(crate) struct Scene {
    /// Events a second, from the next [`Scene::go_on`].
    pub(crate) rate: usize,
    pub(crate) davy: Davy,
    nats: Option<NatsServer>,
    pub(crate) confirmed: Confirmed,
    publishing: Option<Publishing>,
    pub(crate) probing: Probing,
    /// How long the answers took that were given before this prober began.
    took: Vec<Duration>,
    refused: BTreeMap<String, usize>,
    repeated: usize,
    started: Instant,
    // Last: it is deleted when the others have ended.
    dir: TempDir,
}

impl Scene {
    /// Everything runs, and events are on their way.
    pub(crate) fn start(name: &str) -> Self {
        Self::set(name, Setting::default())
    }

    /// The same, where the test wants it.
    pub(crate) fn set(name: &str, setting: Setting) -> Self {
        let started = Instant::now();
        let dir = tempfile::tempdir().unwrap();
        let Setting { own_nats, nats_dir, data_dir } = setting;
        let nats_dir = nats_dir.unwrap_or_else(|| dir.path().join("nats"));
        let nats = (!own_nats).then(|| block_on(nats_server(&nats_dir)).unwrap());
        let nats_url = nats.as_ref().map(|nats| nats.url().to_owned());
        let davy =
            Davy::start_with(DAVY, DavyOptions { nats_url, data_dir, ..DavyOptions::default() }).unwrap();
        let confirmed = Confirmed::default();
        let probing = Probing::start(&davy.addresses().grpc, confirmed.clone());
        let mut scene = Self {
            rate: RATE,
            davy,
            nats,
            confirmed,
            publishing: None,
            probing,
            took: Vec::new(),
            refused: BTreeMap::new(),
            repeated: 0,
            started,
            dir,
        };
        scene.go_on(name);
        scene
    }

    /// The NATS that is not Davy's own.
    pub(crate) fn nats(&mut self) -> &mut NatsServer {
        self.nats.as_mut().unwrap()
    }

    pub(crate) fn nats_url(&self) -> String {
        self.davy.addresses().nats.clone()
    }

    /// Publishes about issues of that name.
    pub(crate) fn go_on(&mut self, name: &str) {
        let traffic = Traffic::new(name, ISSUES, 7);
        self.publishing = Some(Publishing::start(&self.nats_url(), traffic, self.rate, &self.confirmed));
    }

    /// Publishes no more; all that was published is confirmed then.
    pub(crate) fn pause(&mut self) {
        if let Some(publishing) = self.publishing.take() {
            self.repeated += block_on(publishing.stop());
        }
    }

    /// Waits until so many more events are confirmed.
    pub(crate) fn publish(&self, more: usize) {
        let wanted = self.confirmed.count() + more;
        self.wait(|| self.confirmed.count() >= wanted, "events to be confirmed");
    }

    /// Waits until so many more questions are answered.
    pub(crate) fn answer(&self, more: usize) {
        let wanted = self.probing.answers() + more;
        self.wait(|| self.probing.answers() >= wanted, "questions to be answered");
    }

    fn wait(&self, is_so: impl Fn() -> bool, what: &str) {
        let found = eventually(what, || std::future::ready(is_so().then_some(())));
        block_on(found).unwrap_or_else(|error| panic!("{error:#}\n{}", self.davy.log()));
    }

    /// Waits until everything that is confirmed is folded.
    pub(crate) fn catch_up(&mut self) {
        let last = self.confirmed.last();
        await_position(&mut self.davy, last);
    }

    pub(crate) fn messages(&self) -> Vec<EventMessage> {
        block_on(messages(&self.nats_url())).unwrap()
    }

    /// Holds all answers so far against a log, and begins to ask anew.
    pub(crate) fn judge_answers(&mut self, log: &[EventMessage], what: &str) {
        let next = Probing::start(&self.davy.addresses().grpc, self.confirmed.clone());
        let probing = std::mem::replace(&mut self.probing, next);
        let Probed { answers, took, refused, wrong } = block_on(probing.stop());
        assert_eq!(wrong, [""; 0], "{what}: {}", self.davy.log());
        if let Some(wrong) = Truth::of(log).contradicts(&answers) {
            panic!("{what}: {wrong}");
        }
        self.took.extend(took);
        for (code, count) in refused {
            *self.refused.entry(code).or_default() += count;
        }
    }

    /// Begins to ask anew; what was answered so far may be of two logs.
    pub(crate) fn judge_nothing(&mut self) {
        let next = Probing::start(&self.davy.addresses().grpc, self.confirmed.clone());
        block_on(std::mem::replace(&mut self.probing, next).stop());
    }

    /// Lets it catch up, stops it, and judges: nothing that was confirmed is missing, the store is that of a fresh fold, no
    /// answer was wrong, memory stayed within its bound, and it ended in time. Prints what was done.
    pub(crate) fn finish(mut self, what: &str) {
        self.pause();
        self.catch_up();
        self.answer(5);
        let status = await_status(&mut self.davy, "it to be verified", |status| status.verified);
        let log = self.messages();
        self.judge_answers(&log, what);
        let (code, took) = self.davy.terminate().unwrap();
        assert_eq!(code, Some(0), "{what}: {}", self.davy.log());
        assert!(took < GRACE, "{what}: it took {took:?} to end");

        let acked = self.confirmed.all();
        for acked in &acked {
            let stored = &log[usize::try_from(acked.position).unwrap() - 1];
            assert_eq!((&stored.subject, &stored.body), (&acked.event.subject, &acked.event.body));
        }
        // A NATS of Davy's own has ended with it.
        let nats = self.nats.take();
        let nats = nats.unwrap_or_else(|| block_on(nats_server(&self.davy.data_dir().join("nats"))).unwrap());
        let fresh = block_on(Rows::folded(nats.url())).unwrap();
        let stored = Rows::stored(&self.davy.data_dir()).unwrap();
        stored.compare(&fresh).unwrap_or_else(|error| panic!("{what}: {error}"));
        self.took.sort();
        let peak = self.davy.peak_memory();
        assert!(peak < MEMORY, "{what}: it took {} MiB", peak >> 20);
        say(&format!(
            "{what}: {} events confirmed ({} published again), {} in the log, {} rows; {} answers, all true, in {:.0} ms \
             ({:.0} at most), {:?} refused; store {}; {} MiB at most; ended in {:.1} s; {:.1} s in all",
            acked.len(),
            self.repeated,
            log.len(),
            stored.len(),
            self.took.len(),
            milliseconds(self.took.get(self.took.len() / 2)),
            milliseconds(self.took.last()),
            self.refused,
            status.generation,
            peak >> 20,
            took.as_secs_f64(),
            self.started.elapsed().as_secs_f64(),
        ));
        drop(nats);
        self.dir.close().unwrap();
    }
}

/// Waits until a Davy has folded up to a position.
pub(crate) fn await_position(davy: &mut Davy, last: u64) {
    await_status(davy, "it to catch up", |status| sequence(&status.position) >= last);
}

/// Waits until a Davy says so of itself; fails at once if it has ended.
pub(crate) fn await_status(
    davy: &mut Davy,
    what: &str,
    is_so: impl Fn(&v1::GetStatusResponse) -> bool,
) -> v1::GetStatusResponse {
    let api = block_on(davy.api()).unwrap().with_deadline(Duration::from_secs(2));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = block_on(api.get_status(v1::GetStatusRequest::default()));
        match status {
            Ok(status) if is_so(&status) => return status,
            _ if davy.ended().is_some() => panic!("davy ended: {}", davy.log()),
            _ if Instant::now() > deadline => panic!("waited for {what}: {status:?}\n{}", davy.log()),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn milliseconds(took: Option<&Duration>) -> f64 {
    took.map_or(0.0, Duration::as_secs_f64) * 1_000.0
}

#[expect(clippy::print_stdout, reason = "a fault test says what it did")]
pub(crate) fn say(line: &str) {
    println!("faults: {line}");
}
