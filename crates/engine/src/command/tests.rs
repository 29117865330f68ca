//! Commands over a log and a store in memory, with what can go wrong between them.

mod ways;
pub(crate) mod world;
