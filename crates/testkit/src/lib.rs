//! Whole systems for tests: the same `App` as `main` on a real `nats-server`, or the program itself as a child.
//!
//! Everything lies in a temporary directory and on ports that the operating system chose. Tests fail, not skip, without a
//! `nats-server`. Deliberately absent: what is expected of a system; that stands in `tests/`.

mod binary;
mod http;
mod nats;
mod raw;
mod system;
mod wait;

pub use binary::{Binary, BinaryOptions};
pub use http::{Answer, get};
pub use nats::nats_server;
pub use raw::{RawPublisher, Stored};
pub use system::{System, SystemOptions};
pub use wait::{PATIENCE, eventually};
