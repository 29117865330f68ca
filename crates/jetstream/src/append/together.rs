//! Single messages that something is expected with, stored together: a server that syncs what it acks syncs a batch once.
//!
//! Who comes alone is sent at once. Who comes while others are being stored waits for the next round, and goes in one batch
//! with everybody else who waited. A batch is stored whole or not at all: if one expectation does not hold, each message is
//! sent again alone, and only those that deserve it are refused. Deliberately absent: messages without an expectation, which
//! may carry ids that a batch must not.

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Included, Unbounded},
};

use domain::Position;
use engine::NewMessage;
use futures_util::future::join_all;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{batch, single};
use crate::link::{ANSWER, Failure, Link, SharedLink};

/// Messages of one round at most. With 128 callers 64 and 128 stored as many commands a second; so did two rounds at once.
const MOST: usize = 64;
/// Bytes after which a round takes no more messages.
const BYTES: usize = 1 << 20;
/// Messages that wait for a round.
const WAITING: usize = 512;

/// Where messages wait for the next round.
#[derive(Debug)]
pub(super) struct Together {
    waiting: mpsc::Sender<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    message: NewMessage,
    /// What its expectation is about.
    filter: String,
    answer: oneshot::Sender<Result<Position, Failure>>,
}

impl Together {
    pub(super) fn start(link: SharedLink) -> Self {
        let (waiting, come) = mpsc::channel(WAITING);
        tokio::spawn(go_round(link, come));
        Self { waiting }
    }

    /// The position of a message that carries one expectation, about `filter`.
    pub(super) async fn append(&self, message: NewMessage, filter: String) -> Result<Position, Failure> {
        let (answer, answered) = oneshot::channel();
        match timeout(ANSWER, self.waiting.send(Waiting { message, filter, answer })).await {
            Ok(Ok(())) => answered.await.unwrap_or_else(|_ended| Err(ended())),
            Ok(Err(_)) => Err(ended()),
            Err(_) => {
                Err(Failure::Unreachable("too many messages wait to be stored; nothing was sent".to_owned()))
            }
        }
    }
}

/// Until nobody is left who could send.
async fn go_round(link: SharedLink, mut come: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::new();
    while !waiting.is_empty() || come.recv_many(&mut waiting, MOST).await > 0 {
        while waiting.len() < MOST
            && let Ok(next) = come.try_recv()
        {
            waiting.push(next);
        }
        let round = take_round(&mut waiting);
        store(&link, round).await;
    }
}

/// Takes what may go in one batch; the rest waits for the next. Of two that expect something of the same subjects only the
/// first may: the server does not judge the second by what the first would change. Nobody waits for an answer of those
/// whose sender gave up, so they are not sent at all.
fn take_round(waiting: &mut Vec<Waiting>) -> Vec<Waiting> {
    let (mut round, mut filters, mut bytes) = (Vec::with_capacity(waiting.len()), Filters::default(), 0);
    let mut rest = Vec::new();
    for next in waiting.drain(..).filter(|next| !next.answer.is_closed()) {
        if bytes < BYTES && filters.add(&next.filter) {
            bytes += next.message.body.len();
            round.push(next);
        } else {
            rest.push(next);
        }
    }
    *waiting = rest;
    round
}

/// Filters of which no two match the same subject.
#[derive(Default)]
struct Filters(BTreeSet<String>);

impl Filters {
    /// Adds one, unless it might match what another does: compared is what stands before the first wildcard.
    fn add(&mut self, filter: &str) -> bool {
        let fixed = filter.split(['*', '>']).next().unwrap_or_default();
        let before = self.0.range::<str, _>((Unbounded, Included(fixed))).next_back();
        let after = self.0.range::<str, _>((Excluded(fixed), Unbounded)).next();
        let apart = before.is_none_or(|before| !fixed.starts_with(before.as_str()))
            && after.is_none_or(|after| !after.starts_with(fixed));
        apart && self.0.insert(fixed.to_owned())
    }
}

async fn store(link: &Link, round: Vec<Waiting>) {
    if round.len() > 1 {
        let messages = round.iter().map(|next| next.message.clone()).collect();
        match batch(link, messages).await {
            Ok(positions) => {
                return round.into_iter().zip(positions).for_each(|(next, at)| next.tell(Ok(at)));
            }
            Err(failure @ Failure::Unreachable(_)) => {
                return round.into_iter().for_each(|next| next.tell(Err(failure.clone())));
            }
            // Nothing of it is stored.
            Err(Failure::Refused(_)) => {}
        }
    }
    join_all(round.into_iter().map(|next| alone(link, next))).await;
}

async fn alone(link: &Link, Waiting { message, filter: _, answer }: Waiting) {
    answer.send(single(link, message).await).ok();
}

impl Waiting {
    /// Whoever gave up need not hear it.
    fn tell(self, answer: Result<Position, Failure>) {
        self.answer.send(answer).ok();
    }
}

fn ended() -> Failure {
    Failure::Unreachable("the connection is being closed; the message may be stored or not".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_that_might_match_the_same_subject_do_not_go_together() {
        let mut filters = Filters::default();
        for (filter, apart) in [
            ("e.command.crm:1.>", true),
            ("e.command.crm:12.>", true),
            ("e.command.crm:1.>", false),
            ("e.command.crm:12.issue.>", false),
            ("e.command.>", false),
            ("e.*.crm:3.>", false),
            ("e.command.crm:11.>", true),
            ("f.>", true),
        ] {
            assert_eq!(filters.add(filter), apart, "{filter}");
        }
    }
}
