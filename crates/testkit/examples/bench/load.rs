//! Events in the shape of a real incident log: the ServiceNow log of UCI 498 (CC BY 4.0, Amaral, Fantinato, Peres 2018,
//! DOI 10.24432/C57S4H) as `davy import` publishes it, from measured quantiles.
//!
//! | what | in that log | here |
//! |---|---|---|
//! | bytes of a body | 284 to 389, mean 339; of a subject 60 | the same members, with texts as long |
//! | events of an issue | 5 at least, median 6, p95 14, p99 21, mean 7.75 | [`FURTHER`], up to 20 |
//! | issues of a customer | median 3, p95 15, p99 26, mean 4.75 | [`EACH`], 5,000 customers at a time |
//! | kinds | 31 % `owner.assigned`, 18 % `progress_noted`, 13 % each reported, acknowledged, resolved, closed | the same |
//! | pace | 255 issues a day on average, in working hours | 360 a working day of ten hours, in whole minutes |
//! | ties | 93 % share their minute with another event, 58 % with one of their own issue | follows from the pace and [`WAITS`] |
//! | order | half of an issue's next events stand within 25 positions, a quarter after more than 2,300 | follows from [`WAITS`] and [`CLOSING`] |
//!
//! That log is an export, so nothing in it is late or doubled; here 1 % come about a hundred events late, and 0.5 %
//! twice. Its issues are all heard in one department, here in four in turn. Deliberately absent: anything that
//! depends on the time of the run; the same load is the same every time.

#[path = "load/message.rs"]
mod message;
#[path = "load/numbers.rs"]
mod numbers;

use std::{cmp::Reverse, collections::BinaryHeap};

use engine::NewMessage;

use message::Kind;
use numbers::Numbers;

/// Events of an issue beyond the five that each has, for each fortieth of the issues.
const FURTHER: [u32; 40] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6,
    7, 8, 9, 11, 15,
];
/// Issues of a customer, for each fiftieth of the customers.
const EACH: [u32; 50] = [
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5,
    5, 6, 6, 6, 7, 7, 8, 8, 9, 10, 11, 12, 15, 18, 26,
];
/// Minutes from one update of an issue to the next, for each twentieth of the updates.
const WAITS: [u64; 20] =
    [0, 0, 0, 1, 1, 3, 7, 12, 22, 40, 74, 133, 237, 444, 972, 1_337, 2_060, 4_194, 7_335, 21_455];
/// Hours from the last update of an issue to its closing, for each tenth of the issues.
const CLOSING: [u64; 10] = [120, 120, 120, 120, 120, 120, 120, 121, 121, 314];
/// Of a thousand: another issue is reported in the same minute. That makes 0.6 a minute.
const ANOTHER: u64 = 375;
/// Of a thousand: an event belongs to the same update as the one before it.
const SAME_UPDATE: u64 = 180;

/// Whose issues they are, so many customers at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Customers {
    /// As in the real log.
    Real,
    /// So many at a time, each with so many issues.
    Each { customers: u64, issues: u32 },
}

/// Messages in the order in which they are published.
#[derive(Debug)]
pub(crate) struct Load {
    numbers: Numbers,
    customers: Customers,
    /// What the ids of its issues begin with.
    prefix: &'static str,
    /// Only reports: every issue stays open and unacknowledged.
    reports_only: bool,
    /// Working minutes since the start.
    minute: u64,
    /// The customer of each issue.
    heard: Vec<u64>,
    /// Customers.
    named: u64,
    /// A customer for each issue to come.
    waiting: Vec<u64>,
    due: BinaryHeap<Reverse<Due>>,
    late: Option<NewMessage>,
}

/// An event to come; the order of the fields is that of the log.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    minute: u64,
    issue: u64,
    /// Number of the update, and of the event in it.
    row: (u64, u64),
    kind: Kind,
    customer: u64,
}

impl Load {
    pub(crate) const fn new(reports_only: bool) -> Self {
        Self::of(reports_only, Customers::Real)
    }

    pub(crate) const fn of(reports_only: bool, customers: Customers) -> Self {
        Self {
            numbers: Numbers::new(7),
            customers,
            prefix: "INC",
            reports_only,
            minute: 0,
            heard: Vec::new(),
            named: 0,
            waiting: Vec::new(),
            due: BinaryHeap::new(),
            late: None,
        }
    }

    /// The same with issues whose ids begin otherwise than `INC`, beside another load.
    pub(crate) fn with_prefix(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// The next `count` messages.
    pub(crate) fn take(&mut self, count: usize) -> Vec<NewMessage> {
        let mut messages = Vec::with_capacity(count + 1);
        while messages.len() < count {
            let message = self.next();
            match self.numbers.below(200) {
                0 if !self.reports_only => messages.push(message.clone()),
                1 | 2 if !self.reports_only => {
                    messages.extend(self.late.replace(message));
                    continue;
                }
                _ => {}
            }
            messages.push(message);
        }
        messages.truncate(count);
        messages
    }

    /// The customers of all issues so far, in the order of their numbers. The reports of the last few may be still to come.
    pub(crate) fn heard(&self) -> &[u64] {
        &self.heard
    }

    fn next(&mut self) -> NewMessage {
        loop {
            if let Some(Reverse(due)) = self.due.peek()
                && due.minute <= self.minute
                && let Some(Reverse(due)) = self.due.pop()
            {
                return message::of(&due, self.prefix, &mut self.numbers);
            }
            if self.numbers.below(1_000) < ANOTHER {
                self.report();
            } else {
                self.minute += 1;
            }
        }
    }

    /// Everything that will happen to one issue more.
    fn report(&mut self) {
        let (customer, mut minute) = (self.customer(), self.minute);
        self.heard.push(customer);
        let issue = self.heard.len() as u64;
        let mut row = (1, 1);
        self.due.push(Reverse(Due { minute, issue, row, kind: Kind::Reported, customer }));
        if self.reports_only {
            return;
        }
        let further = (0..self.numbers.of(&FURTHER)).map(|_| self.numbers.kind()).collect::<Vec<_>>();
        let kinds = [Kind::Assigned, Kind::Acknowledged].into_iter().chain(further).chain([Kind::Resolved]);
        for kind in kinds {
            if kind == Kind::Assigned && row == (1, 1) || self.numbers.below(1_000) < SAME_UPDATE {
                row.1 += 1;
            } else {
                row = (row.0 + 1, 1);
                minute += working(self.numbers.of(&WAITS));
            }
            self.due.push(Reverse(Due { minute, issue, row, kind, customer }));
        }
        minute += working(60 * self.numbers.of(&CLOSING) + self.numbers.below(60));
        self.due.push(Reverse(Due { minute, issue, row: (row.0 + 1, 1), kind: Kind::Closed, customer }));
    }

    fn customer(&mut self) -> u64 {
        if self.waiting.is_empty() {
            let (customers, sizes): (u64, &[u32]) = match &self.customers {
                Customers::Real => (5_000, &EACH),
                Customers::Each { customers, issues } => (*customers, std::slice::from_ref(issues)),
            };
            for _ in 0..customers {
                self.named += 1;
                let size = self.numbers.of(sizes);
                self.waiting.extend((0..size).map(|_| self.named));
            }
        }
        let at = self.numbers.index(self.waiting.len());
        self.waiting.swap_remove(at)
    }
}

/// Of so many minutes those in which people work: all of a short while, and of longer ones 50 hours a week.
const fn working(minutes: u64) -> u64 {
    if minutes < 480 { minutes } else { minutes * 50 / (7 * 24) }
}

#[cfg(test)]
#[path = "load/tests.rs"]
mod tests;
