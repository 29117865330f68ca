//! An API in memory that keeps the contract of `PagerService`: the first claim has an attempt, a claim lapses, an outcome
//! settles.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::JoinHandle,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::scripted::Scripted;
use crate::{
    ApiFault, Channel, Claim, Claimed, Clock, Config, Content, Figures, Frame, Outcome, Owed, OwedPing,
    Pager, PingId, Recipient, Record, Row, Secret, Severity, Standing, Throttle, Watch, channel::Channels,
};

/// How long a claim lasts.
pub(super) const CLAIM: Duration = Duration::from_secs(60);

/// The wall clock of a test: noon, and as many seconds later as tokio's clock says.
pub(super) fn clock() -> Clock {
    let (noon, start): (Timestamp, _) = ("2026-03-02T12:00:00Z".parse().unwrap(), Instant::now());
    Arc::new(move || noon + start.elapsed())
}

#[derive(Clone)]
pub(super) struct Api(Arc<Mutex<World>>, Clock);

#[derive(Default)]
struct World {
    pings: BTreeMap<PingId, Known>,
    watchers: Vec<UnboundedSender<Frame>>,
    claims: Vec<Claim>,
    records: Vec<Record>,
    standing: BTreeMap<String, Standing>,
    /// So many records are not taken.
    away: usize,
    /// So many claims are taken, and not answered.
    lost: usize,
}

struct Known {
    owed: OwedPing,
    content: Content,
    /// The latest.
    claim: Option<(Claim, Timestamp)>,
    is_settled: bool,
}

impl Api {
    pub(super) fn new(clock: &Clock) -> Self {
        Self(Arc::default(), clock.clone())
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// Owes a ping, and tells whoever watches.
    pub(super) fn owe(&self, ping: Given) {
        let Given { owed, content } = ping;
        let mut world = self.world();
        let issue = owed.issue.clone();
        let known = Known { content, claim: None, is_settled: false, owed };
        world.pings.insert(known.owed.id.clone(), known);
        world.tell(&issue);
    }

    /// Somebody answered: it is owed no more.
    pub(super) fn withdraw(&self, id: &str) {
        let mut world = self.world();
        let known = world.pings.get_mut(&PingId::new(id)).unwrap();
        known.is_settled = true;
        let issue = known.owed.issue.clone();
        world.tell(&issue);
    }

    pub(super) fn stand(&self, issue: &str, standing: Standing) {
        self.world().standing.insert(issue.to_owned(), standing);
    }

    /// The next records are not taken.
    pub(super) fn go_away(&self, records: usize) {
        self.world().away = records;
    }

    /// The answers to the next claims are lost.
    pub(super) fn lose_answers(&self, claims: usize) {
        self.world().lost = claims;
    }

    /// Every connection is lost.
    pub(super) fn hang_up(&self) {
        self.world().watchers.clear();
    }

    pub(super) fn claims(&self) -> Vec<Claim> {
        self.world().claims.clone()
    }

    /// What came of attempts.
    pub(super) fn records(&self) -> Vec<Record> {
        let came = |record: &&Record| !matches!(record.outcome, Outcome::Throttled { .. });
        self.world().records.iter().filter(came).cloned().collect()
    }

    /// The pings that were told to be throttled, each as often as it was told, and until how many seconds after noon.
    pub(super) fn throttled(&self) -> Vec<(String, i64)> {
        let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let told = |record: &Record| match record.outcome {
            Outcome::Throttled { until } => {
                Some((record.claim.ping.to_string(), until.duration_since(noon).as_secs()))
            }
            Outcome::Delivered | Outcome::FailedForNow { .. } | Outcome::FailedForGood => None,
        };
        self.world().records.iter().filter_map(told).collect()
    }

    /// What was recorded of a ping, in words.
    pub(super) fn outcomes(&self, id: &str) -> Vec<String> {
        let told = |record: &Record| match record.outcome {
            Outcome::Delivered => format!("{} delivered", record.claim.attempt),
            Outcome::FailedForNow { .. } => format!("{} failed for now", record.claim.attempt),
            Outcome::FailedForGood => format!("{} failed for good", record.claim.attempt),
            Outcome::Throttled { .. } => "throttled".to_owned(),
        };
        self.world().records.iter().filter(|record| record.claim.ping.as_str() == id).map(told).collect()
    }
}

impl World {
    fn row(&self, issue: &str) -> Row {
        let owed = self.pings.values().filter(|known| known.owed.issue == issue && !known.is_settled);
        Row { issue: issue.to_owned(), pings: owed.map(|known| known.owed.clone()).collect() }
    }

    fn tell(&mut self, issue: &str) {
        let row = self.row(issue);
        self.watchers.retain(|watcher| watcher.send(Frame::Row(row.clone())).is_ok());
    }
}

pub(super) struct Frames(UnboundedReceiver<Frame>);

impl Watch for Frames {
    async fn next(&mut self) -> Result<Option<Frame>, ApiFault> {
        Ok(self.0.recv().await)
    }
}

impl Owed for Api {
    type Watch = Frames;

    async fn watch(&self) -> Result<Frames, ApiFault> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut world = self.world();
        let mut issues: Vec<_> = world.pings.values().map(|known| known.owed.issue.clone()).collect();
        issues.dedup();
        let rows = issues.iter().map(|issue| world.row(issue)).filter(|row| !row.pings.is_empty()).collect();
        sender.send(Frame::Snapshot { reset: true, rows }).unwrap();
        sender.send(Frame::Complete).unwrap();
        world.watchers.push(sender);
        Ok(Frames(receiver))
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, ApiFault> {
        let now = (self.1)();
        let mut world = self.world();
        let known = world.pings.get_mut(&claim.ping).unwrap();
        let refuse = |why: &str| Ok(Claimed::Refused { why: why.to_owned() });
        if known.is_settled {
            return refuse("it is owed no more");
        }
        if let Some((held, until)) = &known.claim {
            let (is_ours, lasts) = (held == claim, now < *until);
            if is_ours && lasts {
                return Ok(Claimed::Ours { content: Box::new(known.content.clone()), until: *until });
            }
            if lasts {
                return refuse("another holds it");
            }
        }
        if known.owed.attempt != claim.attempt {
            return refuse("it is not the next attempt");
        }
        let until = now + CLAIM;
        known.claim = Some((claim.clone(), until));
        known.owed.attempt += 1;
        known.owed.claimed_until = Some(until);
        let (content, issue) = (Box::new(known.content.clone()), known.owed.issue.clone());
        world.claims.push(claim.clone());
        world.tell(&issue);
        if world.lost > 0 {
            world.lost -= 1;
            return Err(ApiFault::Unavailable("the answer is lost".to_owned()));
        }
        Ok(Claimed::Ours { content, until })
    }

    async fn record(&self, record: &Record) -> Result<(), ApiFault> {
        let mut world = self.world();
        if world.away > 0 {
            world.away -= 1;
            return Err(ApiFault::Unavailable("away".to_owned()));
        }
        if world.records.contains(record) {
            return Ok(());
        }
        let known = world.pings.get_mut(&record.claim.ping).unwrap();
        match record.outcome {
            Outcome::Delivered | Outcome::FailedForGood => known.is_settled = true,
            Outcome::FailedForNow { retry_at } => {
                known.claim = None;
                known.owed.claimed_until = None;
                known.owed.not_before = Some(retry_at);
            }
            Outcome::Throttled { .. } => {}
        }
        let issue = known.owed.issue.clone();
        world.records.push(record.clone());
        world.tell(&issue);
        Ok(())
    }

    async fn standing(&self, issue: &str) -> Result<Standing, ApiFault> {
        Ok(self.world().standing.get(issue).copied().unwrap_or(Standing::Pinging))
    }
}

/// A ping to be owed.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) owed: OwedPing,
    pub(super) content: Content,
}

/// A ping of the issue `i-<id>` of department support to `person`, whose contact is of `kind` and at `address`.
pub(super) fn ping(id: &str, person: &str, (kind, address): (&str, &str)) -> Given {
    let recipient = Recipient::Person { person: person.to_owned(), contact: "first".to_owned() };
    let requested_at: Timestamp = "2026-03-02T11:59:55Z".parse().unwrap();
    let owed = OwedPing {
        id: PingId::new(id),
        issue: format!("i-{id}"),
        department: "support".to_owned(),
        recipient: recipient.clone(),
        customer: None,
        severity: Severity::Two,
        attempt: 1,
        requested_at,
        not_before: None,
        claimed_until: None,
        late: false,
    };
    let content = Content {
        ping: owed.id.clone(),
        issue: owed.issue.clone(),
        department: owed.department.clone(),
        recipient,
        kind: kind.to_owned(),
        address: Secret::new(address),
        recipient_name: "Ana".to_owned(),
        title: "Pump resets every two hours".to_owned(),
        customer: "Acme".to_owned(),
        severity: Severity::Two,
        since: Some("2026-03-02T11:35:00Z".parse().unwrap()),
        what: "nobody told the customer who owns it (ack, due 11:50)".to_owned(),
        owner: "support, mia".to_owned(),
        times: 1,
        step: "step 2 of 4".to_owned(),
        next_who: "bo".to_owned(),
        next_at: Some("2026-03-02T12:15:00Z".parse().unwrap()),
        answer_url: format!("https://davy.example/answer/{id}"),
        answer_command: format!("davy pings ack {id}"),
        restricted: false,
    };
    Given { owed, content }
}

impl Given {
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        (self.owed.severity, self.content.severity) = (severity, severity);
        self
    }

    /// Of another department and customer, so that nothing else goes with it.
    pub(super) fn apart(mut self) -> Self {
        let own = format!("d-{}", self.owed.id);
        (self.owed.department, self.content.department) = (own.clone(), own);
        self
    }

    pub(super) fn late(mut self) -> Self {
        self.owed.late = true;
        self
    }

    pub(super) fn customer(mut self, customer: &str) -> Self {
        self.owed.customer = Some(customer.to_owned());
        self
    }
}

/// A pager that runs.
pub(super) struct Running {
    pub(super) stop: CancellationToken,
    pub(super) task: JoinHandle<()>,
    pub(super) figures: Arc<Figures>,
}

pub(super) fn config(name: &str) -> Config {
    Config { name: name.to_owned(), throttle: Throttle::default(), channels: Vec::new() }
}

/// Runs a pager whose contacts of kind `scripted` are reached through `channel`.
pub(super) fn run(name: &str, api: &Api, clock: &Clock, channel: &Scripted) -> Running {
    let channels = Channels::of([("scripted", Arc::new(channel.clone()) as Arc<dyn Channel>)]);
    start(Pager::over(config(name), channels, api.clone(), clock.clone()))
}

/// The same, for contacts that get so much.
pub(super) fn run_throttled(throttle: Throttle, api: &Api, clock: &Clock, channel: &Scripted) -> Running {
    let channels = Channels::of([("scripted", Arc::new(channel.clone()) as Arc<dyn Channel>)]);
    let config = Config { throttle, ..config("one") };
    start(Pager::over(config, channels, api.clone(), clock.clone()))
}

pub(super) fn start(pager: Pager<Api>) -> Running {
    let (figures, stop) = (pager.figures(), CancellationToken::new());
    let task = tokio::spawn(pager.run(stop.clone()));
    Running { stop, task, figures }
}

/// Waits until it is so; the clock moves on meanwhile.
pub(super) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..20_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came to be that {what}");
}
