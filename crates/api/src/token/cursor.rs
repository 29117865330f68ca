//! The ends of pages as bytes. Only this version's tokens are read; an older one begins the list again.

use domain::{CustomerId, IssueId, Position};
use engine::{
    Entry,
    query::{FindingsCursor, ListCursor, RowKey, TimelineCursor, WorkCursor},
};
use jiff::Timestamp;

/// Where a page ended.
pub(crate) trait Cursor: Sized {
    /// Writes it, beginning with a byte that no other sort of cursor begins with.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads what [`Cursor::write`] wrote.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// Bytes read from the front.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn position(&mut self) -> Option<Position> {
        self.take().map(u64::from_be_bytes).map(Position::new)
    }

    fn integer(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn instant(&mut self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(i128::from_be_bytes(self.take()?)).ok()
    }

    /// What was read, if nothing is left.
    fn end<T>(&self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

const LIST: u8 = 1;
const TIMELINE: u8 = 2;
const CUSTOMERS: u8 = 3;
const QUARANTINE: u8 = 4;
const FINDINGS: u8 = 5;
const WORK: u8 = 6;
const PINGS: u8 = 7;
const SILENT: u8 = 8;

fn sort_of(bytes: &[u8], sort: u8) -> Option<Bytes<'_>> {
    let mut bytes = Bytes(bytes);
    (bytes.byte()? == sort).then_some(bytes)
}

fn write_position(position: Position, out: &mut Vec<u8>) {
    out.extend_from_slice(&position.sequence().to_be_bytes());
}

/// Of silent customers: the deadline in microseconds since 1970, and the leaf.
impl Cursor for (i64, CustomerId) {
    fn write(&self, out: &mut Vec<u8>) {
        let (deadline, customer) = self;
        out.push(SILENT);
        out.extend_from_slice(&deadline.to_be_bytes());
        out.extend_from_slice(&customer.to_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = sort_of(bytes, SILENT)?;
        let place = (bytes.integer()?, CustomerId::from_bytes(bytes.take()?));
        bytes.end(place)
    }
}

impl Cursor for ListCursor {
    fn write(&self, out: &mut Vec<u8>) {
        let Self { key: RowKey { rank, since, entry }, made } = self;
        out.extend_from_slice(&[LIST, *rank]);
        out.extend_from_slice(&since.to_be_bytes());
        match entry {
            Entry::Issue(id) => {
                out.push(0);
                out.extend_from_slice(&id.to_bytes());
            }
            Entry::Quarantined(position) => {
                out.push(1);
                write_position(*position, out);
            }
        }
        if let Some((position, now)) = made {
            write_position(*position, out);
            out.extend_from_slice(&now.as_nanosecond().to_be_bytes());
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = sort_of(bytes, LIST)?;
        let (rank, since) = (bytes.byte()?, bytes.integer()?);
        let entry = match bytes.byte()? {
            0 => Entry::Issue(IssueId::from_bytes(bytes.take()?)),
            1 => Entry::Quarantined(bytes.position()?),
            _ => return None,
        };
        let key = RowKey { rank, since, entry };
        if bytes.0.is_empty() {
            return Some(Self { key, made: None });
        }
        let made = (bytes.position()?, bytes.instant()?);
        bytes.end(Self { key, made: Some(made) })
    }
}

impl Cursor for WorkCursor {
    fn write(&self, out: &mut Vec<u8>) {
        let Self { rank, since, id } = self;
        out.extend_from_slice(&[WORK, *rank]);
        out.extend_from_slice(&since.to_be_bytes());
        out.extend_from_slice(&id.to_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = sort_of(bytes, WORK)?;
        let (rank, since, id) = (bytes.byte()?, bytes.integer()?, IssueId::from_bytes(bytes.take()?));
        bytes.end(Self { rank, since, id })
    }
}

/// The timer and the issue that were looked at last.
impl Cursor for (i64, IssueId) {
    fn write(&self, out: &mut Vec<u8>) {
        let (at, id) = self;
        out.push(PINGS);
        out.extend_from_slice(&at.to_be_bytes());
        out.extend_from_slice(&id.to_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = sort_of(bytes, PINGS)?;
        let found = (bytes.integer()?, IssueId::from_bytes(bytes.take()?));
        bytes.end(found)
    }
}

impl Cursor for TimelineCursor {
    fn write(&self, out: &mut Vec<u8>) {
        let Self { time, position, made } = self;
        out.push(TIMELINE);
        out.extend_from_slice(&time.to_be_bytes());
        write_position(*position, out);
        if let Some(made) = made {
            write_position(*made, out);
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = sort_of(bytes, TIMELINE)?;
        let (time, position) = (bytes.integer()?, bytes.position()?);
        let made = if bytes.0.is_empty() { None } else { Some(bytes.position()?) };
        bytes.end(Self { time, position, made })
    }
}

/// The last customer's token.
impl Cursor for String {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(CUSTOMERS);
        out.extend_from_slice(self.as_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = sort_of(bytes, CUSTOMERS)?;
        Self::from_utf8(bytes.0.to_vec()).ok()
    }
}

/// The customer of whom all was told, and how far the next one got.
impl Cursor for FindingsCursor {
    fn write(&self, out: &mut Vec<u8>) {
        let Self { after, within } = self;
        let told = within.as_ref().map_or(0, |(_, told)| *told);
        out.push(FINDINGS);
        out.extend_from_slice(&told.to_be_bytes());
        out.extend_from_slice(after.as_bytes());
        if let Some((token, _)) = within {
            // No token has a line break.
            out.push(b'\n');
            out.extend_from_slice(token.as_bytes());
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = sort_of(bytes, FINDINGS)?;
        let told = bytes.take().map(u32::from_be_bytes)?;
        let text = str::from_utf8(bytes.0).ok()?;
        let (after, within) = match text.split_once('\n') {
            Some((after, token)) => (after, Some((token.to_owned(), told))),
            None => (text, None),
        };
        Some(Self { after: after.to_owned(), within })
    }
}

/// The last quarantined message.
impl Cursor for Position {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(QUARANTINE);
        write_position(*self, out);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = sort_of(bytes, QUARANTINE)?;
        let position = bytes.position()?;
        bytes.end(position)
    }
}
