//! The port to the store: a cache of the fold with a cursor, in the words of the domain.
//!
//! The store keeps records under keys and rows in order; what they mean is the engine's. Values stay under 16 KB.

use std::{collections::BTreeMap, ops::ControlFlow};

use domain::{
    CustomerCalendar, CustomerId, Department, Digest, DirectoryChange, EdgeId, EventKey, Issue, IssueId,
    Leaf, LeafId, Loss, Position, Quarantined,
    identity::{Edge, Profile},
};
use jiff::Timestamp;

mod blob;
mod kin;
mod row;
pub use blob::{Blob, BlobEntry};
pub use kin::Kin;
pub use row::{Entry, Row, RowRange};

/// How far the store has folded, and of which log. Written with every batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Which life of the stream was folded.
    pub incarnation: String,
    /// The last message folded.
    pub position: Position,
    /// Of that message.
    pub fingerprint: Digest,
    /// [`domain::FOLD_VERSION`] of the fold that wrote it.
    pub fold_version: u32,
    /// What was counted on the way.
    pub counts: Counts,
    /// Events of unknown types, by type.
    pub unknown_types: BTreeMap<String, u64>,
    /// The latest losses that were accepted, at most [`domain::limits::LOSSES`], in the order of the log.
    pub losses: Vec<AcceptedLoss>,
}

/// Messages that were given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedLoss {
    /// Which.
    pub loss: Loss,
    /// Why, cut at [`domain::limits::LOSS_REASON_BYTES`].
    pub reason: String,
    /// Of the event that says so.
    pub position: Position,
}

/// Totals over everything folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Distinct events.
    pub events: u64,
    /// Messages that were the same event again.
    pub duplicates: u64,
    /// Quarantined messages that nobody dealt with.
    pub quarantined: u64,
    /// Issues.
    pub issues: u64,
    /// Issues in the list of the unacknowledged.
    pub unacknowledged: u64,
    /// Customers' leaves.
    pub customers: u64,
}

/// What is kept of an issue, or of a customer's events that name no issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The state; absent for a customer's own events, while every event about the issue is retracted, and while it is part
    /// of another one. Of the events of all that are part of it.
    pub issue: Option<Issue>,
    /// Which other issues it is one with.
    pub kin: Kin,
    /// Whether there is a retraction among the events. What became of each then takes all of them.
    pub has_retractions: bool,
    /// How many chunks of older events lie beside it, numbered from 0.
    pub chunks: u32,
    /// The newest events in order.
    pub tail: Blob,
}

/// Where an event that was moved into a chunk stands, to find duplicates of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spilled {
    /// Of what its sender said.
    pub content: Digest,
    /// Where it stands.
    pub position: Position,
}

/// A customer's leaf and its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRecord {
    /// Which customer; absent for what names none.
    pub leaf: Option<Leaf>,
    /// The id as a payload gave it, where the leaf holds only its hash.
    pub raw: Option<String>,
    /// Issues whose customer this is.
    pub issues: u32,
    /// Those of them that are open.
    pub open: u32,
    /// Those of them that no human has acknowledged.
    pub unacknowledged: u32,
    /// Of the first message that named the customer.
    pub first_position: Position,
    /// What the customer's own events say about them.
    pub profile: Profile,
}

impl CustomerRecord {
    /// A customer who is named for the first time, or nobody.
    pub fn new(leaf: Option<Leaf>, first_position: Position) -> Self {
        Self {
            leaf,
            raw: None,
            issues: 0,
            open: 0,
            unacknowledged: 0,
            first_position,
            profile: Profile::default(),
        }
    }
}

/// A department that was seen, by severity rank and in the words of its issues' owners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepartmentRecord {
    /// Unacknowledged issues that it owns: unassessed, then severities 1 to 4.
    pub unacknowledged: [u32; 5],
}

/// How far Davy's own events got in a home: what the next command there expects of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HomeRecord {
    /// The last message under the home's subjects of the origin `command`; [`Position::START`] if there is none.
    pub last_command: Position,
    /// The last message under the home's subjects of the origin `escalator`; [`Position::START`] if there is none.
    pub last_escalator: Position,
    /// The greatest time among Davy's own events of the home: later ones never run backwards.
    pub last_own_time: Option<Timestamp>,
}

/// A page of a customer's timeline: references in the order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The greatest time and position of any entry on an earlier page: newest-first reads may stop above it.
    pub earlier: Option<(i64, Position)>,
    /// At most [`Page::ENTRIES`].
    pub entries: Vec<TimelineRef>,
}

impl Page {
    /// Entries on a full page: under 4 KB.
    pub const ENTRIES: usize = 120;
}

/// One event in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimelineRef {
    /// Its time, in microseconds since 1970.
    pub time: i64,
    /// Its place in the log.
    pub position: Position,
    /// The issue that it names.
    pub issue: Option<IssueId>,
}

/// The first of equal bare messages of the last 2 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Of subject and body.
    pub bare: Digest,
    /// Where it stands.
    pub position: Position,
    /// When it was stored.
    pub stored_at: Timestamp,
}

/// One change to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes a file whole.
    File(EventKey, Box<File>),
    /// Writes a chunk of older events.
    Chunk(EventKey, u32, Blob),
    /// Notes an event that was moved into a chunk.
    Spilled(EventKey, Digest, Spilled),
    /// Adds a row.
    Put(Row),
    /// Removes a row.
    Remove(Row),
    /// Writes a customer.
    Customer(LeafId, Box<CustomerRecord>),
    /// Writes what was said about two leaves, under each of them.
    Edge(Box<Edge>),
    /// Writes a department.
    Department(Department, DepartmentRecord),
    /// Writes how far Davy's own events got in a home.
    Home(String, HomeRecord),
    /// Writes a page of a timeline.
    Page(LeafId, u32, Page),
    /// Writes a quarantined message.
    Quarantined(Box<Quarantined>),
    /// Adds a version of a directory document.
    Directory(Box<DirectoryChange>),
    /// Adds a version of a customer's own calendar.
    Calendar(Box<CustomerCalendar>),
    /// Adds a bare message of the last 2 minutes.
    Window(Window),
    /// Removes one that is older.
    Expired(Digest),
}

/// What changes together, all or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Each key at most once.
    pub changes: Vec<Change>,
    /// Where the store stands afterwards.
    pub cursor: Cursor,
}

/// The store. One writer; reads beside a commit may see half of it, which the engine prevents.
pub trait Store: Send + Sync + 'static {
    /// Where it stands; `None` if it is empty.
    fn cursor(&self) -> Result<Option<Cursor>, StoreError>;
    /// A file with its newest events.
    fn file(&self, key: EventKey) -> Result<Option<File>, StoreError>;
    /// The state of an issue alone.
    fn issue(&self, id: IssueId) -> Result<Option<Issue>, StoreError>;
    /// Which other issues an issue is one with; nothing, where no event names it.
    fn kin(&self, id: IssueId) -> Result<Kin, StoreError>;
    /// A chunk of a file's older events.
    fn chunk(&self, key: EventKey, number: u32) -> Result<Option<Blob>, StoreError>;
    /// Whether an event was moved into a chunk of a file; `identity` is the digest in its [`BlobEntry`].
    fn spilled(&self, key: EventKey, identity: Digest) -> Result<Option<Spilled>, StoreError>;
    /// A customer.
    fn customer(&self, id: LeafId) -> Result<Option<CustomerRecord>, StoreError>;
    /// What was said about two leaves, by the leaf whose events speak of it.
    fn edge(&self, home: CustomerId, id: EdgeId) -> Result<Option<Edge>, StoreError>;
    /// What was said about a leaf, in the order of the ids, at most so many.
    fn edges(&self, leaf: CustomerId, most: usize) -> Result<Vec<Edge>, StoreError>;
    /// Every department that was seen.
    fn departments(&self) -> Result<Vec<(Department, DepartmentRecord)>, StoreError>;
    /// How far Davy's own events got in a home.
    fn home(&self, home: &str) -> Result<Option<HomeRecord>, StoreError>;
    /// The number of a timeline's last page. They are numbered from 0 on, and none is left out.
    fn last_page(&self, customer: LeafId) -> Result<Option<u32>, StoreError>;
    /// A page of a timeline.
    fn page(&self, customer: LeafId, number: u32) -> Result<Option<Page>, StoreError>;
    /// A quarantined message.
    fn quarantined(&self, at: Position) -> Result<Option<Quarantined>, StoreError>;
    /// Quarantined messages before `before`, newest first, until `visit` breaks.
    fn quarantine(
        &self,
        before: Option<Position>,
        visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;
    /// Every version of every directory document, in the order of the log.
    fn directory(&self) -> Result<Vec<DirectoryChange>, StoreError>;
    /// Every version of every customer's own calendar, in the order of the log.
    fn calendars(&self) -> Result<Vec<CustomerCalendar>, StoreError>;
    /// The bare messages of the last 2 minutes.
    fn windows(&self) -> Result<Vec<Window>, StoreError>;
    /// Rows in order, until `visit` breaks.
    fn rows(&self, range: RowRange, visit: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), StoreError>;
    /// Does what can be done of writing a batch while others read. No other batch may be written until this one is.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn stage<'a>(&'a self, batch: &'a Batch) -> Result<Staged<'a>, StoreError>;
    /// Writes a batch: all of it or nothing.
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.stage(batch)?()
    }
    /// Hands everything committed to the operating system.
    fn flush(&self) -> Result<(), StoreError>;
}

/// The rest of writing a batch: all of it or nothing.
pub type Staged<'a> = Box<dyn FnOnce() -> Result<(), StoreError> + 'a>;

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The device or the database failed.
    #[error("{operation} in the store")]
    Io {
        /// What was attempted, such as `read an issue`.
        operation: &'static str,
        /// What the database said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A record cannot be read: the store is damaged or of another version. It can be deleted and is built again from
    /// the log.
    #[error(
        "read a record of the store ({record}): {detail}; delete the store's directory to rebuild it from the log"
    )]
    Damaged {
        /// What sort of record.
        record: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}
