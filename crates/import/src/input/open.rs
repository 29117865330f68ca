//! The bytes of an input, uncompressed and without their byte order mark, with a look at how they begin.

use std::{
    cell::Cell,
    io::{self, Cursor, Read},
    rc::Rc,
};

use flate2::read::MultiGzDecoder;

/// How much of an input is looked at before it is read: the first line of a CSV file should be in it.
const START_BYTES: u64 = 64 * 1024;

/// Counts the bytes that pass.
#[derive(Debug)]
pub(super) struct Counted<R> {
    inner: R,
    bytes: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    pub(super) const fn new(inner: R, bytes: Rc<Cell<u64>>) -> Self {
        Self { inner, bytes }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get().saturating_add(u64::try_from(read).unwrap_or(u64::MAX)));
        Ok(read)
    }
}

/// An input whose beginning is known.
pub(super) struct Opened<'a> {
    start: Vec<u8>,
    rest: Box<dyn Read + 'a>,
    /// The error that ended the look at the beginning; it belongs after it.
    error: Option<io::Error>,
}

impl<'a> Opened<'a> {
    /// The first bytes, up to 64 KiB.
    pub(super) fn start(&mut self) -> &[u8] {
        &self.start
    }

    /// All bytes, from the first.
    pub(super) fn into_reader(self) -> impl Read + 'a {
        let failed = self.error.map(Failing);
        Cursor::new(self.start).chain(OrElse { failed, rest: self.rest })
    }
}

/// Undoes gzip, if the first two bytes say so, and leaves out a byte order mark of UTF-8.
pub(super) fn open<'a>(mut input: impl Read + 'a) -> io::Result<Opened<'a>> {
    let mut magic = Vec::new();
    input.by_ref().take(2).read_to_end(&mut magic)?;
    let zipped = magic == [0x1F, 0x8B];
    let whole = Cursor::new(magic).chain(input);
    let mut rest: Box<dyn Read + 'a> =
        if zipped { Box::new(MultiGzDecoder::new(io::BufReader::new(whole))) } else { Box::new(whole) };
    let mut start = Vec::new();
    let error = rest.by_ref().take(START_BYTES).read_to_end(&mut start).err();
    if start.starts_with(&[0xEF, 0xBB, 0xBF]) {
        start.drain(..3);
    }
    Ok(Opened { start, rest, error })
}

struct Failing(io::Error);

struct OrElse<R> {
    failed: Option<Failing>,
    rest: R,
}

impl<R: Read> Read for OrElse<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.failed.take() {
            Some(Failing(error)) => Err(error),
            None => self.rest.read(buffer),
        }
    }
}
