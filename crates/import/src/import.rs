//! One import: all rows read, their events decided, and an iterator that writes the events out one by one.

use std::{collections::BTreeMap, io::Read, sync::Arc};

use crate::{
    error::Error,
    event::{FIXED, ImportedEvent, Writer},
    input::{self, Sink},
    mapping::{Given, Mapping, Seen, SlotId, Words, slug_problem},
    plan::{self, Planned},
    rows::{Cell, Key, MAX_ROWS, Rows},
};

/// What the caller decides, and not the mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The events are history: folded, never pinged. Without it they are news.
    pub backfill: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { backfill: true }
    }
}

/// A row that gave no event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectedRow {
    /// The input, as the caller named it.
    pub file: Arc<str>,
    /// Its line, from 1.
    pub line: u64,
    /// Why, in words that follow "the row".
    pub reason: String,
}

/// An export, read and understood. Nothing has been published.
#[derive(Debug)]
pub struct Import {
    mapping: Mapping,
    options: Options,
    rows: Rows,
    planned: Planned,
    files: Vec<Arc<str>>,
    rejected: Vec<RejectedRow>,
    rows_read: u64,
    counts: BTreeMap<Arc<str>, u64>,
}

impl Import {
    /// Reads the inputs in their order; each comes with the name that messages use for it, whose ending also tells
    /// CSV from NDJSON. `progress` is told how many more bytes of the inputs have been read, as they are stored.
    ///
    /// Holds every row until the end: about 60 bytes, 4 for each column of the mapping and 64 for its events, and each
    /// distinct text once. At most 20,000,000 rows of at most 1 MiB.
    ///
    /// # Errors
    /// An input cannot be read to its end or is not what the mapping describes. Single bad rows are
    /// [rejected](Self::rejected) instead.
    pub fn read<R: Read>(
        mapping: &Mapping,
        options: Options,
        inputs: impl IntoIterator<Item = (String, R)>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, Error> {
        let mut reading = Reading {
            mapping,
            rows: Rows::new(mapping.slots.slots.len()),
            files: Vec::new(),
            rejected: Vec::new(),
            rows_read: 0,
            kept: Vec::new(),
            joined: String::new(),
        };
        for (file, input) in inputs {
            reading.files.push(file.clone());
            input::read(mapping, &file, input, &mut reading, progress)?;
        }
        reading.finish(options)
    }

    /// Rows that were read, bad ones included; blank lines and headers are none.
    pub const fn rows(&self) -> u64 {
        self.rows_read
    }

    /// Records that the rows are about.
    pub fn keys(&self) -> usize {
        self.rows.keys.len()
    }

    /// Rows dropped because an earlier row of their record is equal in every column.
    pub const fn dropped_identical(&self) -> u64 {
        self.planned.dropped_identical
    }

    /// Rows dropped because the next row of their record is earlier.
    pub const fn dropped_late(&self) -> u64 {
        self.planned.dropped_late
    }

    /// Every row that gave no event although it was not dropped, in the order of the inputs.
    pub fn rejected(&self) -> &[RejectedRow] {
        &self.rejected
    }

    /// Events by type.
    pub const fn counts(&self) -> &BTreeMap<Arc<str>, u64> {
        &self.counts
    }

    /// Events in all.
    pub fn event_count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The events, by time, then id of the record, row and place in the row. Each is written when it is asked for.
    pub fn events(&self) -> impl Iterator<Item = ImportedEvent> + '_ {
        let backfill = self.options.backfill;
        let writer = Writer {
            mapping: &self.mapping,
            rows: &self.rows,
            planned: &self.planned,
            files: &self.files,
            backfill,
        };
        self.planned.plans.iter().flat_map(move |plan| writer.events(plan))
    }
}

/// An import while its rows come in.
struct Reading<'a> {
    mapping: &'a Mapping,
    rows: Rows,
    files: Vec<String>,
    rejected: Vec<(usize, u64, String)>,
    rows_read: u64,
    kept: Vec<Cell>,
    joined: String,
}

impl Sink for Reading<'_> {
    fn row(&mut self, line: u64, cells: &[Option<String>], hash: [u8; 16]) -> Result<(), Error> {
        let slots = &self.mapping.slots.slots;
        self.kept.clear();
        for slot in slots {
            let cell = match slot.see(cells, &mut self.joined) {
                Seen::Text(text) => self.rows.texts.keep(text).ok_or(Error::TooManyRows)?,
                Seen::Missing => Cell::MISSING,
                Seen::SameAsBefore => Cell::SAME_AS_BEFORE,
            };
            self.kept.push(cell);
        }
        let key = match self.key() {
            Ok(key) => self.rows.key(key).ok_or(Error::TooManyRows)?,
            Err(reason) => return self.reject(line, reason),
        };
        self.rows_read += 1;
        let time = self
            .text(self.mapping.time)
            .map_or_else(|| Err("has no time".to_owned()), |text| self.mapping.clockwork.read(text));
        let file = self.files.len() - 1;
        let place = (u32::try_from(file).unwrap_or(u32::MAX), line);
        self.rows
            .push(key, place, time.as_ref().ok().copied(), hash, &self.kept)
            .ok_or(Error::TooManyRows)?;
        if let Err(reason) = time {
            self.rejected.push((file, line, reason));
        }
        Ok(())
    }

    fn reject(&mut self, line: u64, reason: String) -> Result<(), Error> {
        self.rows_read += 1;
        if self.rejected.len() >= MAX_ROWS {
            return Err(Error::TooManyRows);
        }
        self.rejected.push((self.files.len() - 1, line, reason));
        Ok(())
    }
}

impl Reading<'_> {
    fn text(&self, slot: SlotId) -> Option<&str> {
        self.kept.get(slot.0).and_then(|cell| self.rows.texts.get(*cell))
    }

    /// The record that the row at hand belongs to.
    fn key(&mut self) -> Result<Key, String> {
        let id = self
            .kept
            .get(self.mapping.key.0)
            .copied()
            .filter(|cell| self.rows.texts.get(*cell).is_some_and(|text| !text.is_empty()));
        let id = id.ok_or_else(|| format!("names no record: {} is empty", self.names(self.mapping.key)))?;
        let system = match &self.mapping.system {
            Given::Constant(system) => system.clone(),
            Given::Column(words) => self.system(words)?,
        };
        let system = self.rows.texts.keep(&system).ok_or_else(|| "is one too many".to_owned())?;
        Ok(Key { system, id })
    }

    fn system(&self, words: &Words) -> Result<String, String> {
        let cell = self
            .text(words.slot)
            .ok_or_else(|| format!("names no system: {} is empty", self.names(words.slot)))?;
        let system = words.values.get(cell).map_or(cell, String::as_str);
        match slug_problem(system) {
            Some(problem) => Err(format!("system {problem}; a table `system.values` can give other words")),
            None => Ok(system.to_owned()),
        }
    }

    /// The columns of a slot, for messages.
    fn names(&self, slot: SlotId) -> String {
        let columns =
            self.mapping.slots.slots.get(slot.0).map(|slot| slot.columns.as_slice()).unwrap_or_default();
        let names = columns.iter().filter_map(|column| self.mapping.slots.columns.get(column.0));
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
    }

    fn finish(self, options: Options) -> Result<Import, Error> {
        let Self { mapping, mut rows, files, rejected, rows_read, .. } = self;
        let planned = plan::plan(mapping, &mut rows, &files)?;
        let late = planned.rejected.iter().filter_map(|(row, reason)| {
            let row = rows.row(*row)?;
            Some((usize::try_from(row.file).ok()?, u64::from(row.line), reason.clone()))
        });
        let mut all: Vec<_> = rejected.into_iter().chain(late).collect();
        all.sort_by_key(|(file, line, _)| (*file, *line));
        let files: Vec<Arc<str>> = files.into_iter().map(Arc::from).collect();
        let named = |(file, line, reason): (usize, u64, String)| {
            Some(RejectedRow { file: Arc::clone(files.get(file)?), line, reason })
        };
        let rejected = all.into_iter().filter_map(named).collect();
        let counts = counts(mapping, &planned);
        Ok(Import { mapping: mapping.clone(), options, rows, planned, files, rejected, rows_read, counts })
    }
}

fn counts(mapping: &Mapping, planned: &Planned) -> BTreeMap<Arc<str>, u64> {
    let mut counts = BTreeMap::new();
    let mut add = |type_name: &str, holds: &dyn Fn(&plan::Plan) -> bool| {
        let found = planned.plans.iter().filter(|plan| holds(plan)).count();
        if found > 0 {
            *counts.entry(Arc::from(type_name)).or_insert(0) += u64::try_from(found).unwrap_or(u64::MAX);
        }
    };
    for (fact, type_name) in FIXED {
        add(type_name, &|plan| plan.facts.has(fact));
    }
    for (place, rule) in mapping.rules.iter().enumerate() {
        add(&rule.type_name, &|plan| plan.rules & (1 << place) != 0);
    }
    counts
}
