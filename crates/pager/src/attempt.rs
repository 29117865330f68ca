//! One attempt at a message: claim its pings, send what is ours, record what came of it.
//!
//! Pings whose channel tells of one issue at a time are claimed, sent and settled one after the other.

mod settle;

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use crate::{
    channel::{Channel, Receipt, SendError},
    figures::Counted,
    gate::{Gate, Pass},
    lane::{Batch, Lane},
    message::{Item, Message},
    owed::{ApiFault, Claimed, Outcome, Owed, Record},
    pager::Shared,
    ping::{OwedPing, Severity},
    retry,
};
use settle::settle;

/// How long a claimed ping waits for its turn at a server that keeps others waiting, at most.
const TURN: Duration = Duration::from_secs(10);
/// What is to be left of a claim when a receiver's time is over: to record what came of it.
const RECORD: Duration = Duration::from_secs(5);
/// What a receiver gets at least, as our clock and the API's may say different things of a claim's end.
const LEAST: Duration = Duration::from_secs(10);
/// Messages that a batch becomes where each of its pings is one. Then it is looked anew at what is worst.
const ONE_BY_ONE: usize = 10;

/// A ping that is ours to send, and until when.
#[derive(Debug)]
struct Ours {
    item: Item,
    until: Timestamp,
}

/// A message, until when its pings are ours, and whether it is one of those that its contact gets only so many of: of
/// a batch that becomes several the first.
struct Outgoing {
    message: Message,
    until: Timestamp,
    counts: bool,
}

/// The right to send to the server that a lane asked last.
type Held<'a> = Option<(&'a Arc<Gate>, Pass)>;

/// What a message met.
#[derive(Default)]
struct Met {
    /// The server that was asked.
    gate: Option<Arc<Gate>>,
    error: Option<SendError>,
}

/// Claims, sends and records `batch`. Returns the gate of the server that was asked, for the next message to wait at.
pub(crate) async fn make<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    batch: Batch,
    mut held: Held<'_>,
) -> Option<Arc<Gate>> {
    let Batch { pings, late } = batch;
    let (mut together, mut gate, mut alone) = (Vec::new(), None, 0);
    let mut pings = pings.into_iter();
    while let Some(owed) = pings.next().filter(|_| alone < ONE_BY_ONE) {
        let Some(ours) = claim(shared, lane, &owed).await else { continue };
        if !goes_alone(shared, &ours) {
            together.push(ours);
            continue;
        }
        let met = deliver(shared, lane, outgoing(shared, vec![ours], late, alone == 0), held.take()).await;
        alone += 1;
        gate = met.gate.or(gate);
        if let Some(error @ SendError::Temporary { .. }) = met.error {
            // Its server would do the same to the rest, which nobody has claimed yet.
            pings.for_each(|owed| lane.hold(&owed.id, Some(retry::pause(&owed.id, owed.attempt, &error))));
            break;
        }
    }
    for ours in by_destination(together) {
        let met = deliver(shared, lane, outgoing(shared, ours, late, true), held.take()).await;
        gate = met.gate.or(gate);
    }
    gate
}

/// Says what waits for the lane's contact, so that nobody takes it for unanswered (escalation rule 13). What could not be said is
/// said when the lane is looked at again.
pub(crate) async fn tell_throttled<A: Owed>(shared: &Shared<A>, lane: &Lane) {
    let (pings, wait) = lane.throttled();
    let now = (shared.clock)();
    let until =
        SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now);
    for ping in pings {
        let outcome = Outcome::Throttled { until };
        let record = Record { claim: shared.claim(&ping, 1), outcome, detail: String::new() };
        match shared.api.record(&record).await {
            Ok(()) | Err(ApiFault::Refused(_)) => lane.told(&ping),
            Err(error) => {
                tracing::debug!(%ping, %error, "that a ping is throttled could not be said");
                return;
            }
        }
    }
}

async fn claim<A: Owed>(shared: &Shared<A>, lane: &Lane, owed: &OwedPing) -> Option<Ours> {
    let claim = shared.claim(&owed.id, owed.attempt);
    let claimed = {
        let _turn = shared.claims.acquire().await;
        shared.api.claim(&claim).await
    };
    match claimed {
        Ok(Claimed::Ours { content, until }) => {
            return Some(Ours { item: Item { attempt: owed.attempt, content: *content }, until });
        }
        Ok(Claimed::Refused { why }) => {
            tracing::debug!(ping = %owed.id, attempt = owed.attempt, %why, "another has it, or it is owed no more");
            shared.figures.count(Counted::Refused);
            lane.hold(&owed.id, None);
        }
        Err(error) => {
            tracing::warn!(ping = %owed.id, %error, "a ping could not be claimed");
            lane.unanswered(&owed.id, owed.attempt);
        }
    }
    None
}

fn goes_alone<A: Owed>(shared: &Shared<A>, ours: &Ours) -> bool {
    let channel = shared.channels.for_destination(&ours.item.content.destination());
    channel.is_some_and(|channel| channel.tells_one_by_one())
}

/// `None`: there is nothing to send.
fn outgoing<A: Owed>(shared: &Shared<A>, ours: Vec<Ours>, late: bool, counts: bool) -> Option<Outgoing> {
    let until = ours.iter().map(|ours| ours.until).min()?;
    let items = ours.into_iter().map(|ours| ours.item).collect();
    let message = Message::new(items, late, (shared.clock)())?;
    Some(Outgoing { message, until, counts })
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
    outgoing: Option<Outgoing>,
    held: Held<'_>,
) -> Met {
    let Some(mut outgoing) = outgoing else { return Met::default() };
    let Some(channel) = shared.channels.for_destination(&outgoing.message.to) else {
        let why = "no channel of that name or kind is configured";
        settle(shared, lane, &outgoing.message, &Err(SendError::permanent(why))).await;
        return Met::default();
    };
    let gate = channel.server(&outgoing.message).map(|server| shared.gates.of(&server));
    let turn = turn(shared, gate.as_ref(), (outgoing.until, channel.patience()), held).await;
    // What was answered, met or withdrawn while it waited is not sent.
    outgoing.message.items.retain(|item| lane.owes(&item.content.ping));
    if outgoing.message.items.is_empty() {
        return Met { gate, error: None };
    }
    let sent = match turn {
        Ok(_pass) => send(shared, lane, channel.as_ref(), &outgoing, gate.as_deref()).await,
        Err(error) => Err(error),
    };
    if sent.is_ok() {
        shared.incidents.opened(channel.as_ref(), &outgoing.message);
    }
    settle(shared, lane, &outgoing.message, &sent).await;
    Met { gate, error: sent.err() }
}

/// Waits for the message's turn at its server, so that enough is left of its claim.
async fn turn<A: Owed>(
    shared: &Shared<A>,
    gate: Option<&Arc<Gate>>,
    (until, patience): (Timestamp, Duration),
    held: Held<'_>,
) -> Result<Option<Pass>, SendError> {
    let Some(gate) = gate else { return Ok(None) };
    if let Some((of, pass)) = held
        && Arc::ptr_eq(of, gate)
    {
        return Ok(Some(pass));
    }
    let wait = shared.left_until(until).saturating_sub(patience + RECORD).min(TURN);
    match timeout(wait, gate.enter()).await {
        Ok(pass) => Ok(Some(pass)),
        Err(_) => Err(SendError::temporary("its server keeps others waiting")),
    }
}

async fn send<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    channel: &dyn Channel,
    outgoing: &Outgoing,
    gate: Option<&Gate>,
) -> Result<Receipt, SendError> {
    let Outgoing { message, until, counts } = outgoing;
    let _one_of_all = shared.sends.acquire().await;
    if *counts {
        lane.sending();
    }
    let severe = message.items.iter().filter(|item| item.content.severity == Severity::One);
    lane.pinging_for(severe.map(|item| item.content.issue.as_str()));
    shared.figures.count(Counted::Message);
    let patience = shared.left_until(*until).saturating_sub(RECORD).max(LEAST).min(channel.patience());
    let sent = timeout(patience, channel.send(message)).await;
    if let Some(gate) = gate {
        gate.heard(sent.is_ok());
    }
    sent.unwrap_or_else(|_| Err(SendError::too_slow(patience)))
}
