//! Two aggregators and two pagers as processes of their own, on one NATS, each over lines of its own; and everything that can be
//! broken of it.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use testkit::{
    NatsServer, Service, Stream,
    client::{Api, ApiOptions, v1},
    nats_server, send_signal,
};

use super::{
    super::damage::damage,
    pair::{Pair, bare},
    plan::{Fault, Line, Node, Part},
    proxy::{Proxy, Way},
};
use crate::{DAVY, block_on, generated::Numbers, oncall::receiver::Receiver};

/// How long anything may take to come about: a pager that dies with a claim in its hands holds a ping for a minute, and for
/// longer where the clock was ahead.
pub(super) const PATIENCE: Duration = Duration::from_secs(240);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A customer hears within two seconds, or who is on call and the head are pinged, once.
const ORGANISATION: &str = "
departments:
  - {department: sales, policy: quick, head: kim}
  - {department: support, policy: quick, head: mia}
  - {department: engineering, policy: quick, head: noor}
  - {department: field-service, policy: quick, head: bo}
people:
  - {id: ana, departments: [support], accounts: ['t:ana'], contacts: [{name: hook, kind: webhook, address: HOOK}]}
  - {id: bo, departments: [support], accounts: ['t:bo'], contacts: [{name: hook, kind: webhook, address: HOOK}]}
  - {id: kim, departments: [support], accounts: ['t:kim'], contacts: [{name: hook, kind: webhook, address: HOOK}]}
  - {id: mia, departments: [support], accounts: ['t:mia'], contacts: [{name: hook, kind: webhook, address: HOOK}]}
  - {id: noor, departments: [support], accounts: ['t:noor'], contacts: [{name: hook, kind: webhook, address: HOOK}]}
rotations:
  - {id: duty, zone: Europe/Berlin, members: [mia, bo], every: 1 week, from: 2026-01-05T09:00}
schedules:
  - {id: duty, zone: Europe/Berlin, layers: [{rotation: duty}]}
policies:
  - id: quick
    clocks: [own 30d, ack 2s, update 30d, resolve 30d]
    plans:
      - {severities: 1, steps: [{ping: ['on-call:duty', head], wait: 1h}], lease: 5s}
      - {steps: [{ping: ['on-call:duty'], wait: 1h}], lease: 1h}
    fallback: channel:alarm
";

pub(crate) struct Place {
    pub(crate) nats: NatsServer,
    pub(crate) hook: Receiver,
    pairs: [Pair; 2],
    tools: Proxy,
    /// As it is while nothing is broken.
    quota: Option<serde_json::Value>,
    /// What is broken: no part of it breaks twice at once.
    broken: Vec<Fault>,
    /// How often what happened.
    pub(crate) done: BTreeMap<&'static str, usize>,
    // Last: it is deleted when the others have ended.
    dir: TempDir,
}

impl Place {
    pub(crate) fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let nats = block_on(nats_server(&dir.path().join("nats"))).unwrap();
        let hook = Receiver::listen();
        let pairs = [0, 1].map(|node| Pair::start(dir.path(), node, nats.url(), &hook));
        let tools = Proxy::to(bare(nats.url()));
        let mut place =
            Self { nats, hook, pairs, tools, quota: None, broken: Vec::new(), done: BTreeMap::new(), dir };
        // Both may make the stream.
        (0..2).for_each(|node| drop(place.await_status(node, "it to be live", is_live)));
        place.apply();
        place
    }

    fn apply(&self) {
        let path = self.dir.path().join("org.yaml");
        fs::write(&path, ORGANISATION.replace("HOOK", self.hook.url())).unwrap();
        let path = path.to_str().unwrap();
        self.davy(&["apply", "--yes", "-f", path]);
    }

    /// Runs a subcommand; it has to succeed.
    fn davy(&self, words: &[&str]) {
        let mut davy = Command::new(DAVY);
        davy.args(words).env("DAVY_SERVER", format!("http://{}", self.pairs[0].grpc));
        let ran = davy.env("DAVY_NATS_URL", self.nats.url()).output().unwrap();
        assert!(ran.status.success(), "davy {words:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }

    /// Where departments' tools publish.
    pub(crate) fn tools(&self) -> String {
        format!("nats://{}", self.tools.address())
    }

    /// Where an aggregator answers, past all lines.
    pub(crate) fn grpc(&self, node: Node) -> &str {
        &self.pairs[node].grpc
    }

    pub(crate) fn store(&self, node: Node) -> PathBuf {
        self.pairs[node].dir.join("store")
    }

    /// Somebody's way to an aggregator, over its line.
    pub(crate) fn api(&self, node: Node, acting_as: String) -> Api {
        let server = format!("http://{}", self.pairs[node].to_api.address());
        connect(ApiOptions {
            acting_as: Some(acting_as),
            deadline: Duration::from_secs(5),
            ..ApiOptions::new(server)
        })
    }

    /// What all of them said.
    pub(crate) fn logs(&self) -> String {
        let said = |service: &Service| {
            let log = service.log();
            let lines: Vec<_> = log.lines().rev().take(40).collect();
            lines.into_iter().rev().map(|line| format!("{line}\n")).collect::<String>()
        };
        let of = |pair: &Pair| format!("{}{}", said(&pair.aggregator), said(&pair.pager));
        format!("aggregator 0:\n{}aggregator 1:\n{}", of(&self.pairs[0]), of(&self.pairs[1]))
    }

    /// Waits until an aggregator says so of itself.
    #[track_caller]
    pub(crate) fn await_status(
        &mut self,
        node: Node,
        what: &str,
        is_so: impl Fn(&v1::GetStatusResponse) -> bool,
    ) -> v1::GetStatusResponse {
        let server = format!("http://{}", self.pairs[node].grpc);
        let api = connect(ApiOptions { deadline: Duration::from_secs(2), ..ApiOptions::new(server) });
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = block_on(api.get_status(v1::GetStatusRequest::default()));
            match status {
                Ok(status) if is_so(&status) => return status,
                Ok(_) | Err(_) => {}
            }
            self.assert_alive();
            assert!(
                Instant::now() < deadline,
                "waited for aggregator {node}, {what}: {status:?}\n{}",
                self.logs()
            );
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Nobody ends without being told to.
    #[track_caller]
    pub(crate) fn assert_alive(&mut self) {
        for (node, pair) in self.pairs.iter_mut().enumerate() {
            for (what, service) in [("aggregator", &mut pair.aggregator), ("pager", &mut pair.pager)] {
                let ended = service.ended();
                assert!(ended.is_none(), "ended: {what} {node} by itself, {ended:?}\n{}", service.log());
            }
        }
    }

    /// Breaks something, unless that is broken already; whether it did.
    pub(crate) fn break_it(&mut self, fault: Fault) -> bool {
        if self.broken.iter().any(|other| touch(*other, fault)) {
            return false;
        }
        match fault {
            Fault::Kill(part) => self.kill(part),
            Fault::Stop(part) => self.signal(part, "STOP"),
            Fault::Line(line, way) => self.line(line).set(way),
            Fault::Cut(line) => self.line(line).cut(),
            Fault::Quota => self.fill(),
            Fault::Damage(node, seed) => {
                self.kill(Part::Aggregator(node));
                damage(&self.store(node), &mut Numbers::new(seed));
            }
            Fault::Skew(node, seconds) => self.skew(node, seconds),
        }
        self.broken.push(fault);
        *self.done.entry(name(fault)).or_default() += 1;
        true
    }

    /// Makes it whole again.
    pub(crate) fn mend(&mut self, fault: Fault) {
        self.broken.retain(|other| *other != fault);
        match fault {
            Fault::Kill(part) => self.start(part),
            Fault::Stop(part) => self.signal(part, "CONT"),
            Fault::Line(line, _) => self.line(line).set(Way::Open),
            Fault::Cut(_) => {}
            Fault::Quota => self.free(),
            Fault::Damage(node, _) => self.start(Part::Aggregator(node)),
            Fault::Skew(node, _) => self.skew(node, 0),
        }
    }

    fn kill(&mut self, part: Part) {
        match part {
            Part::Nats => self.nats.kill9().unwrap(),
            Part::Aggregator(node) => self.pairs[node].aggregator.kill().unwrap(),
            Part::Pager(node) => self.pairs[node].pager.kill().unwrap(),
        }
    }

    fn start(&mut self, part: Part) {
        match part {
            Part::Nats => self.nats.restart().unwrap(),
            Part::Aggregator(node) => self.pairs[node].aggregator.restart().unwrap(),
            Part::Pager(node) => self.pairs[node].pager.restart().unwrap(),
        }
    }

    fn signal(&self, part: Part, signal: &str) {
        let pid = match part {
            Part::Nats => self.nats.pid(),
            Part::Aggregator(node) => self.pairs[node].aggregator.pid(),
            Part::Pager(node) => self.pairs[node].pager.pid(),
        };
        send_signal(pid.unwrap(), signal).unwrap();
    }

    fn line(&self, line: Line) -> &Proxy {
        match line {
            Line::Tools => &self.tools,
            Line::Log(node) => &self.pairs[node].to_log,
            Line::Api(node) => &self.pairs[node].to_api,
            Line::Pager(node) => &self.pairs[node].to_owed,
        }
    }

    fn skew(&self, node: Node, seconds: i64) {
        let path = self.pairs[node].dir.join("skew");
        // Read at any moment: it is never half written.
        fs::write(path.with_extension("new"), (seconds * 1_000).to_string()).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
    }

    /// The stream takes as much as it holds, and no more.
    fn fill(&mut self) {
        let filled = block_on(async {
            let stream = Stream::connect(self.nats.url()).await?;
            let whole = stream.config().await?;
            let mut full = whole.clone();
            full["max_bytes"] = stream.bytes().await?.into();
            stream.update(&full).await.map(|()| whole)
        });
        self.quota = Some(filled.unwrap());
    }

    fn free(&mut self) {
        if let Some(whole) = self.quota.take() {
            let freed = block_on(async { Stream::connect(self.nats.url()).await?.update(&whole).await });
            freed.unwrap();
        }
    }

    /// Everything of Davy's dies; the log is saved, deleted and put back; they are started again.
    pub(crate) fn restore(&mut self) {
        self.kill_all();
        let backup = self.dir.path().join("backup.ndjson.gz");
        let path = backup.to_str().unwrap().to_owned();
        self.davy(&["log", "export", &path]);
        block_on(async { Stream::connect(self.nats.url()).await?.delete().await }).unwrap();
        self.davy(&["log", "restore", &path]);
        fs::remove_file(backup).unwrap();
        for node in [0, 1] {
            self.start(Part::Aggregator(node));
            self.start(Part::Pager(node));
        }
        *self.done.entry("restored").or_default() += 1;
    }

    fn kill_all(&mut self) {
        for node in [0, 1] {
            self.kill(Part::Pager(node));
            self.kill(Part::Aggregator(node));
        }
    }

    /// The same stores, under aggregators that append nothing by themselves, and no pager.
    pub(crate) fn calm(&mut self) {
        self.kill_all();
        self.pairs.iter_mut().for_each(Pair::calm);
        for node in [0, 1] {
            self.await_status(node, "it to be live and verified", |status| {
                is_live(status) && status.verified
            });
        }
    }

    /// Ends the aggregators as a service manager does.
    pub(crate) fn close(&mut self) {
        for pair in &mut self.pairs {
            let ended = pair.aggregator.terminate().unwrap();
            assert!(ended.success(), "end: an aggregator ended with {ended}: {}", pair.aggregator.log());
        }
    }
}

fn connect(options: ApiOptions) -> Api {
    block_on(async { Api::connect(options) }).unwrap()
}

pub(super) fn is_live(status: &v1::GetStatusResponse) -> bool {
    status.phase() == v1::Phase::Live && status.problem.is_empty()
}

/// Whether two faults are about the same part, or one needs what the other breaks.
fn touch(one: Fault, other: Fault) -> bool {
    let about = |fault: Fault| match fault {
        Fault::Kill(part) | Fault::Stop(part) => (Some(part), None, None),
        Fault::Damage(node, _) => (Some(Part::Aggregator(node)), None, None),
        Fault::Line(line, _) | Fault::Cut(line) => (None, Some(line), None),
        // It is changed by asking NATS.
        Fault::Quota => (Some(Part::Nats), None, None),
        Fault::Skew(node, _) => (None, None, Some(node)),
    };
    let ((part, line, clock), (its_part, its_line, its_clock)) = (about(one), about(other));
    part.is_some() && part == its_part
        || line.is_some() && line == its_line
        || clock.is_some() && clock == its_clock
}

const fn name(fault: Fault) -> &'static str {
    match fault {
        Fault::Kill(_) => "killed",
        Fault::Stop(_) => "stopped",
        Fault::Line(_, Way::Slow) => "slowed",
        Fault::Line(_, Way::Held) => "held up",
        Fault::Line(_, Way::Deaf) => "deafened",
        Fault::Line(_, Way::Shut | Way::Open) => "shut",
        Fault::Cut(_) => "cut",
        Fault::Quota => "filled",
        Fault::Damage(..) => "damaged",
        Fault::Skew(..) => "skewed",
    }
}
