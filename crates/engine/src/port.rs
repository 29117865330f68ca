//! The small ports: time, and the two forms of an event.

use std::{future::Future, pin::Pin, time::Duration};

use domain::{Arrival, Event};
use jiff::Timestamp;

use crate::RawMessage;

/// A future behind a port.
pub type Async<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The wall clock. Read once a turn; the reading is passed down.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// The time since an instant of its own, by a clock that nobody sets; it may stand still while the machine sleeps.
    /// `None`: there is none.
    fn steady(&self) -> Option<Duration> {
        None
    }
}

/// Between bytes and events.
pub trait Codec: Send + Sync + 'static {
    /// Reads a message of the log. Total: what cannot be read comes back quarantined.
    fn decode(&self, message: &RawMessage) -> Arrival;

    /// An event as the store keeps it, at most [`domain::limits::FOLDED_EVENT_BYTES`] and its envelope.
    fn pack(&self, event: &Event) -> Vec<u8>;

    /// Reads what [`Codec::pack`] wrote.
    ///
    /// # Errors
    /// If the bytes are not a packed event: the store is damaged or of another version.
    fn unpack(&self, bytes: &[u8]) -> Result<Event, CodecError>;
}

/// Bytes in the store are not a packed event.
#[derive(Debug, thiserror::Error)]
#[error("read a stored event: {0}")]
pub struct CodecError(pub String);
