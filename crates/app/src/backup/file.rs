//! A file of a backup, line by line, with what is wrong with it.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

use engine::RawMessage;
use flate2::bufread::MultiGzDecoder;

use super::{
    BackupError, OnProgress, Summary, line,
    seal::{self, Lines},
};

const BUFFER_BYTES: usize = 64 * 1024;

/// A file that is being read.
pub(super) struct Backed {
    path: PathBuf,
    reader: Box<dyn BufRead + Send>,
    /// The last line read.
    line: u64,
    lines: Lines,
    is_at_end: bool,
    pub(super) summary: Summary,
}

impl Backed {
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        let failed = |source| BackupError::ReadFile { path: path.to_owned(), line: 0, source };
        let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(path).map_err(failed)?);
        let gzipped = file.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]);
        let reader: Box<dyn BufRead + Send> = if gzipped {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        Ok(Self {
            path: path.to_owned(),
            reader,
            line: 0,
            lines: Lines::default(),
            is_at_end: false,
            summary: Summary::default(),
        })
    }

    /// Reads the whole file and holds it against its seal.
    pub(super) fn check(path: &Path, progress: OnProgress<'_>) -> Result<Summary, BackupError> {
        let mut file = Self::open(path)?;
        while file.next()?.is_some() {
            progress(1);
        }
        Ok(file.summary)
    }

    /// The next message; `None` at the seal, if it is right.
    pub(super) fn next(&mut self) -> Result<Option<RawMessage>, BackupError> {
        if self.is_at_end {
            return Ok(None);
        }
        let Some(text) = self.read_line()? else {
            return Err(self.damaged("the file ends before its seal: it was cut; take another copy of it"));
        };
        if seal::is_seal(&text) {
            return self.end(&text).map(|()| None);
        }
        let message = line::message(&text).map_err(|problem| {
            self.damaged(&format!("this is no line of a `davy log export` or was changed: {problem}"))
        })?;
        self.lines.add(&text);
        self.place(&message)?;
        Ok(Some(message))
    }

    /// Messages follow each other without holes.
    fn place(&mut self, message: &RawMessage) -> Result<(), BackupError> {
        let last = self.summary.range.map(|(_, last)| last);
        if last.is_some_and(|last| message.position <= last) || message.position.sequence() == 0 {
            return Err(self.damaged(&format!("message {} comes out of order", message.position)));
        }
        self.summary.add(message.position);
        match self.summary.missing.first() {
            Some(&(from, to)) => Err(BackupError::Hole { path: self.path.clone(), from, to }),
            None => Ok(()),
        }
    }

    fn end(&mut self, text: &str) -> Result<(), BackupError> {
        if self.lines.sealed(&self.summary) != *text {
            return Err(self.damaged(
                "the lines before are not those that were sealed: the file was changed; take another copy of it",
            ));
        }
        match self.read_line()? {
            None => {
                self.is_at_end = true;
                Ok(())
            }
            Some(_) => Err(self.damaged("lines follow after the seal; two exports are not one")),
        }
    }

    fn read_line(&mut self) -> Result<Option<String>, BackupError> {
        let mut text = String::new();
        let read = self.reader.by_ref().take(line::MAX_BYTES).read_line(&mut text);
        self.line += 1;
        match read {
            Ok(0) => Ok(None),
            Ok(_) if text.ends_with('\n') => {
                text.pop();
                Ok(Some(text))
            }
            Ok(_) => Err(self.damaged("the line is cut, or longer than any line of an export")),
            Err(source) if is_damage(&source) => {
                Err(self.damaged(&format!("the file is cut or damaged ({source}); take another copy of it")))
            }
            Err(source) => Err(BackupError::ReadFile { path: self.path.clone(), line: self.line, source }),
        }
    }

    fn damaged(&self, problem: &str) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), line: self.line, problem: problem.to_owned() }
    }
}

/// Of what was read, not of reading.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
    )
}
