//! Another tool's export as Davy's events: a pure mapping of rows, described by a file.
//!
//! Owns the format of a mapping (`deploy/mappings/README.md`), the reading of CSV and NDJSON, and the fixed table
//! that turns the differences between consecutive rows of a record into events (`contract.md` 7). The ids of the
//! events follow from the rows alone, so an import that is repeated or was interrupted stores nothing twice.
//! Deliberately absent: files, network, terminal and clock. The caller opens the inputs and publishes the events.

mod error;
mod event;
mod import;
mod input;
mod mapping;
mod plan;
mod rows;

pub use error::Error;
pub use event::ImportedEvent;
pub use import::{Import, Options, RejectedRow};
pub use mapping::{Mapping, MappingError, MappingErrors};
