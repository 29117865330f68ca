//! The terminal: data on stdout, messages on stderr. Nothing else in this crate writes to either.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use jiff::{Timestamp, tz::TimeZone};
use proto::v1::ReadState;

use crate::{cli::Format, time};

mod table;

pub(crate) use table::{Column, Line, Look, Table, clean, cut, paint};

/// What one run prints, and how.
pub(crate) struct Out {
    pub(crate) format: Format,
    writer: Box<dyn Write>,
    /// Of the terminal; absent where stdout is none, and nothing is cut.
    pub(crate) width: Option<usize>,
    pub(crate) color: bool,
    /// The answer is meant to be behind the log.
    pub(crate) in_the_past: bool,
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
}

impl Out {
    pub(crate) fn new(format: Format, no_color: bool, now: Timestamp, zone: TimeZone) -> Self {
        let terminal = io::stdout().is_terminal();
        let width =
            terminal.then(|| terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)));
        Self {
            format,
            writer: Box::new(stdout()),
            width,
            color: terminal && !no_color,
            in_the_past: false,
            now,
            zone,
        }
    }

    #[cfg(test)]
    pub(crate) fn to(writer: impl Write + 'static, format: Format, width: Option<usize>) -> Self {
        let now = Timestamp::new(1_772_500_000, 0).unwrap_or_default();
        Self {
            format,
            writer: Box::new(writer),
            width,
            color: false,
            in_the_past: false,
            now,
            zone: TimeZone::UTC,
        }
    }

    /// A line on stdout.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.writer, "{text}")
    }

    /// Part of a line on stdout.
    pub(crate) fn part(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes())
    }

    /// Names with their values, one a line. What is empty is left out.
    pub(crate) fn fields(&mut self, fields: &[(&str, String)]) -> io::Result<()> {
        let fields: Vec<_> = fields.iter().filter(|(_, value)| !value.is_empty()).collect();
        let widest = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in fields {
            writeln!(self.writer, "{name:<widest$}  {}", table::clean(value))?;
        }
        Ok(())
    }

    /// An instant as it is shown to people.
    pub(crate) fn time(&self, instant: Option<&prost_types::Timestamp>) -> String {
        time::shown(instant, &self.zone)
    }

    /// Hands on what has been printed so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Where an answer stands, for people; and in any format, a warning where it is behind the log.
    pub(crate) fn state(&mut self, state: Option<&ReadState>, before: &str) -> io::Result<()> {
        self.flush()?;
        let state = state.cloned().unwrap_or_default();
        let behind = match state.lag {
            Some(0) => None,
            _ if self.in_the_past => None,
            Some(lag) => Some(format!("warning: the answer is {lag} events behind the log")),
            None => Some(
                "warning: the log cannot be reached; how far behind it the answer is, is unknown".to_owned(),
            ),
        };
        if self.format == Format::Table {
            let lag = state.lag.map_or_else(|| "unknown".to_owned(), |lag| lag.to_string());
            say(&format!("{before}position {}, lag {lag}", state.position));
        }
        if let Some(warning) = behind {
            say(&warning);
        }
        Ok(())
    }
}

/// The locked, buffered stdout.
pub(crate) fn stdout() -> impl Write + 'static {
    BufWriter::new(io::stdout().lock())
}

/// A message on stderr.
pub(crate) fn say(text: &str) {
    // Nobody is left to be told that nobody can be told.
    writeln!(io::stderr().lock(), "{}", table::clean_lines(text)).ok();
}
