//! The log on NATS JetStream: [`engine::EventLog`] over async-nats.
//!
//! Owns: the connection, the stream `DAVY` and what it must look like, the loop that reads it without gaps, appending all
//! or nothing, putting a backup's messages back, and the question whether what was acked survives a power cut. Deliberately absent: what the messages
//! mean, and where a reader was when it stopped; that is the engine's and the store's.

mod append;
mod backoff;
mod chunk;
mod connect;
mod consume;
mod durability;
mod event;
mod expect;
mod link;
mod log;
mod message;
mod options;
mod pull;
mod read;
mod restore;
mod restored;
mod stream;
mod version;

pub use connect::{ConnectError, connect};
pub use durability::Durability;
pub use event::{ConnectionEvent, OnEvent};
pub use log::JetStreamLog;
pub use options::{Credentials, Identity, Options, Start, Tls};
pub use restore::{Held, RestoreError};
pub use stream::{Difference, ProvisionError, Provisioned};
pub use version::TooOld;
