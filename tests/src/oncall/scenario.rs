//! One day's complaints, undisturbed and under every disturbance: the same pings reach the same people.
//!
//! Nothing depends on how fast a machine is. Whatever somebody does, they do once the pings before it have arrived, and what
//! would fire after it has an hour's delay; so the set of pings is the same however long everything takes.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::{RawPublisher, Stream, client::v1};

use super::site::Site;
use crate::block_on;

/// How long all of it may take: a pager that is killed between its claim and its message holds a ping for a minute.
const PATIENCE: Duration = Duration::from_secs(480);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// How often somebody is killed while a ping is on its way.
const LOSSES: usize = 4;

/// Two departments. `HOOK` stands for where webhooks go.
const ORGANISATION: &str = "
departments:
  - {department: support, policy: support, schedule: support, head: hanna}
  - {department: engineering, policy: engineering, head: otto}
people:
  - {id: mia, departments: [support], accounts: ['zendesk:mia'], contacts: [{name: hook, kind: webhook, address: HOOK}]}
  - {id: kim, departments: [support], accounts: ['zendesk:kim'], contacts: [{name: mail, kind: mail, address: kim@example.org}]}
  - {id: hanna, departments: [support], contacts: [{name: mail, kind: mail, address: hanna@example.org}]}
  - {id: noor, departments: [engineering], contacts: [{name: hook, kind: webhook, address: HOOK}]}
  - {id: otto, departments: [engineering], contacts: [{name: mail, kind: mail, address: otto@example.org}]}
rotations:
  - {id: support, zone: Europe/Berlin, members: [mia], every: 1 week, from: 2026-01-05T09:00}
schedules:
  - {id: support, zone: Europe/Berlin, layers: [{rotation: support}]}
policies:
  - id: support
    clocks: [own 30d, ack 3s 3s 100m 30d, update 30d, resolve 30d]
    plans:
      - {severities: 1, steps: [{ping: [on-call, head], wait: 1h}], lease: 2s}
      - {severities: 2, steps: [{ping: [on-call], wait: 30s}, {ping: [head], wait: 1h}]}
      - {steps: [{ping: [head], wait: 1h}]}
    fallback: channel:alarm
  - id: engineering
    clocks: [own 30d, handoff_accept 3s]
    plans: [{steps: [{ping: ['person:noor'], wait: 30s}], repeat: 0}]
    fallback: channel:alarm
";

/// Every ping there is to be, and none other: issue, department and cycle of the run (0: of none), why, and who.
const PINGS: [&str; 19] = [
    "acknowledged: support 1, step 0, mia",
    "acknowledged: support 1, step 1, hanna",
    "answered: support 1, step 0, hanna",
    "answered: support 1, step 0, mia",
    "answered: support 2, step 0, hanna",
    "answered: support 2, step 0, mia",
    "last: support 1, step 0, hanna",
    "last: support 1, step 0, mia",
    "offered: engineering 0, notice, hanna",
    "offered: engineering 0, notice, otto",
    "offered: engineering 1, fallback, alarm",
    "offered: engineering 1, step 0, noor",
    "raised: support 1, step 0, hanna",
    "raised: support 1, step 0, mia",
    "resolved: support 1, step 0, hanna",
    "resolved: support 1, step 0, mia",
    "unheeded: support 1, step 0, mia",
    "unheeded: support 1, step 1, hanna",
    "warned: support 0, warning, kim",
];
/// Comes when all else has: what was to come before has come when it comes.
const LAST: &str = "last: ";

/// What somebody does, once these pings have arrived.
const ACTS: [(&[&str], Act); 3] = [
    (&["answered: support 1, step 0, hanna", "answered: support 1, step 0, mia"], Act::Answer),
    (
        &["acknowledged: support 1, step 0, mia", "acknowledged: support 1, step 1, hanna"],
        Act::Publish("acknowledged", "issue.acknowledged"),
    ),
    (
        &["resolved: support 1, step 0, hanna", "resolved: support 1, step 0, mia"],
        Act::Publish("resolved", "issue.resolved"),
    ),
];

#[derive(Clone, Copy)]
enum Act {
    /// Answers the first of the pings.
    Answer,
    /// Publishes an event of an issue.
    Publish(&'static str, &'static str),
}

/// What is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disturbance {
    None,
    /// An aggregator or a pager is killed whenever an event is stored or a ping arrives.
    Kills,
    /// Every message comes twice, and again later, the later ones first.
    Disorder,
}

/// What happened just now.
enum Step {
    /// A ping arrived.
    Arrival,
    /// An event was stored.
    Event,
}

/// The pings by their names, their ids, and how often each arrived.
type Pings = BTreeMap<String, (String, usize)>;

#[test]
fn whatever_is_killed_doubled_or_run_twice_the_same_pings_arrive() {
    let runs =
        [(Disturbance::None, 1), (Disturbance::Kills, 1), (Disturbance::Disorder, 1), (Disturbance::None, 2)];
    let played = thread::scope(|scope| {
        let started =
            runs.map(|(disturbance, count)| scope.spawn(move || Play::new(disturbance, count).run()));
        started.map(|run| run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let ids =
        |pings: &Pings| pings.iter().map(|(name, (id, _))| (name.clone(), id.clone())).collect::<Vec<_>>();
    for (pings, run) in played.iter().zip(runs) {
        assert_eq!(ids(pings), ids(&played[0]), "{run:?}");
        let most = if run.0 == Disturbance::Kills { usize::MAX } else { 1 };
        assert!(pings.values().all(|(_, times)| *times <= most), "{run:?} told twice: {pings:?}");
    }
}

struct Play {
    site: Site,
    disturbance: Disturbance,
    publisher: RawPublisher,
    stream: Stream,
    /// When the first of the complaints was heard.
    began: Timestamp,
    /// How far the log is read, and how many pings had arrived then.
    read: u64,
    came: usize,
    /// Names of the pings that the log asks for, by id.
    names: BTreeMap<String, String>,
    /// Those that were asked for or claimed of late, and are about to be sent.
    in_flight: BTreeSet<String>,
    kills: usize,
    /// How often somebody was killed while there were any.
    losses: usize,
    /// What nobody was killed for yet.
    pending: Option<Step>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "events are dated by the clock on the wall, which the servers read too"
)]
fn wall() -> Timestamp {
    Timestamp::now()
}

impl Play {
    fn new(disturbance: Disturbance, count: usize) -> Self {
        let site = Site::open(count);
        site.apply(&ORGANISATION.replace("HOOK", site.hook.url()));
        let publisher = block_on(RawPublisher::connect(site.nats.url())).unwrap();
        let stream = block_on(Stream::connect(site.nats.url())).unwrap();
        let (began, names, in_flight, pending) = (wall(), BTreeMap::new(), BTreeSet::new(), None);
        let (read, came, kills, losses) = (0, 0, 0, 0);
        Self {
            site,
            disturbance,
            publisher,
            stream,
            began,
            read,
            came,
            names,
            in_flight,
            kills,
            losses,
            pending,
        }
    }

    fn run(mut self) -> Pings {
        let started = Instant::now();
        let reports = self.reports();
        self.publish(&reports);
        let mut acts: Vec<_> = ACTS.into();
        let mut is_last = false;
        loop {
            self.step();
            let arrived = self.arrived();
            acts.retain(|(after, act)| {
                let is_due = after.iter().all(|ping| arrived.contains_key(*ping));
                if is_due {
                    self.act(*act, &arrived[after[0]].0);
                }
                !is_due
            });
            let is_done = |name: &&str| name.starts_with(LAST) || arrived.contains_key(*name);
            if !is_last && acts.is_empty() && PINGS.iter().all(is_done) {
                is_last = true;
                self.finish(&reports);
            }
            if arrived.len() == PINGS.len() {
                self.assert_no_other();
                say(&format!("{:?}: {} kills in {:.0?}", self.disturbance, self.kills, started.elapsed()));
                return arrived;
            }
            let missing: Vec<_> = PINGS.iter().filter(|name| !arrived.contains_key(**name)).collect();
            assert!(
                started.elapsed() < PATIENCE,
                "{:?} misses {missing:?}: {}",
                self.disturbance,
                self.site.logs()
            );
            if self.disturbance == Disturbance::Kills && !is_last {
                self.kill();
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Everything that departments say before anybody is pinged.
    fn reports(&self) -> Vec<(String, Value)> {
        let report = |issue, severity| {
            (issue, "issue.reported", json!({ "text": "Pump resets", "severity": severity }))
        };
        let mut warned = report("warned", "3");
        warned.2["heard_by"] = json!({ "system": "zendesk", "id": "kim" });
        let said = [
            report("answered", "1"),
            report("resolved", "1"),
            report("acknowledged", "2"),
            report("unheeded", "2"),
            warned,
            report("raised", "3"),
            ("raised", "issue.severity_changed", json!({ "to": "1", "reason": "The line stops" })),
            report("offered", "3"),
            ("offered", "handoff.offered", json!({ "to_department": "engineering" })),
        ];
        said.into_iter().map(|(issue, kind, data)| self.event(issue, kind, data)).collect()
    }

    /// An event of an issue that is called like its customer. One of the issues was heard 80 minutes ago: a warning of its
    /// clock is due, and its deadline is not.
    fn event(&self, issue: &str, kind: &str, mut data: Value) -> (String, Value) {
        // What somebody does once they were pinged is no proof that the ping was sent for nothing.
        let heard = if kind == "issue.reported" { self.began } else { wall() };
        let ago = SignedDuration::from_mins(if issue == "warned" { 80 } else { 0 });
        data["issue"] = json!({ "system": "zendesk", "id": issue });
        let event = json!({
            "specversion": "1.0",
            "id": format!("{issue}/{kind}"),
            "source": "/zendesk",
            "type": kind,
            "time": (heard - ago).to_string(),
            "data": data,
        });
        (format!("davy.events.support.crm:{issue}.{kind}"), event)
    }

    /// In order and once, or backwards and twice.
    fn publish(&self, events: &[(String, Value)]) {
        let times = if self.disturbance == Disturbance::Disorder { 2 } else { 1 };
        let mut sent: Vec<_> = events.iter().flat_map(|event| vec![event; times]).collect();
        if self.disturbance == Disturbance::Disorder {
            sent.reverse();
        }
        for (subject, event) in sent {
            block_on(self.publisher.publish(subject, &[], event.to_string())).unwrap();
        }
    }

    fn act(&mut self, act: Act, ping: &str) {
        match act {
            Act::Answer => self.answer(ping),
            Act::Publish(issue, kind) => {
                let data = json!({ "actor": { "kind": "human", "person": "mia" }, "channel": "mail" });
                let event = self.event(issue, kind, data);
                self.publish(&[event]);
            }
        }
    }

    /// Once, however often it is asked until the answer comes.
    fn answer(&self, ping: &str) {
        let api = self.site.api(0, Some("support/zendesk:mia"));
        let options = v1::CommandOptions { request_id: "answer".to_owned(), ..Default::default() };
        let request = v1::AcknowledgePingRequest {
            which: Some(v1::acknowledge_ping_request::Which::Ping(ping.to_owned())),
            options: Some(options),
        };
        let times = if self.disturbance == Disturbance::Disorder { 2 } else { 1 };
        for _ in 0..times {
            self.site.await_up(0);
            block_on(api.acknowledge_ping(request.clone())).unwrap();
        }
    }

    /// One more complaint, of which pings come when everything before would have come.
    fn finish(&mut self, reports: &[(String, Value)]) {
        if self.disturbance == Disturbance::Disorder {
            self.publish(reports);
        }
        self.began = wall();
        let last = self.event("last", "issue.reported", json!({ "text": "Pump resets", "severity": "1" }));
        self.publish(&[last]);
    }

    /// Pings that arrived, by name. Each is one of those that are to be, and went to whom it was for.
    fn arrived(&mut self) -> Pings {
        let mut pings = Pings::new();
        for (id, to) in self.site.arrived() {
            if !self.names.contains_key(&id) {
                self.read_on();
            }
            let name = self.names.get(&id).unwrap_or_else(|| panic!("nobody asked for {id} to {to}")).clone();
            assert!(PINGS.contains(&name.as_str()), "{:?}: nobody is to get {name}", self.disturbance);
            assert!(name.ends_with(&format!(", {to}")), "{name} came to {to}");
            let (known, times) = pings.entry(name).or_insert_with(|| (id.clone(), 0));
            assert_eq!(*known, id, "one ping has one id");
            *times += 1;
        }
        pings
    }

    /// Nor will any other ever be sent: what the log does not ask for, no pager sends.
    fn assert_no_other(&mut self) {
        self.read_on();
        let asked: BTreeSet<_> = self.names.values().map(String::as_str).collect();
        assert_eq!(asked, BTreeSet::from(PINGS), "{:?}", self.disturbance);
    }

    /// Reads the log to its end; whether there is anything new.
    fn read_on(&mut self) -> bool {
        let from = self.read;
        let last = block_on(self.stream.last()).unwrap();
        while self.read < last {
            self.read += 1;
            let (subject, body) = block_on(self.stream.message(self.read)).unwrap();
            let kind = subject.splitn(5, '.').last().unwrap_or_default();
            if kind == "ping.requested" || kind == "ping.attempted" {
                let event: Value = serde_json::from_slice(&body).unwrap();
                let ping = event["data"]["ping"].as_str().unwrap().to_owned();
                self.in_flight.insert(ping.clone());
                if kind == "ping.requested" {
                    self.names.insert(ping, named(&subject, &event["data"]));
                }
            }
        }
        self.read > from
    }

    /// Notes whether anything was stored or has arrived since the last look, and what.
    fn step(&mut self) {
        let stored = self.read_on();
        let arrived = self.site.arrived();
        self.in_flight.retain(|id| !arrived.iter().any(|(known, _)| known == id));
        if arrived.len() > std::mem::replace(&mut self.came, arrived.len()) {
            self.pending = Some(Step::Arrival);
        } else if stored && self.pending.is_none() {
            self.pending = Some(Step::Event);
        }
    }

    /// Kills somebody if there was a step: the pager that is about to record what arrived, and otherwise the aggregator.
    ///
    /// Whoever is killed between a claim and its message holds that ping for a minute. So that is done a few times, to one and
    /// to the other, and from then on waits until the message has arrived.
    fn kill(&mut self) {
        let is_loss = !self.in_flight.is_empty();
        if is_loss && self.losses == LOSSES {
            return;
        }
        let Some(step) = self.pending.take() else { return };
        let is_pagers = if is_loss { self.losses.is_multiple_of(2) } else { matches!(step, Step::Arrival) };
        let killed = if is_pagers { &mut self.site.pagers } else { &mut self.site.aggregators };
        killed.iter_mut().for_each(|service| service.kill().unwrap());
        // Whatever was on its way by then is lost.
        self.step();
        self.in_flight.clear();
        let killed = if is_pagers { &mut self.site.pagers } else { &mut self.site.aggregators };
        killed.iter_mut().for_each(|service| service.restart().unwrap());
        self.losses += usize::from(is_loss);
        self.kills += 1;
    }
}

#[expect(clippy::print_stdout, reason = "a scenario says what it took")]
fn say(line: &str) {
    println!("on call: {line}");
}

/// What a ping that the log asks for is for, in words.
fn named(subject: &str, data: &Value) -> String {
    let issue = subject.split('.').nth(3).unwrap().trim_start_matches("crm:");
    let (department, cycle) = (data["department"].as_str().unwrap(), &data["cycle"]);
    let reason = match (data["reason"]["kind"].as_str().unwrap(), &data["reason"]["step"]) {
        (kind, Value::Null) => kind.to_owned(),
        (kind, step) => format!("{kind} {step}"),
    };
    let to = data["to"]["person"].as_str().or_else(|| data["to"]["channel"].as_str()).unwrap();
    format!("{issue}: {department} {cycle}, {reason}, {to}")
}
