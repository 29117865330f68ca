//! The rows of an import, held compactly: only the cells that the mapping looks at, every text once, and a hash
//! of the whole row. All rows of a record are needed before its events can be made, so they are held until then;
//! a million rows with a dozen cells take some 200 MB, their events' plans included.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;

/// Bytes of one row of an input.
pub(crate) const MAX_ROW_BYTES: usize = 1024 * 1024;
/// Rows of one import.
pub(crate) const MAX_ROWS: usize = 20_000_000;

/// A text that rows share, or one of two words that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cell(u32);

impl Cell {
    pub(crate) const MISSING: Self = Self(u32::MAX);
    pub(crate) const SAME_AS_BEFORE: Self = Self(u32::MAX - 1);
}

/// Every distinct text once.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    known: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Texts {
    /// `None` where there are more texts than [`MAX_ROWS`] rows of 200 cells have.
    pub(crate) fn keep(&mut self, text: &str) -> Option<Cell> {
        if let Some(known) = self.known.get(text) {
            return Some(Cell(*known));
        }
        let next = u32::try_from(self.texts.len()).ok().filter(|next| *next < Cell::SAME_AS_BEFORE.0)?;
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.known.insert(text, next);
        Some(Cell(next))
    }

    pub(crate) fn get(&self, cell: Cell) -> Option<&str> {
        self.texts.get(usize::try_from(cell.0).ok()?).map(|text| &**text)
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Its place in [`Rows::keys`].
    pub(crate) key: u32,
    pub(crate) file: u32,
    pub(crate) line: u32,
    /// Of the row before it of its key where its own cannot be read, so that it has a place among them.
    pub(crate) time: Timestamp,
    /// Of every column.
    pub(crate) hash: [u8; 16],
    /// Its time could not be read: it keeps its place, but yields nothing.
    pub(crate) rejected: bool,
}

/// A record of the tool: its system and its id there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) system: Cell,
    pub(crate) id: Cell,
}

/// Every row that names a record.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) texts: Texts,
    pub(crate) keys: Vec<Key>,
    known: HashMap<Key, u32>,
    last_time: Vec<Timestamp>,
    rows: Vec<Row>,
    cells: Vec<Cell>,
    width: usize,
}

impl Rows {
    /// For rows of `width` cells.
    pub(crate) fn new(width: usize) -> Self {
        Self {
            texts: Texts::default(),
            keys: Vec::new(),
            known: HashMap::new(),
            last_time: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            width,
        }
    }

    /// The place of a key; `None` where there are too many.
    pub(crate) fn key(&mut self, key: Key) -> Option<u32> {
        if let Some(known) = self.known.get(&key) {
            return Some(*known);
        }
        let next = u32::try_from(self.keys.len()).ok()?;
        self.keys.push(key);
        self.last_time.push(Timestamp::MIN);
        self.known.insert(key, next);
        Some(next)
    }

    /// Keeps a row; `time` is absent where it cannot be read. `None` where there are too many rows.
    pub(crate) fn push(
        &mut self,
        key: u32,
        (file, line): (u32, u64),
        time: Option<Timestamp>,
        hash: [u8; 16],
        cells: &[Cell],
    ) -> Option<()> {
        if self.rows.len() >= MAX_ROWS {
            return None;
        }
        let last = self.last_time.get_mut(usize::try_from(key).ok()?)?;
        *last = time.unwrap_or(*last);
        self.rows.push(Row {
            key,
            file,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            time: *last,
            hash,
            rejected: time.is_none(),
        });
        self.cells.extend((0..self.width).map(|slot| cells.get(slot).copied().unwrap_or(Cell::MISSING)));
        Some(())
    }

    pub(crate) fn row(&self, row: u32) -> Option<&Row> {
        self.rows.get(usize::try_from(row).ok()?)
    }

    /// What `slot` holds in a row.
    pub(crate) fn cell(&self, row: u32, slot: usize) -> Cell {
        let place = usize::try_from(row).ok().and_then(|row| row.checked_mul(self.width)?.checked_add(slot));
        place.and_then(|place| self.cells.get(place)).copied().unwrap_or(Cell::MISSING)
    }

    /// The rows of each key, in the order of the inputs; keys in the order of their first rows.
    pub(crate) fn by_key(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|row| self.row(*row).map(|row| row.key));
        order
    }
}
