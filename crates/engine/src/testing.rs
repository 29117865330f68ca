//! In-memory ports for tests, held to the contracts of the real ones.

mod clock;
mod codec;
mod contract;
mod export;
mod log;
pub mod sample;
mod store;

pub use clock::ManualClock;
pub use codec::SlabCodec;
pub use contract::{log_contract, store_contract};
pub use export::exported;
pub use log::MemoryLog;
pub use store::MemoryStore;
