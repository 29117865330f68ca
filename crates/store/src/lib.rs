//! The engine's `Store` on sled: one tree, short keys in the order in which lists are read, a record a value.
//!
//! Owns: the keys (`key`), the bytes of records (`codec`), opening a directory and refusing one of another version, and which
//! of several directories is in use (`generations`).
//! Deliberately absent: what records mean (the engine's), when a damaged one is replaced (the application's), and any
//! durability of its own: the log is the truth, a store that lost its tail lost its cursor with it and is folded on from
//! there.

mod codec;
mod error;
mod generations;
mod key;
mod open;
mod sled_store;
mod sum;
mod verify;
mod write;

pub use codec::EventCodec;
pub use generations::{Generation, Generations, GenerationsError, Unusable};
pub use open::{OpenError, Options, Version};
pub use sled_store::SledStore;
pub use sum::Sum;
pub use verify::Verification;
