//! The HTTP listener: whether Davy lives, whether it is ready, and its metrics.
//!
//! What is told comes in as a plain [`Snapshot`], taken anew for every request. Deliberately absent: the engine, the
//! store and the log, and anything that changes something.

mod metrics;
mod serve;
mod snapshot;

pub use serve::serve;
pub use snapshot::{Check, Probe, Snapshot, Unacknowledged};
