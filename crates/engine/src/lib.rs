//! The one loop: read the log, fold, commit; and the queries over what was committed.
//!
//! Owns: the ports `EventLog`, `Store`, `Codec`, `Clock`; the pipeline from log to store; reads that never see half a
//! batch. Deliberately absent: every vendor crate, the wire formats, and the rules themselves, which are `domain`'s.

mod aggregator;
pub mod command;
pub mod escalator;
mod feed;
mod log;
pub mod pings;
mod pipeline;
mod port;
mod projection;
pub mod query;
mod reached;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod work;

pub use aggregator::{Aggregator, AggregatorError, Pace};
pub use feed::{Touched, TouchedEntry};
pub use log::{EventLog, Expected, LogError, LogState, NewMessage, RawMessage};
pub use port::{Async, Clock, Codec, CodecError};
pub use projection::{Phase, Projection, Published, Sight, View};
pub use store::{
    AcceptedLoss, Batch, Blob, BlobEntry, Change, Counts, Cursor, CustomerRecord, DepartmentRecord, Entry,
    File, HomeRecord, Kin, Page, Row, RowRange, Spilled, Staged, Store, StoreError, TimelineRef, Window,
};
pub use work::WorkKind;
