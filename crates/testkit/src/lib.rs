//! Whole systems for tests: the same `App` as `main` on a real `nats-server`, or the program itself as a child.
//!
//! Everything lies in a temporary directory and on ports that the operating system chose. Tests fail, not skip, without a
//! `nats-server`. Deliberately absent: what is expected of a system; that stands in `tests/`.

mod davy;
mod http;
mod log;
mod nats;
mod raw;
mod shared;
mod system;
mod wait;

pub use client;
pub use davy::{Addresses, Davy, Ran};
pub use http::{Answer, get};
pub use log::messages;
pub use nats::nats_server;
pub use raw::{RawPublisher, Stored};
pub use shared::shared;
pub use system::{System, SystemOptions};
pub use wait::{PATIENCE, eventually};
