//! In-memory ports for tests, held to the contracts of the real ones.

mod clock;
mod store;

pub use clock::ManualClock;
pub use store::MemoryStore;
