//! Issues that come up again and again although nothing comes of it: each is left alone for a while, a longer one each time,
//! so that one bad issue stops nobody else (`escalation.md` rule 20).

use std::collections::BTreeMap;

use domain::IssueId;
use jiff::{SignedDuration, Timestamp};

/// Times within [`WITHIN`] that an issue may come up.
const TIMES: u32 = 30;
const WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// For how long it is left alone the first time; twice as long each time after.
const FIRST: SignedDuration = SignedDuration::from_secs(30);
const LONGEST: SignedDuration = SignedDuration::from_secs(3_600);
/// Issues that are remembered; more are escalated unwatched.
const MOST: usize = 10_000;

/// How often issues came up.
#[derive(Debug, Default)]
pub(super) struct Patience(BTreeMap<IssueId, Record>);

#[derive(Clone, Copy, Debug)]
struct Record {
    since: Timestamp,
    times: u32,
    /// How often it was left alone already.
    rests: u32,
    until: Option<Timestamp>,
}

impl Patience {
    /// Whether an issue is left alone for now. A clock that was set back does not make that longer.
    pub(super) fn rests(&self, id: IssueId, now: Timestamp) -> bool {
        let until = self.0.get(&id).and_then(|record| record.until);
        until.is_some_and(|until| now < until && until.duration_since(now) <= LONGEST)
    }

    /// Whether an issue was left alone of late.
    pub(super) fn rested(&self, id: IssueId) -> bool {
        self.0.get(&id).is_some_and(|record| record.until.is_some())
    }

    /// How many are left alone, or were of late.
    pub(super) fn len(&self) -> usize {
        self.0.values().filter(|record| record.until.is_some()).count()
    }

    /// These came up; some of them for too often.
    pub(super) fn note(&mut self, ids: impl Iterator<Item = (IssueId, bool)>, now: Timestamp) {
        self.0.retain(|_, record| now.duration_since(record.since).abs() < LONGEST * 2);
        for (id, failed) in ids {
            if self.0.len() >= MOST && !self.0.contains_key(&id) {
                continue;
            }
            let fresh = Record { since: now, times: 0, rests: 0, until: None };
            let record = self.0.entry(id).or_insert(fresh);
            record.come(id, failed, now);
        }
    }
}

impl Record {
    fn come(&mut self, id: IssueId, failed: bool, now: Timestamp) {
        if now.duration_since(self.since).abs() > WITHIN {
            if self.until.is_none_or(|until| now.duration_since(until) > LONGEST) {
                self.rests = 0;
            }
            (self.since, self.times) = (now, 0);
        }
        self.times = self.times.saturating_add(1);
        if failed || self.times > TIMES {
            let rest = (FIRST * (1 << self.rests.min(7))).min(LONGEST);
            self.until = now.checked_add(rest).ok();
            self.rests = self.rests.saturating_add(1);
            tracing::error!(issue = %id, seconds = rest.as_secs(), "escalating an issue comes to nothing; it rests");
        }
    }
}
