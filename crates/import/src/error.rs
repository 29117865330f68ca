//! Why an import could not be made at all. A single bad row is no error: it is rejected, with its reason, and the
//! import goes on.

use std::io;

use crate::rows::{MAX_ROW_BYTES, MAX_ROWS};

/// Why an import could not be made. Nothing has been published then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input ended badly: a disk error, or a damaged gzip file.
    #[error("read {file} after line {line}")]
    Read {
        /// The input, as the caller names it.
        file: String,
        /// The last line that was read, from 1.
        line: u64,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// UTF-16, as spreadsheets write it.
    #[error("read {file}: it is UTF-16; convert it to UTF-8 first, for example with iconv")]
    Utf16 {
        /// The input.
        file: String,
    },
    /// One JSON array instead of one object a line.
    #[error("read {file}: it is a JSON array; make it one object a line, for example with `jq -c '.[]'`")]
    JsonArray {
        /// The input.
        file: String,
    },
    /// A CSV file without a single line.
    #[error(
        "read {file}: it is empty; a CSV export begins with its header, or the mapping names the columns in `input.header`"
    )]
    NoHeader {
        /// The input.
        file: String,
    },
    /// The mapping speaks of columns that are not there.
    #[error("read {file}: the mapping names columns that it lacks: {}; it has: {}", quoted(.lacking), quoted(.present))]
    MissingColumns {
        /// The input.
        file: String,
        /// The columns that the mapping names.
        lacking: Vec<String>,
        /// The columns of the input (the first 200 of them).
        present: Vec<String>,
    },
    /// Two columns of one name.
    #[error(
        "read {file}: its header has `{column}` more than once; give the columns names of their own in `input.header`"
    )]
    AmbiguousColumn {
        /// The input.
        file: String,
        /// The name.
        column: String,
    },
    /// Most likely a quote that is never closed.
    #[error(
        "read {file}: the row after line {line} is over {MAX_ROW_BYTES} bytes; is a quote left open there?"
    )]
    RowTooLong {
        /// The input.
        file: String,
        /// The last line before the row.
        line: u64,
    },
    /// More than one import holds.
    #[error("hold more than {MAX_ROWS} rows; import the export in parts, each with all rows of its keys")]
    TooManyRows,
    /// The rules of the mapping give one row more events than its numbers in the log have room for.
    #[error(
        "map {file}:{line}: the mapping gives {events} events for this row, 15 are possible; make its [[event]] rules exclude each other"
    )]
    TooManyEvents {
        /// The input.
        file: String,
        /// The line.
        line: u64,
        /// How many it would be.
        events: usize,
    },
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
