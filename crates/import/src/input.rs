//! From the bytes of an input to rows of text: gzip, byte order marks, CSV and NDJSON. Absent: what the cells mean.

mod csv;
mod ndjson;
mod open;

use std::{cell::Cell, io, rc::Rc};

use crate::{
    error::Error,
    mapping::{InputFormat, Mapping},
};

/// Columns of an input that an error message lists.
const COLUMNS_LISTED: usize = 200;

/// Where the rows of an input go.
pub(crate) trait Sink {
    /// A row: one cell for each column of the mapping, and the hash of every column of the input.
    fn row(&mut self, line: u64, cells: &[Option<String>], hash: [u8; 16]) -> Result<(), Error>;
    /// A row that cannot be read.
    fn reject(&mut self, line: u64, reason: String) -> Result<(), Error>;
}

/// Reads one input to its end. `progress` is told how many more of its bytes have been read, as they are stored
/// (compressed ones, if it is compressed).
pub(crate) fn read(
    mapping: &Mapping,
    file: &str,
    input: impl io::Read,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Error> {
    let bytes = Rc::new(Cell::new(0));
    let opened = open::open(open::Counted::new(input, Rc::clone(&bytes)));
    let mut input = opened.map_err(|source| Error::Read { file: file.to_owned(), line: 0, source })?;
    let mut told = 0;
    let mut tick = || {
        progress(bytes.get() - told);
        told = bytes.get();
    };
    let start = input.start();
    if start.starts_with(&[0xFE, 0xFF]) || start.starts_with(&[0xFF, 0xFE]) {
        return Err(Error::Utf16 { file: file.to_owned() });
    }
    let format = mapping.input.format.unwrap_or_else(|| guess_format(file, start));
    let done = match format {
        InputFormat::Csv => csv::read(mapping, file, input, sink, &mut tick),
        InputFormat::Ndjson => ndjson::read(mapping, file, input, sink, &mut tick),
    };
    tick();
    done
}

/// By the name, else by the first character.
fn guess_format(file: &str, start: &[u8]) -> InputFormat {
    let name = file.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if ends(&[".csv", ".tsv", ".txt"]) {
        InputFormat::Csv
    } else if ends(&[".ndjson", ".jsonl", ".json"]) || matches!(first, Some(b'{' | b'[')) {
        InputFormat::Ndjson
    } else {
        InputFormat::Csv
    }
}

/// The first 16 bytes of the SHA-256 of a row.
fn hash(row: &[u8]) -> [u8; 16] {
    use sha2::Digest;
    let whole: [u8; 32] = sha2::Sha256::digest(row).into();
    let mut half = [0; 16];
    half.copy_from_slice(whole.split_at(16).0);
    half
}
