//! Whole systems for tests: the same `App` as `main` on a real `nats-server`, or the program itself as a child.
//!
//! Everything lies in a temporary directory and on ports that the operating system chose. Tests fail, not skip, without a
//! `nats-server`. Deliberately absent: what is expected of a system; that stands in `tests/`.

mod davy;
mod http;
mod judge;
mod kept;
mod log;
mod nats;
mod owed;
mod ports;
mod prefix;
mod process;
mod provider;
mod raw;
mod rpc;
mod service;
mod shared;
mod stream;
mod system;
mod wait;

pub use client;
pub use davy::{Addresses, Davy, DavyOptions, Ran};
pub use devkit::NatsServer;
pub use http::{Answer, get};
pub use judge::{Rows, pings_folded, projection};
pub use kept::{fold_into, restore, store_version};
pub use log::messages;
pub use nats::nats_server;
pub use owed::owed;
pub use ports::local_address;
pub use process::{handles, memory, peak_memory, send_signal};
pub use provider::{Provider, unsigned};
pub use raw::{RawPublisher, Stored};
pub use rpc::{RawAnswer, RawRpc, rpcs};
pub use service::Service;
pub use shared::shared;
pub use stream::Stream;
pub use system::{System, SystemOptions};
pub use wait::{PATIENCE, eventually};
