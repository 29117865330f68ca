//! A log, and nodes that fold it and take commands; a log may lose what it answers.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use domain::{
    Actor, ActorKind, Anomalies, Arrived, AsReported, Command, Digest, Draft, Event, Identity, IssueName,
    Leaf, Losses, Ordinal, Origin, Person, Position, Principal, Reference, Roles, Severity,
};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    Aggregator, Async, EventLog, Expected, LogError, LogState, NewMessage, Phase, Projection, RawMessage,
    command::{About, CommandError, Commands, Composer, Envelope, Order, Outcome, Speaker},
    query::Reader,
    testing::{ManualClock, MemoryLog, MemoryStore, SlabCodec},
};

pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// What happens to the next append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    None,
    /// It is stored, and nobody hears of it.
    AnswerLost,
    /// It never arrives.
    RequestLost,
    /// It is stored, and the log is away before anybody hears of it.
    Severed,
    /// Somebody else's command of the same home comes first.
    Overtaken,
}

/// A log in memory that mishaps befall.
pub(crate) struct Log {
    pub(crate) memory: MemoryLog,
    mishap: AtomicU8,
}

impl Log {
    pub(crate) fn next(&self, mishap: Mishap) {
        self.mishap.store(mishap as u8, Ordering::SeqCst);
    }

    fn take(&self) -> Mishap {
        let all = [Mishap::None, Mishap::AnswerLost, Mishap::RequestLost, Mishap::Severed, Mishap::Overtaken];
        all[usize::from(self.mishap.swap(0, Ordering::SeqCst))]
    }

    /// Every message that a command made.
    pub(crate) fn commands(&self) -> Vec<RawMessage> {
        self.of("command")
    }

    /// Every message of one of Davy's own origins.
    pub(crate) fn of(&self, origin: &str) -> Vec<RawMessage> {
        let begin = format!("davy.events.{origin}.");
        let own = |message: &RawMessage| message.subject.starts_with(&begin);
        self.memory.messages().into_iter().filter(own).collect()
    }
}

impl EventLog for Log {
    fn state(&self) -> Async<'_, Result<LogState, LogError>> {
        self.memory.state()
    }

    fn message(&self, at: Position) -> Async<'_, Result<Option<RawMessage>, LogError>> {
        self.memory.message(at)
    }

    fn position_at(&self, time: Timestamp) -> Async<'_, Result<Position, LogError>> {
        self.memory.position_at(time)
    }

    fn read(
        &self,
        after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        self.memory.read(after, losses, into)
    }

    fn matching(
        &self,
        filter: String,
        after: Position,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        self.memory.matching(filter, after, into)
    }

    fn append(
        &self,
        messages: Vec<NewMessage>,
        expected: Vec<Expected>,
    ) -> Async<'_, Result<Vec<Position>, LogError>> {
        let lost = || LogError::Unreachable { detail: "told to be lost".to_owned() };
        Box::pin(async move {
            match self.take() {
                Mishap::None => self.memory.append(messages, expected).await,
                Mishap::AnswerLost => self.memory.append(messages, expected).await.and_then(|_| Err(lost())),
                Mishap::RequestLost => Err(lost()),
                Mishap::Severed => {
                    let stored = self.memory.append(messages, expected).await;
                    self.memory.set_reachable(false);
                    stored.and_then(|_| Err(lost()))
                }
                Mishap::Overtaken => {
                    let subject = format!("{}.other.command", expected[0].filter.trim_end_matches(".>"));
                    self.memory.publish(NewMessage { subject, headers: Vec::new(), body: Vec::new() });
                    self.memory.append(messages, expected).await
                }
            }
        })
    }
}

/// Messages whose body is a number of the codec's.
struct Slabs(Arc<SlabCodec>);

impl Composer for Slabs {
    fn compose(&self, draft: &Draft, envelope: &Envelope<'_>) -> NewMessage {
        let Envelope { home, id, time, issue, customer, speaker } = *envelope;
        let system = Actor { kind: ActorKind::System, person: None };
        let (origin, actor) = match speaker {
            Speaker::Command(principal) => (
                Origin::Command(principal.department.clone()),
                Actor { kind: ActorKind::Human, person: principal.person.clone() },
            ),
            Speaker::Escalator(department) => (Origin::Escalator(department.clone()), system),
            Speaker::Pager(department) => (Origin::Pager(department.clone()), system),
        };
        let identity = Identity { source: super::super::SOURCE.to_owned(), id: id.to_owned() };
        let digest = self.digest(&identity);
        let event = Event {
            position: Position::START,
            stored_at: time,
            time,
            ordinal: Ordinal::Absent,
            identity_digest: digest,
            content: digest,
            identity,
            origin,
            token: Some(home.to_owned()),
            issue: issue.cloned(),
            customer: customer.cloned(),
            actor,
            backfill: false,
            anomalies: Anomalies::default(),
            type_name: draft.type_name.into(),
            payload: draft.payload.clone(),
            data: Arc::from([]),
            traceparent: None,
            tracestate: None,
        };
        self.0.message(Arrived::Event(Box::new(event)))
    }

    fn digest(&self, identity: &Identity) -> Digest {
        let mut digest = [0; 16];
        digest.iter_mut().zip(identity.id.bytes()).for_each(|(to, from)| *to = from);
        Digest(digest)
    }
}

/// What several nodes share.
pub(crate) struct World {
    pub(crate) log: Arc<Log>,
    pub(crate) clock: Arc<ManualClock>,
    codec: Arc<SlabCodec>,
}

/// A node: a store, and who takes commands over it. It stops folding when dropped.
pub(crate) struct Node {
    pub(crate) commands: Commands,
    pub(crate) reader: Reader,
    pub(crate) composer: Arc<dyn Composer>,
    pub(crate) store: Arc<MemoryStore>,
    stop: CancellationToken,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let now = "2026-03-02T10:00:00Z".parse().unwrap();
        let log = Log { memory: MemoryLog::new("life", now), mishap: AtomicU8::new(0) };
        let clock = Arc::new(ManualClock::at(now));
        Self { log: Arc::new(log), clock, codec: Arc::new(SlabCodec::new(600)) }
    }

    /// Lets time pass, for every clock there is.
    pub(crate) fn wait(&self, duration: jiff::SignedDuration) {
        self.log.memory.wait(duration);
        self.clock.set(crate::Clock::now(&*self.clock) + duration);
    }

    pub(crate) fn codec(&self) -> &SlabCodec {
        &self.codec
    }

    /// A node over what is left of a store.
    pub(crate) async fn node(&self, store: MemoryStore) -> Node {
        let store = Arc::new(store);
        let projection =
            Projection::open(Arc::clone(&store) as _, Arc::clone(&self.codec) as _, "v0-0").unwrap();
        let projection = Arc::new(projection);
        let reader = Reader::new(Arc::clone(&projection), Arc::clone(&self.clock) as _);
        let stop = CancellationToken::new();
        let aggregator = Aggregator::new(Arc::clone(&self.log) as _, Arc::clone(&projection));
        let stopping = stop.clone();
        tokio::spawn(async move { aggregator.run(stopping).await });
        projection.phase().wait_for(|phase| *phase == Phase::Live).await.unwrap();
        while !projection.sight().connected {
            tokio::task::yield_now().await;
        }
        let composer: Arc<dyn Composer> = Arc::new(Slabs(Arc::clone(&self.codec)));
        let commands = Commands::new(reader.clone(), Arc::clone(&self.log) as _, Arc::clone(&composer));
        Node { commands, reader, composer, store, stop }
    }
}

impl Node {
    pub(crate) fn is_connected(&self) -> bool {
        self.commands.projection().sight().connected
    }

    pub(crate) async fn give(&self, order: &Order) -> Result<Outcome, CommandError> {
        self.commands.give(order, PATIENCE).await
    }
}

pub(crate) fn person(id: &str) -> Person {
    Person { account: Reference { system: "zendesk".to_owned(), id: id.to_owned() }, name: None }
}

fn order(who: &str, request_id: &str, about: About, command: Command) -> Order {
    let principal = Principal {
        name: format!("token/{who}"),
        department: "support".parse().unwrap(),
        person: Some(person(who)),
        roles: Roles::all(),
    };
    let request_id = request_id.to_owned();
    Order { principal, request_id, about, command, expected_version: None, validate_only: false }
}

/// A complaint of customer 1.
pub(crate) fn report(request_id: &str) -> Order {
    let customer = Some(AsReported { leaf: Leaf::new("crm", "1").unwrap(), raw: None });
    let terms = domain::ReportTerms {
        customer: customer.clone(),
        reference: None,
        text: "Pump resets".to_owned(),
        severity: Severity::Two,
        customer_severity: None,
        heard_by: None,
        channel: None,
        remedy_sought: None,
        safety: false,
        restricted: None,
    };
    let about = About::NewIssue { reference: None, customer };
    let mut order = order("desk", request_id, about, Command::Report(terms));
    // Nobody is named, so that anybody of the department may take it.
    order.principal.person = None;
    order
}

/// About the issue that a report made.
pub(crate) fn about(outcome: &Outcome, who: &str, request_id: &str, command: Command) -> Order {
    let id = outcome.issue.as_ref().unwrap().issue.id;
    order(who, request_id, About::Issue(IssueName { id, reference: None }), command)
}

pub(crate) fn acknowledge(update: Option<Timestamp>) -> Command {
    Command::Acknowledge {
        channel: Some("mail".to_owned()),
        to: None,
        summary: None,
        next_update_due: update,
    }
}
