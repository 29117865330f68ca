//! From messages to batches: what one thread after the other does with the log.
//!
//! Consume (the log's adapter) → parse ([`parse`]) → fold ([`folder`]) → apply ([`apply`]), with bounded channels
//! between them. Owns the batches; deliberately absent: the rules (`domain`) and what a query sees (`projection`).

pub(crate) mod apply;
mod cache;
pub(crate) mod drive;
mod file;
pub(crate) mod folder;
mod homes;
mod identity;
pub(crate) mod index;
mod kin;
mod leaves;
mod operate;
pub(crate) mod parse;
mod quarantine;
mod refold;
pub(crate) mod rows;
mod seen;
mod tally;
#[cfg(test)]
mod tests;
mod timeline;
mod windows;

/// Events folded into one batch while the store serves queries.
pub(crate) const LIVE_EVENTS: usize = 1_000;
/// Events folded into one batch while nobody reads: the store costs per key, and batches share keys.
pub(crate) const CATCH_UP_EVENTS: usize = 100_000;
/// Events folded into one batch while another store answers: sled locks the whole process while it writes one.
pub(crate) const BESIDE_EVENTS: usize = 2_000;
/// Files changed in one batch while nobody reads; bounds the memory of a batch. sled frees nothing that a batch replaced
/// before its end: with 30,000 files a million issues took 2.4 GB at their highest, with 2,000 0.6 GB, and no longer by
/// more than a tenth.
pub(crate) const CATCH_UP_FILES: usize = 2_000;
/// Bytes of events folded into one batch.
pub(crate) const BATCH_BYTES: usize = 64 << 20;
/// Entries that each of the two generations of a cache holds: what a live batch and the one before it touch, and more than
/// twice that. With 10,000 a hundred thousand issues whose clocks run took 110 MB more at their highest, and
/// 200,000 events, the quick form of the bench, were folded no faster; more were not tried. Few in tests, so that entries go and come back.
pub(crate) const CACHED: usize = if cfg!(test) { 3 } else { 2_500 };
/// Bytes of packed events that stay inline in a file; the oldest are moved into chunks past it.
pub(crate) const INLINE_BYTES: usize = 12 << 10;
/// Bytes of a chunk.
pub(crate) const CHUNK_BYTES: usize = 10 << 10;
