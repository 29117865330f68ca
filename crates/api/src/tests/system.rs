//! A whole system in this process: a log and a store in memory, and clients of the services.

use std::sync::{Arc, Mutex};

use domain::{Arrival, Event, Losses, Position};
use engine::{
    Aggregator, Async, Clock, Codec, CodecError, EventLog, Expected, LogError, LogState, NewMessage, Phase,
    Projection, RawMessage,
    query::Reader,
    testing::{ManualClock, MemoryStore},
};
use jiff::Timestamp;
use proto::v1::{
    self, customer_service_client::CustomerServiceClient, event_service_client::EventServiceClient,
    issue_service_client::IssueServiceClient, operations_service_client::OperationsServiceClient,
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tonic::{Status, service::Routes};
use tonic_types::StatusExt as _;

use crate::{Access, Dependencies, Durability, Facts, Options, RebuildRefusal, Services};

/// Messages in memory.
pub(super) struct Log {
    messages: Mutex<Vec<RawMessage>>,
    tail: watch::Sender<usize>,
    clock: Arc<ManualClock>,
    pub(super) reachable: watch::Sender<bool>,
}

impl Log {
    pub(super) fn append_now(&self, message: NewMessage) -> Position {
        self.append_after(0, message)
    }

    /// Behind so many messages that were lost before anybody read them.
    pub(super) fn append_after(&self, lost: u64, message: NewMessage) -> Position {
        let NewMessage { subject, headers, body } = message;
        let mut messages = self.messages.lock().unwrap();
        let last = messages.last().map_or(Position::START, |last| last.position);
        let position = Position::new(last.sequence() + lost + 1);
        messages.push(RawMessage { position, stored_at: self.clock.now(), subject, headers, body });
        self.tail.send_replace(messages.len());
        position
    }

    /// Loses the message at a position.
    pub(super) fn lose(&self, at: Position) {
        self.messages.lock().unwrap().retain(|message| message.position != at);
    }

    fn check(&self) -> Result<(), LogError> {
        let down = || LogError::Unreachable { detail: "it is down".to_owned() };
        if *self.reachable.borrow() { Ok(()) } else { Err(down()) }
    }

    pub(super) fn all(&self) -> Vec<RawMessage> {
        self.messages.lock().unwrap().clone()
    }
}

impl EventLog for Log {
    fn state(&self) -> Async<'_, Result<LogState, LogError>> {
        Box::pin(async {
            self.check()?;
            let tail = self.all().last().map_or(Position::START, |last| last.position);
            Ok(LogState { incarnation: "life".to_owned(), first: Position::new(1), tail, now: None })
        })
    }

    fn message(&self, at: Position) -> Async<'_, Result<Option<RawMessage>, LogError>> {
        Box::pin(async move {
            self.check()?;
            Ok(self.all().into_iter().find(|message| message.position == at))
        })
    }

    fn position_at(&self, time: Timestamp) -> Async<'_, Result<Position, LogError>> {
        Box::pin(async move {
            self.check()?;
            let known = self.all().into_iter().rfind(|message| message.stored_at <= time);
            Ok(known.map_or(Position::START, |message| message.position))
        })
    }

    fn read(
        &self,
        mut after: Position,
        losses: Losses,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        Box::pin(async move {
            let mut tail = self.tail.subscribe();
            loop {
                tail.mark_unchanged();
                let new: Vec<_> = self.all().into_iter().filter(|message| message.position > after).collect();
                for message in new {
                    let (expected, found) = (after.next(), message.position);
                    if found > expected && !losses.cover(expected, found) {
                        return Err(LogError::Gap { expected, found });
                    }
                    after = found;
                    if into.send(vec![message]).await.is_err() {
                        return Ok(());
                    }
                }
                tail.changed().await.unwrap();
            }
        })
    }

    fn matching(
        &self,
        filter: String,
        after: Position,
        into: mpsc::Sender<Vec<RawMessage>>,
    ) -> Async<'_, Result<(), LogError>> {
        Box::pin(async move {
            self.check()?;
            let mut found = self.all();
            found.retain(|message| message.position > after && matches(&filter, &message.subject));
            for message in found {
                if into.send(vec![message]).await.is_err() {
                    break;
                }
            }
            Ok(())
        })
    }

    fn append(
        &self,
        messages: Vec<NewMessage>,
        expected: Vec<Expected>,
    ) -> Async<'_, Result<Vec<Position>, LogError>> {
        Box::pin(async move {
            self.check()?;
            let all = self.all();
            let last = |filter: &str| all.iter().rev().find(|message| matches(filter, &message.subject));
            let holds = |expected: &Expected| {
                last(&expected.filter).map_or(Position::START, |message| message.position) == expected.last
            };
            if !expected.iter().all(holds) {
                return Err(LogError::Conflict);
            }
            Ok(messages.into_iter().map(|message| self.append_now(message)).collect())
        })
    }
}

/// Whether a subject matches a filter with NATS wildcards.
fn matches(filter: &str, subject: &str) -> bool {
    let (mut wanted, mut tokens) = (filter.split('.'), subject.split('.'));
    loop {
        match (wanted.next(), tokens.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(wanted), Some(token)) if wanted == token => {}
            (Some(_) | None, Some(_) | None) => return false,
        }
    }
}

/// The wire's reading; packed events are kept aside.
#[derive(Default)]
struct WireCodec(Mutex<Vec<Event>>);

impl Codec for WireCodec {
    fn decode(&self, message: &RawMessage) -> Arrival {
        let RawMessage { position, stored_at, subject, headers, body } = message;
        wire::decode(&wire::Message { position: *position, stored_at: *stored_at, subject, headers, body })
    }

    fn pack(&self, event: &Event) -> Vec<u8> {
        let mut events = self.0.lock().unwrap();
        events.push(event.clone());
        (events.len() - 1).to_be_bytes().to_vec()
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Event, CodecError> {
        let index = usize::from_be_bytes(bytes.try_into().unwrap());
        Ok(self.0.lock().unwrap()[index].clone())
    }
}

/// The whole system; it stops when dropped.
pub(super) struct System {
    pub(super) log: Arc<Log>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) projection: Arc<Projection>,
    pub(super) services: Services,
    stop: CancellationToken,
}

impl Drop for System {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl System {
    pub(super) async fn start() -> Self {
        Self::start_with(Arc::new(Access::open())).await
    }

    /// With authentication.
    pub(super) async fn start_with(access: Arc<Access>) -> Self {
        let clock = Arc::new(ManualClock::at("2026-03-02T10:00:00Z".parse().unwrap()));
        let log = Arc::new(Log {
            messages: Mutex::default(),
            tail: watch::Sender::new(0),
            clock: clock.clone(),
            reachable: watch::Sender::new(true),
        });
        let codec = Arc::new(WireCodec::default());
        let store = Arc::new(MemoryStore::default());
        let projection = Arc::new(Projection::open(store, codec.clone(), "v0-0").unwrap());
        let reader = Reader::new(projection.clone(), clock.clone());
        let stop = CancellationToken::new();
        fold(&log, &projection, &stop);
        projection.phase().wait_for(|phase| *phase == Phase::Live).await.unwrap();
        let dependencies = Dependencies { reader, log: log.clone(), codec, clock: clock.clone() };
        let facts = || Facts {
            durability: Durability::Durable,
            verified: true,
            generation: "v1-1".to_owned(),
            rebuild: None,
            free_bytes: Some(1 << 30),
        };
        let rebuild = |_wish| -> Async<'static, _> { Box::pin(async { Err(RebuildRefusal::Stopping) }) };
        let options = Options {
            page_key: b"key".to_vec(),
            version: "0.1.0".to_owned(),
            started_at: clock.now(),
            facts: Box::new(facts),
            rebuild: Box::new(rebuild),
            access,
            public_url: Some("https://davy.example.com/".to_owned()),
        };
        let services = Services::new(dependencies, options).await;
        Self { log, clock, projection, services, stop }
    }

    /// Folds on after it stopped.
    pub(super) fn fold_on(&self) {
        fold(&self.log, &self.projection, &self.stop);
    }

    pub(super) fn issues(&self) -> IssueServiceClient<Routes> {
        IssueServiceClient::new(self.services.routes())
    }

    pub(super) fn customers(&self) -> CustomerServiceClient<Routes> {
        CustomerServiceClient::new(self.services.routes())
    }

    pub(super) fn events(&self) -> EventServiceClient<Routes> {
        EventServiceClient::new(self.services.routes())
    }

    pub(super) fn operations(&self) -> OperationsServiceClient<Routes> {
        OperationsServiceClient::new(self.services.routes())
    }

    /// What became of each event: a position, `= position`, or the reason that it was rejected for.
    pub(super) async fn publish(&self, events: Vec<v1::EventMessage>) -> Result<Vec<String>, Status> {
        use v1::publish_outcome::Outcome;

        let response = self.events().publish_events(v1::PublishEventsRequest { events }).await?.into_inner();
        let said = |outcome: v1::PublishOutcome| match outcome.outcome.unwrap() {
            Outcome::Position(position) => position,
            Outcome::DuplicateOf(position) => format!("= {position}"),
            Outcome::Rejected(rejection) => rejection.reason,
        };
        Ok(response.outcomes.into_iter().map(said).collect())
    }

    /// The titles of what awaits acknowledgement, once a position is folded.
    pub(super) async fn unacknowledged(&self, min_position: &str) -> Vec<String> {
        use v1::unacknowledged_entry::Entry;

        let read = v1::ReadOptions { min_position: min_position.to_owned(), ..Default::default() };
        let request = v1::ListUnacknowledgedRequest { read: Some(read), ..Default::default() };
        let entries = self.issues().list_unacknowledged(request).await.unwrap().into_inner().entries;
        let title = |entry: v1::UnacknowledgedEntry| match entry.entry.unwrap() {
            Entry::Issue(issue) => issue.title,
            Entry::Quarantined(message) => message.reason,
        };
        entries.into_iter().map(title).collect()
    }
}

fn fold(log: &Arc<Log>, projection: &Arc<Projection>, stop: &CancellationToken) {
    let aggregator = Aggregator::new(log.clone(), projection.clone());
    let stopping = stop.clone();
    tokio::spawn(async move { aggregator.run(stopping).await });
}

/// A bare event of sales about crm:4711.
pub(super) fn bare(verb: &str, data: &str) -> v1::EventMessage {
    v1::EventMessage {
        subject: format!("davy.events.sales.crm:4711.{verb}"),
        body: data.as_bytes().to_vec().into(),
        headers: Default::default(),
    }
}

/// A CloudEvent of the support's tool about crm:4711 and issue zendesk 55.
pub(super) fn event(id: &str, verb: &str, members: &str) -> v1::EventMessage {
    let data = format!(r#"{{"issue":{{"system":"zendesk","id":"55"}},{members}}}"#);
    let body = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/zendesk","type":"{verb}","time":"2026-03-02T09:58:00Z","data":{data}}}"#
    );
    v1::EventMessage {
        subject: format!("davy.events.support.crm:4711.{verb}"),
        body: body.into_bytes().into(),
        headers: Default::default(),
    }
}

pub(super) fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}
