//! A random life: whatever a seed brings, at the end everything that Davy promised is so.
//!
//! Departments publish, order, come and go, and answer pings, while processes are killed and stopped, lines are cut, held up and made
//! to lose answers, the stream is full, deleted and restored, stores are damaged and clocks are wrong. `plan` draws it from a seed,
//! `place` is what it happens to, `work` who does it, and `judge` what has to be true of it. What failed is run again with
//! ever less of it, and the shortest history that still fails is printed.
//!
//! `DAVY_SEED` gives the seed, `DAVY_STEPS` the length, `DAVY_SHRINK` for how many seconds a failure is made shorter, and, in the
//! long form, `DAVY_MINUTES` for how long new seeds are tried.

mod judge;
mod pair;
mod place;
mod plan;
mod proxy;
mod shrink;
mod work;

use std::{
    any::Any,
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
    thread,
    time::{Duration, Instant},
};

use testkit::{Rows, Stream, eventually, messages, owed, pings_folded};

use super::{
    probing::{Probed, Probing},
    scene::{alone, form, say},
    truth::Truth,
};
use crate::block_on;
use judge::Pings;
use place::{PATIENCE, Place, is_live};
use plan::{Act, Fault, Plan};
use work::{Again, Work};

/// The seed that every run of the tests lives through.
const SEED: usize = 1;
const STEPS: usize = 350;
/// For how many seconds a failure is made shorter.
const SHRINK: (usize, usize) = (90, 1_800);
/// The log says nothing for so long: nothing is on its way any more.
const QUIET: Duration = Duration::from_secs(3);

#[test]
fn whatever_happens_what_was_promised_is_so() {
    let _alone = alone();
    let steps = set("DAVY_STEPS").unwrap_or(STEPS);
    let began = Instant::now();
    let minutes = form(0, set("DAVY_MINUTES").unwrap_or(20));
    let mut seed = set("DAVY_SEED").unwrap_or_else(|| form(SEED, drawn()));
    let mut lives = 0;
    loop {
        live_through(seed as u64, steps);
        lives += 1;
        if set("DAVY_SEED").is_some() || began.elapsed() >= Duration::from_secs(60 * minutes as u64) {
            break;
        }
        seed = drawn();
    }
    say(&format!("{lives} lives in {:.0?}", began.elapsed()));
}

fn set(name: &str) -> Option<usize> {
    std::env::var_os(name).map(|text| text.to_str().unwrap().parse().unwrap())
}

fn drawn() -> usize {
    RandomState::new().hash_one(0) as usize % 1_000_000
}

/// One life; if it fails, the shortest one that fails in the same way.
fn live_through(seed: u64, steps: usize) {
    say(&format!(
        "seed {seed}, {steps} steps: DAVY_SEED={seed} DAVY_STEPS={steps} cargo test -p davy-tests --test system faults::life"
    ));
    let all: Vec<usize> = (0..steps).collect();
    let Some(failure) = fails(seed, steps, &all) else { return };
    let (name, began) = (named(&failure).to_owned(), Instant::now());
    let mut last = failure;
    let patience = Duration::from_secs(set("DAVY_SHRINK").unwrap_or_else(|| form(SHRINK.0, SHRINK.1)) as u64);
    let left = shrink::shortest(&all, |some| {
        let failed = (began.elapsed() < patience).then(|| fails(seed, steps, some))?;
        let is_same = failed.as_deref().is_some_and(|failure| named(failure) == name);
        if let Some(failure) = failed.filter(|_| is_same) {
            last = failure;
        }
        Some(is_same)
    });
    let history: String =
        plan(seed, steps).only(&left).steps.iter().map(|step| format!("  {step}\n")).collect();
    panic!("seed {seed} of {steps} steps fails, and so do these {} of them:\n{history}{last}", left.len());
}

fn named(failure: &str) -> &str {
    failure.split(':').next().unwrap_or(failure)
}

#[expect(
    clippy::disallowed_methods,
    reason = "events are dated by the clock on the wall, which the servers read too"
)]
fn plan(seed: u64, steps: usize) -> Plan {
    Plan::new(seed, steps, jiff::Timestamp::now())
}

/// Why a life of these steps fails, if it does.
fn fails(seed: u64, steps: usize, some: &[usize]) -> Option<String> {
    let plan = plan(seed, steps).only(some);
    let lived = thread::spawn(move || Life::begin().live(plan)).join();
    lived.err().map(told)
}

fn told(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast::<String>().map(|text| *text);
    text.unwrap_or_else(|other| other.downcast_ref::<&str>().unwrap_or(&"it panicked").to_string())
}

struct Life {
    place: Place,
    work: Work,
    probing: [Probing; 2],
    /// What is broken, and until when.
    broken: Vec<(Instant, Fault)>,
    began: Instant,
}

impl Life {
    fn begin() -> Self {
        let began = Instant::now();
        let place = Place::open();
        let work = Work::begin(&place);
        let probing = [0, 1].map(|node| Probing::start(place.grpc(node), work.confirmed.clone()));
        Self { place, work, probing, broken: Vec::new(), began }
    }

    fn live(mut self, plan: Plan) {
        let seed = plan.seed;
        let mut next = Instant::now();
        for step in plan.steps {
            next += step.after;
            while let Some(wait) = next.checked_duration_since(Instant::now()) {
                self.mend(Instant::now());
                thread::sleep(wait.min(Duration::from_millis(10)));
            }
            self.mend(Instant::now());
            self.act(step.act);
        }
        let acted = self.began.elapsed();
        self.rest();
        let rested = self.began.elapsed();
        self.judge(seed, [acted, rested]);
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Publish(messages) => self.work.publish(messages),
            Act::Order(order) => self.work.order(&self.place, order),
            Act::Break(fault, broken) => {
                if self.place.break_it(fault) {
                    self.broken.push((Instant::now() + broken, fault));
                }
            }
            Act::Restore => {
                self.mend_all();
                self.place.restore();
            }
        }
    }

    /// Mends what was to be broken until then.
    fn mend(&mut self, until: Instant) {
        let (over, broken) = self.broken.drain(..).partition(|(end, _)| *end <= until);
        self.broken = broken;
        let over: Vec<(Instant, Fault)> = over;
        over.into_iter().for_each(|(_, fault)| self.place.mend(fault));
    }

    /// Mends everything, and waits until whatever was begun is answered.
    fn mend_all(&mut self) {
        let all: Vec<_> = self.broken.drain(..).collect();
        all.into_iter().for_each(|(_, fault)| self.place.mend(fault));
        self.work.finish(&mut self.place);
        let wrong = self.work.told().wrong.clone();
        assert!(wrong.is_empty(), "wrong: {wrong:?}\n{}", self.place.logs());
    }

    /// The same, and waits until nobody has anything left to do.
    fn rest(&mut self) {
        self.mend_all();
        let (mut last, mut since) = (0, Instant::now());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let tail = self.settled();
            let now = tail.unwrap_or(0);
            if now != last {
                (last, since) = (now, Instant::now());
            } else if tail.is_some() && since.elapsed() >= QUIET {
                return;
            }
            let owed = [0, 1].map(|node| block_on(owed(self.place.grpc(node))));
            assert!(Instant::now() < deadline, "restless: {owed:?} is owed at {last}\n{}", self.place.logs());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// The end of the log, if both have folded it and nobody owes anything.
    fn settled(&mut self) -> Option<u64> {
        let tail = self.tail();
        for node in [0, 1] {
            let at = format!("0-{tail}");
            self.place.await_status(node, "it to be live", is_live);
            let api = self.place.api(node, "support/t:mia".to_owned());
            let status = block_on(api.get_status(Default::default())).ok()?;
            let is_owed = block_on(owed(self.place.grpc(node))).ok()?;
            if status.position != at || !is_owed.is_empty() {
                return None;
            }
        }
        Some(tail)
    }

    fn tail(&self) -> u64 {
        let url = self.place.nats.url();
        let asked = eventually("the stream to be there", || async {
            Stream::connect(url).await.ok()?.last().await.ok()
        });
        block_on(asked).unwrap()
    }

    fn judge(mut self, seed: u64, [acted, rested]: [Duration; 2]) {
        self.place.calm();
        let tail = self.tail();
        let Again { otherwise, unknown } = self.work.say_again(&self.place);
        assert!(otherwise.is_empty(), "otherwise: {otherwise:?}");
        assert_eq!(self.tail(), tail, "again: what was said again was done again");
        for node in [0, 1] {
            let what = "it to have folded everything";
            self.place.await_status(node, what, |status| status.position == format!("0-{tail}"));
        }
        let probed = self.probing.map(|probing| block_on(probing.stop()));
        let log = block_on(messages(self.place.nats.url())).unwrap();
        let confirmed = self.work.confirmed.all();
        let told = self.work.told();
        judge::all_is_kept(&log, &confirmed);
        judge::orders_are_done_once(&log, &told.done);
        let folded = block_on(pings_folded(self.place.nats.url())).unwrap();
        let kept: Vec<_> = unknown.iter().filter(|ping| folded.contains_key(*ping)).collect();
        assert!(kept.is_empty(), "forgotten: {kept:?} were said to be unknown, and a fresh fold knows them");
        let pings = judge::pings_are_settled(&log, &self.place.hook.ids(), &folded);
        let truth = Truth::of(&log);
        for Probed { answers, wrong, .. } in &probed {
            assert!(wrong.is_empty(), "mistaken: {wrong:?}");
            if let Some(wrong) = truth.contradicts(answers) {
                panic!("untrue: {wrong}");
            }
        }
        self.place.close();
        let fresh = block_on(Rows::folded(self.place.nats.url())).unwrap();
        for node in [0, 1] {
            let stored = Rows::stored(&self.place.store(node)).unwrap();
            stored.compare(&fresh).unwrap_or_else(|error| panic!("apart: aggregator {node}: {error}"));
        }
        let Pings { requested, delivered, withdrawn, repeated } = pings;
        let answers: usize = probed.iter().map(|probed| probed.answers.len()).sum();
        let mut refused: BTreeMap<String, usize> = BTreeMap::new();
        for probed in &probed {
            for (code, count) in &probed.refused {
                *refused.entry(code.clone()).or_default() += count;
            }
        }
        say(&format!(
            "seed {seed}: {} events confirmed, {} orders done and {:?} refused, {} times said again; {} in the log, {} rows; \
             {answers} answers, all true, {refused:?} not answered; {requested} pings, {delivered} delivered, {withdrawn} \
             withdrawn, {repeated} twice; {:?}; {:.1} s, of which {:.0?} for the \
             steps and {:.0?} until it was quiet",
            confirmed.len(),
            told.done.len(),
            told.refused,
            told.again,
            log.len(),
            fresh.len(),
            self.place.done,
            self.began.elapsed().as_secs_f64(),
            acted,
            rested.saturating_sub(acted),
        ));
    }
}
