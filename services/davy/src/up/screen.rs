//! The terminal: lines that stay, and below them one block that is drawn over again.
//!
//! Where standard output is no terminal there is no block, and the lines are all there is.

use std::{
    io::{self, IsTerminal as _, Write},
    sync::{Mutex, PoisonError},
};

/// Moves to the start of the line that is so many lines up and clears what follows.
const UP_AND_CLEAR: (&str, &str) = ("\x1b[", "F\x1b[J");
/// A row that is too long is cut by the terminal, so that the count of lines holds.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

/// Where everything is shown.
pub(super) struct Screen {
    terminal: bool,
    block: Mutex<Vec<String>>,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { terminal: io::stdout().is_terminal(), block: Mutex::default() }
    }

    /// Whether a block can be drawn over again.
    pub(super) const fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Lines of the terminal.
    pub(super) fn height(&self) -> usize {
        terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0))
    }

    /// A line that stays, above the block.
    pub(super) fn line(&self, line: &str) {
        self.with_block(|block, out| {
            erase(block, out)?;
            writeln!(out, "{line}")?;
            draw(block, out)
        });
    }

    /// A line for standard error, above the block.
    pub(super) fn warn(&self, line: &str) {
        self.with_block(|block, out| {
            erase(block, out)?;
            out.flush()?;
            writeln!(io::stderr().lock(), "{}", clean(line))?;
            draw(block, out)
        });
    }

    /// Draws the block over. Does nothing where there is no terminal.
    pub(super) fn block(&self, lines: &[String]) {
        if self.terminal {
            self.with_block(|block, out| {
                erase(block, out)?;
                *block = lines.to_vec();
                draw(block, out)
            });
        }
    }

    /// Takes the block away.
    pub(super) fn clear(&self) {
        self.block(&[]);
    }

    /// Leaves the block as it stands; what follows comes below it.
    pub(super) fn end(&self) {
        self.with_block(|block, _| {
            block.clear();
            Ok(())
        });
    }

    fn with_block(&self, act: impl FnOnce(&mut Vec<String>, &mut dyn Write) -> io::Result<()>) {
        let mut block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = io::stdout().lock();
        // Nobody is left to be told that nobody can be told.
        act(&mut block, &mut out).and_then(|()| out.flush()).ok();
    }
}

fn erase(block: &[String], out: &mut dyn Write) -> io::Result<()> {
    let (up, clear) = UP_AND_CLEAR;
    if block.is_empty() { Ok(()) } else { write!(out, "{up}{}{clear}", block.len()) }
}

fn draw(block: &[String], out: &mut dyn Write) -> io::Result<()> {
    if block.is_empty() {
        return Ok(());
    }
    block.iter().try_for_each(|line| writeln!(out, "{NO_WRAP}{line}{WRAP}"))
}

/// Text from outside must not steer the terminal; the lines of one message stay lines.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{b7}' } else { c }).collect()
}
