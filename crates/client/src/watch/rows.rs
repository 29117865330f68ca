//! The rows that a watch tells of, kept: frames in, what changed out.
//!
//! While a snapshot that replaces everything is coming in, the old rows stay, so that nobody sees an empty list in between.

use std::{cmp::Ordering, collections::BTreeMap, fmt};

use proto::v1::{
    IssueDetail, Progress, SnapshotComplete, TimelineEntry, UnacknowledgedEntry, UnacknowledgedKey,
    WatchIssueResponse, WatchTimelineResponse, WatchUnacknowledgedResponse, unacknowledged_entry,
    unacknowledged_key, watch_issue_response, watch_timeline_response, watch_unacknowledged_response,
};

/// What a frame says about rows, whichever watch it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub enum RowFrame<K, V> {
    /// Some of the rows that are there; with `reset`, whatever was received before does not count any more.
    Snapshot {
        /// Whether they replace what was received before.
        reset: bool,
        /// Rows by their keys.
        rows: Vec<(K, V)>,
    },
    /// All rows were sent.
    Complete(SnapshotComplete),
    /// A row is there, and looks like this.
    Upsert(K, V),
    /// A row is there no more.
    Remove(K),
    /// Everything up to a position was sent.
    Progress(Progress),
    /// A frame, or a row, of a kind that we do not know: a newer Davy's.
    Unknown,
}

/// What a frame changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change<'a, K, V> {
    /// A row that was not there.
    Added(&'a K, &'a V),
    /// A row looks different.
    Changed {
        /// Its key.
        key: &'a K,
        /// As it was.
        before: &'a V,
        /// As it is.
        row: &'a V,
    },
    /// A row is gone, which looked like this; nothing where it was never received.
    Removed(&'a K, Option<&'a V>),
}

/// The rows of one watch. Whatever comes after a [`Watch`](super::Watch) was resumed is only what changed: rows that were
/// received before that are not in here.
pub struct Rows<K, V> {
    shown: BTreeMap<K, V>,
    /// The rows so far of a snapshot that is to replace those shown.
    coming: Option<Vec<(K, V)>>,
    most: usize,
    position: String,
    lag: Option<i64>,
    complete: bool,
}

impl<K: Ord + Clone, V: PartialEq> Rows<K, V> {
    /// As many as there are.
    pub const fn new() -> Self {
        Self::at_most(usize::MAX)
    }

    /// Forgets the rows with the smallest keys beyond so many: for a timeline, those stored first.
    pub const fn at_most(rows: usize) -> Self {
        let shown = BTreeMap::new();
        Self { shown, coming: None, most: rows, position: String::new(), lag: None, complete: false }
    }

    /// Takes a frame.
    pub fn apply(&mut self, frame: impl Into<RowFrame<K, V>>) {
        self.apply_with(frame, |_| {});
    }

    /// Takes a frame, and tells of every row that it changed, those of a snapshot in the order in which they came.
    pub fn apply_with(&mut self, frame: impl Into<RowFrame<K, V>>, mut tell: impl FnMut(Change<'_, K, V>)) {
        match frame.into() {
            RowFrame::Snapshot { reset: true, rows } => {
                self.complete = false;
                self.coming = Some(rows);
            }
            RowFrame::Snapshot { reset: false, rows } => match &mut self.coming {
                Some(coming) => coming.extend(rows),
                None => rows.into_iter().for_each(|(key, row)| self.put(key, row, &mut tell)),
            },
            RowFrame::Complete(SnapshotComplete { position, resume_token: _ }) => {
                self.replace(&mut tell);
                (self.position, self.complete) = (position, true);
            }
            RowFrame::Upsert(key, row) => match &mut self.coming {
                Some(coming) => coming.push((key, row)),
                None => self.put(key, row, &mut tell),
            },
            RowFrame::Remove(key) => match &mut self.coming {
                Some(coming) => coming.retain(|(other, _)| *other != key),
                None => tell(Change::Removed(&key, self.shown.remove(&key).as_ref())),
            },
            RowFrame::Progress(Progress { position, lag, resume_token: _ }) => {
                (self.position, self.lag) = (position, lag);
            }
            RowFrame::Unknown => {}
        }
    }

    fn put(&mut self, key: K, row: V, tell: &mut impl FnMut(Change<'_, K, V>)) {
        match self.shown.get_mut(&key) {
            Some(shown) if *shown == row => {}
            Some(shown) => {
                let before = std::mem::replace(shown, row);
                tell(Change::Changed { key: &key, before: &before, row: shown });
            }
            None => {
                tell(Change::Added(&key, &row));
                self.shown.insert(key, row);
            }
        }
        while self.shown.len() > self.most {
            self.shown.pop_first();
        }
    }

    /// Shows the snapshot that has come in, where it replaces what was shown.
    fn replace(&mut self, tell: &mut impl FnMut(Change<'_, K, V>)) {
        let Some(coming) = self.coming.take() else { return };
        let kept: std::collections::BTreeSet<_> = coming.iter().map(|(key, _)| key.clone()).collect();
        self.shown.retain(|key, row| {
            let stays = kept.contains(key);
            if !stays {
                tell(Change::Removed(key, Some(row)));
            }
            stays
        });
        coming.into_iter().for_each(|(key, row)| self.put(key, row, tell));
    }

    /// By key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.shown.get(key)
    }

    /// All of them, in the order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, &V)> {
        self.shown.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Whether all rows have come in: false before the first snapshot is complete, and while another replaces it.
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// What the rows hold everything up to; empty where no frame has said so yet.
    pub fn position(&self) -> &str {
        &self.position
    }

    /// Messages of the log after that, when last told; absent where the log cannot be reached, and at first.
    pub const fn lag(&self) -> Option<i64> {
        self.lag
    }
}

impl<K: Ord + Clone, V: PartialEq> Default for Rows<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> fmt::Debug for Rows<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("len", &self.shown.len()).field("position", &self.position).finish()
    }
}

/// What is unacknowledged: an issue, or a quarantined message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnacknowledgedId {
    /// By its Davy id.
    Issue(String),
    /// By its position.
    Quarantined(String),
}

/// A position, in the order of the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PositionKey(pub String);

impl Ord for PositionKey {
    /// Numbers without leading zeros: the longer one is the greater.
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for PositionKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<WatchUnacknowledgedResponse> for RowFrame<UnacknowledgedId, UnacknowledgedEntry> {
    fn from(frame: WatchUnacknowledgedResponse) -> Self {
        use watch_unacknowledged_response::Frame;
        match frame.frame {
            Some(Frame::Snapshot(snapshot)) => {
                let rows = snapshot.entries.into_iter().filter_map(keyed).collect();
                Self::Snapshot { reset: snapshot.reset, rows }
            }
            Some(Frame::SnapshotComplete(complete)) => Self::Complete(complete),
            Some(Frame::Upsert(entry)) => {
                keyed(entry).map_or(Self::Unknown, |(id, row)| Self::Upsert(id, row))
            }
            Some(Frame::Remove(key)) => unacknowledged(key).map_or(Self::Unknown, Self::Remove),
            Some(Frame::Progress(progress)) => Self::Progress(progress),
            None => Self::Unknown,
        }
    }
}

fn keyed(entry: UnacknowledgedEntry) -> Option<(UnacknowledgedId, UnacknowledgedEntry)> {
    use unacknowledged_entry::Entry;
    let id = match entry.entry.as_ref()? {
        Entry::Issue(issue) => UnacknowledgedId::Issue(issue.id.clone()),
        Entry::Quarantined(message) => UnacknowledgedId::Quarantined(message.position.clone()),
    };
    Some((id, entry))
}

fn unacknowledged(key: UnacknowledgedKey) -> Option<UnacknowledgedId> {
    use unacknowledged_key::Key;
    Some(match key.key? {
        Key::IssueId(id) => UnacknowledgedId::Issue(id),
        Key::QuarantinedPosition(position) => UnacknowledgedId::Quarantined(position),
    })
}

impl From<WatchIssueResponse> for RowFrame<String, IssueDetail> {
    fn from(frame: WatchIssueResponse) -> Self {
        use watch_issue_response::Frame;
        let keyed =
            |detail: IssueDetail| detail.issue.as_ref().map(|issue| issue.id.clone()).map(|id| (id, detail));
        match frame.frame {
            Some(Frame::Snapshot(snapshot)) => Self::Snapshot {
                reset: snapshot.reset,
                rows: snapshot.issue.and_then(keyed).into_iter().collect(),
            },
            Some(Frame::SnapshotComplete(complete)) => Self::Complete(complete),
            Some(Frame::Upsert(detail)) => {
                keyed(detail).map_or(Self::Unknown, |(id, row)| Self::Upsert(id, row))
            }
            Some(Frame::Remove(key)) => Self::Remove(key.issue_id),
            Some(Frame::Progress(progress)) => Self::Progress(progress),
            None => Self::Unknown,
        }
    }
}

impl From<WatchTimelineResponse> for RowFrame<PositionKey, TimelineEntry> {
    fn from(frame: WatchTimelineResponse) -> Self {
        use watch_timeline_response::Frame;
        let keyed = |entry: TimelineEntry| (PositionKey(entry.position.clone()), entry);
        match frame.frame {
            Some(Frame::Snapshot(snapshot)) => Self::Snapshot {
                reset: snapshot.reset,
                rows: snapshot.entries.into_iter().map(keyed).collect(),
            },
            Some(Frame::SnapshotComplete(complete)) => Self::Complete(complete),
            Some(Frame::Upsert(entry)) => {
                let (key, row) = keyed(entry);
                Self::Upsert(key, row)
            }
            Some(Frame::Remove(key)) => Self::Remove(PositionKey(key.position)),
            Some(Frame::Progress(progress)) => Self::Progress(progress),
            None => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests;
