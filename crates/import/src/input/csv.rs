//! CSV: the header, the delimiter, quoted line breaks, rows of the wrong length, and which line a row stands on.

use std::{
    cell::Cell,
    io::{self, Cursor, Read},
    rc::Rc,
};

use csv::{ByteRecord, ReaderBuilder};

use super::{COLUMNS_LISTED, Sink, hash, open::Opened};
use crate::{
    error::Error,
    mapping::{Encoding, Mapping},
    rows::MAX_ROW_BYTES,
};

pub(super) fn read(
    mapping: &Mapping,
    file: &str,
    mut input: Opened<'_>,
    sink: &mut dyn Sink,
    tick: &mut dyn FnMut(),
) -> Result<(), Error> {
    let line_end = LineEnd::of(input.start());
    let delimiter = mapping.input.delimiter.unwrap_or_else(|| guess_delimiter(input.start()));
    let mark = Rc::new(Cell::new(0));
    // Ending the last line makes every row end in the same way, on which the count of lines relies.
    let whole = Limited {
        inner: input.into_reader().chain(Cursor::new(line_end.bytes())),
        read: 0,
        mark: Rc::clone(&mark),
    };
    let mut rows =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(whole);
    let mut record = ByteRecord::new();
    let mut layout =
        mapping.input.header.as_ref().map(|names| Layout::new(mapping, file, names.clone())).transpose()?;
    let mut line = 0;
    loop {
        match rows.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) if layout.is_none() => return Err(Error::NoHeader { file: file.to_owned() }),
            Ok(false) => return Ok(()),
            Err(error) => return Err(failure(file, line, error)),
        }
        mark.set(rows.position().byte());
        line = line_end.last_line(rows.position().line());
        match &mut layout {
            Some(layout) => layout.row(line, &record, sink)?,
            None => {
                let names = record
                    .iter()
                    .map(|name| decode(name, mapping.input.encoding).unwrap_or_default().trim().to_owned());
                layout = Some(Layout::new(mapping, file, names.collect())?);
            }
        }
        tick();
    }
}

/// How lines end: the reader stops before the second character of `\r\n`, which shifts its count of lines.
#[derive(Clone, Copy)]
enum LineEnd {
    Lf,
    CrLf,
}

impl LineEnd {
    fn of(start: &[u8]) -> Self {
        match start.split(|byte| *byte == b'\n').next() {
            Some([.., b'\r']) => Self::CrLf,
            Some(_) | None => Self::Lf,
        }
    }

    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }

    /// The line on which a row ended, from the reader's line after it.
    const fn last_line(self, after: u64) -> u64 {
        match self {
            Self::Lf => after.saturating_sub(1),
            Self::CrLf => after,
        }
    }
}

/// Fails where a row has become too long, so that a quote which is never closed does not fill the memory.
struct Limited<R> {
    inner: R,
    read: u64,
    /// Where the last row ended.
    mark: Rc<Cell<u64>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the row is too long")]
struct TooLong;

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.saturating_sub(self.mark.get()) > u64::try_from(MAX_ROW_BYTES).unwrap_or(u64::MAX) {
            return Err(io::Error::other(TooLong));
        }
        let read = self.inner.read(buffer)?;
        self.read = self.read.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

fn failure(file: &str, line: u64, error: csv::Error) -> Error {
    // Rows of any length and any bytes are asked for, so reading is all that can fail.
    let text = error.to_string();
    let source =
        if let csv::ErrorKind::Io(source) = error.into_kind() { source } else { io::Error::other(text) };
    if source.get_ref().is_some_and(|inner| inner.is::<TooLong>()) {
        return Error::RowTooLong { file: file.to_owned(), line };
    }
    Error::Read { file: file.to_owned(), line, source }
}

/// Where the columns are in this file.
struct Layout<'a> {
    mapping: &'a Mapping,
    names: Vec<String>,
    /// For each column of the mapping.
    places: Vec<usize>,
    /// The columns by name, so that two files with another order of columns have equal hashes.
    sorted: Vec<usize>,
    cells: Vec<Option<String>>,
    bytes: Vec<u8>,
}

impl<'a> Layout<'a> {
    fn new(mapping: &'a Mapping, file: &str, names: Vec<String>) -> Result<Self, Error> {
        let (mut places, mut lacking) = (Vec::new(), Vec::new());
        for column in &mapping.slots.columns {
            let mut found = names.iter().enumerate().filter(|(_, name)| *name == column);
            match (found.next(), found.next()) {
                (Some((place, _)), None) => places.push(place),
                (Some(_), Some(_)) => {
                    return Err(Error::AmbiguousColumn { file: file.to_owned(), column: column.clone() });
                }
                (None, _) => lacking.push(column.clone()),
            }
        }
        if !lacking.is_empty() {
            let present = names.into_iter().take(COLUMNS_LISTED).collect();
            return Err(Error::MissingColumns { file: file.to_owned(), lacking, present });
        }
        let mut sorted: Vec<usize> = (0..names.len()).collect();
        sorted.sort_by(|a, b| names.get(*a).cmp(&names.get(*b)));
        Ok(Self { mapping, cells: vec![None; places.len()], names, places, sorted, bytes: Vec::new() })
    }

    fn row(&mut self, last_line: u64, record: &ByteRecord, sink: &mut dyn Sink) -> Result<(), Error> {
        let breaks = record.iter().flatten().filter(|byte| **byte == b'\n').count();
        let line = last_line.saturating_sub(u64::try_from(breaks).unwrap_or(u64::MAX));
        if record.len() != self.names.len() {
            let over = if breaks > 0 {
                format!(" (it spans the lines {line} to {last_line})")
            } else {
                String::new()
            };
            return sink.reject(
                line,
                format!("has {} fields where the header has {}{over}", record.len(), self.names.len()),
            );
        }
        for (cell, place) in self.cells.iter_mut().zip(&self.places) {
            let field = record.get(*place).unwrap_or_default();
            let Some(text) = decode(field, self.mapping.input.encoding) else {
                let column = self.names.get(*place).map_or("", String::as_str);
                return sink.reject(
                    line,
                    format!("column `{column}` is not UTF-8; is `input.encoding` windows-1252?"),
                );
            };
            let text = if self.mapping.input.trim { text.trim() } else { &text };
            let kept = cell.get_or_insert_default();
            kept.clear();
            kept.push_str(text);
        }
        let hash = self.hash(record);
        sink.row(line, &self.cells, hash)
    }

    fn hash(&mut self, record: &ByteRecord) -> [u8; 16] {
        self.bytes.clear();
        for place in &self.sorted {
            let field = record.get(*place).unwrap_or_default();
            self.bytes.extend_from_slice(self.names.get(*place).map_or("", String::as_str).as_bytes());
            self.bytes.push(0);
            self.bytes.extend_from_slice(&field.len().to_be_bytes());
            self.bytes.extend_from_slice(field);
        }
        hash(&self.bytes)
    }
}

fn decode(field: &[u8], encoding: Encoding) -> Option<std::borrow::Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(field).ok().map(Into::into),
        Encoding::Windows1252 if field.is_ascii() => std::str::from_utf8(field).ok().map(Into::into),
        Encoding::Windows1252 => {
            Some(field.iter().map(|byte| windows_1252(*byte)).collect::<String>().into())
        }
    }
}

/// The characters that Windows puts where ISO 8859-1 has control characters; five places are free.
fn windows_1252(byte: u8) -> char {
    const SPECIAL: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80)
        .and_then(|place| SPECIAL.get(usize::from(place)))
        .copied()
        .unwrap_or_else(|| char::from(byte))
}

/// Of comma, semicolon, tab and bar the one that the first line has most of, outside quotes.
fn guess_delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in start.iter().take_while(|byte| **byte != b'\n') {
        quoted ^= *byte == b'"';
        for (delimiter, count) in counts.iter_mut().filter(|_| !quoted) {
            *count += usize::from(delimiter == byte);
        }
    }
    // The last of equal ones wins, so they are looked at from the rarest.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}
