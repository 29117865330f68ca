//! NDJSON: one object a line, its members named by path.

use std::io::{self, BufRead, BufReader, Read};

use serde_json::Value as Json;

use super::{COLUMNS_LISTED, Sink, hash, open::Opened};
use crate::{error::Error, mapping::Mapping, rows::MAX_ROW_BYTES};

pub(super) fn read(
    mapping: &Mapping,
    file: &str,
    mut input: Opened<'_>,
    sink: &mut dyn Sink,
    tick: &mut dyn FnMut(),
) -> Result<(), Error> {
    if input.start().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Error::JsonArray { file: file.to_owned() });
    }
    let mut lines = BufReader::new(input.into_reader());
    let mut objects = Objects {
        mapping,
        seen: vec![false; mapping.slots.columns.len()],
        present: Vec::new(),
        cells: Vec::new(),
        any: false,
    };
    let (mut bytes, mut line) = (Vec::new(), 0);
    loop {
        let whole = read_line(&mut lines, &mut bytes).map_err(|source| Error::Read {
            file: file.to_owned(),
            line,
            source,
        })?;
        line += 1;
        match whole {
            Line::End => return objects.check(file),
            Line::Whole => objects.line(line, &bytes, sink)?,
            Line::TooLong => sink.reject(line, format!("is over {MAX_ROW_BYTES} bytes"))?,
        }
        tick();
    }
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads a line; of one that is too long, the rest is passed over.
fn read_line(lines: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<Line> {
    bytes.clear();
    let limit = u64::try_from(MAX_ROW_BYTES).unwrap_or(u64::MAX);
    if lines.by_ref().take(limit).read_until(b'\n', bytes)? == 0 {
        return Ok(Line::End);
    }
    if bytes.ends_with(b"\n") || bytes.len() < MAX_ROW_BYTES {
        return Ok(Line::Whole);
    }
    loop {
        bytes.clear();
        if lines.by_ref().take(limit).read_until(b'\n', bytes)? == 0 || bytes.ends_with(b"\n") {
            return Ok(Line::TooLong);
        }
    }
}

struct Objects<'a> {
    mapping: &'a Mapping,
    /// For each column of the mapping: some row had it.
    seen: Vec<bool>,
    /// The paths of the first objects, for an error message.
    present: Vec<String>,
    cells: Vec<Option<String>>,
    any: bool,
}

impl Objects<'_> {
    fn line(&mut self, line: u64, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
        let bytes = bytes.trim_ascii_end();
        if bytes.is_empty() {
            return Ok(());
        }
        let object = match serde_json::from_slice(bytes) {
            Ok(object @ Json::Object(_)) => object,
            Ok(_) => return sink.reject(line, "is not a JSON object".to_owned()),
            Err(error) => return sink.reject(line, not_json(&error)),
        };
        if !self.any {
            paths("", &object, &mut self.present);
        }
        self.any = true;
        self.cells.clear();
        for (column, seen) in self.mapping.slots.columns.iter().zip(&mut self.seen) {
            let found = find(&object, column);
            *seen |= found != Found::Absent;
            let text = match found {
                Found::Value(value) => text(value),
                Found::Absent | Found::Null => None,
            };
            let trimmed =
                if self.mapping.input.trim { text.map(|text| text.trim().to_owned()) } else { text };
            self.cells.push(trimmed);
        }
        // Written again, members come sorted and without spaces.
        sink.row(line, &self.cells, hash(sorted(&object).to_string().as_bytes()))
    }

    fn check(self, file: &str) -> Result<(), Error> {
        let unseen = self.mapping.slots.columns.iter().zip(&self.seen).filter(|(_, seen)| !**seen);
        let lacking: Vec<String> = unseen.map(|(column, _)| column.clone()).collect();
        if self.any && !lacking.is_empty() {
            return Err(Error::MissingColumns { file: file.to_owned(), lacking, present: self.present });
        }
        Ok(())
    }
}

/// The parser counts lines within the row, which would mislead.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    format!("is not JSON: {what} at column {}", error.column())
}

#[derive(PartialEq)]
enum Found<'a> {
    Value(&'a Json),
    /// It, or what it would stand in, is `null`.
    Null,
    Absent,
}

/// A member of that very name; else a JSON pointer (`/fields/status`), or names with points between (`fields.status`).
fn find<'a>(object: &'a Json, path: &str) -> Found<'a> {
    if let Some(value) = object.get(path) {
        return if value.is_null() { Found::Null } else { Found::Value(value) };
    }
    let pointer = path.strip_prefix('/');
    let names: Vec<String> = match pointer {
        Some(pointer) => pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect(),
        None => path.split('.').map(str::to_owned).collect(),
    };
    let mut at = object;
    for name in &names {
        let next = match at {
            Json::Object(members) => members.get(name),
            Json::Array(items) => name.parse::<usize>().ok().and_then(|place| items.get(place)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
        };
        match next {
            Some(Json::Null) => return Found::Null,
            Some(value) => at = value,
            None => return Found::Absent,
        }
    }
    Found::Value(at)
}

/// A list or an object counts as its JSON.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => Some(value.to_string()),
    }
}

fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            members.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect()
        }
        Json::Array(items) => items.iter().map(sorted).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

/// The paths of an object's members that are no objects themselves.
fn paths(before: &str, value: &Json, found: &mut Vec<String>) {
    let Json::Object(members) = value else {
        if found.len() < COLUMNS_LISTED {
            found.push(before.to_owned());
        }
        return;
    };
    for (name, value) in members {
        paths(&if before.is_empty() { name.clone() } else { format!("{before}.{name}") }, value, found);
    }
}
