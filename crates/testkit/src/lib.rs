//! The whole system for tests: the real binary on a real `nats-server`, spoken to through its public doors.
//!
//! Owns: starting, killing and asking a `davy up`, and where the reference data lie. Deliberately absent: any rule, and any
//! look into a store.

mod davy;
mod log;
mod shared;

pub use client;
pub use davy::{Addresses, Davy, Ran};
pub use log::messages;
pub use shared::shared;
