//! People and tools at work: each says again what was not answered, under the same id, until there is an answer; and what was
//! answered is written down.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use testkit::client::{
    Api, ApiError, Code, Publisher, PublisherOptions, issue_name,
    v1::{self, acknowledge_ping_request::Which},
};
use tokio::{task::JoinHandle, time::sleep};

use super::{
    super::{probing::sequence, publishing::Confirmed, traffic::Message},
    place::{PATIENCE, Place},
    plan::{Order, Wish},
};
use crate::{block_on, spawn};

const PAUSE: Duration = Duration::from_millis(100);
/// An answer, if not the one that was wished for.
const REFUSED: [Code; 4] =
    [Code::FailedPrecondition, Code::NotFound, Code::AlreadyExists, Code::PermissionDenied];
/// Whoever is told so asks again when the log is whole: it is full, or was put back and is being folded.
const WAITING: [&str; 2] = ["LOG_REFUSED", "LOG_DIVERGED"];
/// No answer yet.
const NOT_NOW: [Code; 4] = [Code::Unavailable, Code::DeadlineExceeded, Code::Cancelled, Code::Aborted];

/// An order that was carried out.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) order: Order,
    /// The ping that was answered, where one was.
    pub(crate) ping: String,
    /// Of the last event that it made.
    pub(crate) position: u64,
    /// What it made, as `<source>/<id>`.
    pub(crate) events: Vec<String>,
}

/// What came of all of it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) done: Vec<Done>,
    /// Orders that were refused, by the reason.
    pub(crate) refused: BTreeMap<String, usize>,
    /// What should never be answered.
    pub(crate) wrong: Vec<String>,
    /// How often something was said again.
    pub(crate) again: usize,
}

/// What came of saying again what was done.
#[derive(Debug, Default)]
pub(crate) struct Again {
    /// Everything that was not answered as it was.
    pub(crate) otherwise: Vec<String>,
    /// Pings that were answered once, and of which nobody knows now: a late event may have taken away what they were for.
    pub(crate) unknown: BTreeSet<String>,
}

/// Everybody who works.
pub(crate) struct Work {
    publisher: Arc<Publisher>,
    pub(crate) confirmed: Confirmed,
    told: Arc<Mutex<Told>>,
    apis: BTreeMap<(usize, &'static str, &'static str), Api>,
    tasks: Vec<JoinHandle<()>>,
    hook: String,
}

impl Work {
    pub(crate) fn begin(place: &Place) -> Self {
        let options = PublisherOptions {
            ack_timeout: Duration::from_secs(2),
            connect_timeout: PATIENCE,
            ..PublisherOptions::new(place.tools())
        };
        let publisher = Arc::new(block_on(Publisher::connect(options)).unwrap());
        let (confirmed, told) = (Confirmed::default(), Arc::default());
        let hook = place.hook.url().to_owned();
        Self { publisher, confirmed, told, apis: BTreeMap::new(), tasks: Vec::new(), hook }
    }

    /// One after the other, and beside everything else.
    pub(crate) fn publish(&mut self, messages: Vec<Message>) {
        let (publisher, confirmed, told) =
            (Arc::clone(&self.publisher), self.confirmed.clone(), Arc::clone(&self.told));
        let messages = messages.into_iter().map(|message| message.to(&self.hook));
        let messages: Vec<_> = messages.collect();
        self.tasks.push(spawn(async move {
            for message in messages {
                publish(&publisher, message, &confirmed, &told).await;
            }
        }));
    }

    /// Beside everything else.
    pub(crate) fn order(&mut self, place: &Place, order: Order) {
        let ping = match &order.what {
            Wish::Answer(number) => {
                let arrived = place.hook.ids();
                // Nobody was pinged yet.
                let Some(at) = number.checked_rem(arrived.len()) else { return };
                arrived[at].clone()
            }
            Wish::Acknowledge(_) | Wish::Accept(_) | Wish::Assign(..) | Wish::Decline(_) | Wish::Note(_) => {
                String::new()
            }
        };
        let api = self.api(place, order.node, &order);
        let told = Arc::clone(&self.told);
        self.tasks.push(spawn(async move { carry_out(&api, order, ping, &told).await }));
    }

    fn api(&mut self, place: &Place, node: usize, order: &Order) -> Api {
        let Order { department, person, .. } = order;
        let key = (node, *department, *person);
        self.apis.entry(key).or_insert_with(|| place.api(node, format!("{department}/t:{person}"))).clone()
    }

    /// Waits until everything that was begun is answered.
    pub(crate) fn finish(&mut self, place: &mut Place) {
        for task in self.tasks.drain(..) {
            block_on(task).unwrap();
            place.assert_alive();
        }
    }

    /// What was answered so far.
    pub(crate) fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    /// Says again what was done before, to the other one.
    pub(crate) fn say_again(&mut self, place: &Place) -> Again {
        let done = self.told().done.clone();
        let mut again = Again::default();
        for done in done {
            let api = self.api(place, 1 - done.order.node, &done.order).with_deadline(PATIENCE);
            match block_on(ask(&api, &done.order, &done.ping)) {
                Ok(result) if sequence(&result.position) == done.position && result.events == done.events => {
                }
                Err(error) if error.reason == "UNKNOWN_PING" && !done.ping.is_empty() => {
                    again.unknown.insert(done.ping);
                }
                answer => again.otherwise.push(format!("{done:?} said again: {answer:?}")),
            }
        }
        again
    }
}

async fn publish(publisher: &Publisher, message: Message, confirmed: &Confirmed, told: &Mutex<Told>) {
    let began = Instant::now();
    loop {
        match publisher.publish(message.event.clone()).await {
            Ok(stored) => return confirmed.add(sequence(&stored.position), message),
            Err(error) if began.elapsed() > PATIENCE => {
                let shown = message.shown();
                return told.lock().unwrap().wrong.push(format!("{shown} was never confirmed: {error:?}"));
            }
            Err(_) => told.lock().unwrap().again += 1,
        }
        sleep(PAUSE).await;
    }
}

async fn carry_out(api: &Api, order: Order, ping: String, told: &Mutex<Told>) {
    let began = Instant::now();
    loop {
        let error = match ask(api, &order, &ping).await {
            Ok(result) => {
                let position = sequence(&result.position);
                let done = Done { order, ping, position, events: result.events };
                return told.lock().unwrap().done.push(done);
            }
            Err(error) => error,
        };
        let is_waiting = NOT_NOW.contains(&error.code) || WAITING.contains(&error.reason.as_str());
        if REFUSED.contains(&error.code) && !is_waiting {
            *told.lock().unwrap().refused.entry(error.reason).or_default() += 1;
            return;
        }
        if !is_waiting || began.elapsed() > PATIENCE {
            let wrong = format!("{order:?} was answered {:?} {error}", error.code);
            return told.lock().unwrap().wrong.push(wrong);
        }
        told.lock().unwrap().again += 1;
        sleep(PAUSE).await;
    }
}

async fn ask(api: &Api, order: &Order, ping: &str) -> Result<v1::CommandResult, ApiError> {
    let request_id = format!("life-{}", order.number);
    let options = Some(v1::CommandOptions { request_id, ..Default::default() });
    let named = |issue: &str| issue_name(&format!("t:{issue}")).ok();
    let reason = "by chance".to_owned();
    let result = match &order.what {
        Wish::Acknowledge(issue) => {
            let request = v1::AcknowledgeIssueRequest {
                issue: named(issue),
                channel: "mail".to_owned(),
                options,
                ..Default::default()
            };
            api.acknowledge_issue(request).await?.result
        }
        Wish::Accept(issue) => {
            api.accept_issue(v1::AcceptIssueRequest { issue: named(issue), options }).await?.result
        }
        Wish::Assign(issue, department, team) => {
            let request = v1::AssignIssueRequest {
                issue: named(issue),
                department: (*department).to_owned(),
                team: (*team).to_owned(),
                reason,
                options,
                ..Default::default()
            };
            api.assign_issue(request).await?.result
        }
        Wish::Decline(issue) => {
            api.decline_issue(v1::DeclineIssueRequest { issue: named(issue), reason, options }).await?.result
        }
        Wish::Note(issue) => {
            let text = "the second pump is the same".to_owned();
            let request = v1::AddNoteRequest { issue: named(issue), text, internal: true, options };
            api.add_note(request).await?.result
        }
        Wish::Answer(_) => {
            let which = Some(Which::Ping(ping.to_owned()));
            api.acknowledge_ping(v1::AcknowledgePingRequest { which, options }).await?.result
        }
    };
    Ok(result.unwrap_or_default())
}
