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

/// Pings that are kept at most: those beyond are asked for again when there is room.
const KEPT: usize = 20_000;

/// The lanes, and which pings of each issue are where.
#[derive(Debug)]
pub(crate) struct Board {
    throttle: Throttle,
    lanes: HashMap<Recipient, Arc<Lane>>,
    issues: HashMap<String, BTreeMap<PingId, Recipient>>,
    pings: usize,
    /// The issues that the snapshot under way has told of; `None`: it is complete.
    told: Option<HashSet<String>>,
    /// Some did not fit.
    left_out: bool,
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
        let (lanes, issues) = (HashMap::new(), HashMap::new());
        Self { throttle, lanes, issues, pings: 0, told: None, left_out: false }
    }

    /// A watch begins: what it does not tell of by the end of its snapshot is owed no more.
    pub(crate) fn begin_snapshot(&mut self) {
        self.told = Some(HashSet::new());
        self.left_out = false;
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

    /// Whether a fresh snapshot would bring what did not fit.
    pub(crate) const fn has_room_again(&self) -> bool {
        self.left_out && self.told.is_none() && self.pings <= KEPT / 2
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
        let (mut now, mut effects) = (BTreeMap::new(), Vec::new());
        for owed in pings {
            let known = before.remove(&owed.id).is_some();
            if !known && self.pings >= KEPT {
                self.left_out = true;
                effects.push(Effect::LeftOut);
                continue;
            }
            self.pings += usize::from(!known);
            now.insert(owed.id.clone(), owed.recipient.clone());
            effects.extend(self.upsert(owed, wall));
        }
        // What is left of those before is owed no more.
        self.pings -= before.len();
        for (id, recipient) in before {
            if let Some(lane) = self.lanes.get(&recipient) {
                lane.remove(&id);
            }
        }
        if !now.is_empty() {
            self.issues.insert(issue, now);
        }
        effects
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
