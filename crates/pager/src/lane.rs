//! What is owed to one recipient, and what of it goes next. A lane is worked by one task, one message after the other, so a
//! receiver that is slow delays its own pings only.

mod entry;
mod pick;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{sync::Notify, time::Instant};

use crate::{
    ping::{OwedPing, PingId, Recipient, Severity},
    throttle::{Bucket, Throttle},
};

use entry::Entry;
pub(crate) use pick::{Batch, Next};

/// Settled pings that are remembered, so that news from before they were settled is not taken for new.
const SETTLED: usize = 1_000;
/// Issues of severity 1 that are remembered as having been pinged for.
const SEEN: usize = 1_000;
/// How long the API is left alone where it did not answer a claim.
const UNANSWERED: Duration = Duration::from_secs(2);
/// How long a ping that was refused to us is left alone at first, and at most. The watch tells what becomes of it; asking
/// again is for news that was lost.
const REFUSED: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));

/// How long a contact has to have got enough for that to be told, and of how many pings at once.
const TELL: Duration = Duration::from_secs(5);
const TOLD: usize = 50;

/// The pings that are owed to one recipient.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Whose it is.
    pub(crate) recipient: Recipient,
    state: Mutex<State>,
    /// Something came, or went.
    pub(crate) changed: Notify,
}

#[derive(Debug)]
struct State {
    pings: BTreeMap<PingId, Entry>,
    settled: BTreeSet<PingId>,
    settled_in_order: VecDeque<PingId>,
    /// Issues of severity 1 that were pinged for: only the first such ping goes past the throttle.
    seen: VecDeque<String>,
    bucket: Bucket,
    /// When the first of the late pings was ready.
    digest_since: Option<Instant>,
    /// Its task has ended: it takes nothing any more.
    closed: bool,
}

/// Whether a lane took a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is kept.
    Yes,
    /// It is settled, as far as we know.
    Settled,
    /// The lane has ended; make another.
    Closed,
}

impl Lane {
    pub(crate) fn new(recipient: Recipient, throttle: Throttle) -> Self {
        let state = State {
            pings: BTreeMap::new(),
            settled: BTreeSet::new(),
            settled_in_order: VecDeque::new(),
            seen: VecDeque::new(),
            bucket: Bucket::new(throttle, Instant::now()),
            digest_since: None,
            closed: false,
        };
        Self { recipient, state: Mutex::new(state), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is owed, or looks different.
    pub(crate) fn upsert(&self, owed: OwedPing, wall: Timestamp) -> Taken {
        let mut state = self.state();
        if state.closed {
            return Taken::Closed;
        }
        if state.settled.contains(&owed.id) {
            return Taken::Settled;
        }
        let now = Instant::now();
        match state.pings.get_mut(&owed.id) {
            Some(entry) => entry.update(owed, now, wall),
            None => {
                state.pings.insert(owed.id.clone(), Entry::new(owed, now, wall));
            }
        }
        drop(state);
        self.changed.notify_one();
        Taken::Yes
    }

    /// It is owed no more.
    pub(crate) fn remove(&self, id: &PingId) {
        let mut state = self.state();
        state.pings.remove(id);
        state.settled.remove(id);
        state.settled_in_order.retain(|settled| settled != id);
        drop(state);
        self.changed.notify_one();
    }

    /// The mildest that is kept, the last of equals, is left out if it is milder than `severity`: its issue, and its id.
    pub(crate) fn give_way(&self, severity: Severity) -> Option<(String, PingId)> {
        let mut state = self.state();
        let kept = state.pings.values().map(|entry| &entry.owed);
        let mildest = kept.max_by_key(|owed| (owed.severity, owed.requested_at))?;
        let (issue, id) =
            (mildest.severity > severity).then(|| (mildest.issue.clone(), mildest.id.clone()))?;
        state.pings.remove(&id);
        Some((issue, id))
    }

    /// Pings that are kept.
    pub(crate) fn len(&self) -> usize {
        self.state().pings.len()
    }

    /// Whether it is still owed: looked at just before it is sent.
    pub(crate) fn owes(&self, id: &PingId) -> bool {
        self.state().pings.contains_key(id)
    }

    /// What to do now, or until when there is nothing to do.
    pub(crate) fn next(&self, wall: Timestamp) -> Next {
        pick::next(&mut self.state(), Instant::now(), wall)
    }

    /// What waits for its contact, if that is for long, and was not told to anybody; and for how long.
    pub(crate) fn throttled(&self) -> (Vec<PingId>, Duration) {
        let (state, now) = (self.state(), Instant::now());
        let wait = state.bucket.ready_at(now) - now;
        let untold = state.pings.values().filter(|entry| wait >= TELL && entry.is_untold(now));
        let untold = untold.filter(|entry| !pick::goes_past(&state, &entry.owed));
        (untold.map(|entry| entry.owed.id.clone()).take(TOLD).collect(), wait)
    }

    /// That is known to the API.
    pub(crate) fn told(&self, id: &PingId) {
        if let Some(entry) = self.state().pings.get_mut(id) {
            entry.told();
        }
    }

    /// A message goes out.
    pub(crate) fn sending(&self) {
        self.state().bucket.take(Instant::now());
    }

    /// Its recipient is pinged for these issues of severity 1.
    pub(crate) fn pinging_for<'a>(&self, severe_issues: impl Iterator<Item = &'a str>) {
        let mut state = self.state();
        for issue in severe_issues {
            if !state.seen.iter().any(|seen| seen == issue) {
                state.seen.push_back(issue.to_owned());
            }
        }
        while state.seen.len() > SEEN {
            state.seen.pop_front();
        }
    }

    /// It is delivered, or failed for good, and that is recorded.
    pub(crate) fn settle(&self, id: &PingId) {
        let mut state = self.state();
        state.pings.remove(id);
        if state.settled.insert(id.clone()) {
            state.settled_in_order.push_back(id.clone());
        }
        while state.settled_in_order.len() > SETTLED {
            if let Some(oldest) = state.settled_in_order.pop_front() {
                state.settled.remove(&oldest);
            }
        }
    }

    /// `attempt` failed, and that is recorded: the next is ours to claim after `pause`.
    pub(crate) fn retry(&self, id: &PingId, attempt: u32, pause: Duration) {
        if let Some(entry) = self.state().pings.get_mut(id) {
            entry.retry(attempt, Instant::now() + pause);
        }
    }

    /// Nobody answered the claim of an attempt: it is asked for again soon.
    pub(crate) fn unanswered(&self, id: &PingId, attempt: u32) {
        if let Some(entry) = self.state().pings.get_mut(id) {
            entry.unanswered(attempt, Instant::now() + UNANSWERED);
        }
    }

    /// The claim was refused, or the ping is left for later.
    pub(crate) fn hold(&self, id: &PingId, pause: Option<Duration>) {
        if let Some(entry) = self.state().pings.get_mut(id) {
            let (first, longest) = REFUSED;
            let now = Instant::now();
            match pause {
                Some(pause) => entry.hold(now + pause),
                None => entry.refused(now, first, longest),
            }
        }
    }

    /// Ends it.
    pub(crate) fn close(&self) {
        self.state().closed = true;
    }

    /// Ends it, if nothing is owed and nothing has to be remembered.
    pub(crate) fn close_if_idle(&self) -> bool {
        let mut state = self.state();
        state.closed |= state.pings.is_empty() && state.bucket.is_full(Instant::now());
        state.closed
    }
}
