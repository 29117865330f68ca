//! What a watch tells, sorted into lanes. A lane begins with the first ping for its recipient and ends when it is idle.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    lane::{Lane, Taken},
    owed::{Frame, Row},
    ping::{OwedPing, PingId, Recipient},
    throttle::Throttle,
};

/// Pings of one recipient that are kept at most, the worst first: a backlog of one keeps nobody else's out.
const LANE: usize = 1_000;
/// Pings that are kept at most before a recipient gets room for no more than [`SHARE`].
const KEPT: usize = 20_000;
/// What every recipient has room for, whatever the others are owed: a digest.
const SHARE: usize = 50;
/// Pings that are kept at most.
const MOST: usize = 2 * KEPT;

/// The lanes, and which pings of each issue are where.
#[derive(Debug)]
pub(crate) struct Board {
    throttle: Throttle,
    lanes: HashMap<Recipient, Arc<Lane>>,
    issues: HashMap<String, BTreeMap<PingId, Recipient>>,
    pings: usize,
    /// The issues that the snapshot under way has told of; `None`: it is complete.
    told: Option<HashSet<String>>,
    /// Whose pings did not all fit. The API still owes those: a fresh snapshot brings them.
    left_out: HashSet<Recipient>,
}

/// What a frame asks of the pager.
#[derive(Debug)]
pub(crate) enum Effect {
    /// A lane is new: somebody has to work it.
    Begin(Arc<Lane>),
    /// All that is owed is known: sending may begin.
    Complete,
    /// A ping did not fit.
    LeftOut,
}

impl Board {
    pub(crate) fn new(throttle: Throttle) -> Self {
        let (lanes, issues, left_out) = (HashMap::new(), HashMap::new(), HashSet::new());
        Self { throttle, lanes, issues, pings: 0, told: None, left_out }
    }

    /// A watch begins: what it does not tell of by the end of its snapshot is owed no more.
    pub(crate) fn begin_snapshot(&mut self) {
        self.told = Some(HashSet::new());
        self.left_out.clear();
    }

    pub(crate) fn apply(&mut self, frame: Frame, wall: Timestamp) -> Vec<Effect> {
        match frame {
            Frame::Snapshot { reset, rows } => {
                if reset {
                    self.begin_snapshot();
                }
                rows.into_iter().flat_map(|row| self.replace(row, wall)).collect()
            }
            Frame::Row(row) => self.replace(row, wall),
            Frame::Complete => {
                self.sweep(wall);
                vec![Effect::Complete]
            }
            Frame::Alive => Vec::new(),
        }
    }

    /// Pings that are known.
    pub(crate) const fn len(&self) -> usize {
        self.pings
    }

    /// Whether a fresh snapshot would bring what did not fit, and enough of it to be worth one.
    pub(crate) fn has_room_again(&self) -> bool {
        let room = if self.pings <= KEPT / 2 { LANE } else { SHARE };
        self.told.is_none()
            && self.pings < MOST
            && self.left_out.iter().any(|recipient| self.kept_for(recipient) <= room / 2)
    }

    /// A lane has ended.
    pub(crate) fn end(&mut self, lane: &Arc<Lane>) {
        if self.lanes.get(&lane.recipient).is_some_and(|kept| Arc::ptr_eq(kept, lane)) {
            self.lanes.remove(&lane.recipient);
        }
    }

    fn replace(&mut self, row: Row, wall: Timestamp) -> Vec<Effect> {
        let Row { issue, pings } = row;
        if let Some(told) = &mut self.told {
            told.insert(issue.clone());
        }
        let mut before = self.issues.remove(&issue).unwrap_or_default();
        let (known, new): (Vec<_>, Vec<_>) =
            pings.into_iter().partition(|owed| before.remove(&owed.id).is_some());
        // What is left of those before is owed no more.
        self.pings -= before.len();
        for (id, recipient) in before {
            if let Some(lane) = self.lanes.get(&recipient) {
                lane.remove(&id);
            }
        }
        let mut effects: Vec<_> = known.into_iter().filter_map(|owed| self.keep(owed, wall)).collect();
        for owed in new {
            if self.make_room(&owed) {
                self.pings += 1;
                effects.extend(self.keep(owed, wall));
            } else {
                self.left_out.insert(owed.recipient);
                effects.push(Effect::LeftOut);
            }
        }
        effects
    }

    /// Whether there is room for a new one; perhaps what is milder gives way.
    fn make_room(&mut self, owed: &OwedPing) -> bool {
        let kept = self.kept_for(&owed.recipient);
        let room = if self.pings < KEPT { LANE } else { SHARE };
        if kept < room && self.pings < MOST {
            return true;
        }
        let milder = self.lanes.get(&owed.recipient).and_then(|lane| lane.give_way(owed.severity));
        let Some((issue, id)) = milder else { return false };
        if let Some(pings) = self.issues.get_mut(&issue) {
            self.pings -= usize::from(pings.remove(&id).is_some());
            if pings.is_empty() {
                self.issues.remove(&issue);
            }
        }
        self.left_out.insert(owed.recipient.clone());
        true
    }

    fn kept_for(&self, recipient: &Recipient) -> usize {
        self.lanes.get(recipient).map_or(0, |lane| lane.len())
    }

    fn keep(&mut self, owed: OwedPing, wall: Timestamp) -> Option<Effect> {
        let pings = self.issues.entry(owed.issue.clone()).or_default();
        pings.insert(owed.id.clone(), owed.recipient.clone());
        self.upsert(owed, wall)
    }

    fn upsert(&mut self, owed: OwedPing, wall: Timestamp) -> Option<Effect> {
        let recipient = owed.recipient.clone();
        if let Some(lane) = self.lanes.get(&recipient)
            && lane.upsert(owed.clone(), wall) != Taken::Closed
        {
            return None;
        }
        let lane = Arc::new(Lane::new(recipient.clone(), self.throttle));
        lane.upsert(owed, wall);
        self.lanes.insert(recipient, Arc::clone(&lane));
        Some(Effect::Begin(lane))
    }

    fn sweep(&mut self, wall: Timestamp) {
        let Some(told) = self.told.take() else { return };
        let gone: Vec<_> = self.issues.keys().filter(|issue| !told.contains(*issue)).cloned().collect();
        for issue in gone {
            self.replace(Row { issue, pings: Vec::new() }, wall);
        }
    }
}
