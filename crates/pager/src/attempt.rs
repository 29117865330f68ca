//! One attempt at a message: claim its pings, send what is ours, record what came of it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::{sleep, timeout};

use crate::{
    channel::{Channel, Receipt, SendError},
    figures::Counted,
    gate::{Gate, Pass},
    lane::{Batch, Lane},
    message::{Item, Message},
    owed::{Claimed, Outcome, Owed, Record},
    pager::Shared,
    ping::{PingId, Severity},
    retry::{self, Backoff},
};

/// How long a receiver may take.
const SEND: Duration = Duration::from_secs(10);
/// How long a claimed ping waits for its turn at a server that keeps others waiting, at most.
const TURN: Duration = Duration::from_secs(10);
/// What must be left of a claim to send within it.
const MARGIN: Duration = Duration::from_secs(15);
/// Characters of a detail.
const DETAIL: usize = 100;

/// A ping that is ours to send, and until when.
#[derive(Debug)]
struct Ours {
    item: Item,
    until: Timestamp,
}

/// Claims, sends and records `batch`. Returns the gate of the server that was asked, for the next message to wait at.
///
/// `pass` is the right to send to the server that this lane asked last.
pub(crate) async fn make<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    batch: Batch,
    held: Option<(&Arc<Gate>, Pass)>,
) -> Option<Arc<Gate>> {
    let ours = claim(shared, lane, &batch).await;
    let mut held = held;
    let mut gate = None;
    for ours in by_destination(ours) {
        let until = ours.iter().map(|ours| ours.until).min().unwrap_or(Timestamp::MAX);
        let items = ours.into_iter().map(|ours| ours.item).collect();
        if let Some(message) = Message::new(items, batch.late, (shared.clock)()) {
            gate = deliver(shared, lane, message, until, held.take()).await;
        }
    }
    gate
}

async fn claim<A: Owed>(shared: &Shared<A>, lane: &Lane, batch: &Batch) -> Vec<Ours> {
    let mut ours = Vec::new();
    for owed in &batch.pings {
        let claim = shared.claim(&owed.id, owed.attempt);
        let claimed = {
            let _turn = shared.claims.acquire().await;
            shared.api.claim(&claim).await
        };
        match claimed {
            Ok(Claimed::Ours { content, until }) => {
                let item = Item { attempt: owed.attempt, content: *content };
                ours.push(Ours { item, until });
            }
            Ok(Claimed::Refused { why }) => {
                tracing::debug!(ping = %owed.id, attempt = owed.attempt, %why, "another has it, or it is owed no more");
                shared.figures.count(Counted::Refused);
                lane.hold(&owed.id, None);
            }
            Err(error) => {
                tracing::warn!(ping = %owed.id, %error, "a ping could not be claimed");
                lane.hold(&owed.id, Some(Duration::from_secs(2)));
            }
        }
    }
    ours
}

/// The directory may have changed between two claims, so that one contact stands for two addresses.
fn by_destination(ours: Vec<Ours>) -> Vec<Vec<Ours>> {
    let mut groups: Vec<Vec<Ours>> = Vec::new();
    for ours in ours {
        let same = groups.iter_mut().find(|group| {
            group.first().is_some_and(|first| {
                let (a, b) = (&first.item.content, &ours.item.content);
                a.kind == b.kind && a.address == b.address
            })
        });
        match same {
            Some(group) => group.push(ours),
            None => groups.push(vec![ours]),
        }
    }
    groups
}

async fn deliver<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    mut message: Message,
    until: Timestamp,
    held: Option<(&Arc<Gate>, Pass)>,
) -> Option<Arc<Gate>> {
    let Some(channel) = shared.channels.for_destination(&message.to) else {
        let why = "no channel of that name or kind is configured";
        settle(shared, lane, &message, Err(SendError::permanent(why))).await;
        return None;
    };
    let gate = channel.server(&message).map(|server| shared.gates.of(&server));
    let turn = turn(shared, gate.as_ref(), until, held).await;
    // What was answered, met or withdrawn while it waited is not sent.
    message.items.retain(|item| lane.owes(&item.content.ping));
    if message.items.is_empty() {
        return gate;
    }
    let sent = match turn {
        Ok(_pass) => send(shared, lane, channel.as_ref(), &message, gate.as_deref()).await,
        Err(error) => Err(error),
    };
    if sent.is_ok() {
        shared.incidents.opened(channel.as_ref(), &message);
    }
    settle(shared, lane, &message, sent).await;
    gate
}

/// Waits for the message's turn at its server, within its claim.
async fn turn<A: Owed>(
    shared: &Shared<A>,
    gate: Option<&Arc<Gate>>,
    until: Timestamp,
    held: Option<(&Arc<Gate>, Pass)>,
) -> Result<Option<Pass>, SendError> {
    let Some(gate) = gate else { return Ok(None) };
    if let Some((of, pass)) = held
        && Arc::ptr_eq(of, gate)
    {
        return Ok(Some(pass));
    }
    let left = Duration::try_from(until.duration_since((shared.clock)())).unwrap_or_default();
    match timeout(left.saturating_sub(MARGIN).min(TURN), gate.enter()).await {
        Ok(pass) => Ok(Some(pass)),
        Err(_) => Err(SendError::temporary("its server keeps others waiting")),
    }
}

async fn send<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    channel: &dyn Channel,
    message: &Message,
    gate: Option<&Gate>,
) -> Result<Receipt, SendError> {
    let _one_of_all = shared.sends.acquire().await;
    let severe = message.items.iter().filter(|item| item.content.severity == Severity::One);
    lane.sending(severe.map(|item| item.content.issue.as_str()));
    shared.figures.count(Counted::Message);
    let sent = timeout(SEND, channel.send(message)).await;
    if let Some(gate) = gate {
        gate.heard(sent.is_ok());
    }
    sent.unwrap_or_else(|_| Err(SendError::temporary("it took longer than 10 s")))
}

/// Records what came of each ping, and tells the lane.
async fn settle<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    message: &Message,
    sent: Result<Receipt, SendError>,
) {
    let (id, pings) = (message.id(), message.items.len());
    match &sent {
        Ok(_) => tracing::info!(message = %id, pings, "a ping was delivered"),
        Err(error) => {
            tracing::warn!(message = %id, pings, attempt = message.attempt(), %error, "a ping was not delivered")
        }
    }
    for Item { attempt, content } in &message.items {
        settle_one(shared, lane, &content.ping, *attempt, &sent).await;
    }
}

async fn settle_one<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    ping: &PingId,
    attempt: u32,
    sent: &Result<Receipt, SendError>,
) {
    let next = sent.as_ref().map_err(|error| retry::after(ping, attempt, error));
    let outcome = match next {
        Ok(_) => Outcome::Delivered,
        Err(retry::Next::Retry(pause)) => Outcome::FailedForNow { retry_at: (shared.clock)() + pause },
        Err(retry::Next::GiveUp) => Outcome::FailedForGood,
    };
    let told = match sent {
        Ok(receipt) => receipt.detail.as_ref(),
        Err(error) => error.why(),
    };
    let detail = told.chars().take(DETAIL).collect();
    record(shared, &Record { claim: shared.claim(ping, attempt), outcome, detail }).await;
    match next {
        Ok(_) => {
            shared.figures.count(Counted::Delivered);
            lane.settle(ping);
        }
        Err(retry::Next::Retry(pause)) => {
            shared.figures.count(Counted::FailedForNow);
            lane.retry(ping, attempt, pause);
        }
        Err(retry::Next::GiveUp) => {
            shared.figures.count(Counted::FailedForGood);
            lane.settle(ping);
        }
    }
}

/// Again and again until the API took it: what was delivered and is not recorded would be sent again.
async fn record<A: Owed>(shared: &Shared<A>, record: &Record) {
    let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(10));
    loop {
        match shared.api.record(record).await {
            Ok(()) => return,
            Err(error @ crate::ApiFault::Refused(_)) => {
                tracing::warn!(ping = %record.claim.ping, %error, "what came of a ping is not recorded");
                return;
            }
            Err(crate::ApiFault::Unavailable(why)) => {
                tracing::warn!(ping = %record.claim.ping, %why, "what came of a ping is not recorded yet");
                sleep(backoff.pause()).await;
            }
        }
    }
}
