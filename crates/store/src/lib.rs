//! The engine's `Store` on sled: one tree, short keys in the order in which lists are read, a record a value.
//!
//! Owns: the keys (`key`), the bytes of records (`codec`), opening a directory and refusing one of another version.
//! Deliberately absent: what records mean (the engine's), which directory is in use and what is done with a damaged one
//! (the application's), and any durability of its own: the log is the truth, a store that lost its tail lost its cursor
//! with it and is folded on from there.

mod codec;
mod error;
mod key;
mod open;
mod sled_store;
mod verify;
mod write;

pub use codec::EventCodec;
pub use open::{OpenError, Options, Version};
pub use sled_store::SledStore;
pub use verify::{Tally, Verification};
