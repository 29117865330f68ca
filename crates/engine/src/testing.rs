//! In-memory ports for tests, held to the contracts of the real ones.

mod clock;
mod contract;
mod export;
pub mod sample;
mod store;

pub use clock::ManualClock;
pub use contract::store_contract;
pub use export::exported;
pub use store::MemoryStore;
