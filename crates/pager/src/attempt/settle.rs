//! What came of a message: recorded of each of its pings until the API has it, and told to the lane.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    channel::{Receipt, SendError},
    figures::Counted,
    lane::Lane,
    message::{Item, Message},
    owed::{Outcome, Owed, Record},
    pager::Shared,
    ping::PingId,
    retry::{self, Backoff},
};

/// Characters of a detail.
const DETAIL: usize = 100;

/// Records what came of each ping, and tells the lane.
pub(super) async fn settle<A: Owed>(
    shared: &Shared<A>,
    lane: &Lane,
    message: &Message,
    sent: &Result<Receipt, SendError>,
) {
    let (id, pings) = (message.id(), message.items.len());
    match sent {
        Ok(_) => tracing::info!(message = %id, pings, "a ping was delivered"),
        Err(error) => {
            tracing::warn!(message = %id, pings, attempt = message.attempt(), %error, "a ping was not delivered")
        }
    }
    for Item { attempt, content } in &message.items {
        settle_one(shared, lane, &content.ping, *attempt, sent).await;
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
